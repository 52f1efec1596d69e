/** Days on which the company is closed, from iCalendar files. */
import ICAL from 'ical.js'
import type { Report } from './checks/report.ts'
import { readBelow } from './files-below.ts'
import type { Config } from './schema.ts'

const mostDays = 20_000

/**
 * The calendar days that the events of a file touch, `2026-01-01`, sorted, from the year before `now` to five years after it. An event with
 * a time counts for its whole day, as written, in whatever zone.
 */
export function readHolidays(folder: string, file: string, now: number): { days: string[] } | { why: string } {
  const read = readBelow(folder, file)
  if ('refused' in read) return { why: read.why }
  try {
    return { days: holidaysOf(read.text, now) }
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) }
  }
}

export function holidaysOf(text: string, now: number): string[] {
  const year = new Date(now).getUTCFullYear()
  const [first, last] = [`${year - 1}-01-01`, `${year + 5}-12-31`]
  const calendar = new ICAL.Component(ICAL.parse(text))
  if (calendar.name !== 'vcalendar') throw new Error('no VCALENDAR')
  const days = new Set<string>()
  let looked = 0
  const look = () => {
    if (++looked > mostDays) throw new Error(`more than ${mostDays} days`)
  }
  for (const component of calendar.getAllSubcomponents('vevent')) {
    const event = new ICAL.Event(component)
    if (!event.startDate) continue
    const lasts = Math.max(1, daysBetween(event.startDate, event.endDate))
    const occurrences = event.iterator()
    for (;;) {
      const start = occurrences.next() as ICAL.Time | null
      if (!start || calendarDay(start) > last) break
      look()
      for (let i = 0; i < lasts; i++) {
        look()
        const day = calendarDay(start, i)
        if (day >= first && day <= last) days.add(day)
      }
    }
  }
  return [...days].sort()
}

/** How many calendar days an event touches: an end at midnight, or an all-day end, does not count itself. */
function daysBetween(start: ICAL.Time, end: ICAL.Time | null): number {
  if (!end) return 1
  const from = Date.parse(calendarDay(start))
  const to = Date.parse(calendarDay(end))
  const endsInside = !end.isDate && (end.hour > 0 || end.minute > 0 || end.second > 0)
  return (to - from) / 86_400_000 + (endsInside ? 1 : 0)
}

/** `2026-01-01`, so many days after the one of `time`, which is read as it is written. */
function calendarDay(time: ICAL.Time, after = 0): string {
  return new Date(Date.UTC(time.year, time.month - 1, time.day + after)).toISOString().slice(0, 10)
}

/** The configuration with `closedDays` of every schedule read from its `holidays` files. */
export function withClosedDays(config: Config, folder: string, now: number, report: Report): Config {
  const hours: Config['hours'] = {}
  const files = new Map<string, ReturnType<typeof readHolidays>>()
  for (const [name, schedule] of Object.entries(config.hours)) {
    const days = new Set<string>()
    for (const [i, file] of schedule.holidays.entries()) {
      const read = files.get(file) ?? readHolidays(folder, file, now)
      files.set(file, read)
      if ('why' in read)
        report('calendar-unreadable', ['hours', name, 'holidays', i], { values: { file, why: read.why } })
      else read.days.forEach((day) => days.add(day))
    }
    hours[name] = { ...schedule, closedDays: [...days].sort() }
  }
  return { ...config, hours }
}
