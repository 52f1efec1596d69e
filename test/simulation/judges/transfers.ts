/** I18: transferred is not forgotten, the operator is free afterwards, and a phone that forwards its calls refuses them. */
import type { RecordedCall, Transfer } from '../chronicle.ts'
import { PHONES } from '../company.ts'
import { type Evidence, talkOf } from './evidence.ts'

/** A talk shorter than this is none: nobody had time for a word. */
const TALK_MS = 1_000
/** What AstDB had not written to its disk when Asterisk died. */
const UNWRITTEN_MS = 1_100
/** A state is written so long after what it follows from. */
const FREE_MS = 5_000
/** A trouble so long ago may still be felt: a daemon that finds a caller again does not know all that has been. */
const FELT_MS = 30_000
/** What may be said of somebody who was transferred and whom nobody took there. */
const AFTER_TRANSFER = new Set(['transfer_unanswered', 'voicemail_left', 'callback_requested', 'trunk_lost', 'linked'])
/** What is said of a caller for whom phones rang and nobody forwarded. */
const OTHER_REASONS = new Set(['ring_no_answer', 'operator_rejected', 'all_busy', 'none_online', 'queue_timeout'])
/** As the mail says it, in the language of the company. */
const SAYS_FORWARDED = /переадресаци/

interface Row {
  id: string
  verdict: string | null
  reason: string | null
}

function callRows({ rows }: Evidence): Map<string, Row> {
  const all = rows<Row>(`SELECT "id", "verdict", "reason" FROM "Call" WHERE "direction" = 'inbound'`)
  return new Map(all.map((row) => [row.id, row]))
}

/** Whom somebody took is answered, whom nobody took is missed, and for that reason. */
export function transferredIsNotForgotten(evidence: Evidence): string[] {
  const rows = callRows(evidence)
  return evidence.inbound.flatMap((call) => {
    const row = rows.get(call.channel)
    if (call.transferredAt === null || !row) return []
    const who = `${call.channel} from ${call.party} was transferred`
    const talk = talkOf(call)
    if (talk === null) {
      if (row.verdict === 'answered') return [`I18 ${who}, nobody took the call, and it counts as answered`]
      const isKnown = row.verdict !== 'missed' || AFTER_TRANSFER.has(row.reason ?? '')
      return isKnown || isBlurred(evidence, call) ? [] : [`I18 ${who}, and is told of as ${row.reason}`]
    }
    if (talk < TALK_MS || row.verdict === 'answered') return []
    const unwritten = call.talks.some(({ from }) => evidence.asteriskDiedWithin(from, UNWRITTEN_MS))
    return unwritten ? [] : [`I18 ${who} and taken, and counts as ${row.verdict} (${row.reason})`]
  })
}

/** After a transfer the operator is no more in a talk that goes on without them. */
export function transferrersAreFree(evidence: Evidence): string[] {
  const events = evidence.rows<{ person: string; at: number; state: string; by: string }>(
    `SELECT "person", "at", "state", "by" FROM "OperatorEvent" ORDER BY "at", "id"`,
  )
  return evidence.chronicle.transfers.flatMap((transfer) => {
    const person = Object.keys(PHONES).find((key) => PHONES[key] === transfer.by)
    const by = evidence.settledBy(transfer.at, FREE_MS)
    if (!person || !transfer.leg.startsWith('leg-') || evidence.clockWasWrong(transfer.at - FELT_MS, by)) return []
    const last = events.findLast((event) => event.person === person && event.at <= by)
    // `phone`: it is in use for a call of the operator's own
    if (last?.state !== 'talking' || last.by === 'phone' || talksAgain(evidence, transfer, by)) return []
    return [`I18 ${person} transferred ${transfer.channel} and is still taken for talking`]
  })
}

function talksAgain(evidence: Evidence, { at, by: endpoint, leg }: Transfer, by: number): boolean {
  return evidence
    .callsOf(endpoint)
    .some(
      ({ channel, answeredAt, endedAt }) =>
        channel !== leg && answeredAt !== null && answeredAt <= by && (endedAt ?? Infinity) >= at,
    )
}

/** A redirect is not followed; a caller for whom nothing but such phones was rung is told of with that reason. */
export function forwardsAreRefusals(evidence: Evidence): string[] {
  const rows = callRows(evidence)
  const followed = evidence.calls.flatMap(({ party, wasFollowed }) =>
    wasFollowed ? [`I18 ${party} rang because another phone forwards its calls`] : [],
  )
  const phantoms = [...rows.keys()].flatMap((id) =>
    evidence.chronicle.calls.has(id) ? [] : [`I18 ${id} is told of as a call, and nobody called`],
  )
  const losses = new Set(
    evidence.rows<{ id: string }>(`SELECT "id" FROM "Notice" WHERE "kind" = 'missed'`).map(({ id }) => id),
  )
  const unsaid = evidence.inbound.flatMap((call) => {
    const legs = evidence.calls.filter(({ forChannel }) => forChannel === call.channel)
    const row = rows.get(call.channel)
    if (row?.verdict !== 'missed' || call.transferredAt !== null || isBlurred(evidence, call)) return []
    if (legs.length === 0 || !legs.every(({ forwards }) => forwards)) return []
    if (OTHER_REASONS.has(row.reason ?? ''))
      return [`I18 ${call.channel} met phones that forward, and is ${row.reason}`]
    const mails = evidence.mailsAbout(call).filter(({ notice }) => losses.has(notice))
    if (row.reason !== 'phone_forwarded') return []
    return mails.every(({ text }) => SAYS_FORWARDED.test(text))
      ? []
      : [`I18 the mail of ${call.channel} does not say why`]
  })
  return [...followed, ...phantoms, ...unsaid]
}

/** Something went wrong under the call: what has been before it nobody knows for sure. */
function isBlurred(evidence: Evidence, { at, endedAt, plainSince }: RecordedCall): boolean {
  return plainSince !== null || evidence.disturbed(at - FELT_MS, (endedAt ?? at) + FELT_MS)
}
