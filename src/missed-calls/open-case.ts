/** What an entry of the open list is: whose it is, and by when somebody should have spoken with him. Pure. */
import type { Asked, StepRow } from '../model/call-outcome.ts'
import type { Config } from '../config/schema.ts'
import { addOpenTime } from '../model/business-hours.ts'

/** The end of `missed_calls.sla`, counted in working time from the loss; null when there is no working time at all. */
export function slaDueAt(config: Config, lostAt: number): number | null {
  const { sla, hours, callback } = config.missed_calls
  const name = hours ?? callback?.only
  return name ? addWorkingTime(config, name, lostAt, sla) : lostAt + sla
}

/** `ms` of the hours called `name`, counted from `from`. */
export function addWorkingTime(config: Config, name: string, from: number, ms: number): number | null {
  const schedule = config.hours[name]!
  return addOpenTime(schedule, schedule.closedDays, config.company.timezone, from, ms)
}

/** What the caller asked for on the way; the last word counts. */
export function askedOf(steps: readonly StepRow[]): Asked | null {
  return steps.findLast((step) => step.kind === 'callback-asked') ?? null
}
