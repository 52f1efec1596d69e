/** What becomes of a contact after an attempt: its last word, or when to try again. Pure. */
import type { CampaignPlan } from '../config/sections/campaigns.ts'
import type { AttemptResult, ContactStatus } from './contact-status.ts'

/** An ended attempt, as far as the rule asks. */
export interface EndedAttempt {
  result: AttemptResult
  /** From pick-up to hang-up, in ms; null: never answered. */
  talkMs: number | null
}

/** `after: 'day'`: not before the next day of the contact. */
export type Verdict = { kind: 'final'; status: ContactStatus } | { kind: 'retry'; after: number | 'day' }

/** A talk shorter than this was a mistake of the thumb; it is tried once more. */
export const SHORT_TALK_MS = 5_000
/** A person who rejects the call twice, on two days, does not want it. */
const REJECTIONS = 2

/** Which results share a counter, the word when it is used up, and whether an attempt spent one of `retry.total`. */
interface Rule {
  counter: readonly AttemptResult[]
  exhausted: ContactStatus
  counts: boolean
}
const RULES: Partial<Record<AttemptResult, Rule>> = {
  'busy': { counter: ['busy'], exhausted: 'busy', counts: true },
  'no-answer': { counter: ['no-answer', 'unknown', 'interrupted'], exhausted: 'no-answer', counts: true },
  'unknown': { counter: ['no-answer', 'unknown', 'interrupted'], exhausted: 'unknown', counts: true },
  'interrupted': { counter: ['no-answer', 'unknown', 'interrupted'], exhausted: 'unknown', counts: true },
  'unreachable': { counter: ['unreachable'], exhausted: 'unreachable', counts: true },
  'rejected': { counter: ['rejected'], exhausted: 'declined', counts: true },
  'answered': { counter: ['answered'], exhausted: 'answered', counts: true },
  'trouble': { counter: ['trouble'], exhausted: 'failed', counts: false },
}

/**
 * `attempts` are all ended attempts of one contact, the last one last. `tries: 3` means: the third that ends so is the last.
 * Trouble on our side has its own counter and spends no attempt of the contact.
 */
export function afterAttempt(attempts: readonly EndedAttempt[], retry: CampaignPlan['retry']): Verdict {
  const last = attempts.at(-1)
  if (!last) return { kind: 'final', status: 'unknown' }
  const rule = RULES[last.result]
  if (!rule)
    return { kind: 'final', status: last.result === 'unallocated' ? 'invalid' : (last.result as ContactStatus) }
  // somebody listened before the daemon died: he is not rung again to hear the same
  if (last.result === 'interrupted' && last.talkMs !== null) return { kind: 'final', status: 'unknown' }
  if (last.result === 'answered' && (last.talkMs ?? 0) >= SHORT_TALK_MS) return { kind: 'final', status: 'answered' }

  const { tries, after } = limitOf(last.result, retry)
  const spent = attempts.filter((attempt) => rule.counter.includes(attempt.result)).length
  const counted = attempts.filter((attempt) => RULES[attempt.result]?.counts !== false).length
  if (spent >= tries || (rule.counts && counted >= retry.total)) return { kind: 'final', status: rule.exhausted }
  return { kind: 'retry', after }
}

function limitOf(result: AttemptResult, retry: CampaignPlan['retry']): { tries: number; after: number | 'day' } {
  if (result === 'rejected') return { tries: REJECTIONS, after: 'day' }
  if (result === 'answered') return { tries: 2, after: retry.no_answer.every }
  if (result === 'busy') return { tries: retry.busy.tries, after: retry.busy.every }
  if (result === 'unreachable') return { tries: retry.unreachable.tries, after: retry.unreachable.every }
  if (result === 'trouble') return { tries: retry.trouble.tries, after: retry.trouble.every }
  return { tries: retry.no_answer.tries, after: retry.no_answer.every }
}
