/** Figures as people read them. Pure. */
import { DateTime } from 'luxon'
import { formatPhone } from '../model/phone-number.ts'
import type { Language } from '../runtime/i18n.ts'
import type { ColumnId } from './columns.ts'
import { type Cell, kindOf } from './table.ts'

/** What stands where there is nothing to say. */
const NOTHING = '–'

/** A cell for the terminal and for mails. `zone`: of instants. */
export function shownCell(column: ColumnId, cell: Cell | undefined, language: Language, zone: string): string {
  if (cell === null || cell === undefined) return NOTHING
  if (typeof cell === 'string') return kindOf(column) === 'phone' ? formatPhone(cell) : cell
  switch (kindOf(column)) {
    case 'share':
      return shownShare(cell, language)
    case 'span':
      return shownSpan(cell, language)
    case 'load':
      return shownNumber(cell, language, 2)
    case 'instant':
      return shownInstant(cell, language, zone)
    case 'count':
    case 'text':
    case 'phone':
      return shownNumber(cell, language)
  }
}

/** `93,4 %`; a whole hundred and nothing at all need no decimals. */
export function shownShare(part: number, language: Language, digits = 1): string {
  const whole = part === 0 || part === 1
  // 99.96 % is not all of them
  const bounded = part < 1 ? Math.min(part * 100, 100 - 10 ** -digits) : part * 100
  return `${shownNumber(bounded, language, whole ? 0 : digits)}${language === 'ru' ? ' %' : '%'}`
}

export function shownNumber(value: number, language: Language, digits = 0): string {
  return value.toLocaleString(language === 'ru' ? 'ru-RU' : 'en-GB', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: value >= 10_000,
  })
}

/** `7 с`, `1:05`, `12:07:30`: seconds need no unit once there is a colon. */
export function shownSpan(seconds: number, language: Language): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}${language === 'ru' ? ' с' : ' s'}`
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

export function shownInstant(at: number, language: Language, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toFormat(language === 'ru' ? 'dd.MM.yyyy HH:mm' : 'yyyy-MM-dd HH:mm')
}

export function shownDay(at: number, language: Language, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toFormat(language === 'ru' ? 'dd.MM.yyyy' : 'yyyy-MM-dd')
}
