import { z } from 'zod'
import { keyedUnion, oneKeyOf, oneOrMany, shortOrLong } from '../keyed-union.ts'
import type { WaitingOffer } from '../../model/call-outcome.ts'
import type { ProblemId } from '../problem.ts'
import { key, name, someTime, sound, strict, text, whole } from '../values.ts'

/** One thing that is spoken: a prompt, or a value said in the language of the call. `{{ column }}` stands for a contact's value. */
export const spoken = shortOrLong(
  sound(),
  oneKeyOf({
    number: strict({
      number: value(),
      unit: z.enum(['none', 'rouble', 'minute', 'hour', 'day']).default('none').describe('counted along: «5 минут»'),
    }),
    digits: strict({ digits: value() }),
    date: strict({ date: value() }),
    time: strict({ time: value() }),
    text: strict({ text: value() }),
    until: strict({ until: name().describe('when the meeting of this person ends, if that is known') }),
  }),
)
export type Spoken = z.output<typeof spoken>

/** A value to speak: written here, or `{{ column }}` of the contact. */
function value() {
  return text(300)
}

const steps: z.ZodType<Step[], unknown> = z.lazy(() => oneOrMany(step))

const play = strict({
  play: shortOrLong(
    oneOrMany(sound()),
    strict({
      sound: oneOrMany(sound()),
      skip: z
        .boolean()
        .default(true)
        .describe('a key ends it, and counts for the menu that follows; `false`: it is heard to its end'),
    }),
  ),
}).transform(({ play }): Play => (Array.isArray(play) ? { play } : { play: play.sound, skip: play.skip }))
const say = strict({ say: oneOrMany(spoken) })
const menu = strict({
  menu: strict({
    play: oneOrMany(sound()).describe('the prompt; a key may be pressed while it plays'),
    wait: someTime().default(5_000).describe('how long the caller may think after the prompt'),
    tries: whole(1, 9).default(2).describe('how often the menu is said, counted for silence and for wrong keys apart'),
    keys: z.record(key(), steps).default({}).describe('what each key does: a step or a list of steps'),
    extension: z
      .enum(['allowed', 'refused'])
      .default('refused')
      .describe('a person’s extension may be dialled instead of a key'),
    on_silence: steps.optional().describe('after the last try without a key; `else` if missing'),
    on_wrong: steps.optional().describe('after the last wrong key; `else` if missing'),
    wrong_prompt: sound().optional().describe('said after a wrong key'),
    else: steps.optional().describe('neither key nor extension; the operator if missing'),
  }),
})
const when = strict({
  when: oneKeyOf({
    open: strict({ open: name() }),
    closed: strict({ closed: name() }),
    meeting: strict({ meeting: name() }),
  }).describe('`open` or `closed` and a name of `hours`, or `meeting` and a person'),
  do: steps,
  else: steps.optional().describe('otherwise; if missing the flow goes on'),
})
/** A key whose name can be spoken. */
const digit = () => z.string().regex(/^[0-9]$/, 'bad-digit' satisfies ProblemId)
const ring = strict({
  ring: shortOrLong(
    name().transform((to): RingTarget => ({ to, screen: true })),
    strict({
      to: name().describe('a person or a group'),
      skill: name().optional().describe('only the members of the group who have this skill'),
      priority: whole(0, 9).optional().describe('callers with a higher one are served first; 0 if missing'),
      for: someTime().optional().describe('instead of the group’s `total`'),
      music: name().optional().describe('a music class, or `ringing` for the plain tone'),
      screen: z.boolean().default(true).describe('outside numbers must accept with a key'),
      offer_callback: strict({
        every: someTime().default(30_000).describe('time from the first ring to the first time, and between two'),
        key: digit().default('1').describe('ends the waiting; he is called back and keeps his place'),
        play: sound().optional().describe('says so; sentences of our own if missing'),
        place: z.boolean().default(true).describe('tells him his place in the line too'),
      })
        .optional()
        .describe('what a caller is told while he waits'),
    }),
  ),
})
const voicemail = strict({
  voicemail: strict({
    to: name().describe('a person or a group'),
    play: sound().optional().describe('the greeting before the tone'),
    max: someTime().default(180_000).describe('the longest message'),
    silence: someTime().default(5_000).describe('silence that ends the message'),
  }),
})
const announceRecording = strict({
  announce_recording: sound().describe('says that talks are recorded; groups with `record` must be rung after it'),
})
const goTo = strict({ go_to: name().describe('a flow; nothing after it is run') })
const hangup = strict({ hangup: z.enum(['normal', 'busy', 'congestion']) })
const unanswered = strict({
  unanswered: steps.describe('the last step of a flow: run when its end was reached and nobody talked'),
})
const offerCallback = strict({
  offer_callback: strict({
    key: key().default('1').describe('asks for the call; anything else goes on'),
    play: sound().optional().describe('the offer; a sentence of our own if missing'),
    wait: someTime().default(4_000).describe('how long after it a key may be pressed'),
    to: name().optional().describe('who calls back; whom he waited for if missing'),
  }),
})
const callbackAfterMeeting = strict({
  callback_after_meeting: name().describe('this person calls him back when the meeting is over'),
})
const answer = strict({
  answer: text(64).describe('the word that goes into the results of a campaign'),
})
const yesOrSound: z.ZodType<true | string, unknown> = z.union(
  [z.literal(true), sound()],
  'bad-opt-out' satisfies ProblemId,
)
const optOut = strict({
  opt_out: yesOrSound.describe('never call this number again; a sound: said as confirmation'),
})

