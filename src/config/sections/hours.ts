import { z } from 'zod'
import { oneOrMany } from '../keyed-union.ts'
import { pathBelow, sound, strict } from '../values.ts'

const dayRanges = z.string()

/** `hours:` when the company is open, in its own zone. What the texts mean: model/business-hours.ts. */
export const schedule = strict({
  week: z
    .record(z.string(), dayRanges)
    .default({})
    .describe(
      '`mon-fri: "09:00-18:00"`; several ranges with a comma, `24h` for a whole day; a day that is missing is closed',
    ),
  holidays: oneOrMany(pathBelow())
    .default([])
    .describe('iCalendar files below the configuration folder; their days are closed'),
  dates: z
    .record(z.string(), dayRanges)
    .default({})
    .describe(
      '`2026-12-31: "09:00-13:00"`, `closed`, or `workday` for the hours of an ordinary Monday; wins over holidays',
    ),
}).transform((hours) => ({
  ...hours,
  /** The days of the `holidays` files, `2026-01-01`; the loader reads them. */
  closedDays: [] as string[],
}))
export type Schedule = z.output<typeof schedule>

/** `music:` classes of music on hold. */
export const music = strict({
  files: pathBelow().describe('a folder with sound files below the configuration folder'),
  order: z.enum(['random', 'alphabet']).default('random').describe('the order of the pieces'),
  slogans: oneOrMany(sound()).optional().describe('played between two pieces'),
})
export type Music = z.output<typeof music>
