/** Reports as text: for the terminal, and for those who read mail without pictures. Pure. */
import { cleanText } from '../model/clean-text.ts'
import type { Language } from '../runtime/i18n.ts'
import type { ColumnId } from './columns.ts'
import { formula, isExplained } from './formulas.ts'
import { columnLabel, reportWord, tableTitle } from './labels.ts'
import { cuts } from './period.ts'
import { type Cell, kindOf, type Row, type Table } from './table.ts'
import { shownCell } from './wording.ts'

export interface TextStyle {
  language: Language
  /** IANA, of instants. */
  zone: string
  /** Lines are no longer than this; columns that do not fit go to a second block below. */
  width: number
}

const GAP = 2
/** A name of a menu or a campaign is cut beyond this. */
const WIDEST = 44

export function tableLines(table: Table, style: TextStyle): string[] {
  const { language } = style
  const title = titleOf(table, language)
  if (table.rows.length === 0) return [title, `  ${reportWord(language, 'nothing')}`]
  if (isList(table)) return [title, ...listLines(table, style)]
  const blocks = blocksOf(table, style)
  return [title, ...blocks.flatMap((columns, i) => [...(i > 0 ? [''] : []), ...blockLines(table, columns, style)])]
}

/** `Звонки по дням`: what the rows are told apart by, when a report could be cut in several ways. */
export function titleOf({ id, columns }: Table, language: Language): string {
  const cut = cuts.find((one) => one === columns[0])
  const title = tableTitle(language, id)
  return cut ? `${title} ${reportWord(language, `by.${cut}`)}` : title
}

/** One row of many figures is read from above to below. */
export function isList({ rows, columns, total }: Table): boolean {
  return rows.length === 1 && total === null && columns.length > 3 && !isText(columns[0]!)
}

function listLines({ rows, columns }: Table, { language, zone }: TextStyle): string[] {
  const labels = columns.map((column) => columnLabel(language, column))
  const values = columns.map((column) => shownCell(column, rows[0]![column], language, zone))
  const [left, right] = [labels, values].map((words) => Math.max(...words.map(({ length }) => length))) as [
    number,
    number,
  ]
  return labels.map((label, i) => `  ${label.padEnd(left)}${' '.repeat(GAP)}${values[i]!.padStart(right)}`)
}

/** Each figure of these tables that has a formula, once. `values`: what the formulas name. */
export function formulaLines(tables: readonly Table[], language: Language, values: Record<string, string>): string[] {
  const columns = [...new Set(tables.flatMap((table) => table.columns))].filter(isExplained)
  return columns.map((column) => `${columnLabel(language, column)}: ${formula(language, column, values)}`)
}

/** The columns in blocks that fit the width; each begins with the first column, so that its rows can be told apart. */
function blocksOf(table: Table, style: TextStyle): ColumnId[][] {
  const [first, ...others] = table.columns
  const blocks: ColumnId[][] = []
  const wide = (column: ColumnId) => Math.max(...cellsOf(table, column, style).map(({ length }) => length)) + GAP
  let room = 0
  for (const column of others) {
    if (blocks.length === 0 || wide(column) > room) {
      blocks.push([first!])
      room = style.width - wide(first!)
    }
    blocks.at(-1)!.push(column)
    room -= wide(column)
  }
  return blocks.length === 0 ? [[first!]] : blocks
}

function blockLines(table: Table, columns: readonly ColumnId[], style: TextStyle): string[] {
  const cells = columns.map((column) => cellsOf(table, column, style))
  const lines = cells[0]!.map((_, row) =>
    columns
      .map((column, i) => {
        const width = Math.max(...cells[i]!.map(({ length }) => length))
        return isText(column) ? cells[i]![row]!.padEnd(width) : cells[i]![row]!.padStart(width)
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  )
  return lines.map((line) => `  ${line}`)
}

/** Head, rows and the total of one column. */
function cellsOf(table: Table, column: ColumnId, { language, zone }: TextStyle): string[] {
  const shown = (row: Row) => cleanText(shownCell(column, row[column], language, zone), WIDEST)
  const first = column === table.columns[0]
  const total =
    table.total && (first ? reportWord(language, 'total') : emptyIfAbsent(table.total[column], shown(table.total)))
  return [columnLabel(language, column), ...table.rows.map(shown), ...(total === null ? [] : [total])]
}

function emptyIfAbsent(cell: Cell | undefined, shown: string): string {
  return cell === undefined ? '' : shown
}

function isText(column: ColumnId): boolean {
  const kind = kindOf(column)
  return kind === 'text' || kind === 'phone'
}
