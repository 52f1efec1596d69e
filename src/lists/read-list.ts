/**
 * A contact list as it comes from Excel, 1C or a web shop: bytes in, rows of text out. Hostile until proven otherwise.
 *
 * A bad row is told apart from a bad file: the former is marked and the reading goes on, the latter throws ListError.
 */
import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { decodeList, type ListEncoding } from './decode-list.ts'
import { hasHeadings, uniqueHeadings } from './list-columns.ts'

export const LIST_LIMITS = { bytes: 50 * 1024 * 1024, rows: 500_000, cellBytes: 4_096, columns: 200 }

export type ListFault = 'too-big' | 'too-many-rows' | 'too-many-columns' | 'spreadsheet' | 'empty' | 'bad-quotes'

/** The list cannot be read as a whole. `row` as Excel counts; 0: not about a row. */
export class ListError extends Error {
  override name = 'ListError'
  readonly fault: ListFault
  readonly row: number
  constructor(fault: ListFault, row = 0) {
    super(`the list cannot be read: ${fault}${row ? `, row ${row}` : ''}`)
    this.fault = fault
    this.row = row
  }
}

export type Delimiter = ';' | ',' | '\t'
export interface ContactList {
  encoding: ListEncoding
  delimiter: Delimiter
  /** Headings made unique; `column 1` and so on when the list has none. */
  columns: string[]
  headings: boolean
  /** The rows below the headings. Reading further may throw ListError. */
  rows: AsyncIterable<ListRow>
}
export interface ListRow {
  /** As Excel counts: the headings are row 1. */
  row: number
  cells: string[]
  /** What makes this row unusable whatever it says. */
  fault: 'control-characters' | 'cell-too-long' | null
}

/** `country` helps to tell headings from contacts. */
export async function readList(bytes: Uint8Array, country: string): Promise<ContactList> {
  if (bytes.length > LIST_LIMITS.bytes) throw new ListError('too-big')
  // ZIP and OLE: a workbook, not text
  if ((bytes[0] === 0x50 && bytes[1] === 0x4b) || (bytes[0] === 0xd0 && bytes[1] === 0xcf)) {
    throw new ListError('spreadsheet')
  }
  const { text, encoding } = decodeList(bytes)
  const { body, delimiter } = chooseDelimiter(text)
  const records = rowsOf(body, delimiter)[Symbol.asyncIterator]()
  const first = await records.next()
  if (first.done) throw new ListError('empty')
  const headings = hasHeadings(first.value.cells, country)
  const columns = uniqueHeadings(headings ? first.value.cells : first.value.cells.map(() => ''))
  async function* rows() {
    if (!headings) yield first.value as ListRow
    for (let next = await records.next(); !next.done; next = await records.next()) yield next.value
  }
  return { encoding, delimiter, columns, headings, rows: rows() }
}

async function* rowsOf(text: string, delimiter: Delimiter): AsyncGenerator<ListRow, void> {
  const parser = Readable.from(slices(text)).pipe(
    parse({
      delimiter,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: false,
      // one cell too long is a bad row; a quote that swallows the file is a bad file
      max_record_size: LIST_LIMITS.cellBytes * 16,
    }),
  )
  let row = 0
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      row++
      if (cells.every((cell) => cell.trim() === '')) continue
      if (row > LIST_LIMITS.rows) throw new ListError('too-many-rows', row)
      if (cells.length > LIST_LIMITS.columns) throw new ListError('too-many-columns', row)
      yield { row, cells: cells.map((cell) => cell.trim()), fault: faultOf(cells) }
    }
  } catch (error) {
    // it gives up on what it had read already, so the row is its own count
    throw error instanceof CsvError ? new ListError('bad-quotes', Number(error['records'] ?? row) + 1) : error
  }
}

function faultOf(cells: string[]): ListRow['fault'] {
  if (cells.some((cell) => /[\u0000-\u0008\u000e-\u001f\u007f]/.test(cell))) return 'control-characters'
  const long = (cell: string) =>
    cell.length * 3 > LIST_LIMITS.cellBytes && Buffer.byteLength(cell) > LIST_LIMITS.cellBytes
  return cells.some(long) ? 'cell-too-long' : null
}

function* slices(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += 65_536) yield text.slice(at, at + 65_536)
}

/** The one that cuts the first lines into the same number of cells, most often; Excel's own `sep=;` line wins. */
function chooseDelimiter(text: string): { body: string; delimiter: Delimiter } {
  const said = /^sep=([;,\t])\r?\n/i.exec(text)
  if (said) return { body: text.slice(said[0].length), delimiter: said[1] as Delimiter }
  const lines = text
    .slice(0, 65_536)
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, 20)
    .map((line) => line.replace(/"[^"]*"/g, ''))
  const scored = ([';', '\t', ','] as const).map((delimiter) => {
    const counts = lines.map((line) => line.split(delimiter).length - 1)
    const same = counts.filter((count) => count > 0 && count === counts[0]).length
    return { delimiter, same, cells: counts[0] ?? 0 }
  })
  const best = scored.reduce((a, b) => (b.same > a.same || (b.same === a.same && b.cells > a.cells) ? b : a))
  return { body: text, delimiter: best.same > 0 ? best.delimiter : ';' }
}
