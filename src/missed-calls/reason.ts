/** Why nobody spoke with a caller, read from what happened to him. Pure; `steps` are in the order of their times. */
import type { ReasonCode, RungResult, StepRow } from '../model/call-outcome.ts'

type Ring = Extract<StepRow, { kind: 'ring' }>

/** Q.850 causes of a line that broke: the caller did not put the receiver down. */
const BROKEN_LINE: ReadonlySet<number> = new Set([27, 38, 41, 44, 102])
/** What a caller does by hanging up; a line that breaks looks the same, and only its cause tells. */
const LEFT: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'hangup_greeting',
  'hangup_menu',
  'lookup_hangup',
  'queue_abandon',
  'transfer_unanswered',
  'voicemail_empty',
])
/** A phone is silent for so long between two rounds of ringing. */
const BETWEEN_ROUNDS_MS = 1_500

export function reasonOf(steps: readonly StepRow[]): ReasonCode {
  const reason = reasonAsIfHeHungUp(steps)
  const hangUp = steps.findLast((step) => step.kind === 'hung-up')
  return LEFT.has(reason) && hangUp && BROKEN_LINE.has(hangUp.cause) ? 'trunk_lost' : reason
}

function reasonAsIfHeHungUp(steps: readonly StepRow[]): ReasonCode {
  if (steps.some((step) => step.kind === 'callback-asked')) return 'callback_requested'
  const recorded = steps.filter((step) => step.kind === 'recorded')
  if (recorded.some(({ ms }) => ms > 0)) return 'voicemail_left'
  // a loss with a talk before it: an operator had spoken with the caller and passed the call on
  if (steps.some(({ kind }) => kind === 'talk') && steps.some(({ kind }) => kind === 'transfer'))
    return 'transfer_unanswered'
  const ring = steps.findLast((step) => step.kind === 'ring')
  if (ring) return ringReason(steps, ring)
  const fallback = steps.findLast((step) => step.kind === 'fallback')
  if (fallback?.why === 'loop') return 'looping'
  if (fallback) return fallback.why === 'full' ? 'congestion' : 'restored'
  const reachedAnswerphone = steps.some((step) => step.kind === 'voicemail')
  if (steps.some((step) => step.kind === 'closed')) return recorded.length > 0 ? 'voicemail_empty' : 'after_hours'
  if (reachedAnswerphone) return 'voicemail_empty'
  return menuReason(steps)
}

function ringReason(steps: readonly StepRow[], ring: Ring): ReasonCode {
  const after = steps.slice(steps.indexOf(ring))
  const ended = after.find((step) => step.kind === 'ring-ended' && step.to === ring.to)
  const outcome = ended?.kind === 'ring-ended' ? ended.outcome : 'abandoned'
  const rung = rungFor(steps, ring)
  const results = new Set(rung.map(({ result }) => result))
  if (outcome === 'none-online') return 'none_online'
  if (outcome === 'all-busy') return 'all_busy'
  if (outcome === 'abandoned') return 'queue_abandon'
  const only = (...kinds: RungResult[]) => results.size > 0 && [...results].every((result) => kinds.includes(result))
  if (only('offline', 'unreachable', 'unallocated', 'not-placed')) return 'none_online'
  if (only('busy', 'offline')) return 'all_busy'
  if (only('rejected', 'dropped', 'busy', 'offline')) return 'operator_rejected'
  if (only('forwarded', 'busy', 'offline')) return 'phone_forwarded'
  if (only('not-accepted', 'busy', 'offline')) return 'mobile_not_accepted'
  if (only('congestion', 'failed', 'not-placed')) return 'congestion'
  // his time ran out while no phone rang: he waited for somebody who was busy
  const lastRang = Math.max(ring.time, ...rung.filter(({ ms }) => ms > 0).map(({ time }) => time))
  const waitedForNobody = outcome === 'timeout' && ended !== undefined && ended.time - lastRang > BETWEEN_ROUNDS_MS
  return waitedForNobody ? 'queue_timeout' : 'ring_no_answer'
}

function menuReason(steps: readonly StepRow[]): ReasonCode {
  const hangUp = steps.findLast((step) => step.kind === 'hung-up')
  // of a call that passed by while we were away nothing is known but that it was
  if (hangUp?.by === 'unknown' && steps.every(({ kind }) => kind === 'arrived' || kind === 'hung-up')) return 'restored'
  const byUs = hangUp?.by === 'us'
  const told = steps.findLastIndex(({ kind }) => kind === 'told')
  const last = steps.findLast(({ kind }, i) => PLACES.has(kind) && (kind !== 'lookup' || i > told))
  switch (last?.kind) {
    case 'lookup':
      return byUs ? 'other' : 'lookup_hangup'
    case 'menu':
      return 'hangup_menu'
    case 'key':
      return byUs ? 'other' : 'hangup_menu'
    case 'silence':
      return byUs ? 'no_input' : 'hangup_menu'
    case 'wrong-key':
      return byUs ? 'invalid_input' : 'hangup_menu'
    default:
      // he heard what was to be heard, and we ended the call
      return byUs ? 'other' : 'hangup_greeting'
  }
}

/** Steps that say where he was. */
const PLACES: ReadonlySet<StepRow['kind']> = new Set<StepRow['kind']>(['lookup', 'menu', 'key', 'silence', 'wrong-key'])

/** What is told of the phones of one ring, however late. */
export function rungFor(steps: readonly StepRow[], ring: Ring): Extract<StepRow, { kind: 'rung' }>[] {
  return steps
    .slice(steps.indexOf(ring))
    .filter((step) => step.kind === 'rung')
    .filter(({ to }) => to === undefined || to === ring.to)
}
