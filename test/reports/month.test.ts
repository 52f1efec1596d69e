/** An invented month, in which the clocks go back: every figure from SQL is the one that comes out call by call. */
import { DateTime } from 'luxon'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReportContext } from '../../src/reports/context.ts'
import { erlangB, linesNeeded, offeredLoad } from '../../src/reports/erlang.ts'
import type { Cut } from '../../src/reports/period.ts'
import { type ReportName, reportTables } from '../../src/reports/reports.ts'
import type { Row, Table, TableId } from '../../src/reports/table.ts'
import {
  callbackFates,
  callFigures,
  caseFates,
  counted,
  hourLoads,
  mostAtOnce,
  stateSeconds,
} from './support/brute-force.ts'
import { reportCompany, ZONE } from './support/company.ts'
import { type CallRow, madeMonth, type Month } from './support/made-month.ts'
import { reportsDatabase } from './support/reports-database.ts'

const midnight = (day: string) => DateTime.fromISO(day, { zone: ZONE }).toMillis()
// more than the period on both sides
const made = { from: midnight('2026-09-28'), to: midnight('2026-11-04') }
const period = { from: midnight('2026-10-01'), to: midnight('2026-11-01'), zone: ZONE }
const config = reportCompany()
const now = midnight('2026-11-05')
const rules = { shortMs: 5_000, ringMs: 5_000, thresholdMs: 20_000 }

let month: Month
let database: Awaited<ReturnType<typeof reportsDatabase>>
beforeAll(async () => {
  month = madeMonth(20_261_001, 3_000, made.from, made.to)
  database = await reportsDatabase(month)
})
afterAll(() => database.close())

async function read(name: ReportName, id: TableId, cut: Cut | null = null): Promise<Table> {
  const context: ReportContext = { config, language: 'en', period, cut, now }
  const tables = await reportTables(name, { database: database.reports, contactStatus: (status) => status }, context)
  return tables.find((table) => table.id === id)!
}

describe('calls', () => {
  const there = (call: CallRow) => DateTime.fromMillis(call.arrivedAt, { zone: ZONE, locale: 'en' })
  const monday = (call: CallRow) => there(call).startOf('week')
  const names: Record<string, string> = { sales: 'Sales', operators: 'operators', olga: 'Olga' }
  const labels: [Exclude<Cut, 'total'>, (call: CallRow) => string, number | null][] = [
    ['day', (call) => there(call).toISODate()!, 31],
    ['hour', (call) => there(call).toFormat('HH:00'), 24],
    ['weekday', (call) => there(call).toFormat('ccc'), 7],
    ['week', (call) => `${monday(call).toISODate()} – ${monday(call).plus({ days: 6 }).toISODate()}`, 5],
    ['month', (call) => there(call).toFormat('yyyy-MM'), 1],
    ['line', (call) => (call.line === '+4930901820' ? 'Main +49 30 901820' : 'Director +49 30 901821'), 2],
    ['group', (call) => (call.group === null ? '(none)' : names[call.group]!), 4],
  ]

  it.each(labels)('by %s', async (cut, labelOf, count) => {
    const table = await read('calls', 'calls', cut)
    const calls = counted(month.calls, period)
    expect(calls.length).toBeGreaterThan(2_000)
    expect(table.rows).toHaveLength(count!)
    for (const { service_goal: _, [cut]: label, ...row } of table.rows)
      expect({ label, ...row }).toEqual({
        label,
        ...callFigures(
          calls.filter((call) => labelOf(call) === label),
          rules,
        ),
      })
    expect(new Set(calls.map(labelOf)).size).toBe(count)
    const { service_goal: __, ...total } = table.total ?? table.rows[0]!
    expect(withoutCut(total, cut)).toEqual(callFigures(calls, rules))
  })

  it('in all', async () => {
    const table = await read('calls', 'calls', 'total')
    expect(table.rows).toEqual([callFigures(counted(month.calls, period), rules)])
  })

  it('are in one of the classes of wait each', async () => {
    const { rows } = await read('queues', 'waits')
    const limits = [5, 10, 15, 20, 30, 45, 60, 90, 120, 300, Infinity].map((s) => s * 1000)
    const offered = counted(month.calls, period).filter(
      (call) => call.verdict !== 'ignored' && (call.group || call.verdict === 'answered'),
    )
    limits.forEach((limit, i) => {
      const own = offered.filter(({ waitMs }) => waitMs! <= limit && waitMs! > (limits[i - 1] ?? -1))
      const answered = own.filter(({ verdict }) => verdict === 'answered').length
      expect(rows[i]).toMatchObject({ answered, lost: own.length - answered })
    })
  })
})

