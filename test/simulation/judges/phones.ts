/** What was promised to those who answer: phones ring for somebody, and a talk is theirs to end. */
import type { Evidence } from './evidence.ts'

const RINGS_FOR_NOBODY_MS = 2_000
const ORPHAN_MS = 60_000
/** A trouble so long ago may still be felt. */
const FELT_MS = 30_000

/** I8 */
export function noPhoneForNobody(evidence: Evidence): string[] {
  return evidence.calls.flatMap((leg) => {
    const caller = leg.forChannel === null ? undefined : evidence.chronicle.calls.get(leg.forChannel)
    if (!caller || caller.direction !== 'in' || caller.endedAt === null || leg.endedAt === null) return []
    if (leg.answeredAt !== null && leg.answeredAt <= caller.endedAt) return []
    const extra = leg.endedAt - Math.max(caller.endedAt, leg.at)
    const troubled = evidence.disturbed(caller.endedAt - FELT_MS, leg.endedAt)
    if (extra <= (troubled ? ORPHAN_MS : RINGS_FOR_NOBODY_MS)) return []
    return [`I8 ${leg.party} rang ${extra} ms for a caller who had left`]
  })
}

/** I10 */
export function noTalkCut({ inbound, chronicle }: Evidence): string[] {
  return inbound.flatMap((call) =>
    call.talks.flatMap((talk) => {
      const other = chronicle.calls.get(talk.with)
      if (call.endedBy !== 'asterisk' || other?.endedBy !== 'asterisk') return []
      return [`I10 the talk of ${call.channel} was cut by us`]
    }),
  )
}
