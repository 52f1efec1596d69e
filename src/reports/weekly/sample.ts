/** An invented week of the company's own groups and trunks, to look at the weekly mail before the first Monday. Pure. */
import type { Config } from '../../config/schema.ts'
import type { Language } from '../../runtime/i18n.ts'
import type { CallSums } from '../../store/reports/calls.ts'
import { addedUp } from '../call-figures.ts'
import { cutKeys, lastWeek } from '../period.ts'
import { waitLimits } from '../wait-figures.ts'
import { weeklyPayload } from './content.ts'
import type { WeeklyPayload } from './payload.ts'
import type { Week } from './read-week.ts'

/** Monday to Sunday: how many called, and how many of them were lost. */
const DAYS = [[62, 6], [58, 4], [65, 9], [60, 5], [74, 14], [21, 3], [4, 2]] as const // prettier-ignore
const WEEK_BEFORE = [[57, 7], [60, 8], [59, 6], [64, 9], [66, 12], [24, 6], [3, 2]] as const // prettier-ignore
/** Calls of an office hour by hour from nine, in parts of the day's. */
const HOURS = [0.08, 0.13, 0.16, 0.14, 0.09, 0.11, 0.12, 0.1, 0.07]
const MINUTE = 60_000
const HOUR = 3_600_000

export function sampleWeekly(config: Config, language: Language, now: number): WeeklyPayload {
  const period = lastWeek(config.company.timezone, now)
  return weeklyPayload({ config, language, period, cut: null, now }, sampleWeek(config, now))
}

function sampleWeek(config: Config, now: number): Week {
  const period = lastWeek(config.company.timezone, now)
  const before = lastWeek(config.company.timezone, period.from)
  const days = cutKeys('day', period).map((key, i) => sums(key, DAYS[i]!))
  const groups = Object.keys(config.groups).slice(0, 5)
  const all = addedUp(days)
  const part = (sum: number) => Math.round(sum / Math.max(1, groups.length))
  const hours = DAYS.flatMap(([received, lost], weekday) =>
    HOURS.map((share, i) => ({
      weekday,
      hour: 9 + i,
      received: Math.round(received * share),
      lost: Math.round(lost * share),
    })),
  )
  const trunks = Object.entries(config.trunks)
  return {
    period,
    days,
    daysBefore: cutKeys('day', before).map((key, i) => sums(key, WEEK_BEFORE[i]!)),
    groups: groups.map((group) => sums(group, [part(all.received), part(all.offered - all.answered)])),
    hours: hours.filter(({ received }) => received > 0),
    waits: [...waitLimits, Infinity].map((_, i) => ({
      answered: Math.round((all.answered * (waitLimits.length - i)) / 55),
      lost: Math.round(((all.offered - all.answered) * (i + 1)) / 66),
    })),
    cases: [{ key: 'total', cases: 38, within20m: 19, within24h: 9, later: 1, cameBack: 5, byHand: 2, notReturned: 2, inTime: 30, withSla: 38 }], // prettier-ignore
    casesBefore: [{ key: 'total', cases: 44, within20m: 18, within24h: 12, later: 2, cameBack: 4, byHand: 3, notReturned: 5, inTime: 31, withSla: 44 }], // prettier-ignore
    callbacks: [{ key: 'total', promised: 34, kept: 26, kept20m: 19, kept1h: 22, kept24h: 26, failed: 3, calledOff: 4, open: 1, delayMs: 26 * 14 * MINUTE, delayMaxMs: 5 * HOUR }], // prettier-ignore
    trunkHours: trunks.flatMap(([trunk, { lines }]) =>
      HOURS.map((share, i) => ({
        trunk,
        at: period.from + (4 * 24 + 9 + i) * HOUR,
        callsIn: Math.round(DAYS[4][0] * share),
        callsOut: Math.round(6 * share),
        busyMs: Math.min(lines * 0.7, 8 * share) * HOUR,
      })),
    ),
    mostAtOnce: trunks.map(([trunk, { lines }]) => ({ trunk, most: Math.min(lines, 4) })),
  }
}

/** A tenth of the callers leaves in the menu. */
function sums(key: number | string, [received, lost]: readonly [number, number]): CallSums {
  const offered = received - Math.round((received - lost) / 10)
  const answered = offered - lost
  const short = Math.floor(lost / 6)
  const abandoned = Math.ceil((lost - short) / 2)
  const within = (part: number) => Math.round(answered * part)
  return {
    key,
    received,
    ignored: 1,
    offered,
    answered,
    short,
    abandoned,
    unanswered: lost - short - abandoned,
    withinThreshold: within(0.93),
    withinRing1: within(0.4),
    withinRing2: within(0.7),
    withinRing3: within(0.85),
    waitAnsweredMs: answered * 9_000,
    waitLostMs: lost * 41_000,
    waitMaxMs: 190_000,
    talkMs: answered * 145_000,
    talkMaxMs: 25 * MINUTE,
  }
}
