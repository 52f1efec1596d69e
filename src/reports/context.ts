/** What every family of figures is told, and the names that stand in its tables. Pure. */
import type { Config } from '../config/schema.ts'
import { formatPhone } from '../model/phone-number.ts'
import type { Language } from '../runtime/i18n.ts'
import type { CutKey } from '../store/reports/cut.ts'
import type { ColumnId } from './columns.ts'
import { reportWord } from './labels.ts'
import { type Cut, cutKeys, cutLabel, type Period, type TimeCut, timeCuts } from './period.ts'
import { ringOf } from './ring-cadence.ts'
import type { Row, Table, TableId } from './table.ts'

export interface ReportContext {
  config: Config
  language: Language
  period: Period
  /** By what the rows are told apart; null: what suits the report best. */
  cut: Cut | null
  /** Milliseconds since 1970. */
  now: number
}

/** Milliseconds of one ring: as configured, or the country's. */
export function ringMs(config: Config): number {
  return config.reports.ring ?? ringOf(config.company.country)
}

/** `Продажи`, for a person who is rung directly his name; what the configuration does not know any more is shown by its key. */
export function targetName(config: Config, key: string): string {
  const group = Object.hasOwn(config.groups, key) ? config.groups[key] : undefined
  return group ? (group.name ?? key) : personName(config, key)
}

export function personName(config: Config, key: string): string {
  return Object.hasOwn(config.people, key) ? config.people[key]!.name : key
}

function lineName(config: Config, key: string): string {
  const name = Object.hasOwn(config.lines, key) ? config.lines[key]!.name : null
  return name === null ? formatPhone(key) : `${name} ${formatPhone(key)}`
}

/** The cell that says which row this is. */
export function cutCell({ config, language }: ReportContext, cut: Cut, key: CutKey): string {
  if (isTime(cut)) return cutLabel(cut, Number(key), language)
  if (cut === 'total') return reportWord(language, 'total')
  if (key === '') return reportWord(language, 'none')
  return cut === 'group' ? targetName(config, String(key)) : lineName(config, String(key))
}

/**
 * A table whose rows are those of a cut: in order, and for times without gaps. `sums` has a row for each key that anything happened for;
 * `none` makes one for the others.
 */
export function cutTable<S extends { key: CutKey }>(
  context: ReportContext,
  table: { id: TableId; cut: Cut; columns: readonly ColumnId[]; rowOf: (sums: S) => Row },
  sums: readonly S[],
  none: (key: CutKey) => S,
  total: S,
): Table {
  const { cut, rowOf } = table
  const known = new Map(sums.map((sum) => [sum.key, sum]))
  const keys: CutKey[] = isTime(cut) ? cutKeys(cut, context.period) : sums.map(({ key }) => key)
  if (cut === 'total') return { id: table.id, columns: table.columns, rows: [rowOf(total)], total: null }
  const rows = keys.map((key) => ({ [cut]: cutCell(context, cut, key), ...rowOf(known.get(key) ?? none(key)) }))
  return { id: table.id, columns: [cut, ...table.columns], rows, total: rows.length > 1 ? rowOf(total) : null }
}

export function isTime(cut: Cut): cut is TimeCut {
  return (timeCuts as readonly string[]).includes(cut)
}
