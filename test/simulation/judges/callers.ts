/** What was promised to those who call. */
import type { RecordedCall } from '../chronicle.ts'
import { type Evidence, groupedBy, talkOf } from './evidence.ts'

/** A talk shorter than this is none: nobody had time for a word. */
const TALK_MS = 1_000
/** Who rings again so soon is still at his first call. */
const ONE_CALL_MS = 10_000
const MOMENT_MS = 500
/** What AstDB had not written to its disk when Asterisk died. */
const UNWRITTEN_MS = 1_100
/** The dialplan finds a dead daemon after 15 s and a look every second, and takes the callers. */
const SILENCE_MS = 15_000
const SILENCE_IN_TROUBLE_MS = 21_000
/** After the end of a trouble everything is served by the daemon again within this time. */
const WELL_AGAIN_MS = 20_000

/** I1, I3 */
export function nobodyForgotten(evidence: Evidence): string[] {
  // one that a digest tells of is where the digest is
  const notices = groupedBy(
    evidence.rows<{ callId: string; status: string; digestId: string | null }>(
      `SELECT n."callId", n."digestId", coalesce(d."status", n."status") AS "status" FROM "Notice" n LEFT JOIN "Notice" d ON d."id" = n."digestId"
        WHERE n."kind" = 'missed'`,
    ),
    ({ callId }) => callId,
  )
  /** The house learned of them when he had been spoken with. */
  const linked = new Set(
    evidence.rows<{ id: string }>(`SELECT "id" FROM "Call" WHERE "reason" = 'linked'`).map(({ id }) => id),
  )
  const sent = new Set(evidence.chronicle.mails.map(({ notice }) => notice))
  const isInDigest = (call: RecordedCall) =>
    notices.get(call.channel)?.some(({ digestId }) => digestId !== null && sent.has(digestId)) ?? false
  const statusOf = (call: RecordedCall) => notices.get(call.channel)?.map(({ status }) => status) ?? []
  /** A loss is decided some seconds after it, and later while something keeps the daemon from it. */
  const decidedBy = (endedAt: number) =>
    Math.max(
      endedAt,
      ...evidence.chronicle.troubles.flatMap(({ from, to }) =>
        from <= endedAt + ONE_CALL_MS && to >= endedAt ? [to] : [],
      ),
    ) + ONE_CALL_MS
  /** Who rings again at once is one call with his first: what becomes of the last is told, or was heard. */
  const calledAgainAtOnce = (call: RecordedCall): boolean =>
    call.endedAt !== null &&
    call.party !== 'anonymous' &&
    evidence
      .callsOf(call.party)
      .some(
        (later) =>
          later.direction === 'in' &&
          later.at > call.at &&
          later.at >= call.endedAt! - MOMENT_MS &&
          later.at <= decidedBy(call.endedAt!) &&
          (talkOf(later) !== null || statusOf(later).length > 0 || calledAgainAtOnce(later)),
      )
  return evidence.inbound.flatMap((call) => {
    const mails = evidence.mailsAbout(call).filter(({ notice }) => notice.startsWith(`${call.channel}.`))
    const talk = talkOf(call)
    if (talk !== null) {
      const unwritten = call.talks.some(({ from }) => evidence.asteriskDiedWithin(from, UNWRITTEN_MS))
      if (talk < TALK_MS || mails.length === 0 || unwritten) return []
      return [`I3 ${call.channel} was answered, and a mail says that it was missed`]
    }
    const status = statusOf(call)
    if (mails.length > 0 || isInDigest(call) || status.includes('dead')) return []
    if (status.includes('cancelled') && (evidence.gotThroughAfter(call) || evidence.wasSettled(call))) return []
    if (calledAgainAtOnce(call) || (linked.has(call.channel) && evidence.gotThroughAfter(call))) return []
    if (!evidence.isKnown(call) && evidence.asteriskDiedWithin(call.at, UNWRITTEN_MS)) return []
    return [`I1 ${call.channel} from ${call.party} was answered by nobody, and nobody was told`]
  })
}

/** I1: who called last and was not spoken with since stands in the open list. */
export function openList(evidence: Evidence): string[] {
  const rows = evidence.rows<{ id: string; caller: string }>(
    `SELECT "id", "caller" FROM "Case" WHERE "openKey" IS NOT NULL`,
  )
  const open = new Set(rows.flatMap(({ id, caller }) => [id, caller]))
  const hidden = evidence.inbound.filter(
    (call) => call.party === 'anonymous' && evidence.isKnown(call) && evidence.wasLost(call),
  )
  return [...lastLosses(evidence), ...hidden].flatMap((call) =>
    open.has(call.party) || open.has(`case-${call.channel}`) || evidence.wasSettled(call)
      ? []
      : [`I1 ${call.party} was lost and stands in no open list (${call.channel})`],
  )
}

/** The last call of each number that was lost for good, as far as anybody can know of it. */
export function lastLosses(evidence: Evidence): RecordedCall[] {
  const calls = evidence.inbound.filter((call) => call.party.startsWith('+') && evidence.isKnown(call))
  return [...groupedBy(calls, ({ party }) => party).values()].flatMap((own) =>
    own
      .toSorted((a, b) => a.at - b.at)
      .filter((call) => evidence.wasLost(call))
      .slice(-1),
  )
}

/** I7 */
export function noSilence(evidence: Evidence): string[] {
  return evidence.inbound.flatMap((call) =>
    call.silences.flatMap(({ from, to }) => {
      const troubled = evidence.disturbed(from - SILENCE_IN_TROUBLE_MS, to)
      if (to - from <= (troubled ? SILENCE_IN_TROUBLE_MS : SILENCE_MS)) return []
      return [`I7 ${call.channel} heard nothing for ${Math.round((to - from) / 1000)} s`]
    }),
  )
}

/** I13 */
export function servedByUs(evidence: Evidence): string[] {
  return evidence.inbound.flatMap(({ channel, plainSince }) => {
    if (plainSince === null || evidence.disturbed(plainSince - WELL_AGAIN_MS, plainSince)) return []
    if (!evidence.chronicle.readyAt.some((at) => at <= plainSince)) return []
    return [`I13 ${channel} was left to the plain dialplan although nothing was wrong`]
  })
}
