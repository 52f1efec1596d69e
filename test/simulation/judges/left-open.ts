/** I6: in the end nothing waits any more, and nothing is held for somebody who is gone. */
import { CALLBACK_TRIES } from '../company.ts'
import { type Evidence, groupedBy } from './evidence.ts'

const LEFT: readonly [sql: string, words: (row: { id: string; status: string }) => string][] = [
  [`SELECT "id", '' AS "status" FROM "Call" WHERE "endedAt" IS NULL`, ({ id }) => `call ${id} has no end`],
  [
    `SELECT "id", "status" FROM "Callback" WHERE "openNumber" IS NOT NULL`,
    ({ id, status }) => `call-back ${id} is left ${status}`,
  ],
  [
    `SELECT "id", "status" FROM "Notice" WHERE "status" IN ('pending', 'sending')`,
    ({ id, status }) => `notice ${id} is left ${status}`,
  ],
  [
    `SELECT "id", "status" FROM "Escalation" WHERE "status" = 'pending'`,
    ({ id }) => `escalation ${id} is left pending`,
  ],
  [`SELECT "id", "status" FROM "Attempt" WHERE "status" <> 'ended'`, ({ id }) => `attempt ${id} has no end`],
  [
    `SELECT "channelId" AS "id", '' AS "status" FROM "DialLedger" WHERE "endedAt" IS NULL`,
    ({ id }) => `the line of ${id} is still reserved`,
  ],
]

export function nothingLeftOpen(evidence: Evidence): string[] {
  const left = LEFT.flatMap(([sql, words]) =>
    evidence.rows<{ id: string; status: string }>(sql).map((row) => `I6 ${words(row)}`),
  )
  return [...left, ...notTooOften(evidence)]
}

/** A try that never left our side may be repeated. */
function notTooOften(evidence: Evidence): string[] {
  const rows = evidence.rows<{ number: string; n: number }>(
    `SELECT "number", count(*) AS n FROM "Callback" GROUP BY "number"`,
  )
  const made = groupedBy(
    evidence.outbound.filter(({ channel, rangAt }) => channel.startsWith('cb-') && rangAt !== null),
    ({ party }) => party,
  )
  return rows.flatMap(({ number, n }) => {
    const times = made.get(number)?.length ?? 0
    return times > n * (CALLBACK_TRIES + 2) ? [`I6 ${number} was called back ${times} times`] : []
  })
}
