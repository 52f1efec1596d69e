/** How busy the trunks were, whether their lines are enough, and how many operators a group's busiest hour needs. Pure. */
import { DateTime } from 'luxon'
import type { CallSums } from '../store/reports/calls.ts'
import type { GroupHour, TrunkHour } from '../store/reports/lines.ts'
import type { ColumnId } from './columns.ts'
import { type ReportContext, targetName } from './context.ts'
import { erlangB, linesNeeded, offeredLoad, operatorsNeeded, serviceLevel } from './erlang.ts'
import { reportWord } from './labels.ts'
import { cutLabel, type Period } from './period.ts'
import { targetOf } from './service-target.ts'
import { grouped, type Row, seconds, type Table } from './table.ts'
import { shownShare, shownSpan } from './wording.ts'

const HOUR = 3_600_000

export function lineTable(
  context: ReportContext,
  hours: readonly TrunkHour[],
  most: readonly { trunk: string; most: number }[],
): Table {
  const { config, period } = context
  const byTrunk = grouped(hours, ({ trunk }) => trunk)
  const trunks = [...new Set([...Object.keys(config.trunks), ...byTrunk.keys()])]
  return {
    id: 'lines',
    columns: [
      'trunk',
      'calls_in',
      'calls_out',
      'load_avg',
      'load_daily_peak',
      'load_busiest',
      'busiest_hour',
      'most_at_once',
      ...ENOUGH,
    ],
    rows: trunks.map((trunk) => {
      const of = byTrunk.get(trunk) ?? []
      const busiest = of.reduce<TrunkHour | null>((top, hour) => (top && top.busyMs >= hour.busyMs ? top : hour), null)
      return {
        trunk: trunkName(context, trunk),
        calls_in: sum(of, ({ callsIn }) => callsIn),
        calls_out: sum(of, ({ callsOut }) => callsOut),
        load_avg: sum(of, ({ busyMs }) => busyMs) / (period.to - period.from),
        load_daily_peak: dailyPeak(of, period),
        load_busiest: busiest ? busiest.busyMs / HOUR : 0,
        busiest_hour: busiest && busiest.at,
        most_at_once: most.find((row) => row.trunk === trunk)?.most ?? 0,
        ...enoughLines(context, trunk, busiest ? busiest.busyMs / HOUR : 0),
      }
    }),
    total: null,
  }
}

/** Each trunk's hours of the day: the mean over the days of the period, and the highest. */
export function lineHourTable(context: ReportContext, hours: readonly TrunkHour[]): Table {
  const { period, language } = context
  const clock = (at: number) => DateTime.fromMillis(at, { zone: period.zone }).hour
  const groups = grouped(hours, ({ trunk, at }) => `${trunk}\n${String(clock(at)).padStart(2, '0')}`)
  const days = Math.max(1, Math.round((period.to - period.from) / 86_400_000))
  return {
    id: 'lines-by-hour',
    columns: ['trunk', 'hour', 'calls_in', 'calls_out', 'load_avg', 'load_busiest', ...ENOUGH],
    rows: [...groups.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, of]) => {
        const highest = Math.max(...of.map(({ busyMs }) => busyMs)) / HOUR
        return {
          trunk: trunkName(context, of[0]!.trunk),
          hour: cutLabel('hour', clock(of[0]!.at), language),
          calls_in: sum(of, ({ callsIn }) => callsIn),
          calls_out: sum(of, ({ callsOut }) => callsOut),
          load_avg: sum(of, ({ busyMs }) => busyMs) / (days * HOUR),
          load_busiest: highest,
          ...enoughLines(context, of[0]!.trunk, highest),
        }
      }),
    total: null,
  }
}

const ENOUGH: readonly ColumnId[] = ['lines', 'load_offered', 'blocking', 'lines_needed']

/** Are the lines enough for a carried load? Of a trunk that the configuration does not know nobody can say. */
function enoughLines({ config }: ReportContext, trunk: string, carried: number): Row {
  const lines = Object.hasOwn(config.trunks, trunk) ? config.trunks[trunk]!.lines : null
  if (lines === null) return { lines: null, load_offered: null, blocking: null, lines_needed: null }
  const offered = offeredLoad(carried, lines)
  return {
    lines,
    load_offered: offered,
    blocking: offered === null ? null : erlangB(offered, lines),
    lines_needed: offered === null ? null : linesNeeded(offered, config.reports.blocking / 100),
  }
}

/** The mean over the days of each day's busiest hour (ADPH of ITU-T E.600): one odd day does not buy new lines. */
function dailyPeak(hours: readonly TrunkHour[], { zone }: Period): number {
  const peaks = new Map<string, number>()
  for (const { at, busyMs } of hours) {
    const day = DateTime.fromMillis(at, { zone }).toISODate()!
    peaks.set(day, Math.max(peaks.get(day) ?? 0, busyMs))
  }
  return peaks.size === 0 ? 0 : sum([...peaks.values()], (ms) => ms) / peaks.size / HOUR
}

/** `sums`: by group; `wrap`: milliseconds of wrap-up by group. */
export function staffTable(
  context: ReportContext,
  busiest: readonly GroupHour[],
  sums: readonly CallSums[],
  wrap: readonly { group: string; ms: number }[],
): Table {
  const { config } = context
  const rows = busiest.flatMap(({ group, at, offered }): Row[] => {
    const known = sums.find(({ key }) => key === group)
    const members = Object.hasOwn(config.groups, group) ? config.groups[group]!.members.length : 1
    if (!known || known.answered === 0) return []
    const wrapMs = wrap.find((row) => row.group === group)?.ms ?? 0
    const handling = (known.talkMs + wrapMs) / known.answered / 1000
    const load = (offered * handling) / 3600
    const target = targetOf(config, group)
    const withinS = target.withinMs / 1000
    return [
      {
        group: targetName(config, group),
        busiest_hour: at,
        calls_busiest: offered,
        handling_avg: seconds(handling * 1000),
        load_offered: load,
        service_goal: goalText(context, group),
        members,
        service_expected: serviceLevel(load, members, withinS, handling),
        operators_needed: operatorsNeeded(load, handling, target.part, withinS),
      },
    ]
  })
  return {
    id: 'staff',
    columns: [
      'group',
      'busiest_hour',
      'calls_busiest',
      'handling_avg',
      'load_offered',
      'members',
      'service_goal',
      'service_expected',
      'operators_needed',
    ],
    rows,
    total: null,
  }
}

/** `80 %/20 с` */
export function goalText({ config, language }: ReportContext, group: string): string {
  const { part, withinMs } = targetOf(config, group)
  const percent = shownShare(part, language, 0)
  return reportWord(language, 'goal', { percent, within: shownSpan(withinMs / 1000, language) })
}

function trunkName({ language }: ReportContext, trunk: string): string {
  return trunk === '' ? reportWord(language, 'unknown-trunk') : trunk
}

function sum<T>(rows: readonly T[], value: (row: T) => number): number {
  return rows.reduce((total, row) => total + value(row), 0)
}
