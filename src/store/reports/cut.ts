/** The parts that every query over the calls of a period shares: local time, and by what rows are told apart. */
import { type Cut, type Period, stretchesOf } from '../../reports/period.ts'

/** The SQL of `cutKey` (reports/period.ts); `c.local` is local time in milliseconds. */
const CUTS: Record<Cut, string> = {
  total: '0',
  hour: 'c."local" / 3600000 % 24',
  weekday: '(c."local" / 86400000 + 3) % 7',
  day: 'c."local" / 86400000',
  week: '(c."local" / 86400000 + 3) / 7',
  month: `CAST(strftime('%Y', c."local" / 1000, 'unixepoch') AS INTEGER) * 12 + strftime('%m', c."local" / 1000, 'unixepoch') - 1`,
  group: `coalesce(c."group", '')`,
  line: `coalesce(c."line", '')`,
}
/** A row's key: a number for times (see reports/period.ts), the name of a group or a line. */
export type CutKey = number | string

export function cutSql(cut: Cut): string {
  return CUTS[cut]
}

/** For a `WITH`: `stretch`, with the values of `periodValues`. */
export const STRETCHES = `stretch("from", "to", "offset") AS MATERIALIZED (
  SELECT value->>'from', value->>'to', value->>'offset' FROM json_each(:stretches))`

/**
 * For a `WITH` after STRETCHES: `c`, the calls of callers that came in the period and are over, each with its local time. The stretches come first
 * in the join, so that each is one walk along the index of arrivals.
 */
export const CALLS = `c AS (
  SELECT call.*, call."arrivedAt" + stretch."offset" AS "local"
  FROM stretch CROSS JOIN "Call" call ON call."arrivedAt" >= stretch."from" AND call."arrivedAt" < stretch."to"
  WHERE call."direction" = 'inbound' AND call."endedAt" IS NOT NULL)`

export function periodValues(period: Period): { stretches: object } {
  return { stretches: stretchesOf(period) }
}

/** Reached somebody's phone, or a person all the same: what a contact centre calls offered. */
export const OFFERED = `(c."group" IS NOT NULL OR c."verdict" = 'answered')`
