/** What a report is: tables of cells that know their kind. How they look is said elsewhere: text.ts, csv.ts, the weekly mail. Pure. */
import { type ColumnId, kinds } from './columns.ts'

/**
 * As the kind of its column says (columns.ts): a count, a share from 0 to 1, seconds, erlangs, milliseconds since 1970, E.164, a text.
 * Null: there is nothing to say, as the mean of no calls.
 */
export type Cell = string | number | null
export type Row = Partial<Record<ColumnId, Cell>>

export const tableIds = [
  'calls',
  'waits',
  'operators',
  'pauses',
  'lines',
  'lines-by-hour',
  'staff',
  'funnel',
  'left',
  'keys',
  'to-person',
  'callers-total',
  'callers',
  'callbacks',
  'cases',
  'survey',
  'contacts',
] as const
export type TableId = (typeof tableIds)[number]

export interface Table {
  id: TableId
  columns: readonly ColumnId[]
  rows: readonly Row[]
  /** All rows in one. */
  total: Row | null
}

/** `part` of `whole` as a share; null when there is no whole. */
export function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null
}

/** The mean of `count` values that make `sumMs`, in seconds. */
export function meanSeconds(sumMs: number, count: number): number | null {
  return count > 0 ? seconds(sumMs / count) : null
}

/** Milliseconds as seconds, to the tenth. */
export function seconds(ms: number): number {
  return Math.round(ms / 100) / 10
}

export function kindOf(column: ColumnId): (typeof kinds)[ColumnId] {
  return kinds[column]
}

/** Rows with the same key together, in the order in which the keys were seen. */
export function grouped<T, K>(rows: readonly T[], key: (row: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const row of rows) {
    const group = groups.get(key(row))
    if (group) group.push(row)
    else groups.set(key(row), [row])
  }
  return groups
}
