/** Callers who were lost, and what became of them. */
import type { Cut, Period } from '../../reports/period.ts'
import type { ReportDatabase } from './connection.ts'
import { type CutKey, cutSql, periodValues, STRETCHES } from './cut.ts'

/** `cases` = `within20m` + `within24h` + `later` + `cameBack` + `byHand` + `notReturned`. */
export interface CaseSums {
  key: CutKey
  cases: number
  within20m: number
  within24h: number
  later: number
  cameBack: number
  byHand: number
  notReturned: number
  /** Closed, by whoever and however but as unreachable, before the working minutes of `missed_calls.sla` were over. */
  inTime: number
  /** Of so many that can be said. */
  withSla: number
}

/** Of the cases that were opened in the period. The clock is the caller's: it runs at night too. */
export function caseSums(database: ReportDatabase, period: Period, cut: Cut): Promise<CaseSums[]> {
  return database.rows(
    `WITH ${STRETCHES},
    c AS (
      SELECT task.*, task."openedAt" + stretch."offset" AS "local",
        CASE WHEN task."closedHow" IN ('called-back', 'called-out') THEN task."closedAt" - task."openedAt" END AS "delay"
      FROM stretch CROSS JOIN "Case" task ON task."openedAt" >= stretch."from" AND task."openedAt" < stretch."to")
    SELECT ${cutSql(cut)} AS "key", count(*) AS "cases", CAST(total(c."delay" <= 1200000) AS INTEGER) AS "within20m",
      CAST(total(c."delay" > 1200000 AND c."delay" <= 86400000) AS INTEGER) AS "within24h",
      CAST(total(c."delay" > 86400000) AS INTEGER) AS "later", CAST(total(c."closedHow" = 'came-back') AS INTEGER) AS "cameBack",
      CAST(total(c."closedHow" = 'by-hand') AS INTEGER) AS "byHand",
      CAST(total(c."closedAt" IS NULL OR c."closedHow" = 'unreachable') AS INTEGER) AS "notReturned",
      CAST(total(c."closedAt" <= c."slaDueAt" AND c."closedHow" <> 'unreachable') AS INTEGER) AS "inTime", count(c."slaDueAt") AS "withSla"
    FROM c GROUP BY 1 ORDER BY 1`,
    periodValues(period),
  )
}
