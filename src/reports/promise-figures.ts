/** Whether we called back, as we had promised. Pure. */
import type { CaseSums } from '../store/reports/cases.ts'
import type { CallbackSums } from '../store/reports/promises.ts'
import type { ColumnId } from './columns.ts'
import { meanSeconds, type Row, seconds, share } from './table.ts'

export const callbackColumns: readonly ColumnId[] = [
  'promised',
  'kept',
  'kept_part',
  'kept_20m',
  'kept_1h',
  'kept_24h',
  'failed',
  'called_off',
  'still_open',
  'delay_avg',
  'delay_max',
]

export function callbackRow(sums: CallbackSums): Row {
  const { promised, kept, failed } = sums
  return {
    promised,
    kept,
    kept_part: share(kept, kept + failed),
    kept_20m: sums.kept20m,
    kept_1h: sums.kept1h,
    kept_24h: sums.kept24h,
    failed,
    called_off: sums.calledOff,
    still_open: sums.open,
    delay_avg: meanSeconds(sums.delayMs, kept),
    delay_max: kept > 0 ? seconds(sums.delayMaxMs) : null,
  }
}

export function noCallbacks(key: CallbackSums['key']): CallbackSums {
  const none = { promised: 0, kept: 0, kept20m: 0, kept1h: 0, kept24h: 0, failed: 0, calledOff: 0, open: 0 }
  return { key, ...none, delayMs: 0, delayMaxMs: 0 }
}

export function callbacksAddedUp(rows: readonly CallbackSums[]): CallbackSums {
  const sum = noCallbacks('total')
  for (const { key: _, delayMaxMs, ...added } of rows) {
    for (const [name, value] of Object.entries(added)) sum[name as keyof typeof added] += value
    sum.delayMaxMs = Math.max(sum.delayMaxMs, delayMaxMs)
  }
  return sum
}

export const caseColumns: readonly ColumnId[] = [
  'cases',
  'returned_20m',
  'returned_24h',
  'returned_later',
  'came_back',
  'by_hand',
  'not_returned',
  'returned_part',
  'in_time',
]

/** What became of the callers who were lost; each is in one of the columns. */
export function caseRow(sums: CaseSums): Row {
  const { cases, within20m, within24h, later, cameBack, byHand, notReturned } = sums
  return {
    cases,
    returned_20m: within20m,
    returned_24h: within24h,
    returned_later: later,
    came_back: cameBack,
    by_hand: byHand,
    not_returned: notReturned,
    returned_part: share(within20m + within24h + later + cameBack, cases),
    in_time: share(sums.inTime, sums.withSla),
  }
}

export function noCases(key: CaseSums['key']): CaseSums {
  const none = { within20m: 0, within24h: 0, later: 0, cameBack: 0, byHand: 0, notReturned: 0, inTime: 0, withSla: 0 }
  return { key, cases: 0, ...none }
}

export function casesAddedUp(rows: readonly CaseSums[]): CaseSums {
  const sum = noCases('total')
  for (const { key: _, ...added } of rows) {
    for (const [name, value] of Object.entries(added)) sum[name as keyof typeof added] += value
  }
  return sum
}
