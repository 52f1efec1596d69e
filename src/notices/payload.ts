/**
 * What a notice's row carries: everything its mail needs, as plain JSON. Config and call may have changed, or be gone,
 * when it is sent.
 *
 * Whoever writes the row is held by the types. Reading is lenient where a mail with a vaguer sentence is better than no
 * mail: an unknown code becomes `other`, hostile text is cleaned here again.
 */
import { z } from 'zod'
import { reasonCodes, rungResults } from '../model/call-outcome.ts'
import { cleanText } from '../model/clean-text.ts'
import { parseMailAddress } from '../model/mail-address.ts'

/** Why the system will not call back by itself. */
export const noCallbackReasons = [
  'withheld',
  'not-callable',
  'never',
  'do-not-call',
  'switched-off',
  'too-old',
  'too-often',
  'lure',
  'spoken-with',
  'other',
] as const
export type NoCallbackReason = (typeof noCallbackReasons)[number]

/** How an open case came to its end. */
export const closings = ['called-back', 'called-out', 'came-back', 'by-hand', 'unreachable'] as const
export type Closing = (typeof closings)[number]

const text = (max: number) => z.string().transform((raw) => cleanText(raw, max))
const instant = z.number().int()
const span = z.number().min(0)
const e164 = z.string().regex(/^\+[1-9]\d{5,14}$/)

const caller = z.object({
  /** E.164; null when withheld or not a number. */
  number: e164.nullable().catch(null),
  /** As it came. */
  shown: text(64),
  name: text(64).nullable(),
})
const company = z.object({
  name: text(100),
  /** IANA zone: times in the mail are the company's. */
  zone: z.string(),
})
const common = z.object({
  callId: text(80),
  caller,
  /** Our number that was called. */
  line: z.object({ number: text(32), name: text(100).nullable() }),
  company,
  /** Where an answer to the mail goes: the team's mailbox. Null: the sender's address. */
  replyTo: z
    .string()
    .refine((address) => parseMailAddress(address) !== null)
    .nullable()
    .catch(null),
  calledAt: instant,
})

/** A call that nobody answered. */
export const missedCall = common.extend({
  reason: z.enum(reasonCodes).catch('other'),
  /** What the sentence of the reason speaks of; missing in rows of former versions. */
  detail: z
    .object({
      menu: text(64).nullable(),
      keys: z.array(text(100)),
      waitMs: span,
      position: z.number().int().min(1).nullable(),
      transfer: z.object({ by: text(64), to: text(20) }).optional(),
      people: z.array(text(64)),
    })
    .nullish()
    .catch(null),
  /** Keys in the order they were pressed; `label` is what the menu calls it. */
  pressed: z.array(z.object({ key: text(32), label: text(64).nullable() })),
  /** From our answer, or the first ring, to the end. */
  waitedMs: span,
  rung: z.array(z.object({ name: text(64), result: z.enum(rungResults).catch('unknown'), ms: span })),
  /** `file`: the WAV, as a path in the recordings folder. */
  voicemail: z.object({ file: z.string().max(500), ms: span }).nullable(),
  earlier: z.object({
    /** Calls of this number on the company's day of `calledAt`, this one included. */
    callsToday: z.number().int().min(0),
    lastTalk: z.object({ at: instant, with: text(64).nullable(), ms: span }).nullable(),
  }),
  next: z.discriminatedUnion('kind', [
    /** `when-free`: as soon as somebody is; a time: not before it. */
    z.object({ kind: z.literal('callback'), at: z.union([z.literal('when-free'), instant]) }),
    z.object({ kind: z.literal('none'), why: z.enum(noCallbackReasons).catch('other') }),
  ]),
  /** The daemon was away: only what Asterisk wrote down is known. */
  restored: z.boolean(),
  /** The recipient wants the call-back as an invitation in his calendar, when it has a time. */
  calendar: z.boolean().optional().catch(false),
})
export type MissedCallPayload = z.output<typeof missedCall>

/** Nobody has taken the case in time. */
export const escalation = common.extend({
  reason: z.enum(reasonCodes).catch('other'),
  /** Working time since the loss, as the rule says it. */
  afterMs: span,
})
export type EscalationPayload = z.output<typeof escalation>

/** Many calls in one: the calls themselves are rows of their own, marked with the digest's id. */
export const digest = z.object({
  company,
  replyTo: common.shape.replyTo,
  why: z.enum(['storm', 'night', 'away']).catch('storm'),
})
export type DigestPayload = z.output<typeof digest>

/** The follow-up in the same thread: the caller was spoken with, or the case was closed by hand. */
export const closed = common.extend({
  closed: z.object({
    how: z.enum(closings),
    /** Who spoke with him, or who closed it. */
    by: text(64).nullable(),
    at: instant,
    talkMs: span.nullable(),
  }),
})
export type ClosedPayload = z.output<typeof closed>

/** The system gave up calling back; the case stays open. */
export const callbackFailed = common.extend({
  tries: z.array(z.object({ at: instant, result: z.enum(rungResults).catch('unknown') })),
})
export type CallbackFailedPayload = z.output<typeof callbackFailed>

/** What an alarm tells the admin of: a kind of illness (illness.ts), or that a chat has another number now. */
export const alarmSubjects = [
  'refused',
  'everybody',
  'unconfirmed',
  'put-off',
  'away',
  'recipient',
  'moved-chat',
] as const

/** A channel of notices needs its admin. No call stands behind it. */
export const alarm = z.object({
  company,
  /** A lane, `mail host:port` for one of several servers, `mail anna@example.ru` for one mailbox. */
  channel: text(200),
  what: z.enum(alarmSubjects).catch('away'),
  /** As the other side said it; of a chat that moved: its new number. */
  why: text(1_000),
  since: instant,
})
export type AlarmPayload = z.output<typeof alarm>

/** A row's payload with the row's kind: what a mail is made of. */
export type NoticeContent =
  | { kind: 'missed'; payload: MissedCallPayload }
  | { kind: 'closed'; payload: ClosedPayload }
  | { kind: 'callback-failed'; payload: CallbackFailedPayload }
  | { kind: 'escalation'; payload: EscalationPayload }
export type NoticeKind = NoticeContent['kind'] | 'digest' | 'alarm'
export const noticeKinds = [
  'missed',
  'closed',
  'callback-failed',
  'escalation',
  'digest',
  'alarm',
] as const satisfies NoticeKind[]

/**
 * The content of a row about one call; `json` is its payload. Throws when the kind is unknown or something is missing
 * that no mail can do without.
 */
export function readContent(kind: string, json: string): NoticeContent {
  const payload: unknown = JSON.parse(json)
  switch (kind) {
    case 'missed':
      return { kind, payload: missedCall.parse(payload) }
    case 'closed':
      return { kind, payload: closed.parse(payload) }
    case 'callback-failed':
      return { kind, payload: callbackFailed.parse(payload) }
    case 'escalation':
      return { kind, payload: escalation.parse(payload) }
    default:
      throw new Error(`a notice of unknown kind: ${cleanText(kind, 40)}`)
  }
}
