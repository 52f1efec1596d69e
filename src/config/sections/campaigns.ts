import { z } from 'zod'
import type { ProblemId } from '../problem.ts'
import { duration, key, name, phoneNumber, someTime, sound, strict, text, whole } from '../values.ts'
import { step } from './flows.ts'

const retry = (tries: number, everyMs: number) =>
  strict({ tries: whole(0, 20).default(tries), every: someTime().default(everyMs) }).prefault({})

/** `campaigns:` calls by list. The contacts come from `perezvon campaign import`, the rest stands here. */
export const campaign = strict({
  name: text(100).describe('as screens and results call it'),
  kind: z.enum(['reminder', 'invitation', 'survey']).describe('what the law and the reports take it for'),
  line: phoneNumber().describe('our number that the called person sees and may ring back; E.164 once loaded'),
  trunk: name().describe('the trunk that carries the calls'),
  hours: name().describe('when contacts may be called, read in the contact’s own zone if the list gives one'),
  lines: whole(1, 1000)
    .default(1)
    .describe('calls at once; never more than the trunk has after its reserve for callers'),
  ring_for: someTime().default(30_000).describe('how long a contact’s phone rings'),
  heard: duration().default(15_000).describe('who listened this long counts as told, even without a key'),
  retry: z
    .strictObject({
      busy: retry(3, 600_000),
      no_answer: retry(3, 3_600_000),
      unreachable: retry(2, 10_800_000),
      trouble: retry(5, 120_000),
      total: whole(1, 20).default(6).describe('calls to one contact in all'),
    })
    .prefault({})
    .describe('how often and after how long a contact is tried again, by what happened'),
  columns: z
    .record(z.string(), z.string())
    .default({})
    .describe('name in the script: column of the list; `phone`, `name` and `timezone` are found by themselves'),
  opt_out: strict({ key: key().default('9'), confirm: sound().optional() })
    .prefault({})
    .describe('the key that keeps a number from ever being called again, and what is said then'),
  script: z
    .array(step)
    .min(1, 'empty-list' satisfies ProblemId)
    .describe('what the called person hears'),
})
export type CampaignPlan = z.output<typeof campaign>
