/** What the weekly mail is made of, read from the database: the week before `now`, and the one before that to compare. */
import { type CallRules, callSums, type CallSums, waitHistogram, weekMap } from '../../store/reports/calls.ts'
import { caseSums, type CaseSums } from '../../store/reports/cases.ts'
import type { ReportDatabase } from '../../store/reports/connection.ts'
import { mostAtOnce, type TrunkHour, trunkHours } from '../../store/reports/lines.ts'
import { callbackSums, type CallbackSums } from '../../store/reports/promises.ts'
import type { HourOfWeek } from '../charts/heat-map.ts'
import { lastWeek, type Period } from '../period.ts'
import { waitLimits } from '../wait-figures.ts'

export interface Week {
  period: Period
  days: CallSums[]
  daysBefore: CallSums[]
  groups: CallSums[]
  hours: HourOfWeek[]
  waits: { answered: number; lost: number }[]
  cases: CaseSums[]
  casesBefore: CaseSums[]
  callbacks: CallbackSums[]
  trunkHours: TrunkHour[]
  mostAtOnce: { trunk: string; most: number }[]
}

export async function readWeek(database: ReportDatabase, zone: string, now: number, rules: CallRules): Promise<Week> {
  const period = lastWeek(zone, now)
  const before = lastWeek(zone, period.from)
  const limits = waitLimits.map((seconds) => seconds * 1000)
  return {
    period,
    days: await callSums(database, period, 'day', rules),
    daysBefore: await callSums(database, before, 'day', rules),
    groups: await callSums(database, period, 'group', rules),
    hours: await weekMap(database, period),
    waits: await waitHistogram(database, period, limits),
    cases: await caseSums(database, period, 'total'),
    casesBefore: await caseSums(database, before, 'total'),
    callbacks: await callbackSums(database, period, 'total'),
    trunkHours: await trunkHours(database, period),
    mostAtOnce: await mostAtOnce(database, period),
  }
}
