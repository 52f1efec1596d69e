/** When clients may be called, by the hours that the configuration names. Pure. */
import type { Config } from '../config/schema.ts'
import { isOpen, nextOpening } from '../model/business-hours.ts'

/** The first instant at or after `at` in which clients may be called; null if there is none within a year. */
export function openFrom(config: Config, hours: string | undefined, at: number): number | null {
  if (!hours) return at
  const schedule = config.hours[hours]!
  const { timezone } = config.company
  return isOpen(schedule, schedule.closedDays, timezone, at)
    ? at
    : nextOpening(schedule, schedule.closedDays, timezone, at)
}
