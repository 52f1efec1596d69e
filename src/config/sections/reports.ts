import { z } from 'zod'
import type { ProblemId } from '../problem.ts'
import { duration, someTime, strict, whole } from '../values.ts'

/** `reports:` what the figures go by, and the weekly mail. */
export const reports = strict({
  short_abandon: duration()
    .default(5_000)
    .describe('who hangs up before this while somebody is rung is left out of service level and abandonment'),
  ring: someTime()
    .optional()
    .describe('one ring with its pause, for “answered within 3 rings”; the country’s if missing'),
  blocking: whole(1, 20).default(1).describe('percent of the calls that may find all lines busy in the busiest hour'),
  weekly: strict({
    to: z
      .array(z.string())
      .min(1, 'empty-list' satisfies ProblemId)
      .describe('people and mail addresses'),
    at: z
      .string()
      .regex(/^(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d$/, 'bad-week-time' satisfies ProblemId)
      .default('mon 09:00')
      .describe('when the mail about the week before goes, in the company’s zone: `mon 09:00`'),
  })
    .nullable()
    .default(null)
    .describe('the mail with the figures of the week; missing: none'),
})
