/** The figures of the calls of callers, from their sums. The definitions stand in formulas.ts and docs/reports.md. Pure. */
import type { CallSums } from '../store/reports/calls.ts'
import type { ColumnId } from './columns.ts'
import { meanSeconds, type Row, seconds, share } from './table.ts'

export const callColumns: readonly ColumnId[] = [
  'received',
  'offered',
  'answered',
  'short',
  'abandoned',
  'unanswered',
  'abandonment',
  'service_level',
  'within_1_ring',
  'within_2_rings',
  'within_3_rings',
  'wait_avg',
  'wait_max',
  'wait_lost_avg',
  'talk_avg',
  'talk_max',
  'talk_total',
  'ignored',
]

export function callRow(sums: CallSums): Row {
  const { offered, answered, short, abandoned, unanswered } = sums
  const counted = offered - short
  return {
    received: sums.received,
    ignored: sums.ignored,
    offered,
    answered,
    short,
    abandoned,
    unanswered,
    lost: offered - answered,
    abandonment: share(abandoned, counted),
    service_level: share(sums.withinThreshold, counted),
    within_1_ring: share(sums.withinRing1, answered),
    within_2_rings: share(sums.withinRing2, answered),
    within_3_rings: share(sums.withinRing3, answered),
    wait_avg: meanSeconds(sums.waitAnsweredMs, answered),
    wait_max: offered > 0 ? seconds(sums.waitMaxMs) : null,
    wait_lost_avg: meanSeconds(sums.waitLostMs, offered - answered),
    talk_avg: meanSeconds(sums.talkMs, answered),
    talk_max: answered > 0 ? seconds(sums.talkMaxMs) : null,
    talk_total: seconds(sums.talkMs),
  }
}

export function noCalls(key: CallSums['key']): CallSums {
  return {
    key,
    received: 0,
    ignored: 0,
    offered: 0,
    answered: 0,
    short: 0,
    abandoned: 0,
    unanswered: 0,
    withinThreshold: 0,
    withinRing1: 0,
    withinRing2: 0,
    withinRing3: 0,
    waitAnsweredMs: 0,
    waitLostMs: 0,
    waitMaxMs: 0,
    talkMs: 0,
    talkMaxMs: 0,
  }
}

/** Rows in one: a longest stays the longest, everything else adds up. */
export function addedUp(rows: readonly CallSums[]): CallSums {
  const sum = noCalls('total')
  for (const row of rows) {
    for (const name of ADDED) sum[name] += row[name]
    sum.waitMaxMs = Math.max(sum.waitMaxMs, row.waitMaxMs)
    sum.talkMaxMs = Math.max(sum.talkMaxMs, row.talkMaxMs)
  }
  return sum
}

const ADDED = (Object.keys(noCalls(0)) as (keyof CallSums)[]).filter(
  (name): name is Exclude<keyof CallSums, 'key' | 'waitMaxMs' | 'talkMaxMs'> =>
    name !== 'key' && name !== 'waitMaxMs' && name !== 'talkMaxMs',
)
