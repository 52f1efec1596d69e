/** The words for what happened on a call: the steps of its path, why nobody spoke with the caller, how each phone that rang came out. */

/** What a call came to. `ignored`: nobody spoke with the caller, and nobody need be told. */
export type VerdictWord = 'answered' | 'missed' | 'ignored'

/** Why a call was missed. Sentences for people stand in notices/reasons.ts, the rule in missed-calls/verdict.ts. */
export const reasonCodes = [
  'hangup_greeting',
  'hangup_menu',
  'no_input',
  'invalid_input',
  'lookup_hangup',
  'callback_requested',
  'transfer_unanswered',
  'queue_abandon',
  'queue_timeout',
  'all_busy',
  'none_online',
  'ring_no_answer',
  'operator_rejected',
  'mobile_not_accepted',
  'phone_forwarded',
  'after_hours',
  'voicemail_left',
  'voicemail_empty',
  'congestion',
  'looping',
  'trunk_lost',
  'restored',
  'other',
] as const
export type ReasonCode = (typeof reasonCodes)[number]

/** Why nobody is told of a call that nobody answered: `missed_calls.ignore`, and `linked`: he rang again, and that call tells for both. */
export const ignoreReasons = [
  'linked',
  'fax',
  'own_number',
  'own_call',
  'blocked',
  'internal',
  'announcement',
  'short',
] as const
export type IgnoreReason = (typeof ignoreReasons)[number]

/** The parameters of a reason, as its sentence needs them. */
export interface ReasonDetail {
  /** The flow in whose menu he was last; null: none. */
  menu: string | null
  /** What he pressed, in order: `2 — Sales`, `7`. */
  keys: string[]
  waitMs: number
  /** His place in the line when he left it, from 1; null: unknown. */
  position: number | null
  /** Whose phones rang, or would have, by name. */
  people: string[]
  /** The last transfer: the name of the operator, and what was dialled, empty when that is not known. */
  transfer?: { by: string; to: string }
}

/** How the ringing of one person ended, if not with a talk. */
export const rungResults = [
  'no-answer',
  'busy',
  'rejected',
  'not-accepted',
  'offline',
  'unreachable',
  'unallocated',
  'congestion',
  'cancelled',
  'not-placed',
  'forwarded',
  'dropped',
  'failed',
  'unknown',
] as const
/** `forwarded`: the phone says that it forwards calls, which is not followed. `dropped`: picked up, and hung up before a word can have been said. */
export type RungResult = (typeof rungResults)[number]

/** What a caller asked for with `offer_callback` or `callback_after_meeting`. */
export interface Asked {
  /** His own, or the one that he dialled. */
  number: string
  /** Who should call him: a group or a person. */
  to: string
  /** His place among the callers: since when he waits. */
  since: number
  afterMeeting: boolean
}

/** What a caller is told while he waits: that he may press a key and be called back, and where he stands. */
export interface WaitingOffer {
  /** Milliseconds between two times. */
  every: number
  key: string
  /** Says so; sentences of our own if missing. */
  play?: string | undefined
  /** Also his place in the line. */
  place: boolean
}

/**
 * One thing that happened on a call's path. Rows of PathStep: `kind` and the rest as JSON. `at` in a step is the place in the
 * configuration that led to it, `perezvon.yaml:37`.
 */
