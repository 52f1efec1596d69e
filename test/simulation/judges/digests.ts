/** What is told by a digest is told once and in full, and what need not go by itself does not. */
import type { RecordedMail } from '../chronicle.ts'
import { DIGEST, officeIsOpen } from '../company.ts'
import { type Evidence, groupedBy, talkOf } from './evidence.ts'

/** A talk as short is none. */
const TALK_MS = 1_000

interface Row {
  id: string
  kind: string
  callId: string
  status: string
  tries: number
  digestId: string | null
}

export function digests(evidence: Evidence): string[] {
  const rows = evidence.rows<Row>(`SELECT "id", "kind", "callId", "status", "tries", "digestId" FROM "Notice"`)
  const mails = groupedBy(evidence.chronicle.mails, ({ notice }) => notice)
  const byId = new Map(rows.map((row) => [row.id, row]))
  const members = groupedBy(
    rows.filter(({ digestId }) => digestId !== null),
    ({ digestId }) => digestId!,
  )
  const told = [...members].flatMap(([id, own]) => tellsAll(id, byId.get(id)!, own, mails.get(id) ?? []))
  const needless = [...members].flatMap(([id, own]) =>
    byId.get(id)!.tries === 1 ? (mails.get(id) ?? []).flatMap((mail) => whoGotThrough(evidence, own, mail)) : [],
  )
  const alone = rows.flatMap(({ id, digestId }) =>
    digestId !== null && mails.has(id) ? [`I2 ${id} is told by ${digestId} and was mailed alone`] : [],
  )
  // what a server has seen before goes at any time, and so does what cannot wait
  const fresh = [...mails.keys()].flatMap((notice) => {
    const row = byId.get(notice)
    return row?.tries === 1 && !['escalation', 'alarm'].includes(row.kind) ? mails.get(notice)! : []
  })
  return [...told, ...needless, ...alone, ...noStorm(evidence, fresh), ...quietNights(evidence, fresh)]
}

/** I1 */
function tellsAll(id: string, digest: Row, members: Row[], copies: RecordedMail[]): string[] {
  const waiting = members.filter(({ status }) => status === 'digested')
  if (copies.length === 0)
    return waiting.length > 0 && digest.status !== 'dead' ? [`I1 ${id} tells of calls and was never sent`] : []
  if (new Set(copies.map(({ call }) => call)).size > 1) return [`I2 the copies of ${id} tell of different calls`]
  const named = new Set(copies[0]!.call.split(' '))
  return waiting.flatMap(({ callId }) => (named.has(callId) ? [] : [`I1 ${id} does not tell of ${callId}`]))
}

/** I3: a digest whose sending had not begun lets go of those who were spoken with. */
function whoGotThrough(evidence: Evidence, members: Row[], { at, call, notice }: RecordedMail): string[] {
  const named = new Set(call.split(' '))
  // that their calls are closed is what it says of these
  const closed = new Set(members.flatMap(({ kind, callId }) => (kind === 'closed' ? [callId] : [])))
  const calls = members.flatMap(({ callId }) => {
    const record = evidence.chronicle.calls.get(callId)
    return !closed.has(callId) && named.has(callId) && record?.party.startsWith('+') ? [record] : []
  })
  return calls.flatMap(({ channel, party, at: lostAt, endedAt: over }) => {
    const later = evidence
      .callsOf(party)
      .find(
        (other) =>
          other.direction === 'in' &&
          other.at >= (over ?? lostAt) &&
          other.endedAt !== null &&
          (talkOf(other) ?? 0) >= TALK_MS &&
          evidence.settledBy(other.endedAt, evidence.onItsWayMs(other.endedAt)) < at,
      )
    return later ? [`I3 ${notice} tells of ${channel}, and ${party} got through meanwhile (${later.channel})`] : []
  })
}

/** I2: a storm is gathered. */
function noStorm(evidence: Evidence, fresh: RecordedMail[]): string[] {
  const single = fresh.filter(({ notice, to }) => !notice.startsWith('dg-') && to === 'boss@example.ru')
  return single.flatMap(({ at, notice }, i) => {
    const since = single[i - DIGEST.over]?.at
    if (since === undefined || at - since > DIGEST.withinMs - evidence.onItsWayMs(at)) return []
    return evidence.clockWasWrong(since, at) ? [] : [`I2 ${notice} went alone in a storm`]
  })
}

/** I5: by the clock that the daemon had. */
function quietNights(evidence: Evidence, fresh: RecordedMail[]): string[] {
  return fresh.flatMap(({ at, notice }) => {
    const since = at - evidence.onItsWayMs(at)
    const open = [at, since].some((then) => officeIsOpen(then) || officeIsOpen(then + evidence.skewAt(then)))
    return open ? [] : [`I5 ${notice} was mailed at night`]
  })
}
