/** Calls that nobody answered and nobody need be told of: `missed_calls.ignore`. Pure. */
import type { Config } from '../config/schema.ts'
import type { IgnoreReason, Journey, ReasonCode, StepRow } from '../model/call-outcome.ts'
import { onceFor } from '../runtime/once-for.ts'

export interface IgnoreRules {
  internal: boolean
  fax: boolean
  ownNumbers: boolean
  ownCalls: boolean
  /** Numbers of ours, in E.164. */
  lines: ReadonlySet<string>
  /** E.164. */
  blocked: ReadonlySet<string>
  /** Who hung up in the greeting within less. */
  shorterThanMs: number
}

/** As if nobody had said anything: every call that nobody answered is told. */
export const reportAll: IgnoreRules = {
  internal: false,
  fax: false,
  ownNumbers: false,
  ownCalls: false,
  lines: new Set(),
  blocked: new Set(),
  shorterThanMs: 0,
}

export const ignoreRules = onceFor(({ missed_calls: { ignore }, lines }: Config): IgnoreRules => ({
  internal: ignore.internal,
  fax: ignore.fax,
  ownNumbers: ignore.own_numbers,
  ownCalls: ignore.own_calls,
  lines: new Set(Object.keys(lines)),
  blocked: new Set(ignore.callers),
  shorterThanMs: ignore.shorter_than,
}))

/** Null: somebody must know. Who left a message is told of, unless nobody ever wants to hear of him. */
export function ignoredBecause(journey: Journey, reason: ReasonCode, rules: IgnoreRules): IgnoreReason | null {
  const { steps, caller, direction, internal, arrivedAt, endedAt } = journey
  if (steps.some((step) => step.kind === 'linked')) return 'linked'
  if (rules.fax && steps.some((step) => step.kind === 'fax')) return 'fax'
  if (rules.ownNumbers && caller !== null && rules.lines.has(caller)) return 'own_number'
  if (rules.ownCalls && direction !== 'inbound') return 'own_call'
  if (caller !== null && rules.blocked.has(caller)) return 'blocked'
  if (reason === 'voicemail_left') return null
  if (rules.internal && internal) return 'internal'
  if (heardEnough(steps)) return 'announcement'
  // a clock that was set back meanwhile does not know how long he was there
  const ms = endedAt - arrivedAt
  if (reason === 'hangup_greeting' && ms >= 0 && ms < rules.shorterThanMs) return 'short'
  return null
}

/** He heard the announcement to its end, and asked for nothing after it. */
function heardEnough(steps: readonly StepRow[]): boolean {
  const heard = steps.findLastIndex((step) => step.kind === 'heard')
  const asked = new Set<StepRow['kind']>(['ring', 'voicemail', 'key', 'fallback'])
  return heard >= 0 && !steps.slice(heard).some(({ kind }) => asked.has(kind))
}
