/**
 * The words for a contact of a campaign, and which of them a call earns. Pure.
 *
 * A contact that waits, for its first call or for the next, is `queued`. Every other word but `loading` and `dialing` is final.
 */
import type { DialFailure } from '../telephony/api.ts'

/** `loading`: the import that brings it is not finished; it is not dialled. */
export const contactStatuses = [
  'loading',
  'queued',
  'dialing',
  'answered',
  'completed',
  'partial',
  'declined',
  'opted-out',
  'busy',
  'no-answer',
  'unreachable',
  'invalid',
  'machine',
  'skipped-dnc',
  'skipped-hours',
  'failed',
  'unknown',
] as const
export type ContactStatus = (typeof contactStatuses)[number]

/** How a talk of the script with a person came out. `answered`: he picked up, but was told too little and answered nothing. */
export type TalkStatus = 'completed' | 'partial' | 'declined' | 'opted-out' | 'answered' | 'machine' | 'failed'

/**
 * How one attempt came out. `trouble`: our side, nobody's phone rang. `unknown`: the connection broke while it was placed.
 * `interrupted`: the daemon died during it.
 */
export type AttemptResult =
  TalkStatus | 'busy' | 'no-answer' | 'rejected' | 'unreachable' | 'unallocated' | 'trouble' | 'unknown' | 'interrupted'

const FAILURES: Record<DialFailure, AttemptResult> = {
  'busy': 'busy',
  'no-answer': 'no-answer',
  'rejected': 'rejected',
  'unreachable': 'unreachable',
  'forwarded': 'unreachable',
  'unallocated': 'unallocated',
  'congestion': 'trouble',
  'failed': 'trouble',
  'not-placed': 'trouble',
  // called off by us, when the daemon was told to end; the phone may have rung
  'cancelled': 'no-answer',
}

/** The result of a call that was not answered. */
export function resultOfFailure(kind: DialFailure | 'unknown'): AttemptResult {
  return kind === 'unknown' ? 'unknown' : FAILURES[kind]
}

export interface Talk {
  optedOut: boolean
  /** The script ran to its end; false: the person hung up first. */
  finished: boolean
  /** Our script broke; not the person's doing. */
  broken: boolean
  heardMs: number
  /** Who listened this long counts as told. */
  enoughMs: number
  /** Words given, by number of the question. */
  answers: Record<string, string>
  /** How many questions the script has. */
  questions: number
  /** A survey without an answer was in vain; a reminder need only be heard. */
  mustAnswer: boolean
}

/** The word of an `answer:` step that closes a contact as declined. */
export const DECLINED = 'declined'

export function statusOfTalk(talk: Talk): TalkStatus {
  const given = Object.values(talk.answers)
  if (talk.optedOut) return 'opted-out'
  if (given.includes(DECLINED)) return 'declined'
  if (talk.questions > 0 && given.length >= talk.questions) return 'completed'
  // a survey is done when everything was answered or everything was asked; a part is worth keeping but is not the whole
  if (given.length > 0) return talk.finished ? 'completed' : 'partial'
  if (talk.broken) return 'failed'
  if (talk.mustAnswer && talk.questions > 0) return 'answered'
  if (talk.finished || talk.heardMs >= talk.enoughMs) return 'completed'
  return 'answered'
}
