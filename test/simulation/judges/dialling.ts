/** What was promised to those whom we call. */
import { officeIsOpen } from '../company.ts'
import { type Evidence, groupedBy } from './evidence.ts'

/** The dialling was decided a moment ago: at six sharp one may be on its way. */
const ON_ITS_WAY_MS = 90_000

/** `PEREZVON_MAX_CALL` of the dialplan. */
const LONGEST_CALL_MS = 3_600_000

/** I4 */
export function nobodyDialledTwice(evidence: Evidence): string[] {
  const { outbound } = evidence
  return [...groupedBy(outbound, ({ party }) => party)].flatMap(([number, calls]) =>
    calls.flatMap((call, i) => {
      const before = calls.slice(0, i).find(({ endedAt }) => endedAt === null || endedAt > call.at)
      // no call lives for longer than the dialplan lets it: by a clock that has jumped ahead so far the first is over
      if (before && evidence.clockAheadBy(before.at, call.at) > LONGEST_CALL_MS) return []
      return before ? [`I4 ${number} was dialled while a call to it was live (${before.channel}, ${call.channel})`] : []
    }),
  )
}

/** I5: by the clock that the daemon had. */
export function onlyWhoMayBeCalled(evidence: Evidence): string[] {
  const listed = evidence.rows<{ number: string; addedAt: number }>(`SELECT "number", "addedAt" FROM "DoNotCall"`)
  const since = new Map(listed.map(({ number, addedAt }) => [number, evidence.worldTime(addedAt)]))
  return evidence.outbound.flatMap((call) => {
    const told = [call.at, call.at - ON_ITS_WAY_MS].map((at) => at + evidence.skewAt(at))
    return [
      ...(call.at > (since.get(call.party) ?? Infinity) ? [`I5 ${call.party} was dialled and does not want it`] : []),
      ...(told.some(officeIsOpen) ? [] : [`I5 ${call.party} was dialled out of hours`]),
    ]
  })
}
