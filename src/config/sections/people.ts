import { z } from 'zod'
import { oneOrMany, shortOrLong } from '../keyed-union.ts'
import { jsonShapes } from '../json-shapes.ts'
import type { ProblemId } from '../problem.ts'
import {
  duration,
  endpoint,
  login,
  mailAddress,
  name,
  phoneNumber,
  someTime,
  sound,
  strict,
  text,
  whole,
} from '../values.ts'
import { step, type Step } from './flows.ts'

/** Where a person is rung: a phone of the PBX (`PJSIP/101`) or an outside number (`+7 912 …`), which must accept with a key. */
export const rings = z
  .string()
  .transform((words, ctx) => {
    if (endpoint().safeParse(words).success)
      return { kind: 'phone' as const, endpoint: words, extension: words.slice('PJSIP/'.length) }
    /** E.164 once loaded. */
    if (phoneNumber().safeParse(words).success) return { kind: 'outside' as const, number: words }
    ctx.addIssue({ code: 'custom', message: 'bad-rings' satisfies ProblemId, params: { text: words } })
    return z.NEVER
  })
  .register(jsonShapes, { shape: { anyOf: () => [endpoint(), phoneNumber()] } })
/** One device or number of a person. */
export type Rings = z.output<typeof rings>

const whisperWords = ['line', 'choice', 'both', 'off'] as const

/** Not a sound: a word that says what is spoken to the operator. */
export function isWhisperWord(text: string): text is (typeof whisperWords)[number] {
  return (whisperWords as readonly string[]).includes(text)
}

/** `people:` everybody who is rung or gets mail. */
export const person = strict({
  name: text(64).describe('as it is spoken of in mails and on screens'),
  rings: oneOrMany(rings).describe('phones of the PBX (`PJSIP/101`) and outside numbers (`+7 912 …`)'),
  email: mailAddress().optional().describe('where mails about missed calls go'),
  calendar: z.boolean().default(false).describe('a call-back at a fixed time comes as an invitation with the mail'),
  language: z.enum(['ru', 'en']).optional().describe('language of the mails to this person; the company’s if missing'),
  login: login().optional().describe('`required`: is rung only after signing in (`*11`); the company’s if missing'),
  hours: name().optional().describe('the shift: outside of these hours the person is not rung'),
  outbound: z
    .boolean()
    .default(false)
    .describe('may dial numbers outside from a desk phone, within `dialling`; a talk closes the client’s case'),
  line: phoneNumber()
    .optional()
    .describe('the number of ours that is shown when this person dials outside; the first of `lines` if missing'),
})
export type Person = z.output<typeof person>

const steps: z.ZodType<Step[], unknown> = oneOrMany(step)

const member = shortOrLong(
  name().transform((person) => ({ person, priority: 1, weight: 1, skills: [] as string[] })),
  strict({
    person: name().describe('a key of `people`'),
    priority: whole(0, 9).default(1).describe('higher is rung before lower'),
    weight: whole(0, 100).default(1).describe('share of the calls by `weighted`'),
    skills: z.array(name()).default([]).describe('what a `ring:` step may ask for'),
  }),
)

/** `groups:` people who are rung together. */
export const group = strict({
  name: text(64).optional().describe('as mails and screens call it; the key if missing'),
  members: z
    .array(member)
    .min(1, 'empty-list' satisfies ProblemId)
    .describe('keys of `people`, in the order of `in-turn`; `{ person: …, priority: …, skills: […] }` says more'),
  ring: z
    .enum(['all', 'in-turn', 'random', 'longest-idle', 'fewest-calls', 'weighted', 'last-operator-first'])
    .default('all')
    .describe(
      'all at once, one after another, by chance, who has been without a call the longest, who has had fewest today, ' +
        'by weight, or who spoke with this caller last and then the longest idle',
    ),
  each: someTime().default(20_000).describe('how long one person (or all at once) is rung'),
  total: someTime().default(60_000).describe('how long the group is tried in all'),
  wait_busy: duration()
    .optional()
    .describe('how long of it a caller waits while everybody is busy; `total` if missing'),
  wrap_up: duration().default(0).describe('how long a person is left in peace after a talk'),
  email: mailAddress().optional().describe('a common mailbox of the group'),
  overflow: strict({
    to: name().describe('the group that is rung instead'),
    after: someTime().describe('when nobody of this one has answered by then, or at once when nobody is there'),
  }).optional(),
  on_none_online: steps.optional().describe('when nobody is there; the step after the `ring` if missing'),
  on_all_busy: steps.optional().describe('when everybody was busy all the time; the step after the `ring` if missing'),
  on_timeout: steps.optional().describe('when nobody has answered; the step after the `ring` if missing'),
  target: strict({
    answer_within: someTime().describe('a call that is answered so soon counts as served'),
    percent: whole(1, 100).default(80).describe('share of the calls that should be'),
  })
    .optional()
    .describe('the service level that reports measure by'),
  whisper: sound()
    .default('off')
    .describe(
      'what the operator hears before the caller: `line`, `choice` (what he pressed), `both`, `off`, or a sound',
    ),
  record: z
    .boolean()
    .default(false)
    .describe('talks are recorded; the flow must say so before, with `announce_recording`'),
}).transform(({ members, ...rest }) => ({
  ...rest,
  members: members.map(({ person }) => person),
  /** What is said of each member. */
  terms: members,
}))
export type Group = z.output<typeof group>
