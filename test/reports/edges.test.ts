/** The edges of the definitions: one millisecond more or less, midnight, the night of the clocks. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DateTime } from 'luxon'
import { afterEach, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import type { ReportContext } from '../../src/reports/context.ts'
import type { Cut } from '../../src/reports/period.ts'
import { type ReportName, reportTables } from '../../src/reports/reports.ts'
import type { Row, TableId } from '../../src/reports/table.ts'
import { ReportDatabase, ReportTooLong } from '../../src/store/reports/connection.ts'
import { reportCompany, ZONE } from './support/company.ts'
import type { CallRow, Month } from './support/made-month.ts'
import { reportsDatabase } from './support/reports-database.ts'

const at = (iso: string) => DateTime.fromISO(iso, { zone: ZONE }).toMillis()
const DAY = '2026-10-14'
const NOW = at('2026-11-20')
let opened: Awaited<ReturnType<typeof reportsDatabase>> | null = null
afterEach(async () => {
  await opened?.close()
  opened = null
})

let count = 0
function call(change: Partial<CallRow> = {}): CallRow {
  const arrivedAt = change.arrivedAt ?? at(`${DAY}T10:00`)
  const waitMs = change.waitMs ?? 8_000
  return {
    id: `c${++count}`,
    direction: 'inbound',
    line: '+4930901820',
    trunk: 'city',
    caller: '+491700000001',
    arrivedAt,
    answeredAt: arrivedAt + waitMs,
    endedAt: arrivedAt + waitMs + 60_000,
    operator: 'anna',
    verdict: 'answered',
    reason: null,
    group: 'sales',
    waitMs,
    talkMs: 60_000,
    ...change,
  }
}
const missed = (change: Partial<CallRow> = {}) =>
  call({ verdict: 'missed', reason: 'queue_abandon', answeredAt: null, operator: null, talkMs: null, ...change })

async function rows(
  month: Partial<Month>,
  run: {
    config?: Config
    name?: ReportName
    table?: TableId
    cut?: Cut
    from?: string
    to?: string
    more?: string
  } = {},
): Promise<readonly Row[]> {
  const { name = 'calls', table = 'calls', cut = 'total', from = DAY, to = '2026-10-15', more = '' } = run
  opened = await reportsDatabase(month)
  const context: ReportContext = {
    config: run.config ?? reportCompany(more),
    language: 'en',
    period: { from: at(from), to: at(to), zone: ZONE },
    cut,
    now: NOW,
  }
  const tables = await reportTables(name, { database: opened.reports, contactStatus: (status) => status }, context)
  return tables.find(({ id }) => id === table)!.rows
}

describe('service level', () => {
  it('counts 20.000 s and not 20.001 s; a short abandon is out of it, one of 5.000 s is in it', async () => {
    const calls = [
      call({ waitMs: 0 }),
      call({ waitMs: 20_000 }),
      call({ waitMs: 20_001 }),
      missed({ waitMs: 4_999 }),
      missed({ waitMs: 5_000 }),
    ]
    expect(await rows({ calls })).toMatchObject([
      {
        offered: 5,
        answered: 3,
        short: 1,
        abandoned: 1,
        unanswered: 0,
        service_level: 0.5,
        abandonment: 0.25,
        wait_avg: 13.3,
      },
    ])
  })

  it('goes by the target of the group, also where several groups are in one row', async () => {
    const calls = [
      call({ waitMs: 25_000 }),
      call({ waitMs: 30_001 }),
      call({ waitMs: 25_000, group: 'operators' }),
      call({ waitMs: 15_000, group: 'operators' }),
    ]
    const swift = reportCompany()
    const sales = { ...swift.groups['sales']!, target: { answer_within: 30_000, percent: 90 } }
    const config = { ...swift, groups: { ...swift.groups, sales } }
    expect(await rows({ calls }, { config })).toMatchObject([{ service_level: 0.5 }])
    await opened!.close()
    const byGroup = await rows({ calls }, { config, name: 'queues', cut: 'group' })
    expect(byGroup).toMatchObject([
      { group: 'operators', service_level: 0.5, service_goal: '80%/20 s' },
      { group: 'Sales', service_level: 0.5, service_goal: '90%/30 s' },
    ])
  })

  it('who left a message or was not taken is no abandon, however short it was', async () => {
    const calls = [missed({ waitMs: 1_000, reason: 'all_busy' }), missed({ waitMs: 2_000, reason: 'voicemail_left' })]
    expect(await rows({ calls })).toMatchObject([
      { offered: 2, short: 0, abandoned: 0, unanswered: 2, service_level: 0, abandonment: 0 },
    ])
  })

  it('says nothing of no calls', async () => {
    const [row] = await rows({ calls: [missed({ waitMs: 100 })] })
    expect(row).toMatchObject({
      offered: 1,
      short: 1,
      service_level: null,
      abandonment: null,
      wait_avg: null,
      talk_max: null,
    })
  })

  it('time in a menu is no wait, and who left there was not offered', async () => {
    const calls = [
      missed({ group: null, reason: 'hangup_menu', waitMs: 40_000 }),
      call({ waitMs: 3_000, answeredAt: at(`${DAY}T10:01`) }),
    ]
    expect(await rows({ calls })).toMatchObject([{ received: 2, offered: 1, service_level: 1, wait_max: 3 }])
  })

  it('rings are those of the country, unless the configuration says another', async () => {
    const calls = [call({ waitMs: 5_000 }), call({ waitMs: 5_001 }), call({ waitMs: 15_000 }), call({ waitMs: 18_000 })]
    expect(await rows({ calls })).toMatchObject([{ within_1_ring: 0.25, within_2_rings: 0.5, within_3_rings: 0.75 }])
    await opened!.close()
    expect(await rows({ calls }, { more: 'reports: { ring: 6s, short_abandon: 0ms }' })).toMatchObject([
      { within_1_ring: 0.5, within_2_rings: 0.5, within_3_rings: 1 },
    ])
  })
})

describe('what is not counted', () => {
  it('calls in progress, our own calls, what a rule ignores', async () => {
    const calls = [
      call({ endedAt: null, verdict: null }),
      call({ direction: 'callback' }),
      call({ direction: 'campaign' }),
      call({ verdict: 'ignored', reason: 'blocklist' }),
    ]
    expect(await rows({ calls })).toMatchObject([{ received: 0, ignored: 1, offered: 0 }])
  })
})

describe('the calendar', () => {
  it('a call across midnight is of the day on which it came', async () => {
    const calls = [
      call({ arrivedAt: at('2026-10-14T23:59:59.999'), talkMs: 600_000 }),
      call({ arrivedAt: at('2026-10-15T00:00') }),
    ]
    const table = await rows({ calls }, { cut: 'day', to: '2026-10-16' })
    expect(table).toMatchObject([
      { day: '2026-10-14', received: 1, talk_total: 600 },
      { day: '2026-10-15', received: 1 },
    ])
  })

  it('the night the clocks go back: 02:30 is there twice, and both are of that day', async () => {
    const first = Date.UTC(2026, 9, 25, 0, 30)
    const calls = [
      call({ arrivedAt: first }),
      call({ arrivedAt: first + 3_600_000 }),
      call({ arrivedAt: first + 7_200_000 }),
    ]
    const hours = await rows({ calls }, { cut: 'hour', from: '2026-10-25', to: '2026-10-26' })
    expect(hours.filter(({ received }) => received !== 0)).toMatchObject([
      { hour: '02:00', received: 2 },
      { hour: '03:00', received: 1 },
    ])
  })

  it('the night the clocks go forward: the day of 23 hours has all of its calls', async () => {
    const from = at('2026-03-29')
    const calls = [0, 1, 22].map((hours) => call({ arrivedAt: from + hours * 3_600_000 }))
    const table = await rows(
      { calls: [...calls, call({ arrivedAt: from + 23 * 3_600_000 })] },
      { cut: 'day', from: '2026-03-28', to: '2026-03-31' },
    )
    expect(table.map(({ received }) => received)).toEqual([0, 3, 1])
  })

  it('a talk over the turn of an hour loads both, and one from before the period only its part in it', async () => {
    const calls = [
      call({ arrivedAt: at('2026-10-13T23:30'), waitMs: 0, endedAt: at('2026-10-14T00:15') }),
      call({ arrivedAt: at('2026-10-14T09:45'), waitMs: 0, endedAt: at('2026-10-14T10:30') }),
    ]
    const table = await rows({ calls }, { name: 'lines', table: 'lines-by-hour', cut: 'hour' })
    expect(table.filter(({ trunk }) => trunk === 'city')).toMatchObject([
      { hour: '00:00', calls_in: 0, load_avg: 0.25 },
      { hour: '09:00', calls_in: 1, load_avg: 0.25 },
      { hour: '10:00', calls_in: 0, load_avg: 0.5 },
    ])
  })
})

describe('operators', () => {
  const event = (id: string, when: string, state: string, reason: string | null = null) => ({
    id,
    person: 'anna',
    at: at(when),
    state,
    reason,
    callId: null,
  })

  it('bring the state of the evening before with them; the last one lasts until now', async () => {
    const events = [
      event('1', '2026-10-13T22:00', 'available'),
      event('2', '2026-10-14T06:00', 'paused', 'lunch'),
      event('3', '2026-10-14T07:00', 'talking'),
      event('4', '2026-10-14T07:30', 'wrap-up'),
      event('5', '2026-10-14T08:00', 'offline'),
      event('6', '2026-10-14T23:00', 'available'),
    ]
    const [anna] = await rows({ events }, { name: 'operators', table: 'operators' })
    expect(anna).toMatchObject({
      available: 7 * 3600,
      paused: 3600,
      talking: 1800,
      wrap: 1800,
      logged_in: 9 * 3600,
      occupancy: 1 / 9,
    })
    await opened!.close()
    expect(await rows({ events }, { name: 'operators', table: 'pauses' })).toEqual([
      { person: 'Anna', reason: 'lunch', times: 1, paused: 3600 },
    ])
  })

  it('whose log-in is not tracked have no occupancy, rather than a wrong one', async () => {
    const [anna] = await rows({ calls: [call()] }, { name: 'operators', table: 'operators' })
    expect(anna).toMatchObject({ talks: 1, talk_avg: 60, logged_in: null, occupancy: null, wrap: null })
  })
})

describe('the connection', () => {
  it('ends a query that takes too long, and goes on', async () => {
    opened = await reportsDatabase()
    const hasty = new ReportDatabase(opened.file, 200)
    const endless = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n'
    await expect(hasty.rows(endless)).rejects.toThrow(ReportTooLong)
    expect(await hasty.rows('SELECT 1 AS "one"')).toEqual([{ one: 1 }])
    await hasty.close()
  })

  it('writes nothing', async () => {
    opened = await reportsDatabase()
    await expect(
      opened.reports.rows(`INSERT INTO "DoNotCall" VALUES ('+7', 'x', NULL, 0) RETURNING 1`),
    ).rejects.toThrow(/syntax error/)
    await expect(opened.reports.rows(`PRAGMA user_version = 7`)).rejects.toThrow(/return data/)
  })

  it('holds up nobody on the thread that asks, also between its rows', async () => {
    opened = await reportsDatabase()
    const many =
      'WITH RECURSIVE c(y) AS (SELECT n.x UNION ALL SELECT y + 1 FROM c WHERE y < 200000) SELECT count(*) FROM c'
    const slow = `WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 30) SELECT x, (${many}) AS "many" FROM n`
    const lag = monitorEventLoopDelay({ resolution: 5 })
    const began = performance.now()
    lag.enable()
    const rows = await opened.reports.rows<{ x: number; many: number }>(slow)
    lag.disable()
    const took = performance.now() - began
    expect(rows.map(({ x, many: n }) => x + n)).toEqual(Array<number>(30).fill(200_001))
    expect(lag.max / 1e6).toBeLessThan(took / 2)
  })
})
