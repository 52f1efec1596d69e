/** How busy the trunks were, clock hour by clock hour. What is made of it: reports/line-figures.ts. */
import { hourShift, type Period } from '../../reports/period.ts'
import type { ReportDatabase } from './connection.ts'
import { OFFERED } from './cut.ts'

const HOUR = 3_600_000
/** A leg that began longer ago than this has no end on record and is not talked on any more. */
const LONGEST_LEG = 86_400_000

/**
 * For a `WITH RECURSIVE`: `leg`, every call on a trunk, cut to the period: callers from their rows, ours from the ledger. `piece`: a leg's part in
 * each clock hour it touches; `hour` counts hours since 1970 that begin with those of the zone (`:shift`).
 */
const LEGS = `leg AS (
    SELECT coalesce("trunk", '') AS "trunk", 1 AS "inbound", max("arrivedAt", :from) AS "from", min("endedAt", :to) AS "to",
      "arrivedAt" >= :from AS "began"
    FROM "Call" WHERE "arrivedAt" >= :from - ${LONGEST_LEG} AND "arrivedAt" < :to AND "endedAt" > :from AND "direction" = 'inbound'
    UNION ALL
    SELECT "trunk", 0, max("at", :from), min("endedAt", :to), "at" >= :from
    FROM "DialLedger" WHERE "endedAt" > :from AND "at" < :to AND "at" >= :from - ${LONGEST_LEG} AND "counts"),
  piece("trunk", "inbound", "began", "from", "to", "hour") AS (
    SELECT "trunk", "inbound", "began", "from", "to", ("from" + :shift) / ${HOUR} FROM leg
    UNION ALL
    SELECT "trunk", "inbound", 0, "from", "to", "hour" + 1 FROM piece WHERE ("hour" + 1) * ${HOUR} - :shift < "to")`

export interface TrunkHour {
  trunk: string
  /** When the hour begins, ms. */
  at: number
  callsIn: number
  callsOut: number
  busyMs: number
}

/** Only hours in which the trunk carried something. */
export function trunkHours(database: ReportDatabase, period: Period): Promise<TrunkHour[]> {
  return database.rows(
    `WITH RECURSIVE ${LEGS}
    SELECT "trunk", "hour" * ${HOUR} - :shift AS "at", sum("began" AND "inbound") AS "callsIn", sum("began" AND NOT "inbound") AS "callsOut",
      sum(min("to", ("hour" + 1) * ${HOUR} - :shift) - max("from", "hour" * ${HOUR} - :shift)) AS "busyMs"
    FROM piece GROUP BY 1, 2 ORDER BY 1, 2`,
    { from: period.from, to: period.to, shift: hourShift(period) },
  )
}

/** The most calls that a trunk carried at one moment. One that ends when another begins is not at once with it. */
export function mostAtOnce(database: ReportDatabase, { from, to }: Period): Promise<{ trunk: string; most: number }[]> {
  return database.rows(
    `WITH RECURSIVE ${LEGS},
    change AS (SELECT "trunk", "from" AS "at", 1 AS "by" FROM leg UNION ALL SELECT "trunk", "to", -1 FROM leg),
    count AS (SELECT "trunk", sum("by") OVER (PARTITION BY "trunk" ORDER BY "at", "by" ROWS UNBOUNDED PRECEDING) AS "n" FROM change)
    SELECT "trunk", max("n") AS "most" FROM count GROUP BY 1`,
    { from, to, shift: 0 },
  )
}

export interface GroupHour {
  group: string
  at: number
  offered: number
}

/** Each group's clock hour with the most offered calls; of equals the first. */
export function busiestHours(database: ReportDatabase, period: Period): Promise<GroupHour[]> {
  return database.rows(
    `WITH h AS (
      SELECT c."group" AS "group", (c."arrivedAt" + :shift) / ${HOUR} AS "hour", count(*) AS "offered" FROM "Call" c
      WHERE c."arrivedAt" >= :from AND c."arrivedAt" < :to AND c."direction" = 'inbound' AND c."endedAt" IS NOT NULL
        AND c."verdict" <> 'ignored' AND ${OFFERED} AND c."group" IS NOT NULL GROUP BY 1, 2)
    SELECT "group", "hour" * ${HOUR} - :shift AS "at", "offered" FROM (
      SELECT *, row_number() OVER (PARTITION BY "group" ORDER BY "offered" DESC, "hour") AS "place" FROM h) WHERE "place" = 1 ORDER BY 1`,
    { from: period.from, to: period.to, shift: hourShift(period) },
  )
}
