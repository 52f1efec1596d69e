/**
 * I9: of two who wait for the same people, nobody having been rung for either, the first is served first, and an old customer before both.
 * Also after a restart: who waited when the daemon died has kept his place.
 */
import type { RecordedCall, Trouble } from '../chronicle.ts'
import { DIRECT_LINE, VIP } from '../company.ts'
import type { Evidence } from './evidence.ts'
import { GOES, lastWish } from './orders.ts'

/** His time may be over by then: sixty seconds, and he hears the answerphone. */
const PATIENCE_MS = 55_000
/** Both have come in the same moment. */
const SAME_MOMENT_MS = 100
/** After a start nobody is given to anybody until those who waited stand in line again. */
const GATHERED_MS = 2_500
/** Who heard the answerphone because she had gone waits no more. */
const BACK_MS = 60_000
/** Of a death the daemon knows afterwards; of these it may not have known who had come first. */
const BLINDING: readonly Trouble['of'][] = [
  'lost events',
  'deaf requests',
  'silent line',
  'clock',
  'database',
  'freeze',
]

export function firstComeFirstServed(evidence: Evidence): string[] {
  const { asked } = evidence.chronicle
  const firstRing = ({ channel }: RecordedCall) =>
    Math.min(...asked.flatMap(({ forChannel, at }) => (forChannel === channel ? [at] : [])))
  const waiting = evidence.inbound.filter(({ line, waitsSince }) => line === DIRECT_LINE && waitsSince !== null)
  return waiting.flatMap((first) =>
    waiting.flatMap((second) => {
      const at = firstRing(second)
      if (!goesBefore(first, second, at) || at >= firstRing(first) || !stillWaited(evidence, first, at)) return []
      return [`I9 ${second.channel} was served before ${first.channel}, who had waited longer or is an old customer`]
    }),
  )
}

/** Had `first` the better place when `second` was served? */
function goesBefore(first: RecordedCall, second: RecordedCall, at: number): boolean {
  if (first === second || first.waitsSince! + SAME_MOMENT_MS >= at) return false
  if ((first.party === VIP) !== (second.party === VIP)) return first.party === VIP
  return first.waitsSince! + SAME_MOMENT_MS < second.waitsSince!
}

/** He was there, with us, and we knew it. */
function stillWaited(evidence: Evidence, first: RecordedCall, at: number): boolean {
  const { troubles, readyAt } = evidence.chronicle
  if ((first.endedAt ?? Infinity) <= at + SAME_MOMENT_MS) return false
  if (first.plainSince !== null && first.plainSince <= at) return false
  // where nobody is at work he hears the answerphone at once; her mobile alone says nothing of itself
  const olga = lastWish(evidence, 'olga', at)
  if (olga && (GOES.has(olga.wish) || at - olga.at < BACK_MS)) return false
  if (at - first.waitsSince! > PATIENCE_MS || evidence.disturbed(first.at - 1_000, at, BLINDING)) return false
  const lastTrouble = Math.max(...troubles.flatMap(({ from }) => (from <= at ? [from] : [])))
  if (lastTrouble < first.waitsSince!) return true
  return readyAt.some((ready) => ready > lastTrouble && ready + GATHERED_MS < at)
}
