import { isCalendarDay, parseDayRule, parseDays } from '../../model/business-hours.ts'
import type { Path, ProblemId } from '../problem.ts'
import type { CheckInput } from './report.ts'

const ruleProblems = {
  'not-hours': 'bad-hours',
  'equal-times': 'equal-times',
  'overlap': 'hours-overlap',
} as const satisfies Record<Exclude<ReturnType<typeof parseDayRule>, object>, ProblemId>

/** `hours:` holds weekdays, days of the calendar, and times that can be understood in one way only. */
export function checkOpeningHours({ config, report }: CheckInput): void {
  for (const [name, { week, dates }] of Object.entries(config.hours)) {
    const seen = new Map<string, Path>()
    for (const [text, hours] of Object.entries(week)) {
      const path = ['hours', name, 'week', text]
      const days = parseDays(text)
      if (!days) report('bad-days', path, { values: { text } }, 'key')
      for (const day of days ?? []) {
        const otherPath = seen.get(day)
        if (otherPath) report('day-twice', path, { values: { day }, otherPath }, 'key')
        seen.set(day, path)
      }
      const rule = parseDayRule(hours)
      if (typeof rule === 'string') report(ruleProblems[rule], path, { values: { text: hours } })
      else if (rule.kind === 'workday') report('workday-in-week', path)
    }
    for (const [date, hours] of Object.entries(dates)) {
      const path = ['hours', name, 'dates', date]
      if (!isCalendarDay(date)) report('bad-date', path, { values: { text: date } }, 'key')
      const rule = parseDayRule(hours)
      if (typeof rule === 'string') report(ruleProblems[rule], path, { values: { text: hours } })
      else if (rule.kind === 'workday' && !seen.has('mon')) report('workday-without-monday', path)
    }
  }
}
