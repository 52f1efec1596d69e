/** Which column of a list is what, told by its heading and, for the number, by what stands in it. Pure. */
import { looksLikePhone, type NumberForm, parsePhone } from '../model/phone-number.ts'

/** Indexes into a row; null: the list has no such column. */
export interface ListColumns {
  phone: number | null
  name: number | null
  timezone: number | null
}

const HEADINGS: Record<keyof ListColumns, RegExp> = {
  phone: /^(телефон|тел|номер телефона|моб|мобильный|сотовый|phone|tel|telephone|mobile|cell|number|номер)( |$)/,
  name: /^(фио|ф и о|имя|клиент|контакт|контактное лицо|name|full name|first name|client|customer)( |$)/,
  timezone: /^(часовой пояс|пояс|таймзона|tz|timezone|time zone)( |$)/,
}

/** `sample`: some rows, to find the number where the heading does not tell. `country` and `form`: how numbers are read. */
export function guessColumns(
  headings: readonly string[],
  sample: readonly string[][],
  country: string,
  form: NumberForm = 'auto',
): ListColumns {
  const find = (what: keyof ListColumns) => {
    const index = headings.findIndex((heading) => HEADINGS[what].test(plain(heading)))
    return index < 0 ? null : index
  }
  const phone = find('phone') ?? columnOfNumbers(sample, country, form)
  return { phone, name: find('name'), timezone: find('timezone') }
}

/** Does the first row name the columns? A row with a phone number in it does not. */
export function hasHeadings(first: readonly string[], country: string): boolean {
  return !first.some((cell) => looksLikePhone(cell, country))
}

/** Empty and repeated headings made usable as names: `column 3`, `Телефон 2`. */
export function uniqueHeadings(headings: readonly string[]): string[] {
  const used = new Set<string>()
  return headings.map((heading, i) => {
    const base = heading.trim() || `column ${i + 1}`
    let name = base
    for (let n = 2; used.has(name); n++) name = `${base} ${n}`
    used.add(name)
    return name
  })
}

/** A column whose numbers can all be read in two ways is the column of numbers too: the rows say what is to be done about them. */
function columnOfNumbers(sample: readonly string[][], country: string, form: NumberForm): number | null {
  return (
    mostOften(sample, (cell) => parsePhone(cell, country, form) !== null) ??
    mostOften(sample, (cell) => looksLikePhone(cell, country))
  )
}

/** The column of which this is true most often. */
function mostOften(sample: readonly string[][], isNumber: (cell: string) => boolean): number | null {
  const counts = new Map<number, number>()
  for (const row of sample) {
    row.forEach((cell, i) => {
      if (isNumber(cell)) counts.set(i, (counts.get(i) ?? 0) + 1)
    })
  }
  const best = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]
  return best ? best[0] : null
}

function plain(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