describe('operators', () => {
  it('have the time of their states, and the talks of their calls', async () => {
    const { rows } = await read('operators', 'operators')
    const times = stateSeconds(month.events, period, now)
    expect(rows.map(({ person }) => person)).toEqual(['Anna', 'Boris', 'zoe'])
    for (const [person, name] of [
      ['anna', 'Anna'],
      ['boris', 'Boris'],
      ['zoe', 'zoe'],
    ] as const) {
      const row = rows.find((one) => one.person === name)!
      const { offline = 0, ...on } = times.get(person)!
      const loggedIn = Object.values(on).reduce((a, b) => a + b, 0)
      expect(offline).toBeGreaterThan(0)
      expect(row.logged_in).toBeCloseTo(loggedIn / 1000, 0)
      expect(row.occupancy).toBeCloseTo((on['talking']! + on['wrap-up']!) / loggedIn, 9)
      expect(row.paused).toBeCloseTo(on['paused']! / 1000, 0)
      expect(row.do_not_disturb).toBeCloseTo(on['do-not-disturb']! / 1000, 0)
      const talks = month.calls.filter(
        (call) =>
          call.operator === person &&
          call.verdict === 'answered' &&
          call.arrivedAt >= period.from &&
          call.arrivedAt < period.to,
      )
      expect(row.talks).toBe(talks.length)
    }
  })

  it('who did not take it', async () => {
    const { rows } = await read('operators', 'operators')
    const calls = new Map(month.calls.map((call) => [call.id, call]))
    const rung = month.steps.filter(({ kind, callId, detail }) => {
      const { arrivedAt } = calls.get(callId)!
      return (
        kind === 'rung' &&
        arrivedAt >= period.from &&
        arrivedAt < period.to &&
        detail['person'] === 'anna' &&
        detail['result'] !== 'busy'
      )
    })
    expect(rung.length).toBeGreaterThan(10)
    expect(rows.find(({ person }) => person === 'Anna')!.not_taken).toBe(rung.length)
  })
})

