/** What becomes of a call-back after a try. Pure. */
import type { CallbackRules } from '../config/sections/missed-calls.ts'
import type { DialFailure } from '../telephony/api.ts'

export type TryResult =
  /** `began`: by our clock, milliseconds since 1970; missing: so long before now. `talk`: the id of the client's call, if it is known. */
  | { kind: 'talked'; ms: number; began?: number; talk?: string }
  | { kind: DialFailure | 'unknown' }
  /** The operator spoke with the client and transferred the call; nobody took it there, or back. */
  | { kind: 'transfer-unanswered' }
  /** A machine picked up on the client's side. */
  | { kind: 'machine' }
  /** The client picked up, and nobody of ours was there any more: he was told so. */
  | { kind: 'operator-vanished' }
  /** Before anybody outside was dialled. */
  | { kind: 'operator-did-not-answer' | 'operator-refused' | 'interrupted' | 'called-off' | 'on-the-line' | 'taken' }
  /** What the operator pressed instead of speaking with him. */
  | { kind: 'postponed' | 'not-mine' | 'cannot-now' | 'no-need' | 'done-by-hand' }
  | { kind: 'refused'; why: string }

export type AfterTry =
  | { status: 'done'; outcome: string }
  | { status: 'failed'; outcome: string }
  | { status: 'waiting'; outcome: string; inMs: number; counted: boolean; causes: Causes }
  | { status: 'cancelled'; outcome: string; closes?: 'by-hand' }
export type Causes = Readonly<Record<string, number>>
type Cause = keyof CallbackRules['retry']

/** "Later", on the operator's phone. */
export const POSTPONE_MS = 900_000
/** Refusals of the guard that another hour will not change. */
const FINAL_REFUSALS: ReadonlySet<string> = new Set([
  'not-a-number',
  'own-number',
  'do-not-call',
  'denied',
  'not-allowed',
  'emergency',
  'premium',
  'no-trunk',
  'caller-id-not-ours',
  // rung often enough for today, by campaigns too; tomorrow a person decides
  'day-limit',
])

/** `tries`: calls to the client so far, this one included if he was dialled. `causes`: how they ended, without this one. */
export function afterTry(rules: CallbackRules, result: TryResult, tries: number, causes: Causes): AfterTry {
  const uncounted = (outcome: string, inMs: number): AfterTry => {
    return { status: 'waiting', outcome, inMs, counted: false, causes }
  }
  /** The client was not disturbed: our side had no line, or not yet. */
  const ourTrouble = (outcome: string): AfterTry => {
    const next = more(causes, 'trouble')
    return {
      status: 'waiting',
      outcome,
      inMs: nth(rules.retry.trouble, next['trouble']!),
      counted: false,
      causes: next,
    }
  }
  switch (result.kind) {
    case 'talked':
      if (result.ms >= rules.success) return { status: 'done', outcome: 'talked' }
      return again(rules, 'short', 'no_answer', tries, causes)
    case 'called-off':
      return { status: 'cancelled', outcome: 'came-back' }
    // the next operator is asked at once; who did not take it is left in peace for a while, see due-callbacks.ts
    case 'operator-did-not-answer':
    case 'operator-refused':
    case 'not-mine':
    case 'cannot-now':
    case 'on-the-line':
    case 'interrupted':
    case 'taken':
      return uncounted(result.kind, 0)
    case 'postponed':
      return uncounted(result.kind, POSTPONE_MS)
    case 'no-need':
    case 'done-by-hand':
      return { status: 'cancelled', outcome: result.kind, closes: 'by-hand' }
    case 'refused':
      return FINAL_REFUSALS.has(result.why) ? { status: 'failed', outcome: result.why } : ourTrouble(result.why)
    case 'congestion':
    case 'not-placed':
      return ourTrouble(result.kind)
    case 'unallocated':
      return { status: 'failed', outcome: result.kind }
    case 'transfer-unanswered':
      return again(rules, result.kind, 'no_answer', tries, causes)
    // the client's network says where the number is forwarded to, and does not carry the call there
    case 'forwarded':
      return again(rules, result.kind, 'unreachable', tries, causes)
    case 'busy':
    case 'unreachable':
    case 'machine':
      return again(rules, result.kind, result.kind, tries, causes)
    case 'no-answer':
    case 'rejected':
    case 'cancelled':
      return again(rules, result.kind, 'no_answer', tries, causes)
    case 'operator-vanished':
    case 'failed':
    case 'unknown':
      return again(rules, result.kind, 'trouble', tries, causes)
  }
}

function again(rules: CallbackRules, outcome: string, cause: Cause, tries: number, causes: Causes): AfterTry {
  if (tries >= rules.tries) return { status: 'failed', outcome }
  const next = more(causes, cause)
  const own = rules.retry[cause]
  const inMs = own ? nth(own, next[cause]!) : nth(rules.every, tries)
  return { status: 'waiting', outcome, inMs, counted: true, causes: next }
}

function more(causes: Causes, cause: Cause): Record<string, number> {
  return { ...causes, [cause]: (causes[cause] ?? 0) + 1 }
}

/** The n-th wait, from 1; the last for all further times. */
function nth(waits: readonly number[], n: number): number {
  return waits[Math.min(n, waits.length) - 1] ?? waits.at(-1)!
}
