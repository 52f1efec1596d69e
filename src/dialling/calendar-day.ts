/** Days of the calendar, for limits that count "per day". */
import { DateTime } from 'luxon'

/** Of each zone the day that was asked about last: nearly always it is asked about again, and luxon takes a quarter of a millisecond. */
const lastDays = new Map<string, Day>()

interface Day {
  from: number
  to: number
  /** `2026-11-24` */
  date: string
}

/** The instant at which the local day of `instant` began, in ms. */
export function startOfDay(instant: number, zone: string): number {
  return dayOf(instant, zone).from
}

/** `2026-11-24` */
export function localDate(instant: number, zone: string): string {
  return dayOf(instant, zone).date
}

/** The instant at which the next local day begins, in ms. */
export function startOfNextDay(instant: number, zone: string): number {
  return DateTime.fromMillis(instant, { zone }).startOf('day').plus({ days: 1 }).startOf('day').toMillis()
}

function dayOf(instant: number, zone: string): Day {
  const last = lastDays.get(zone)
  if (last && instant >= last.from && instant < last.to) return last
  const begins = DateTime.fromMillis(instant, { zone }).startOf('day')
  const day = { from: begins.toMillis(), to: startOfNextDay(instant, zone), date: begins.toISODate()! }
  lastDays.set(zone, day)
  return day
}
