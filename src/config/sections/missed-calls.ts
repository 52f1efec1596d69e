import { z } from 'zod'
import type { ProblemId } from '../problem.ts'
import { shortOrLong } from '../keyed-union.ts'
import { clockTime, duration, moment, name, phoneNumber, someTime, sound, strict, whole } from '../values.ts'

export interface Announcement {
  play: string
  until?: string | undefined
}

/** `missed_calls.ignore:` what nobody need be told of although nobody answered. A talk and a voice message count before all of it. */
const ignore = strict({
  internal: z.boolean().default(true).describe('calls from phones of the house'),
  callers: z.array(phoneNumber()).default([]).describe('numbers that nobody wants to hear of; E.164 once loaded'),
  shorter_than: duration().default(0).describe('hung up in the greeting within this time; `0s`: every call counts'),
  announcements: z
    .array(
      shortOrLong(
        sound().transform((play): Announcement => ({ play })),
        strict({
          play: sound(),
          until: moment().optional().describe('from then on it is no answer any more; the company’s time'),
        }),
      ),
    )
    .default([])
    .describe('who has heard one of these to its end and hung up has got what he called for: an outage, for example'),
  own_numbers: z.boolean().default(true).describe('calls that come from a number of `lines`: forwarding in a circle'),
  own_calls: z.boolean().default(true).describe('people whom we called ourselves and who then reached nobody'),
  fax: z.boolean().default(true).describe('fax machines'),
})

/** Times to wait, one after another; the last for all further times. */
const waits = () => z.array(duration()).min(1, 'empty-list' satisfies ProblemId)

/** `missed_calls:` who is told, and how the caller is called back. */
export const missedCalls = strict({
  mail: strict({
    to: z
      .array(z.string())
      .min(1, 'empty-list' satisfies ProblemId)
      .describe('mail addresses, people, or `group`: everybody of the group that was rung, or whose line it is'),
    wait: duration().default(10_000).describe('a caller who gets through within this time makes no mail'),
    digest: strict({
      over: whole(1, 100_000).default(10).describe('so many notices go one by one to a recipient within `within`'),
      within: someTime().default(600_000).describe('the rest of this time is gathered into one'),
      night: name().optional().describe('hours; what comes outside of them is gathered until they begin'),
      at: clockTime().optional().describe('when the night’s digest is sent on the day of that opening'),
    })
      .prefault({})
      .describe('many notices are told by one, each call in it'),
    thread_per: z.enum(['caller-day', 'call']).default('caller-day').describe('which mails answer one another'),
  }),
  shortest_talk: duration()
    .default(3_000)
    .describe('an operator who hangs up sooner has not talked: the caller is rung on'),
  sla: someTime().default(1_200_000).describe('working time within which somebody should have spoken with the caller'),
  hours: name().optional().describe('the working time of `sla`; the hours of `callback.only` if missing, else always'),
  ignore: ignore.prefault({}).describe('unanswered calls of which nobody is told'),
  escalate: z
    .array(
      strict({
        after: someTime().describe('working time since the loss'),
        to: z
          .array(z.string())
          .min(1, 'empty-list' satisfies ProblemId)
          .describe('as in `mail: to:`'),
        hours: name().optional().describe('what counts as working time; the hours of `sla` if missing'),
      }),
    )
    .default([])
    .describe('who is told when nobody has taken the case by then'),
  callback: strict({
    group: name()
      .optional()
      .describe(
        'who calls back callers of lines that are nobody’s own (`lines: callback:`); the operator’s group if missing',
      ),
    after: duration().default(0).describe('not before this time has passed since the call'),
    tries: whole(1, 9).default(3).describe('calls to the client before it is given up'),
    every: waits().default([300_000, 1_200_000, 3_600_000]).describe('wait before the 2nd, 3rd, … try'),
    retry: strict({
      busy: waits().optional(),
      no_answer: waits().optional(),
      unreachable: waits().optional(),
      machine: waits().optional(),
      trouble: waits().default([120_000, 300_000, 900_000]),
    })
      .prefault({})
      .describe('own waits by what happened: after the 1st, 2nd, … time of it; `every` if missing'),
    call_first: z
      .enum(['staff', 'client'])
      .default('staff')
      .describe('who is rung first; with `client` somebody of ours is reserved before'),
    amd: z
      .boolean()
      .default(false)
      .describe('listen for answering machines on the client’s side; takes the first two seconds of the talk'),
    only: name().optional().describe('hours in which clients may be called'),
    client_hours: name()
      .optional()
      .describe('hours read in the client’s own zone, where his number tells it; 8 to 21 o’clock if missing'),
    expires: someTime()
      .default(86_400_000)
      .describe('after this only the open list remembers the call; counted in the hours of `only`'),
    max_age: someTime().default(3_600_000).describe('a loss that is known only after so long is left to people'),
    per_minute: whole(1, 1000).default(20).describe('calls to clients within any minute'),
    trunk_per_minute: whole(1, 1000).default(10).describe('of these, over one trunk'),
    ring_client: someTime().default(40_000).describe('how long the client’s phone rings'),
    success: duration().default(5_000).describe('a talk at least this long closes the case'),
    never: z.array(phoneNumber()).default([]).describe('numbers that are never called back; E.164 once loaded'),
  })
    .nullable()
    .default(null)
    .describe('missing: nobody is called back by the system'),
})
export type MissedCalls = z.output<typeof missedCalls>
export type CallbackRules = NonNullable<MissedCalls['callback']>
