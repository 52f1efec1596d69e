/**
 * Which columns of a table hold numbers, and which the name, by their headings: as 1C, Excel, Google, Outlook and phones export them. Pure.
 *
 * Google: `First Name, Last Name, Organization Name, Phone 1 - Label, Phone 1 - Value`, formerly `Name, Given Name`; Outlook: `Имя, Отчество, Фамилия,
 * Организация, Рабочий телефон, Телефон переносной`; 1C: `Наименование, Телефон, Контактное лицо`.
 */
import { guessColumns } from '../lists/list-columns.ts'
import type { NumberForm } from '../model/phone-number.ts'

export interface BookColumns {
  /** Indexes into a row. */
  phones: number[]
  /** The first alternative that is not empty is the name; its cells are joined. */
  names: number[][]
}

const PHONE =
  /^((((рабоч|домашн|мобильн|сотов|основн|друг|дополнительн)\S*|служебный) )?(телефон|тел|номер телефона)|моб|мобильный|сотовый|номер|phone|tel|telephone|mobile|cell|number|((business|home|mobile|work|primary|other|company|car|cell|main) )(phone|telephone|number))( |$)/
/** A column beside a number that says of what kind it is. */
const NOT_A_NUMBER = /(label|type|тип|вид|комментарий|fax|факс|код)$/
const FULL =
  /^(фио|ф и о|имя и фамилия|полное имя|наименование|клиент|контакт|контактное лицо|контрагент|name|full name|display name|file as|client|customer|contact)$/
const GIVEN = /^(имя|given name|first name)$/
const MIDDLE = /^(отчество|middle name|additional name)$/
const FAMILY = /^(фамилия|family name|last name|surname)$/
const COMPANY =
  /^(организация|компания|название организации|фирма|company|organization|organisation|organization name|organization 1 name|company name)$/

/** `sample`: some rows, to find the number where no heading tells. */
export function bookColumns(
  headings: readonly string[],
  sample: readonly string[][],
  country: string,
  form: NumberForm,
): BookColumns {
  const plain = headings.map(plainHeading)
  const all = (pattern: RegExp) => plain.flatMap((heading, i) => (pattern.test(heading) ? i : []))
  const one = (pattern: RegExp) => all(pattern).slice(0, 1)
  const phones = all(PHONE).filter((i) => !NOT_A_NUMBER.test(plain[i]!))
  const guessed = guessColumns(headings, sample, country, form)
  const found = phones.length > 0 ? phones : guessed.phone === null ? [] : [guessed.phone]
  const person = [...one(GIVEN), ...one(MIDDLE), ...one(FAMILY)]
  const full = one(FULL)
  const names = [full, person, one(COMPANY), full.length + person.length === 0 ? [guessed.name ?? -1] : []]
    .map((cells) => cells.filter((i) => i >= 0 && !found.includes(i)))
    .filter((cells) => cells.length > 0)
  return { phones: found, names: names.length > 0 ? names : besideOf(headings.length, found) }
}

/** Of two columns the one that holds no number is the name, whatever it is called. */
function besideOf(columns: number, phones: number[]): number[][] {
  return columns === 2 && phones.length === 1 ? [[1 - phones[0]!]] : []
}

/** A heading that the configuration names; null: there is none. */
export function columnNamed(headings: readonly string[], wanted: string): number | null {
  const index = headings.findIndex((heading) => plainHeading(heading) === plainHeading(wanted))
  return index < 0 ? null : index
}

export function nameOfRow(cells: readonly string[], names: readonly number[][]): string {
  for (const alternative of names) {
    const name = alternative
      .map((i) => (cells[i] ?? '').trim())
      .filter(Boolean)
      .join(' ')
    if (name !== '') return name
  }
  return ''
}

function plainHeading(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
