/** When the weekly mail goes. Pure. */
import { DateTime } from 'luxon'
import { type Weekday, weekdays } from '../../model/business-hours.ts'

/** The first time of the week, `mon 09:00`, after `after` (ms); an hour that the clocks skip is an hour later. */
export function nextWeekTime(text: string, zone: string, after: number): number {
  const [day, clock] = text.split(' ') as [Weekday, string]
  const [hour, minute] = clock.split(':').map(Number) as [number, number]
  const week = DateTime.fromMillis(after, { zone }).startOf('week')
  for (let weeks = 0; ; weeks++) {
    const at = week
      .plus({ weeks, days: weekdays.indexOf(day) })
      .set({ hour, minute })
      .toMillis()
    if (at > after) return at
  }
}
