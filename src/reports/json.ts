/** Reports for other programs. Pure. */
import { DateTime } from 'luxon'
import type { ColumnId } from './columns.ts'
import type { ReportContext } from './context.ts'
import { rounded } from './csv.ts'
import { type Cell, kindOf, type Row, type Table } from './table.ts'

/** One object. Shares are 0 to 1, times are seconds and ISO 8601, what cannot be said is null. */
export function tablesJson(tables: readonly Table[], { period, language }: ReportContext): string {
  const { from, to, zone } = period
  const rowOf = (table: Table, row: Row) =>
    Object.fromEntries(table.columns.map((column) => [column, jsonCell(column, row[column] ?? null, zone)]))
  return JSON.stringify({
    from: isoTime(from, zone),
    to: isoTime(to, zone),
    zone,
    language,
    tables: tables.map((table) => ({
      table: table.id,
      rows: table.rows.map((row) => rowOf(table, row)),
      ...(table.total && { total: rowOf(table, table.total) }),
    })),
  })
}

function jsonCell(column: ColumnId, cell: Cell, zone: string): Cell {
  if (typeof cell !== 'number') return cell
  return kindOf(column) === 'instant' ? isoTime(cell, zone) : rounded(cell)
}

function isoTime(at: number, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toISO({ suppressMilliseconds: true })!
}