describe('lines', () => {
  it.each(['city', 'gsm', ''])('of trunk “%s”', async (trunk) => {
    const { rows } = await read('lines', 'lines')
    const row = rows.find((one) => one.trunk === (trunk || '(not known)'))!
    const loads = hourLoads(month.calls, month.dials, trunk, period, ZONE)
    const highest = Math.max(...loads.values())
    expect(row.load_busiest).toBeCloseTo(highest / 3_600_000, 9)
    expect(loads.get(row.busiest_hour as number)).toBe(highest)
    expect(row.load_avg).toBeCloseTo([...loads.values()].reduce((a, b) => a + b, 0) / (period.to - period.from), 9)
    expect(row.most_at_once).toBe(mostAtOnce(month.calls, month.dials, trunk, period))
    const lines = { city: 4, gsm: 2 }[trunk] ?? null
    const offered = lines === null ? null : offeredLoad(highest / 3_600_000, lines)
    expect(row.lines).toBe(lines)
    expect(row.load_offered).toBe(offered)
    expect(row.blocking).toBe(offered === null ? null : erlangB(offered, lines!))
    expect(row.lines_needed).toBe(offered === null ? null : linesNeeded(offered, 0.01))
  })

  it('by hour of the day, the hour that is there twice among them', async () => {
    const { rows } = await read('lines', 'lines-by-hour', 'hour')
    const loads = hourLoads(month.calls, month.dials, 'city', period, ZONE)
    const clock = (at: number) => DateTime.fromMillis(at, { zone: ZONE }).hour
    const own = rows.filter(({ trunk }) => trunk === 'city')
    expect(own).toHaveLength(24)
    own.forEach((row, hour) => {
      const ms = [...loads].filter(([at]) => clock(at) === hour).map(([, load]) => load)
      expect(row.load_avg).toBeCloseTo(ms.reduce((a, b) => a + b, 0) / 31 / 3_600_000, 9)
      expect(row.load_busiest).toBeCloseTo(Math.max(...ms) / 3_600_000, 9)
    })
  })

  it('and operators for the busiest hour of each group', async () => {
    const { rows } = await read('lines', 'staff')
    expect(rows.map(({ group }) => group)).toEqual(['Olga', 'operators', 'Sales'])
    const offered = counted(month.calls, period).filter(
      ({ group, verdict }) => group === 'sales' && verdict !== 'ignored',
    )
    const hours = new Map<number, number>()
    for (const { arrivedAt } of offered) {
      const hour = DateTime.fromMillis(arrivedAt, { zone: ZONE }).startOf('hour').toMillis()
      hours.set(hour, (hours.get(hour) ?? 0) + 1)
    }
    const row = rows[2]!
    expect(row.calls_busiest).toBe(Math.max(...hours.values()))
    expect(hours.get(row.busiest_hour as number)).toBe(row.calls_busiest)
    expect(row).toMatchObject({ members: 2, service_goal: '80%/20 s' })
    expect(row.operators_needed).toBeGreaterThan(row.load_offered as number)
  })
})

describe('promises', () => {
  it('cases', async () => {
    expect((await read('promises', 'cases')).rows).toEqual([caseFates(month.cases, period)])
  })

  it('call-backs, also by group', async () => {
    const all = callbackFates(month.callbacks, month.calls, period)
    expect(all.kept).toBeGreaterThan(100)
    expect((await read('promises', 'callbacks')).rows).toEqual([all])
    const byGroup = await read('promises', 'callbacks', 'group')
    expect(byGroup.total).toEqual(all)
    const sales = month.callbacks.filter(({ group }) => group === 'sales')
    expect(byGroup.rows.find(({ group }) => group === 'Sales')).toEqual({
      group: 'Sales',
      ...callbackFates(sales, month.calls, period),
    })
  })
})

describe('callers', () => {
  it('in all, and who called most', async () => {
    const calls = counted(month.calls, period).filter(({ verdict, caller }) => verdict !== 'ignored' && caller !== null)
    const numbers = byCaller(calls)
    const spoken = new Set(
      month.calls
        .filter(({ verdict, arrivedAt }) => verdict === 'answered' && arrivedAt >= period.from && arrivedAt < period.to)
        .map(({ caller }) => caller),
    )
    const lost = calls.filter(({ verdict }) => verdict === 'missed')
    const again = lost.filter((call) =>
      month.calls.some(
        (later) =>
          later.caller === call.caller &&
          later.direction === 'inbound' &&
          later.arrivedAt > call.arrivedAt &&
          later.arrivedAt <= call.arrivedAt + 86_400_000,
      ),
    )
    const { rows } = await read('callers', 'callers-total')
    expect(rows[0]).toMatchObject({
      callers: numbers.size,
      calls: calls.length,
      callers_repeat: [...numbers.values()].filter((own) => own.length > 1).length,
      callers_again: new Set(again.map(({ caller }) => caller)).size,
      callers_never: new Set(lost.filter(({ caller }) => !spoken.has(caller)).map(({ caller }) => caller)).size,
    })
    const top = (await read('callers', 'callers')).rows
    expect(top).toHaveLength(20)
    expect(top[0]!.calls).toBe(Math.max(...[...numbers.values()].map((own) => own.length)))
    const first = numbers.get(top[0]!.caller as string)!
    expect(top[0]).toMatchObject({
      calls: first.length,
      last_call: Math.max(...first.map(({ arrivedAt }) => arrivedAt)),
    })
  })
})

