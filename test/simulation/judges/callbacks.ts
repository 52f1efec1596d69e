/** I6: no call-back is forgotten. Each loss has one, and each that ended has a reason that the world outside has seen. */
import type { RecordedCall } from '../chronicle.ts'
import { CALLBACK_SUCCESS_MS, CALLBACK_TRIES } from '../company.ts'
import { lastLosses } from './callers.ts'
import { type Evidence, groupedBy } from './evidence.ts'

const HOUR_MS = 3_600_000
/** Who has been called so often on one day, by whomever, is left to people. */
const CALLS_A_DAY = 3
const MOMENT_MS = 1_000
/** From the order to join two to the two being joined. */
const JOINING_MS = 1_500
/** What may have kept a try, counted before it was made, from leaving the house. */
const KEEPS_A_TRY = ['daemon', 'asterisk', 'link', 'silent line', 'deaf requests', 'freeze', 'database'] as const

interface Row {
  id: string
  caseId: string
  callId: string
  number: string
  status: string
  outcome: string
  tries: number
  expiresAt: number
  updatedAt: number
}

function callbackRows({ rows }: Evidence): Row[] {
  return rows<Row>(
    `SELECT "id", "caseId", "callId", "number", "status", "outcome", "tries", "expiresAt", "updatedAt" FROM "Callback" ORDER BY "updatedAt", "id"`,
  )
}

/** The default of `missed_calls.callback.max_age`. */
const MAX_AGE_MS = HOUR_MS
/** The daemon has learned of a loss by then, also from the doorbell book. */
const LEARNED_MS = 10 * 60_000
/** A call is taken for ended so long after it was. */
const SETTLED_MS = 5_000

/** Who was lost last was to be called back after that. */
export function everyLossCalledBack(evidence: Evidence): string[] {
  const rows = groupedBy(callbackRows(evidence), ({ number }) => number)
  const unwilling = new Set(
    evidence.rows<{ number: string }>(`SELECT "number" FROM "DoNotCall"`).map((row) => row.number),
  )
  return lastLosses(evidence).flatMap((loss) => {
    const { party, at, endedAt } = loss
    if (unwilling.has(party)) return []
    const since = rows.get(party)?.some((row) => evidence.worldTime(row.updatedAt) >= at)
    // whom the system has called within the hour, by its clock, and who rings again, is left to people
    const told = (when: number) => when + evidence.skewAt(when)
    const lately = [
      ...clientCalls(evidence, party).map((call) => call.at),
      ...triesThatMayHaveRung(evidence, party),
    ].some((called) => told(called) > told(at) - HOUR_MS && called <= (endedAt ?? at))
    // a call-back is not begun an hour after the call, and by the daemon's clock it was
    const waited = (endedAt ?? at) - at
    const jumped = evidence.clockAheadBy(at, at + waited + LEARNED_MS) - evidence.skewAt(at)
    const tooOld = jumped + waited + SETTLED_MS > MAX_AGE_MS
    return since || lately || tooOld
      ? []
      : [`I6 ${loss.channel} from ${party} was lost, and nobody meant to call him back`]
  })
}

/** The last one of each number ended for a reason. */
export function everyCallbackKept(evidence: Evidence): string[] {
  const rows = groupedBy(callbackRows(evidence), ({ number }) => number)
  return [...rows.values()].flatMap((own) => {
    const row = own.at(-1)!
    const broken = brokenBy(evidence, row)
    return broken ? [`I6 call-back ${row.id} is ${row.status} (${row.outcome}): ${broken}`] : []
  })
}

function brokenBy(evidence: Evidence, row: Row): string | null {
  const calls = clientCalls(evidence, row.number)
  switch (row.status) {
    case 'done':
      return calls.some((call) => talkedEnough(evidence, call)) ? null : 'nobody has spoken with him'
    case 'cancelled':
      return saidToBeSettled(evidence, row) || evidence.callsOf(row.number).some(({ talks }) => talks.length > 0)
        ? null
        : 'he never got through'
    case 'failed':
      return givenUpTooSoon(evidence, row, calls)
    default:
      return null // left open: told elsewhere
  }
}

function saidToBeSettled({ chronicle }: Evidence, { caseId, number }: Row): boolean {
  return chronicle.acts.some((act) =>
    act.of === 'resolve' ? act.id === caseId : act.of === 'key' && act.caller === number,
  )
}

function talkedEnough(evidence: Evidence, { talks }: RecordedCall): boolean {
  return talks.some(({ from, to }) => {
    const ms = (to ?? from) - from
    return ms >= (evidence.disturbed(from - HOUR_MS / 60, to ?? from) ? 1 : CALLBACK_SUCCESS_MS - JOINING_MS)
  })
}

function givenUpTooSoon(evidence: Evidence, row: Row, calls: RecordedCall[]): string | null {
  switch (row.outcome) {
    case 'expired':
      return row.updatedAt >= row.expiresAt ? null : 'it had time left'
    case 'do-not-call':
      return null // asked of him by another judge
    case 'day-limit': {
      const placed = evidence.outbound.filter(({ party }) => party === row.number).length
      return placed + triesKept(evidence) >= CALLS_A_DAY ? null : `he was called ${placed} times`
    }
    default: {
      if (row.tries < CALLBACK_TRIES) return `after ${row.tries} tries`
      return calls.length + triesKept(evidence) >= CALLBACK_TRIES ? null : `he was dialled ${calls.length} times`
    }
  }
}

/** Tries that were written down, and nobody can know whether they rang. */
function triesKept({ chronicle }: Evidence): number {
  return chronicle.troubles.filter(({ of }) => (KEEPS_A_TRY as readonly string[]).includes(of)).length
}

/** When a try was written down and something died in the same moment: the house must take it for one that rang. */
function triesThatMayHaveRung(evidence: Evidence, number: string): number[] {
  const written = evidence.rows<{ at: number }>(
    `SELECT "at" FROM "DialLedger" WHERE "number" = ? AND "purpose" = 'callback'`,
    number,
  )
  return written
    .flatMap(({ at }) => evidence.worldTimes(at))
    .filter((at) => evidence.disturbed(at - MOMENT_MS, at + MOMENT_MS, KEEPS_A_TRY))
}

/** What was dialled to him because he had been lost. */
function clientCalls(evidence: Evidence, number: string): RecordedCall[] {
  return evidence.callsOf(number).filter(({ channel }) => channel.startsWith('cb-'))
}
