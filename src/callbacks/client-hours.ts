/** May the client be called at this hour of his own day? Pure. */
import type { Config } from '../config/schema.ts'
import { zoneOfNumber } from '../dialling/number-zone.ts'
import { isOpen, nextOpening, type OpeningTimes } from '../model/business-hours.ts'

const DECENT: OpeningTimes = { week: { 'mon-sun': '08:00-21:00' }, dates: {} }
/** Who rang us just now is awake, whatever the hour. */
const AWAKE_MS = 3_600_000

/** The first instant at or after `at` in which his phone may ring; null if there is none within a year. Where his number tells no zone: `at`. */
export function clientMayBeCalledFrom(config: Config, number: string, lostAt: number, at: number): number | null {
  if (at - lostAt <= AWAKE_MS) return at
  const zone = zoneOfNumber(number)
  if (zone === null) return at
  const named = config.missed_calls.callback?.client_hours
  const hours = named ? config.hours[named]! : { ...DECENT, closedDays: [] }
  return isOpen(hours, hours.closedDays, zone, at) ? at : nextOpening(hours, hours.closedDays, zone, at)
}
