/** From what was read to what the mail says: the headlines, the tables, the numbers of the pictures. Pure. */
import { DateTime } from 'luxon'
import { addedUp, callRow, noCalls } from '../call-figures.ts'
import { cutTable, type ReportContext } from '../context.ts'
import { goalText, lineTable } from '../line-figures.ts'
import { cutKeys } from '../period.ts'
import {
  callbackColumns,
  callbackRow,
  callbacksAddedUp,
  caseColumns,
  caseRow,
  casesAddedUp,
  noCallbacks,
  noCases,
} from '../promise-figures.ts'
import { targetOfAll } from '../service-target.ts'
import type { Table } from '../table.ts'
import { waitLimits } from '../wait-figures.ts'
import type { Headline, WeeklyPayload } from './payload.ts'
import type { Week } from './read-week.ts'

const DAY = 86_400_000

/** `context`: with the language of the reader, and the week as its period. */
export function weeklyPayload(context: ReportContext, week: Week): WeeklyPayload {
  const { config, period, language } = context
  const { company } = config
  return {
    company: { name: company.name, zone: company.timezone },
    from: period.from,
    to: period.to,
    headlines: headlines(week),
    tables: tables(context, week).map((table) => ({ ...table, columns: [...table.columns], rows: [...table.rows] })),
    hours: week.hours,
    days: cutKeys('day', period).map((key) => {
      const sums = week.days.find((day) => day.key === key) ?? noCalls(key)
      const date = DateTime.fromMillis(key * DAY, { zone: 'utc', locale: language })
      return {
        label: date.toFormat(language === 'ru' ? 'ccc dd.MM' : 'ccc d LLL'),
        answered: sums.answered,
        lost: sums.offered - sums.answered,
        serviceLevel: (callRow(sums).service_level ?? null) as number | null,
      }
    }),
    waits: week.waits.map((slot, i) => ({ upTo: waitLimits[i] ?? null, ...slot })),
    ...targetOfAll(
      config,
      week.groups.map(({ key, offered, short }) => ({ group: String(key), counted: offered - short })),
    ),
  }
}

function headlines(week: Week): Headline[] {
  const [now, before] = [callRow(addedUp(week.days)), callRow(addedUp(week.daysBefore))]
  const [cases, casesBefore] = [caseRow(casesAddedUp(week.cases)), caseRow(casesAddedUp(week.casesBefore))]
  const of = (column: keyof typeof now, better: Headline['better']) => ({
    column,
    now: (now[column] ?? null) as number | null,
    before: (before[column] ?? null) as number | null,
    better,
  })
  return [
    of('received', 'neither'),
    of('answered', 'more'),
    of('service_level', 'more'),
    of('wait_avg', 'less'),
    of('lost', 'less'),
    {
      column: 'not_returned',
      now: cases.not_returned as number,
      before: casesBefore.not_returned as number,
      better: 'less',
    },
  ]
}

function tables(context: ReportContext, week: Week): Table[] {
  const brief = ['received', 'answered', 'lost', 'abandonment', 'service_level', 'wait_avg', 'wait_max'] as const
  const days = { id: 'calls' as const, cut: 'day' as const, columns: brief, rowOf: callRow }
  const groups = {
    id: 'calls' as const,
    cut: 'group' as const,
    columns: ['received', 'answered', 'lost', 'service_level', 'service_goal', 'wait_avg', 'wait_max'] as const,
    rowOf: (sums: Week['groups'][number]) => ({
      ...callRow(sums),
      service_goal: sums.key === '' || sums.key === 'total' ? null : goalText(context, String(sums.key)),
    }),
  }
  const cases = { id: 'cases' as const, cut: 'total' as const, columns: caseColumns, rowOf: caseRow }
  const callbacks = { id: 'callbacks' as const, cut: 'total' as const, columns: callbackColumns, rowOf: callbackRow }
  const lines = lineTable(context, week.trunkHours, week.mostAtOnce)
  const lineColumns = [
    'trunk',
    'lines',
    'load_busiest',
    'busiest_hour',
    'most_at_once',
    'blocking',
    'lines_needed',
  ] as const
  return [
    cutTable(context, days, week.days, noCalls, addedUp(week.days)),
    cutTable(context, groups, week.groups, noCalls, addedUp(week.groups)),
    cutTable(context, cases, week.cases, noCases, casesAddedUp(week.cases)),
    cutTable(context, callbacks, week.callbacks, noCallbacks, callbacksAddedUp(week.callbacks)),
    { ...lines, columns: lineColumns, rows: lines.rows.filter(({ trunk }) => trunk !== null) },
  ]
}
