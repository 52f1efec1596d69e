/** What operators did: their states, stretch by stretch, and the calls they had. What is made of them: reports/operator-figures.ts. */
import type { Period } from '../../reports/period.ts'
import type { ReportDatabase } from './connection.ts'

export interface StateTime {
  person: string
  state: string
  reason: string | null
  ms: number
  /** How often the state began within the period. */
  times: number
}

/**
 * For a `WITH RECURSIVE`: `stay`, every stretch in one state, cut to the period. A state lasts until the next one of the same person, the last one
 * until `:now`. Of what came before the period the last event of each person counts, found by walking the index person by person.
 */
const STAYS = `who("person") AS (
    SELECT min("person") FROM "OperatorEvent"
    UNION ALL SELECT (SELECT min("person") FROM "OperatorEvent" WHERE "person" > who."person") FROM who WHERE who."person" IS NOT NULL),
  event AS (
    SELECT e."person", e."at", e."state", e."reason", e."callId", e."id" FROM "OperatorEvent" e WHERE e."at" >= :from AND e."at" < :to
    UNION ALL
    SELECT e."person", e."at", e."state", e."reason", e."callId", e."id" FROM who JOIN "OperatorEvent" e ON e."id" = (
      SELECT "id" FROM "OperatorEvent" WHERE "person" = who."person" AND "at" < :from ORDER BY "at" DESC, "id" DESC LIMIT 1)),
  ordered AS (
    SELECT *, lead("at", 1, :now) OVER (PARTITION BY "person" ORDER BY "at", "id") AS "until" FROM event),
  stay AS (
    SELECT "person", "state", "reason", "callId", "at" >= :from AS "began", max("at", :from) AS "from", min("until", :to) AS "to"
    FROM ordered WHERE "until" > :from)`

export function stateTimes(database: ReportDatabase, { from, to }: Period, now: number): Promise<StateTime[]> {
  return database.rows(
    `WITH RECURSIVE ${STAYS}
    SELECT "person", "state", "reason", sum(max("to" - "from", 0)) AS "ms", sum("began") AS "times"
    FROM stay GROUP BY "person", "state", "reason" ORDER BY 1, 2, 3`,
    { from, to, now },
  )
}

export interface OperatorCalls {
  person: string
  talks: number
  talkMs: number
}

/** Talks of each person that began in the period, in either direction. */
export function operatorCalls(database: ReportDatabase, { from, to }: Period): Promise<OperatorCalls[]> {
  return database.rows(
    `SELECT "operator" AS "person", count(*) AS "talks", sum(coalesce("talkMs", 0)) AS "talkMs" FROM "Call"
    WHERE "arrivedAt" >= :from AND "arrivedAt" < :to AND "verdict" = 'answered' AND "operator" IS NOT NULL GROUP BY 1 ORDER BY 1`,
    { from, to },
  )
}

/** How often each person's phone rang for a caller, and he did not take it. */
export function notTaken(database: ReportDatabase, { from, to }: Period): Promise<{ person: string; times: number }[]> {
  return database.rows(
    `SELECT step."detail"->>'person' AS "person", count(*) AS "times"
    FROM "Call" call CROSS JOIN "PathStep" step ON step."callId" = call."id"
    WHERE call."arrivedAt" >= :from AND call."arrivedAt" < :to AND step."kind" = 'rung'
      AND step."detail"->>'result' IN ('no-answer', 'rejected', 'not-accepted') GROUP BY 1`,
    { from, to },
  )
}

/** Wrap-up time after the talks of each group, for the mean handling time. */
export function wrapByGroup(
  database: ReportDatabase,
  { from, to }: Period,
  now: number,
): Promise<{ group: string; ms: number }[]> {
  return database.rows(
    `WITH RECURSIVE ${STAYS}
    SELECT coalesce(call."group", '') AS "group", sum(max(stay."to" - stay."from", 0)) AS "ms"
    FROM stay JOIN "Call" call ON call."id" = stay."callId" WHERE stay."state" = 'wrap-up' GROUP BY 1`,
    { from, to, now },
  )
}
