import { z } from 'zod'
import type { ProblemId } from '../problem.ts'
import { someTime, strict } from '../values.ts'

/** Keys that nobody presses by chance in the middle of a talk. */
const talkCode = () => z.string().regex(/^[*#][0-9*#]{1,4}$/, 'bad-talk-code' satisfies ProblemId)

/** `recordings:` talks of groups with `record`. */
export const recordings = strict({
  keep: someTime().default(7_776_000_000).describe('after this a recording is deleted; at most a year'),
  pause: talkCode()
    .default('*91')
    .describe('what an operator presses while he talks so that nothing is recorded any more'),
  resume: talkCode().default('*92').describe('what he presses so that it is recorded again'),
})
export type Recordings = z.output<typeof recordings>
