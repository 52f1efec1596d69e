/** Reports as files for a spreadsheet. Pure. */
import { stringify } from 'csv-stringify/sync'
import { DateTime } from 'luxon'
import { phoneCell, safeCell } from '../model/csv-cell.ts'
import type { Language } from '../runtime/i18n.ts'
import type { ColumnId } from './columns.ts'
import { type Cell, kindOf, type Table } from './table.ts'

/** Excel takes a file without it for the machine's old encoding. */
const BYTE_ORDER_MARK = '\uFEFF'

export interface CsvStyle {
  language: Language
  zone: string
}

/**
 * One file: UTF-8 with byte order mark; `;` and decimal comma in Russian, `,` and point in English. Heads are the names of the figures in every language,
 * shares are 0 to 1, times are seconds and ISO 8601. Of several tables each begins with a line of its name, after an empty one.
 */
export function tablesCsv(tables: readonly Table[], style: CsvStyle): string {
  const blocks = tables.map((table) => {
    const name = tables.length > 1 ? [[table.id]] : []
    const rows = table.rows.map((row) => table.columns.map((column) => csvCell(column, row[column], style)))
    return stringify([...name, [...table.columns], ...rows], {
      delimiter: style.language === 'ru' ? ';' : ',',
      record_delimiter: 'windows',
    })
  })
  return BYTE_ORDER_MARK + blocks.join('\r\n')
}

function csvCell(column: ColumnId, cell: Cell | undefined, { language, zone }: CsvStyle): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'string') return kindOf(column) === 'phone' ? phoneCell(cell) : safeCell(cell)
  if (kindOf(column) === 'instant')
    return DateTime.fromMillis(cell, { zone }).toISO({ suppressMilliseconds: true }) ?? ''
  const plain = String(rounded(cell))
  return language === 'ru' ? plain.replace('.', ',') : plain
}

/** What lies beyond the sixth digit is noise of the division. */
export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6
}
