/**
 * When the company is open: the rules of `hours:` as pure functions over wall-clock texts, a zone and an instant.
 *
 * A range belongs to the day on which it begins, so `22:00-06:00` on Friday ends on Saturday morning whatever Saturday says. A range is one
 * stretch of time even where the clock is put back inside it; where the clock is put forward, a skipped time
 * counts as so much later, and a range that lies in the gap as none.
 */
import { DateTime } from 'luxon'

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

/** What `hours:` says, as text: `{ week: { 'mon-fri': '09:00-18:00' }, dates: { '2026-12-31': 'closed' } }`. */
export interface OpeningTimes {
  week: Readonly<Record<string, string>>
  dates: Readonly<Record<string, string>>
}
/** Days that are closed as a whole, `2026-01-01`. `dates` wins over them. */
export type ClosedDays = ReadonlySet<string> | readonly string[]

/** Minutes since the midnight in which the day begins; `end` is beyond 1440 when the range runs past midnight. */
export interface DayRange {
  start: number
  end: number
}
export type DayRule = { kind: 'ranges'; ranges: DayRange[] } | { kind: 'workday' }

const minutesOfDay = 1440
const farthestDays = 400

/** Whether `instant` (ms since 1970) is within the hours, read in `zone` (IANA). */
export function isOpen(times: OpeningTimes, closed: ClosedDays, zone: string, instant: number): boolean {
  const known = lastAnswers.get(times)
  if (known?.closed === closed && known.zone === zone && known.from <= instant && instant < known.to) return known.open
  const answer = answerAround(times, closed, zone, instant)
  lastAnswers.set(times, answer)
  return answer.open
}

/** Holds within `from <= instant < to`. */
interface Answer {
  open: boolean
  from: number
  to: number
  closed: ClosedDays
  zone: string
}
/** Workers ask every few seconds, for each row that waits, and calendars are slow. */
const lastAnswers = new WeakMap<OpeningTimes, Answer>()

function answerAround(times: OpeningTimes, closed: ClosedDays, zone: string, instant: number): Answer {
  const here = DateTime.fromMillis(instant, { zone })
  const around = [here.minus({ days: 1 }), here].flatMap((day) => stretches(times, closed, day))
  const within = around.find(({ from, to }) => from <= instant && instant < to)
  if (within) return { open: true, ...within, closed, zone }
  const today = here.startOf('day')
  const from = Math.max(today.toMillis(), ...around.map(({ to }) => to).filter((to) => to <= instant))
  const to = Math.min(
    today.plus({ days: 1 }).toMillis(),
    ...around.map((next) => next.from).filter((at) => at > instant),
  )
  return { open: false, from, to, closed, zone }
}

/** The first open instant at or after `instant`; null when there is none within 400 days. */
export function nextOpening(times: OpeningTimes, closed: ClosedDays, zone: string, instant: number): number | null {
  if (isOpen(times, closed, zone, instant)) return instant
  const here = DateTime.fromMillis(instant, { zone })
  for (let ahead = 0; ahead <= farthestDays; ahead++) {
    const next = stretches(times, closed, here.plus({ days: ahead })).find(({ from }) => from >= instant)
    if (next) return next.from
  }
  return null
}

/** When `ms` of open time will have passed since `from`; null when there is not so much within 400 days. */
export function addOpenTime(
  times: OpeningTimes,
  closed: ClosedDays,
  zone: string,
  from: number,
  ms: number,
): number | null {
  const here = DateTime.fromMillis(from, { zone })
  let left = ms
  let at = from
  for (let ahead = -1; ahead <= farthestDays; ahead++) {
    for (const stretch of stretches(times, closed, here.plus({ days: ahead }))) {
      const begin = Math.max(at, stretch.from)
      if (stretch.to <= begin) continue
      if (left <= stretch.to - begin) return begin + left
      left -= stretch.to - begin
      at = stretch.to
    }
  }
  return null
}

/** `mon-fri`, `sat,sun`, `fri-mon` -> the days meant; null when it is none. */
export function parseDays(text: string): Weekday[] | null {
  const days: Weekday[] = []
  for (const part of text.toLowerCase().split(',')) {
    const [first = '', last = first, ...more] = part.trim().split(/\s*-\s*/)
    const from = weekdays.indexOf(first as Weekday)
    const to = weekdays.indexOf(last as Weekday)
    if (from < 0 || to < 0 || more.length > 0) return null
    for (let day = from; ; day = (day + 1) % 7) {
      days.push(weekdays[day]!)
      if (day === to) break
    }
  }
  return new Set(days).size === days.length ? days : null
}

