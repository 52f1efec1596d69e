/** Who called, and how often. */
import type { Period } from '../../reports/period.ts'
import type { ReportDatabase } from './connection.ts'
import { CALLS, periodValues, STRETCHES } from './cut.ts'

const PER_CALLER = `per AS (
  SELECT "caller", count(*) AS "calls", sum("verdict" = 'answered') AS "answered", sum("verdict" = 'missed') AS "lost",
    max("arrivedAt") AS "lastCall"
  FROM c WHERE "caller" IS NOT NULL AND "verdict" <> 'ignored' GROUP BY "caller")`

export interface CallerSums {
  /** E.164 */
  caller: string
  /** As it was known with the last call that had one. */
  name: string | null
  calls: number
  answered: number
  lost: number
  lastCall: number
}

/** Who called most often first. Callers without a number cannot be told apart and are not there. */
export function topCallers(database: ReportDatabase, period: Period, limit: number): Promise<CallerSums[]> {
  return database.rows(
    `WITH ${STRETCHES}, ${CALLS}, ${PER_CALLER}
    SELECT top.*, (
      SELECT "callerName" FROM "Call" known WHERE known."caller" = top."caller" AND known."callerName" IS NOT NULL
      ORDER BY known."arrivedAt" DESC LIMIT 1) AS "name"
    FROM (SELECT * FROM per ORDER BY "calls" DESC, "lastCall" DESC, "caller" LIMIT :limit) top
    ORDER BY "calls" DESC, "lastCall" DESC, "caller"`,
    { ...periodValues(period), limit },
  )
}

export interface CallersInAll {
  calls: number
  callers: number
  repeat: number
  /** Called again within a day after a loss. */
  again: number
  /** Lost, and spoken with in neither direction. */
  never: number
}

export function callersInAll(database: ReportDatabase, period: Period): Promise<CallersInAll> {
  const { from, to } = period
  return database.row(
    `WITH ${STRETCHES}, ${CALLS}, ${PER_CALLER},
    spoken AS (SELECT DISTINCT "caller" FROM "Call" WHERE "arrivedAt" >= :from AND "arrivedAt" < :to AND "verdict" = 'answered'),
    again AS (
      SELECT count(DISTINCT c."caller") AS "n" FROM c WHERE c."verdict" = 'missed' AND c."caller" IS NOT NULL AND EXISTS (
        SELECT 1 FROM "Call" later WHERE later."caller" = c."caller" AND later."direction" = 'inbound'
          AND later."arrivedAt" > c."arrivedAt" AND later."arrivedAt" <= c."arrivedAt" + 86400000))
    SELECT coalesce(sum("calls"), 0) AS "calls", count(*) AS "callers", coalesce(sum("calls" > 1), 0) AS "repeat",
      (SELECT "n" FROM again) AS "again",
      coalesce(sum("lost" > 0 AND "caller" NOT IN (SELECT "caller" FROM spoken WHERE "caller" IS NOT NULL)), 0) AS "never"
    FROM per`,
    { ...periodValues(period), from, to },
  )
}
