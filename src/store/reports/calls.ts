/** Sums over the calls of callers, row by row of a cut. What is made of them: reports/call-figures.ts. */
import type { Cut, Period } from '../../reports/period.ts'
import type { ReportDatabase } from './connection.ts'
import { CALLS, type CutKey, cutSql, OFFERED, periodValues, STRETCHES } from './cut.ts'

/** What the counting must be told. Times in milliseconds. */
export interface CallRules {
  /** Hung up before this while being rung: a short abandon. */
  shortMs: number
  ringMs: number
  /** The service level's threshold of each group, and of those that are not named. */
  thresholds: Readonly<Record<string, number>>
  thresholdMs: number
}

/** Times in milliseconds. `offered` = `answered` + `short` + `abandoned` + `unanswered`. */
export interface CallSums {
  key: CutKey
  /** Calls with a verdict. `ignored` are not among them. */
  received: number
  ignored: number
  offered: number
  answered: number
  short: number
  abandoned: number
  unanswered: number
  withinThreshold: number
  withinRing1: number
  withinRing2: number
  withinRing3: number
  /** Sum over the answered, and over the lost that were offered. */
  waitAnsweredMs: number
  waitLostMs: number
  waitMaxMs: number
  talkMs: number
  talkMaxMs: number
}

export function callSums(database: ReportDatabase, period: Period, cut: Cut, rules: CallRules): Promise<CallSums[]> {
  const sum = (condition: string) => `CAST(total(${condition}) AS INTEGER)`
  const answered = `f."answered"`
  const lost = `f."offered" AND NOT f."answered"`
  return database.rows<CallSums>(
    `WITH ${STRETCHES}, ${CALLS},
    threshold("group", "ms") AS MATERIALIZED (SELECT key, value FROM json_each(:thresholds)),
    f AS (
      SELECT ${cutSql(cut)} AS "key", c."verdict" = 'ignored' AS "ignored", coalesce(c."waitMs", 0) AS "waitMs",
        coalesce(c."talkMs", 0) AS "talkMs", c."verdict" <> 'ignored' AND ${OFFERED} AS "offered", c."verdict" = 'answered' AS "answered",
        c."reason" = 'queue_abandon' AS "hungUp", coalesce(threshold."ms", :thresholdMs) AS "thresholdMs"
      FROM c LEFT JOIN threshold ON threshold."group" = c."group")
    SELECT f."key" AS "key", ${sum('NOT f."ignored"')} AS "received", ${sum('f."ignored"')} AS "ignored",
      ${sum('f."offered"')} AS "offered", ${sum(answered)} AS "answered",
      ${sum(`${lost} AND f."hungUp" AND f."waitMs" < :shortMs`)} AS "short",
      ${sum(`${lost} AND f."hungUp" AND f."waitMs" >= :shortMs`)} AS "abandoned",
      ${sum(`${lost} AND NOT coalesce(f."hungUp", 0)`)} AS "unanswered",
      ${sum(`${answered} AND f."waitMs" <= f."thresholdMs"`)} AS "withinThreshold",
      ${sum(`${answered} AND f."waitMs" <= :ringMs`)} AS "withinRing1",
      ${sum(`${answered} AND f."waitMs" <= 2 * :ringMs`)} AS "withinRing2",
      ${sum(`${answered} AND f."waitMs" <= 3 * :ringMs`)} AS "withinRing3",
      ${sum(`CASE WHEN ${answered} THEN f."waitMs" END`)} AS "waitAnsweredMs",
      ${sum(`CASE WHEN ${lost} THEN f."waitMs" END`)} AS "waitLostMs",
      coalesce(max(CASE WHEN f."offered" THEN f."waitMs" END), 0) AS "waitMaxMs",
      ${sum(`CASE WHEN ${answered} THEN f."talkMs" END`)} AS "talkMs",
      coalesce(max(CASE WHEN ${answered} THEN f."talkMs" END), 0) AS "talkMaxMs"
    FROM f GROUP BY f."key" ORDER BY f."key"`,
    { ...periodValues(period), ...rules },
  )
}

/** How many of the offered calls waited up to each of the limits (ms, rising) and not up to the one before; the last row is beyond them. */
export async function waitHistogram(
  database: ReportDatabase,
  period: Period,
  limits: readonly number[],
): Promise<{ answered: number; lost: number }[]> {
  const rows = await database.rows<{ slot: number; answered: number; lost: number }>(
    `WITH ${STRETCHES}, ${CALLS},
    w AS (SELECT coalesce("waitMs", 0) AS "ms", "verdict" = 'answered' AS "answered" FROM c WHERE "verdict" <> 'ignored' AND ${OFFERED})
    SELECT ${slotSql(limits)} AS "slot", sum("answered") AS "answered", sum(NOT "answered") AS "lost" FROM w GROUP BY 1`,
    periodValues(period),
  )
  const empty = { answered: 0, lost: 0 }
  return [...limits, Infinity].map((_, slot) => rows.find((row) => row.slot === slot) ?? empty)
}

function slotSql(limits: readonly number[]): string {
  return `CASE ${limits.map((limit, slot) => `WHEN "ms" <= ${Math.round(limit)} THEN ${slot}`).join(' ')} ELSE ${limits.length} END`
}

/** Calls of each hour of each weekday, and how many of them were offered and lost: for the heat map. Weekday 0 is Monday. */
export function weekMap(
  database: ReportDatabase,
  period: Period,
): Promise<{ weekday: number; hour: number; received: number; lost: number }[]> {
  return database.rows(
    `WITH ${STRETCHES}, ${CALLS}
    SELECT ${cutSql('weekday')} AS "weekday", ${cutSql('hour')} AS "hour", count(*) AS "received",
      sum(${OFFERED} AND c."verdict" = 'missed') AS "lost"
    FROM c WHERE c."verdict" IN ('answered', 'missed') GROUP BY 1, 2`,
    periodValues(period),
  )
}