/** One step of a flow or of a campaign's script. */
export const step: z.ZodType<Step, unknown> = keyedUnion('step', () => ({
  play,
  say,
  menu,
  when,
  ring,
  voicemail,
  announce_recording: announceRecording,
  go_to: goTo,
  hangup,
  unanswered,
  offer_callback: offerCallback,
  callback_after_meeting: callbackAfterMeeting,
  answer,
  opt_out: optOut,
}))

/** Where a step stands, `perezvon.yaml:37`; the loader fills it in, the journal and `simulate` print it. */
interface Placed {
  at?: string
}
/** Steps hold steps, so their type is written out; the shapes are the schemas' above. */
export type Step = Placed &
  (
    | ({ kind: 'play' } & Play)
    | ({ kind: 'say' } & z.output<typeof say>)
    | { kind: 'menu'; menu: Menu }
    | {
        kind: 'when'
        when: { open: string } | { closed: string } | { meeting: string }
        do: Step[]
        else?: Step[] | undefined
      }
    | { kind: 'ring'; ring: RingTarget }
    | ({ kind: 'voicemail' } & z.output<typeof voicemail>)
    | ({ kind: 'announce_recording' } & z.output<typeof announceRecording>)
    | ({ kind: 'go_to' } & z.output<typeof goTo>)
    | ({ kind: 'hangup' } & z.output<typeof hangup>)
    | { kind: 'unanswered'; unanswered: Step[] }
    | ({ kind: 'offer_callback' } & z.output<typeof offerCallback>)
    | ({ kind: 'callback_after_meeting' } & z.output<typeof callbackAfterMeeting>)
    | ({ kind: 'answer' } & z.output<typeof answer>)
    | ({ kind: 'opt_out' } & z.output<typeof optOut>)
  )
/** `skip` false: no key ends it; missing: written in the short form, and a key does. */
interface Play {
  play: string[]
  skip?: boolean
}
/** `screen`: outside numbers must accept with a key. `for`, `busy`: milliseconds; `busy` is how long of it while everybody is. */
export interface RingTarget {
  to: string
  skill?: string | undefined
  priority?: number | undefined
  for?: number | undefined
  busy?: number | undefined
  music?: string | undefined
  screen: boolean
  offer_callback?: WaitingOffer | undefined
}
export interface Menu {
  play: string[]
  wait: number
  tries: number
  keys: Record<string, Step[]>
  extension: 'allowed' | 'refused'
  on_silence?: Step[] | undefined
  on_wrong?: Step[] | undefined
  wrong_prompt?: string | undefined
  else?: Step[] | undefined
}
export type RingStep = Extract<Step, { kind: 'ring' }>
export type VoicemailStep = Extract<Step, { kind: 'voicemail' }>
