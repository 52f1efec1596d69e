/** What every way to a server outside has in the configuration: its address, and where its secret stands. */
import { z } from 'zod'
import { oneKeyOf } from './keyed-union.ts'
import type { ProblemId } from './problem.ts'
import { strict, text } from './values.ts'

/** Where a secret stands; never in this file. It is read when it is needed, so that a new one needs no restart. */
export const secret = oneKeyOf({
  env: strict({
    env: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,79}$/, 'bad-name' satisfies ProblemId)
      .describe('a variable of the environment'),
  }),
  file: strict({ file: text(300).describe('a file; relative: below the configuration folder') }),
})
export type SecretPlace = z.output<typeof secret>

/** A fixed server: what is filled in comes after its name, so that no caller chooses who is asked. */
export const fixedUrl = () => z.string().regex(/^https?:\/\/[^\s/{}@?#]+([/?][^\s]*)?$/, 'bad-url' satisfies ProblemId)
