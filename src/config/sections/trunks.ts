import { z } from 'zod'
import { readPhoneText } from '../../model/phone-text.ts'
import { jsonShapes } from '../json-shapes.ts'
import { oneOrMany } from '../keyed-union.ts'
import type { ProblemId } from '../problem.ts'
import { endpoint, name, phoneNumber, someTime, strict, text, whole } from '../values.ts'
import { step, type Step } from './flows.ts'

/** `trunks:` the ways to the outside. */
export const trunk = strict({
  endpoint: endpoint().describe('the trunk as Asterisk names it'),
  lines: whole(1, 10_000).default(30).describe('calls it carries at once'),
  reserve_inbound: whole(0, 10_000).default(0).describe('of these, kept free for callers'),
  caller_id: oneOrMany(phoneNumber())
    .optional()
    .describe('numbers of ours that may be shown over this trunk; E.164 once loaded'),
  number_format: z
    .enum(['e164', 'plus-e164', 'national'])
    .default('plus-e164')
    .describe('how the provider wants numbers: 7912…, +7912…, 8912…'),
  number_format_in: z
    .enum(['auto', 'e164', 'plus-e164', 'national'])
    .default('auto')
    .describe(
      'how the provider sends callers’ numbers and ours: 7912…, +7912…, 8912…; `auto`: whatever can be read in one way only',
    ),
})
export type Trunk = z.output<typeof trunk>

const steps: z.ZodType<Step[], unknown> = oneOrMany(step)

/** `lines:` our own numbers (DIDs) and what a call to each enters. */
export const line = strict({
  name: text(64).describe('as mails and reports call it'),
  flow: name().describe('the flow that a caller of this number enters'),
  cases: name()
    .optional()
    .describe(
      'lines with the same word share their open cases: who was lost on one is called back once for all of them',
    ),
  mail: z
    .array(z.string())
    .min(1, 'empty-list' satisfies ProblemId)
    .optional()
    .describe('who is told of missed calls on this line instead of `missed_calls.mail.to`'),
  callback: name()
    .optional()
    .describe(
      'whose line it is: the group or person that calls back, and is told, when a caller was lost before anybody was rung; ' +
        'if missing whom the flow rings, where that is only one, else `missed_calls.callback.group`, else the operator',
    ),
  max_calls: whole(1, 10_000).optional().describe('callers of this line at once; as many as come if missing'),
  on_full: steps.optional().describe('the way of a caller beyond them; the busy tone if missing'),
})
export type Line = z.output<typeof line>

/** `+7 343`: the beginning of an E.164 number; without spaces once loaded. */
const prefix = () =>
  z
    .string()
    .transform((text, ctx) => {
      const written = readPhoneText(text)
      if (typeof written !== 'string' && written.plus && /^[1-9]\d{0,14}$/.test(written.digits))
        return `+${written.digits}`
      ctx.addIssue({ code: 'custom', message: 'bad-prefix' satisfies ProblemId })
      return z.NEVER
    })
    .register(jsonShapes, { shape: { keywords: { type: 'string', examples: ['+7', '+7 343'] } } })

/** `dialling:` the guard before every call that we place. */
export const dialling = strict({
  allow: z
    .array(prefix())
    .default([])
    .describe('prefixes that may be called, `+7`; empty: the company’s own country, no premium numbers'),
  deny: z.array(prefix()).default([]).describe('prefixes that may never be called; wins over allow'),
  max_call: someTime()
    .default(43_200_000)
    .describe('no call is longer than this; those who talk hear a tone a minute before its end'),
})
export type Dialling = z.output<typeof dialling>
