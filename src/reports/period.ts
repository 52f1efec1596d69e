/**
 * The time a report is about, and how it is cut: days, weeks and months of the company's zone, hours of its clock. Pure.
 *
 * SQLite knows no zones. It gets the stretches of the period in which the offset from UTC is one and the same (a year has three at most), adds the
 * offset, and cuts local time by division. So a day has 23 or 25 hours where the clocks are changed, and a call at 23:59 and one at 00:01 are
 * of two days.
 */
import { DateTime } from 'luxon'
import type { Language } from '../runtime/i18n.ts'

export interface Period {
  /** Milliseconds since 1970; `to` is the first instant after it. */
  from: number
  to: number
  /** IANA */
  zone: string
}

/** A part of a period with one offset from UTC. All in milliseconds. */
export interface Stretch {
  from: number
  to: number
  offset: number
}

export const timeCuts = ['hour', 'weekday', 'day', 'week', 'month'] as const
export type TimeCut = (typeof timeCuts)[number]
export const cuts = [...timeCuts, 'group', 'line'] as const
/** By what the rows of a report are told apart. `total`: one row. */
export type Cut = (typeof cuts)[number] | 'total'

const DAY = 86_400_000
/** Ten years: nobody waits for more, and no list of days grows beyond it. */
const LONGEST = 3_660 * DAY

/** Why a period was not understood. */
export type PeriodError = 'not-a-day' | 'empty-period' | 'too-long'

/**
 * `from` and `to` as written: days (`2026-11-01`, both included), or `today`, `yesterday`. Without `from` it is the last seven days
 * before today; without `to` it lasts until now.
 */
export function readPeriod(
  words: { from?: string | undefined; to?: string | undefined },
  zone: string,
  now: number,
): Period | PeriodError {
  const today = DateTime.fromMillis(now, { zone }).startOf('day')
  const first = words.from === undefined ? today.minus({ days: 7 }) : readDay(words.from, today)
  const last =
    words.to === undefined ? (words.from === undefined ? today.minus({ days: 1 }) : today) : readDay(words.to, today)
  if (!first || !last) return 'not-a-day'
  const [from, to] = [first.toMillis(), last.plus({ days: 1 }).startOf('day').toMillis()]
  if (from >= to) return 'empty-period'
  return to - from > LONGEST ? 'too-long' : { from, to, zone }
}

function readDay(word: string, today: DateTime): DateTime | null {
  if (word === 'today') return today
  if (word === 'yesterday') return today.minus({ days: 1 })
  if (!/^\d{4}-\d{2}-\d{2}$/.test(word)) return null
  const day = DateTime.fromISO(word, { zone: today.zone })
  return day.isValid ? day.startOf('day') : null
}

/** The week before the one that `now` is in, Monday to Sunday. */
export function lastWeek(zone: string, now: number): Period {
  const monday = DateTime.fromMillis(now, { zone }).startOf('week')
  return { from: monday.minus({ weeks: 1 }).toMillis(), to: monday.toMillis(), zone }
}

/** Found by halving: a zone changes its offset a few times a year, and never twice within a day. */
export function stretchesOf({ from, to, zone }: Period): Stretch[] {
  const offsetAt = (at: number) => DateTime.fromMillis(at, { zone }).offset * 60_000
  const stretches: Stretch[] = []
  let begin = from
  for (let at = from; at < to;) {
    const next = Math.min(at + DAY, to)
    const offset = offsetAt(begin)
    if (offsetAt(next) !== offset) {
      let [same, other] = [at, next]
      while (other - same > 1) {
        const middle = Math.floor((same + other) / 2)
        if (offsetAt(middle) === offset) same = middle
        else other = middle
      }
      if (other < to) {
        stretches.push({ from: begin, to: other, offset })
        begin = other
      }
      at = other
    } else at = next
  }
  stretches.push({ from: begin, to, offset: offsetAt(begin) })
  return stretches
}

/** The hours of a period that begin with its zone's: a zone of half an hour's offset has them at half past UTC. */
export function hourShift({ from, zone }: Period): number {
  const offset = DateTime.fromMillis(from, { zone }).offset * 60_000
  return ((offset % 3_600_000) + 3_600_000) % 3_600_000
}

/** The number by which SQL knows the cut that local time `local` (ms) belongs to; the SQL of the same is in store/reports/cut.ts. */
export function cutKey(cut: TimeCut, local: number): number {
  const day = Math.floor(local / DAY)
  switch (cut) {
    case 'hour':
      return Math.floor(local / 3_600_000) % 24
    case 'weekday':
      return (day + 3) % 7 // 1970 began on a Thursday; Monday is 0
    case 'day':
      return day
    case 'week':
      return Math.floor((day + 3) / 7)
    case 'month': {
      const date = DateTime.fromMillis(local, { zone: 'utc' })
      return date.year * 12 + date.month - 1
    }
  }
}

/** All the cuts of a period in order, also those in which nobody called. */
export function cutKeys(cut: TimeCut, period: Period): number[] {
  if (cut === 'hour') return range(0, 23)
  if (cut === 'weekday') return range(0, 6)
  const key = (at: number) => cutKey(cut, at + DateTime.fromMillis(at, { zone: period.zone }).offset * 60_000)
  return range(key(period.from), key(period.to - 1))
}

/** `2026-11-24`, `09:00`, `2026-11-23 – 2026-11-29`, `2026-11`; weekdays by name. */
export function cutLabel(cut: TimeCut, key: number, language: Language): string {
  const date = (day: number) => DateTime.fromMillis(day * DAY, { zone: 'utc', locale: language })
  switch (cut) {
    case 'hour':
      return `${String(key).padStart(2, '0')}:00`
    case 'weekday':
      return date(key + 4).toFormat('ccc') // the fifth day of 1970 was a Monday
    case 'day':
      return date(key).toISODate()!
    case 'week':
      return `${date(key * 7 - 3).toISODate()} – ${date(key * 7 + 3).toISODate()}`
    case 'month':
      return `${String(Math.floor(key / 12)).padStart(4, '0')}-${String((key % 12) + 1).padStart(2, '0')}`
  }
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}
