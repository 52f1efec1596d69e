/** The way of callers through greeting and menus, from the steps of their paths. What is made of it: reports/menu-figures.ts. */
import type { Period } from '../../reports/period.ts'
import type { ReportDatabase } from './connection.ts'
import { CALLS, periodValues, STRETCHES } from './cut.ts'

/** How many calls came as far as this, or further. */
export interface Funnel {
  received: number
  menu: number
  key: number
  rung: number
  talked: number
  voicemail: number
}

export function funnel(database: ReportDatabase, period: Period): Promise<Funnel> {
  return database.row(
    `WITH ${STRETCHES}, ${CALLS},
    way AS (
      SELECT max(step."kind" = 'menu') AS "menu", max(step."kind" = 'key') AS "key", max(step."kind" = 'ring') AS "rung",
        max(c."verdict" = 'answered') AS "talked", max(step."kind" = 'recorded' AND step."detail"->>'ms' > 0) AS "voicemail"
      FROM c CROSS JOIN "PathStep" step ON step."callId" = c."id" WHERE c."verdict" <> 'ignored' GROUP BY c."id")
    SELECT (SELECT count(*) FROM c WHERE "verdict" <> 'ignored') AS "received", coalesce(sum("menu"), 0) AS "menu",
      coalesce(sum("key"), 0) AS "key", coalesce(sum("rung"), 0) AS "rung", coalesce(sum("talked"), 0) AS "talked",
      coalesce(sum("voicemail"), 0) AS "voicemail" FROM way`,
    periodValues(period),
  )
}

export type LeavingPlace = 'greeting' | 'menu' | 'ring' | 'closed' | 'voicemail'
export interface Left {
  place: LeavingPlace
  /** Of a menu: where it stands in the configuration; of a ring: who was rung. */
  detail: string | null
  calls: number
}

/** Lost calls that the caller ended, by the last thing that he had come to. */
export function whereLeft(database: ReportDatabase, period: Period): Promise<Left[]> {
  return database.rows(
    `WITH ${STRETCHES}, ${CALLS},
    last AS (
      SELECT c."reason" AS "reason", step."kind" AS "kind", step."detail" AS "detail", max(step."seq")
      FROM c CROSS JOIN "PathStep" step ON step."callId" = c."id"
      WHERE c."verdict" = 'missed' AND step."kind" IN ('arrived', 'played', 'closed', 'menu', 'key', 'silence', 'wrong-key', 'ring', 'voicemail')
        AND EXISTS (SELECT 1 FROM "PathStep" end WHERE end."callId" = c."id" AND end."kind" = 'hung-up' AND end."detail"->>'by' = 'caller')
      GROUP BY c."id"),
    place AS (
      SELECT CASE WHEN "kind" IN ('menu', 'key', 'silence', 'wrong-key') THEN 'menu' WHEN "kind" IN ('ring', 'voicemail') THEN "kind"
          WHEN "kind" = 'closed' OR "reason" = 'after_hours' THEN 'closed' ELSE 'greeting' END AS "place",
        CASE WHEN "kind" IN ('menu', 'key', 'silence', 'wrong-key') THEN "detail"->>'at' WHEN "kind" = 'ring' THEN "detail"->>'to' END AS "detail"
      FROM last)
    SELECT "place", "detail", count(*) AS "calls" FROM place GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`,
    periodValues(period),
  )
}

export interface KeyPresses {
  /** Where the menu stands in the configuration. */
  at: string | null
  kind: 'key' | 'silence' | 'wrong-key'
  key: string | null
  label: string | null
  presses: number
}

export function keysPressed(database: ReportDatabase, period: Period): Promise<KeyPresses[]> {
  return database.rows(
    `WITH ${STRETCHES}, ${CALLS}
    SELECT step."detail"->>'at' AS "at", step."kind" AS "kind", step."detail"->>'key' AS "key", max(step."detail"->>'label') AS "label",
      count(*) AS "presses"
    FROM c CROSS JOIN "PathStep" step ON step."callId" = c."id"
    WHERE c."verdict" <> 'ignored' AND step."kind" IN ('key', 'silence', 'wrong-key') GROUP BY 1, 2, 3 ORDER BY 1, 5 DESC, 3`,
    periodValues(period),
  )
}

/** Milliseconds; null when nobody was answered. */
export interface TimeToPerson {
  answered: number
  mean: number | null
  median: number | null
  p90: number | null
  /** The mean of what was not wait. */
  menus: number | null
}

/** Nearest rank: the median of an even number of calls is the lower of the two in the middle. */
export function timeToPerson(database: ReportDatabase, period: Period): Promise<TimeToPerson> {
  return database.row(
    `WITH ${STRETCHES}, ${CALLS},
    t AS (
      SELECT "answeredAt" - "arrivedAt" AS "ms", max("answeredAt" - "arrivedAt" - coalesce("waitMs", 0), 0) AS "menus",
        row_number() OVER (ORDER BY "answeredAt" - "arrivedAt") AS "place", count(*) OVER () AS "n"
      FROM c WHERE "verdict" = 'answered' AND "answeredAt" IS NOT NULL)
    SELECT count(*) AS "answered", avg("ms") AS "mean", avg("menus") AS "menus", max(CASE WHEN "place" = ("n" + 1) / 2 THEN "ms" END) AS "median",
      max(CASE WHEN "place" = ("n" * 9 + 9) / 10 THEN "ms" END) AS "p90" FROM t`,
    periodValues(period),
  )
}
