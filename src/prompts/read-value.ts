/**
 * A contact's values as they stand in lists: `1 234,50`, `24.11.2026`, `2 pm`. Pure and total: what cannot be read for certain is null.
 */
import { DateTime } from 'luxon'
import type { CalendarDay } from './speak-numbers/word.ts'
import { LARGEST } from './speak-numbers/word.ts'

const LONGEST_VALUE = 100

/** `hundredths` 0-99; the sign stands with the whole. */
export interface Amount {
  negative: boolean
  whole: number
  hundredths: number
}

/**
 * `1234`, `1 234,50`, `1,234.50`, `1.234,50`, `1234.5 руб.`. Null for more than two decimals: `1,234` is 1234 to one and 1.234 to another.
 */
export function readAmount(text: string): Amount | null {
  const bare = tidy(text)
    .replace(/\s*(₽|руб(лей|ля|ль)?\.?|р\.|rub|rur|rubles?|roubles?)$/iu, '')
    .replace(/[’']/g, ' ')
  const match =
    /^([-−–])?\s?(\d{1,3}(?: \d{3})+|\d+)(?:[.,](\d{1,2}))?$/.exec(bare) ??
    /^([-−–])?\s?(\d{1,3}(?:,\d{3})+)\.(\d{1,2})$/.exec(bare) ??
    /^([-−–])?\s?(\d{1,3}(?:\.\d{3})+),(\d{1,2})$/.exec(bare)
  if (!match) return null
  const whole = Number(match[2]!.replace(/\D/g, ''))
  const hundredths = Number((match[3] ?? '').padEnd(2, '0'))
  return whole <= LARGEST ? { negative: match[1] !== undefined, whole, hundredths } : null
}

/** `24.11.2026`, `24.11.26`, `2026-11-24`, with or without a time after it; an instant (`…Z`, `…+05:00`) is read in `zone`. */
export function readDate(text: string, zone: string): CalendarDay | null {
  const bare = tidy(text)
  const instant = readInstant(bare, zone)
  if (instant) return { year: instant.year, month: instant.month, day: instant.day }
  const [date] = bare.split(/[T ,]+/)
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date ?? '')
  const dotted = /^(\d{1,2})[.](\d{1,2})[.](\d{4}|\d{2})$/.exec(date ?? '')
  const [year, month, day] = iso ? iso.slice(1) : dotted ? dotted.slice(1).toReversed() : []
  if (year === undefined || !hasOnlyATimeAfter(bare)) return null
  const found = { year: Number(year.length === 2 ? `20${year}` : year), month: Number(month), day: Number(day) }
  return DateTime.fromObject(found).isValid && found.year >= 1900 && found.year <= 2099 ? found : null
}

/** `14:05`, `9.30`, `14:05:00`, `2:05 pm`, or the time of a date: `24.11.2026 14:05`. */
export function readTime(text: string, zone: string): { hour: number; minute: number } | null {
  const bare = tidy(text)
  const instant = readInstant(bare, zone)
  if (instant) return { hour: instant.hour, minute: instant.minute }
  const match =
    /^(?:\d{4}-\d{2}-\d{2}[T ]|\d{1,2}\.\d{1,2}\.\d{2,4},? )?(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?(?: ?([ap])\.? ?m\.?)?$/i.exec(
      bare,
    )
  if (!match) return null
  const [hour, minute, half] = [Number(match[1]), Number(match[2]), match[3]?.toLowerCase()]
  if (minute > 59 || hour > (half ? 12 : 23) || (half && hour === 0)) return null
  return { hour: half ? (hour % 12) + (half === 'p' ? 12 : 0) : hour, minute }
}

/** ISO 8601 with an offset: the only form that names a moment, which has its date and time in our zone. */
function readInstant(text: string, zone: string): DateTime<true> | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$/.test(text)) return null
  const instant = DateTime.fromISO(text, { zone })
  return instant.isValid ? instant : null
}

function hasOnlyATimeAfter(text: string): boolean {
  return /^\S+?(?:[T ,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?)?$/.test(text)
}

/** One line, ordinary spaces; a value of any length is cheap. */
function tidy(text: string): string {
  return text
    .slice(0, LONGEST_VALUE + 1)
    .replace(/[\p{Z}\s]+/gu, ' ')
    .trim()
}
