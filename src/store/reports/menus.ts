/** The way of callers through greeting and menus, from the steps of their paths. What is made of it: reports/menu-figures.ts. */
import type { Step } from '../../model/call-outcome.ts'
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

/** One thing that a caller had come to, and what it is told apart by: see TRAIL. */
export type TrailStep = [kind: Step['kind'], detail: string | null]

/** Calls that came to the same things in the same order. */
export interface Trail {
  trail: TrailStep[]
  calls: number
}

/** Steps at which a caller can be when the call ends. `played`: an announcement, the greeting too. */
const TRAIL = [
  'played',
  'announced',
  'closed',
  'lookup',
  'menu',
  'key',
  'silence',
  'wrong-key',
  'offer',
  'callback-asked',
  'ring',
  'voicemail',
  'recorded',
  'talk',
  'transferred',
  'transfer',
  'fallback',
] as const satisfies Step['kind'][]

/**
 * The ways of lost calls that the caller ended. After the answerphone it is not asked who was first: the end of a message is the end of the call.
 * The same way is told once, however many callers went it: they are as few as the ways through the flows.
 */
export async function trailsOfLeavers(database: ReportDatabase, period: Period): Promise<Trail[]> {
  const kinds = TRAIL.map((kind) => `'${kind}'`).join(', ')
  const rows = await database.rows<{ trail: string; calls: number }>(
    `WITH ${STRETCHES}, ${CALLS},
    leaver AS (
      SELECT c."id" AS "id" FROM c WHERE c."verdict" = 'missed' AND EXISTS (
        SELECT 1 FROM "PathStep" last WHERE last."callId" = c."id"
          AND (last."kind" = 'recorded' OR (last."kind" = 'hung-up' AND last."detail"->>'by' = 'caller')))),
    step AS (
      SELECT leaver."id" AS "id", step."seq" AS "seq", json_array(step."kind",
        CASE step."kind" WHEN 'ring' THEN step."detail"->>'to' WHEN 'talk' THEN step."detail"->>'person'
          WHEN 'transferred' THEN step."detail"->>'by' WHEN 'fallback' THEN step."detail"->>'why' ELSE step."detail"->>'at' END) AS "step"
      FROM leaver LEFT JOIN "PathStep" step ON step."callId" = leaver."id" AND step."kind" IN (${kinds})),
    trail AS (
      SELECT json_group_array(json("step") ORDER BY "seq") FILTER (WHERE "seq" IS NOT NULL) AS "trail" FROM step GROUP BY "id")
    SELECT "trail", count(*) AS "calls" FROM trail GROUP BY 1`,
    periodValues(period),
  )
  return rows.map(({ trail, calls }) => ({ trail: JSON.parse(trail) as TrailStep[], calls }))
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
