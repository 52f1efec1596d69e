/** A table of contacts to names by number. */
import { ListError, readList } from '../lists/read-list.ts'
import type { ListForm } from '../model/phone-number.ts'
import { BookFault } from './book-fault.ts'
import { type BookColumns, bookColumns, columnNamed, nameOfRow } from './csv-columns.ts'
import { type Entries, EntryList } from './entry-list.ts'
import { turns } from './turns.ts'

export interface CsvRules {
  country: string
  form: ListForm
  /** Headings; null: they are found by what they say. */
  number: string | null
  name: string | null
}

const SAMPLE = 200

/** Throws BookFault. A row is what Excel counts: the headings are row 1. */
export async function readCsvBook(bytes: Uint8Array, rules: CsvRules): Promise<Entries> {
  const entries = new EntryList(rules.country, rules.form)
  const breathe = turns()
  let rows = 0
  try {
    const list = await readList(bytes, rules.country)
    const ahead: { row: number; cells: string[] }[] = []
    let columns: BookColumns | null = null
    let last: { row: number; cells: string[] } | null = null
    const take = ({ row, cells }: { row: number; cells: string[] }) => {
      const { phones, names } = columns!
      entries.add(
        nameOfRow(cells, names),
        phones.map((i) => cells[i] ?? ''),
        row,
      )
    }
    for await (const { row, cells, fault } of list.rows) {
      if (fault) continue
      rows++
      last = { row, cells }
      if (columns) take(last)
      else if (ahead.push(last) >= SAMPLE) {
        columns = columnsOf(list.columns, ahead, rules)
        ahead.forEach(take)
      }
      await breathe()
    }
    if (!columns && ahead.length > 0) {
      columns = columnsOf(list.columns, ahead, rules)
      ahead.forEach(take)
    }
    if (last && last.cells.length < list.columns.length && !endsWithLine(bytes))
      throw new BookFault('cut-off', last.row)
  } catch (error) {
    if (error instanceof ListError) throw new BookFault(error.fault, error.row)
    throw error
  }
  if (rows === 0) throw new BookFault('empty')
  if (entries.names.size === 0 && entries.unreadable > 0) throw new BookFault('no-numbers', entries.examples[0]?.line)
  return entries
}

function columnsOf(headings: readonly string[], ahead: readonly { cells: string[] }[], rules: CsvRules): BookColumns {
  const sample = ahead.map(({ cells }) => cells)
  const found = bookColumns(headings, sample, rules.country, rules.form)
  const phones = rules.number === null ? found.phones : [columnNamed(headings, rules.number) ?? -1]
  const names = rules.name === null ? found.names : [[columnNamed(headings, rules.name) ?? -1]]
  if (phones.length === 0 || names.length === 0 || [...phones, ...names.flat()].some((i) => i < 0))
    throw new BookFault('no-columns', 1)
  return { phones, names }
}

/** A program that is still writing has not written the end of its last row. */
function endsWithLine(bytes: Uint8Array): boolean {
  return bytes.subarray(-4).some((byte) => byte === 0x0a || byte === 0x0d)
}