/** Why a day's text was not understood. `equal-times`: `09:00-09:00`, where a whole day must be written `24h`. */
export type DayRuleError = 'not-hours' | 'equal-times' | 'overlap'

/** `09:00-13:00, 14:00-18:00`, `22:00-06:00`, `24h`, `closed`, and for a date also `workday`. */
export function parseDayRule(text: string): DayRule | DayRuleError {
  const word = text.trim().toLowerCase()
  if (word === 'closed') return { kind: 'ranges', ranges: [] }
  if (word === 'workday') return { kind: 'workday' }
  if (word === '24h') return { kind: 'ranges', ranges: [{ start: 0, end: minutesOfDay }] }
  const ranges: DayRange[] = []
  for (const part of word.split(',')) {
    const found = /^\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*$/.exec(part)
    const start = found && minutes(found[1]!, found[2]!)
    const end = found && minutes(found[3]!, found[4]!)
    if (start === null || end === null || start === minutesOfDay) return 'not-hours'
    if (start === end) return 'equal-times'
    ranges.push({ start, end: end > start ? end : end + minutesOfDay })
  }
  ranges.sort((a, b) => a.start - b.start)
  const overlapping = ranges.some((range, i) => i > 0 && range.start < ranges[i - 1]!.end)
  return overlapping ? 'overlap' : { kind: 'ranges', ranges }
}

/** Whether the text is a day of the calendar, `2026-12-31`. */
export function isCalendarDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid
}

function minutes(hours: string, mins: string): number | null {
  const total = Number(hours) * 60 + Number(mins)
  return Number(mins) < 60 && total <= minutesOfDay ? total : null
}

/** The open stretches that begin on the local day of `at`, in order, as instants. */
function stretches(times: OpeningTimes, closed: ClosedDays, at: DateTime): { from: number; to: number }[] {
  const midnight = { year: at.year, month: at.month, day: at.day }
  const instant = (minute: number) =>
    DateTime.fromObject(midnight, { zone: at.zone })
      .plus({ days: Math.floor(minute / minutesOfDay) })
      .set({ hour: Math.floor((minute % minutesOfDay) / 60), minute: minute % 60, second: 0, millisecond: 0 })
      .toMillis()
  return rangesOn(times, closed, at)
    .map(({ start, end }) => ({ from: instant(start), to: instant(end) }))
    .filter(({ from, to }) => from < to)
}

function rangesOn(times: OpeningTimes, closed: ClosedDays, at: DateTime): DayRange[] {
  const { week, dates } = parsed(times)
  const date = `${String(at.year).padStart(4, '0')}-${String(at.month).padStart(2, '0')}-${String(at.day).padStart(2, '0')}`
  const special = dates.get(date)
  if (special) return special.kind === 'workday' ? (week.get('mon') ?? []) : special.ranges
  const isHoliday = Array.isArray(closed) ? closed.includes(date) : (closed as ReadonlySet<string>).has(date)
  return isHoliday ? [] : (week.get(weekdays[at.weekday - 1]!) ?? [])
}

interface Parsed {
  week: Map<Weekday, DayRange[]>
  dates: Map<string, DayRule>
}
const cache = new WeakMap<OpeningTimes, Parsed>()

/** Texts that are not understood mean closed; the configuration check has refused them long before. */
function parsed(times: OpeningTimes): Parsed {
  const known = cache.get(times)
  if (known) return known
  const week: Parsed['week'] = new Map()
  for (const [days, text] of Object.entries(times.week)) {
    const rule = parseDayRule(text)
    if (typeof rule === 'string' || rule.kind === 'workday') continue
    for (const day of parseDays(days) ?? []) week.set(day, rule.ranges)
  }
  const dates: Parsed['dates'] = new Map()
  for (const [date, text] of Object.entries(times.dates)) {
    const rule = parseDayRule(text)
    if (typeof rule !== 'string') dates.set(date, rule)
  }
  const result = { week, dates }
  cache.set(times, result)
  return result
}
