/** The results of a campaign as a file for Excel, and the rows that an import refused. */
import { stringify } from 'csv-stringify/sync'
import { DateTime } from 'luxon'
import { LIST_FORMS, parsePhone } from '../model/phone-number.ts'
import type { Language } from '../runtime/i18n.ts'
import type { ContactResult } from '../store/campaign-results.ts'
import { phoneCell, safeCell } from '../model/csv-cell.ts'
import type { RefusedRow } from './import-contacts.ts'
import { refusalText } from './refusal-text.ts'

/** Excel takes a file without it for the machine's old encoding. */
const BYTE_ORDER_MARK = '\uFEFF'

export interface ResultsLayout {
  /** Columns of the list. */
  columns: readonly string[]
  /** How many questions the script asks. */
  questions: number
  language: Language
  /** IANA; zone of the local times. */
  zone: string
  /** ISO 3166; how the numbers of the list were read. */
  country: string
}

/** Yields the file in pieces. Columns: those of the list, then ours, whose names are the same in every language. */
export async function* resultsCsv(
  results: AsyncIterable<ContactResult>,
  layout: ResultsLayout,
): AsyncGenerator<string> {
  const answers = Array.from({ length: layout.questions }, (_, i) => `answer_${i + 1}`)
  const ours = ['status', 'attempts', 'last_attempt', 'last_attempt_local', 'billsec']
  yield (
    BYTE_ORDER_MARK +
    lines([[...layout.columns.map(safeCell), ...ours, ...answers, 'hangup_cause', 'opted_out']], layout)
  )
  for await (const result of results) yield lines([resultCells(result, layout)], layout)
}

function resultCells(result: ContactResult, layout: ResultsLayout): string[] {
  const at = result.lastAttempt === null ? null : DateTime.fromMillis(result.lastAttempt, { zone: layout.zone })
  return [
    ...layout.columns.map((column) => listCell(result, column, layout.country)),
    result.status,
    String(result.attempts),
    at?.toISO({ suppressMilliseconds: true }) ?? '',
    at?.toFormat(layout.language === 'ru' ? 'dd.MM.yyyy HH:mm' : 'yyyy-MM-dd HH:mm') ?? '',
    String(Math.round(result.talkMs / 1000)),
    ...Array.from({ length: layout.questions }, (_, i) => safeCell(result.answers[i + 1] ?? '')),
    result.cause === null ? '' : String(result.cause),
    result.status === 'opted-out' ? 'yes' : 'no',
  ]
}

/** The number, in whatever way the list wrote it, comes back in one way that survives a spreadsheet. */
function listCell(result: ContactResult, column: string, country: string): string {
  const cell = result.values[column] ?? ''
  const isNumber = LIST_FORMS.some((form) => parsePhone(cell, country, form) === result.number)
  return isNumber ? phoneCell(result.number) : safeCell(cell)
}

/** The refused rows as they came, with the reason behind them. */
export function refusedCsv(columns: readonly string[], refused: readonly RefusedRow[], language: Language): string {
  const rows = refused.map((row) => [
    ...columns.map((_, i) => safeCell(row.cells[i] ?? '')),
    String(row.row),
    refusalText(row, language),
  ])
  return BYTE_ORDER_MARK + lines([[...columns.map(safeCell), 'row', 'reason'], ...rows], { language })
}

function lines(rows: string[][], { language }: { language: Language }): string {
  return stringify(rows, { delimiter: language === 'ru' ? ';' : ',', record_delimiter: 'windows' })
}