export type Step =
  | { kind: 'arrived'; did: string }
  | { kind: 'flow'; flow: string }
  | { kind: 'played'; sounds: string[]; at?: string | undefined }
  | { kind: 'sound-failed'; sounds: string[]; at?: string | undefined }
  /** An announcement of `missed_calls.ignore.announcements` was heard to its end, while it was valid. */
  | { kind: 'heard'; sounds: string[]; at?: string | undefined }
  /** Information is found and told; `told`: to its end. */
  | { kind: 'lookup'; at?: string | undefined }
  | { kind: 'told'; at?: string | undefined }
  | { kind: 'menu'; at?: string | undefined }
  /** `label`: what the key leads to, in people's words. */
  | { kind: 'key'; key: string; label: string | null; at?: string | undefined }
  | { kind: 'silence'; at?: string | undefined }
  | { kind: 'wrong-key'; key: string; at?: string | undefined }
  | { kind: 'closed'; hours: string; at?: string | undefined }
  | {
      kind: 'ring'
      to: string
      name: string
      at?: string | undefined
      skill?: string | undefined
      priority?: number | undefined
      offer?: WaitingOffer | undefined
    }
  /** `to`: the ring it belongs to; a phone that stops late is told after the next ring has begun. */
  | { kind: 'rung'; person: string; name: string; result: RungResult; ms: number; to?: string }
  /** `position`: his place in the line then, from 1. */
  | { kind: 'ring-ended'; to: string; outcome: RingOutcome; position?: number | undefined }
  /** The caller was told that talks are recorded. */
  | { kind: 'announced'; sound: string; at?: string | undefined }
  /** The talk that follows is recorded; `name` as Asterisk knows it. */
  | { kind: 'talk-recorded'; name: string }
  | { kind: 'talk'; person: string; name: string; ms: number }
  /**
   * The operator has transferred the caller with the phone, who is with us until somebody takes the call. `by`: a key of people, or the endpoint;
   * `to`: what was dialled, or, empty, a colleague who was called first and did not answer.
   */
  | { kind: 'transfer'; by: string; name: string; to: string }
  /** The operator has connected the caller with a colleague, and the call went on without us for so long. */
  | { kind: 'transferred'; by: string; ms: number }
  /** `recording`: its name in Asterisk, for who takes the call over. */
  | { kind: 'voicemail'; to: string; recording?: string; at?: string | undefined }
  | { kind: 'recorded'; to: string; ms: number; file: string | null }
  /** The caller is offered a call-back, or asked on which number. */
  | { kind: 'offer'; at?: string | undefined }
  | ({ kind: 'callback-asked'; at?: string | undefined } & Asked)
  | { kind: 'answer'; answer: string }
  | { kind: 'opt-out' }
  /** A machine that sends pictures. */
  | { kind: 'fax' }
  /** He rang again before this call was decided: that call tells for both. */
  | { kind: 'linked'; to: string }
  /** The call went on in the plain dialplan, without us; `full`, `loop`: it was refused there. `times`: of a circle, how many calls it was. */
  | { kind: 'fallback'; why: 'away' | 'full' | 'loop'; times?: number }
  | { kind: 'hung-up'; by: 'caller' | 'us' | 'unknown'; cause: number }
  /** This daemon took the call over from one that had died. */
  | { kind: 'recovered'; how: string }

/** How the ringing of a person or a group ended, if not with a talk. `timeout`: the time of the group was over. */
export type RingOutcome = 'no-answer' | 'timeout' | 'all-busy' | 'none-online' | 'abandoned' | 'interrupted'

export type StepRow = Step & { time: number }

/** What the verdict is made of: who called, over what, and all that happened. Times in milliseconds since 1970. */
export interface Journey {
  /** Without steps it is a call that nobody served. */
  steps: readonly StepRow[]
  arrivedAt: number
  endedAt: number
  direction: 'inbound' | 'callback' | 'campaign' | 'outbound'
  /** E.164; null: withheld, or no number. */
  caller: string | null
  /** He came from a phone of the house. */
  internal: boolean
}

export interface Verdict {
  verdict: VerdictWord
  reason: ReasonCode | IgnoreReason | null
  detail: ReasonDetail
  /** The last group or person that was rung. */
  group: string | null
  /** From the first ring to the talk, the answerphone or the end; without a ring, from the arrival. */
  waitMs: number
  talkMs: number | null
}

/** Asterisk does not tell when its dialplan has joined two. Who was gone by then, or had no time for a word, has not talked. */
export const SHORTEST_TALK_MS = 300

/** An operator has spoken with the caller and transferred the call, and nobody has taken it there, or back. */
export function isLostInTransfer(steps: readonly StepRow[]): boolean {
  const transfer = steps.findLastIndex(({ kind }) => kind === 'transfer')
  return transfer >= 0 && !steps.slice(transfer).some(({ kind }) => kind === 'talk')
}
