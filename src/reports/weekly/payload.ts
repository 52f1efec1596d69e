/** What the row of a weekly mail carries: its tables and the numbers of its pictures, so that it can be written whenever the server takes it. */
import { z } from 'zod'
import { cleanText } from '../../model/clean-text.ts'
import { type ColumnId, kinds } from '../columns.ts'
import { tableIds } from '../table.ts'

const text = (max: number) => z.string().transform((raw) => cleanText(raw, max))
const count = z.number().int().min(0)
const share = z.number().min(0).max(1).nullable()
const columns = z.enum(Object.keys(kinds) as [ColumnId, ...ColumnId[]])
const row = z.partialRecord(columns, z.union([text(200), z.number(), z.null()]))

/** A figure of the week beside that of the week before; both as its column says. */
const headline = z.object({
  column: columns,
  now: z.number().nullable(),
  before: z.number().nullable(),
  /** What is better: more of it, less of it, or neither. */
  better: z.enum(['more', 'less', 'neither']),
})
export type Headline = z.output<typeof headline>

export const weekly = z.object({
  company: z.object({ name: text(100), zone: z.string() }),
  /** Milliseconds; `to` is the first instant after the week. */
  from: z.number().int(),
  to: z.number().int(),
  headlines: z.array(headline),
  tables: z.array(
    z.object({ id: z.enum(tableIds), columns: z.array(columns), rows: z.array(row), total: row.nullable() }),
  ),
  hours: z.array(z.object({ weekday: count, hour: count, received: count, lost: count })),
  days: z.array(z.object({ label: text(20), answered: count, lost: count, serviceLevel: share })),
  waits: z.array(z.object({ upTo: z.number().nullable(), answered: count, lost: count })),
  /** Of the service level, 0 to 1, and its thresholds in seconds; rows of former versions have none, and meant the usual one. */
  goal: z.number().min(0).max(1),
  thresholds: z.array(z.number().min(0)).default([20]),
})
export type WeeklyPayload = z.output<typeof weekly>

/** Throws when the row cannot be read. */
export function readWeekly(json: string): WeeklyPayload {
  return weekly.parse(JSON.parse(json))
}
