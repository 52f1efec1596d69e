/** Who a person of a list is: the number, and the name that the records or the phone book have. */
import type { CallerNames } from '../model/caller-names.ts'
import { CALLER_ID_LENGTH, cleanText } from '../model/clean-text.ts'
import { formatPhone } from '../model/phone-number.ts'
import { saidName } from '../notices/wording.ts'

/** Opens the phone book, which is read then; missing: there is none. */
export type OpenNames = (() => Promise<Pick<CallerNames, 'of'>>) | undefined

/** With the name that the phone book has now, where the records have none. */
export async function named<T extends { name: string | null }>(
  names: OpenNames,
  rows: T[],
  numberOf: (row: T) => string | null,
): Promise<T[]> {
  if (!names || rows.every((row) => row.name !== null || !numberOf(row))) return rows
  const book = await names()
  return rows.map((row) => ({ ...row, name: row.name ?? book.of(numberOf(row)) }))
}

/** `+7 912 345-67-89 Иван Петров`. `number`: E.164, or null; then `instead` stands for it. */
export function numberAndName(number: string | null, name: string | null, instead = ''): string {
  const shown = number ? formatPhone(number) : instead
  const who = cleanText(saidName({ number, shown: number ?? '', name }), CALLER_ID_LENGTH)
  return who ? `${shown} ${who}` : shown
}
