/** Call-backs that were planned, and what became of them. The cases: store/case-figures.ts. */
import type { Cut, Period } from '../../reports/period.ts'
import type { ReportDatabase } from './connection.ts'
import { type CutKey, cutSql, periodValues, STRETCHES } from './cut.ts'

/** Times in milliseconds. `promised` = `kept` + `failed` + `calledOff` + `open`. */
export interface CallbackSums {
  key: CutKey
  promised: number
  kept: number
  kept20m: number
  kept1h: number
  kept24h: number
  failed: number
  calledOff: number
  open: number
  delayMs: number
  delayMaxMs: number
}

/** Of the losses in the period. The delay runs from the loss to the moment in which the client picked up and was joined with the operator. */
export function callbackSums(database: ReportDatabase, period: Period, cut: Cut): Promise<CallbackSums[]> {
  return database.rows(
    `WITH ${STRETCHES},
    c AS (
      SELECT task.*, task."lostAt" + stretch."offset" AS "local"
      FROM stretch JOIN "Callback" task ON task."lostAt" >= stretch."from" AND task."lostAt" < stretch."to"),
    p AS (
      SELECT ${cutSql(cut)} AS "key", c."status" AS "status", CASE WHEN c."status" = 'done' THEN coalesce((
          SELECT max(talk."answeredAt") FROM "Call" talk WHERE talk."caller" = c."number" AND talk."direction" = 'callback'
            AND talk."arrivedAt" >= c."lostAt" AND talk."arrivedAt" <= c."updatedAt"), c."updatedAt") - c."lostAt" END AS "delay"
      FROM c)
    SELECT "key", count(*) AS "promised", sum("status" = 'done') AS "kept", CAST(total("delay" <= 1200000) AS INTEGER) AS "kept20m",
      CAST(total("delay" <= 3600000) AS INTEGER) AS "kept1h", CAST(total("delay" <= 86400000) AS INTEGER) AS "kept24h",
      sum("status" = 'failed') AS "failed", sum("status" = 'cancelled') AS "calledOff",
      sum("status" NOT IN ('done', 'failed', 'cancelled')) AS "open", CAST(total("delay") AS INTEGER) AS "delayMs",
      coalesce(max("delay"), 0) AS "delayMaxMs"
    FROM p GROUP BY "key" ORDER BY "key"`,
    periodValues(period),
  )
}