describe('the menus', () => {
  const own = () => counted(month.calls, period).filter(({ verdict }) => verdict !== 'ignored')
  const stepsOf = (id: string) => month.steps.filter(({ callId }) => callId === id)

  it('a funnel', async () => {
    const { rows } = await read('ivr', 'funnel')
    const having = (kind: string) => own().filter(({ id }) => stepsOf(id).some((step) => step.kind === kind)).length
    const messages = own().filter(({ id }) =>
      stepsOf(id).some(({ kind, detail }) => kind === 'recorded' && (detail['ms'] as number) > 0),
    )
    expect(rows.map(({ calls }) => calls)).toEqual([
      own().length,
      having('menu'),
      having('key'),
      having('ring'),
      own().filter(({ verdict }) => verdict === 'answered').length,
      messages.length,
    ])
  })

  it('where callers left', async () => {
    const { rows } = await read('ivr', 'left')
    const places = new Map<string, number>()
    for (const { id, verdict } of own()) {
      const steps = stepsOf(id)
      const theirs = ({ kind, detail }: (typeof steps)[number]) =>
        kind === 'recorded' || (kind === 'hung-up' && detail['by'] === 'caller')
      if (verdict !== 'missed' || !steps.some(theirs)) continue
      const last = steps.filter(({ kind }) => !['rung', 'recorded', 'hung-up'].includes(kind)).at(-1)!
      const place =
        last.kind === 'ring'
          ? `while ${{ sales: 'Sales', olga: 'Olga' }[last.detail['to'] as string] ?? 'operators'} was rung`
          : last.kind === 'voicemail'
            ? 'at the answerphone'
            : last.kind === 'closed'
              ? 'after hours'
              : last.detail['at'] !== undefined
                ? `in a menu, ${last.detail['at'] as string}`
                : 'in the greeting'
      places.set(place, (places.get(place) ?? 0) + 1)
    }
    expect(Object.fromEntries(rows.map(({ place, calls }) => [place, calls]))).toEqual(Object.fromEntries(places))
  })

  it('keys, with what nobody pressed and what means nothing', async () => {
    const { rows } = await read('ivr', 'keys')
    const ids = new Set(own().map(({ id }) => id))
    const at = 'perezvon.yaml:20'
    const pressed = month.steps.filter(
      ({ callId, kind, detail }) => ids.has(callId) && detail['at'] === at && kind !== 'menu',
    )
    const here = rows.filter(({ place }) => place === at)
    expect(here.reduce((sum, { presses }) => sum + (presses as number), 0)).toBe(pressed.length)
    expect(here.reduce((sum, { part }) => sum + (part as number), 0)).toBeCloseTo(1, 9)
    expect(here.find(({ key }) => key === '1')).toMatchObject({
      leads_to: 'Sales',
      presses: pressed.filter(({ detail, kind }) => kind === 'key' && detail['key'] === '1').length,
    })
    expect(here.map(({ key }) => key)).toContain('no key')
    expect(here.map(({ key }) => key)).toContain('7 (means nothing)')
  })

  it('time to a person', async () => {
    const { rows } = await read('ivr', 'to-person')
    const times = own()
      .filter(({ verdict }) => verdict === 'answered')
      .map(({ answeredAt, arrivedAt }) => answeredAt! - arrivedAt)
      .sort((a, b) => a - b)
    const rank = (part: number) => times[Math.ceil(part * times.length) - 1]! / 1000
    expect(rows[0]!.answered).toBe(times.length)
    expect(rows[0]!.to_person_median).toBeCloseTo(rank(0.5), 0)
    expect(rows[0]!.to_person_p90).toBeCloseTo(rank(0.9), 0)
    expect(rows[0]!.to_person_avg).toBeCloseTo(times.reduce((a, b) => a + b, 0) / times.length / 1000, 0)
  })
})

function withoutCut(row: Row, cut: string): Row {
  return Object.fromEntries(Object.entries(row).filter(([column]) => column !== cut))
}

function byCaller(calls: CallRow[]): Map<string, CallRow[]> {
  const groups = new Map<string, CallRow[]>()
  for (const call of calls) groups.set(call.caller!, [...(groups.get(call.caller!) ?? []), call])
  return groups
}
