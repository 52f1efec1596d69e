import { afterEach, beforeEach, expect, it } from 'vitest'
import { collectGauges, healthChecks } from '../../src/app/figures.ts'
import type { Ground } from '../../src/app/ground.ts'
import type { Mail } from '../../src/app/mail.ts'
import { createMetrics, type Metrics } from '../../src/http/metrics.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { Journal, type JournalEntry } from '../../src/store/journal.ts'
import { Outbox } from '../../src/store/outbox.ts'
import { ReportDatabase } from '../../src/store/reports/connection.ts'
import type { AsteriskLink } from '../../src/telephony/link.ts'
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/throw-away-database.ts'

let database: ThrowAwayDatabase
let metrics: Metrics
let ground: Ground
let mail: Mail
beforeEach(async () => {
  database = await throwAwayDatabase()
  metrics = createMetrics('1.2.3')
  const { prisma } = database
  ground = {
    metrics,
    prisma,
    clock: { now: () => 100_000 },
    live: { size: 3 },
    liveConfig: { healthy: true, current: { loadedAt: 5_000 } },
  } as unknown as Ground
  mail = {
    outbox: new Outbox(prisma),
    sender: { verify: () => Promise.resolve({ ok: true }) },
  } as unknown as Mail
})
afterEach(() => database.close())

const telephony = (ready: boolean, takesCallers = ready) => ({ ready, takesCallers, reconnects: 2 }) as AsteriskLink

const opened = (id: string, direction: 'inbound' | 'callback' = 'inbound'): JournalEntry => ({
  op: 'call.open',
  row: {
    id,
    direction,
    node: 'n',
    line: '+73432001122',
    lineName: 'Main',
    caller: '+79123456789',
    callerShown: '+79123456789',
    callerName: null,
    arrivedAt: 1,
    notice: 'armed',
    restored: false,
    configVersion: '1',
    group: null,
  },
})
const answered = (id: string): JournalEntry => ({
  op: 'call.answered',
  row: { id, at: 2, operator: 'anna', peer: 'leg', group: 'sales' },
})

it('gauges say how it stands now, also when they are read twice', async () => {
  const journal = new Journal(database.prisma, silentLogger)
  await journal.commit([opened('a'), opened('b'), opened('cb', 'callback'), answered('a'), answered('cb')])
  const reports = new ReportDatabase(database.file)
  const collect = collectGauges(ground, telephony(true), mail, reports)
  await collect()
  await collect()
  await reports.close()
  const said = (await metrics.registry.metrics()).split('\n')
  for (const line of [
    'perezvon_calls_active{state="talking"} 1',
    'perezvon_calls_active{state="waiting"} 2',
    'perezvon_ari_reconnects_total 2',
    'perezvon_ari_connected 1',
    'perezvon_config_last_reload_timestamp_seconds 5',
  ])
    expect(said).toContain(line)
})

it.each(['asterisk', 'database', 'mail'] as const)(
  'when %s is not well, that is the reason, and the only one',
  async (part) => {
    const unwell = async (link: AsteriskLink) => {
      const checks = Object.entries(healthChecks(ground, link, mail))
      const found: string[] = []
      for (const [name, check] of checks) {
        const why = await Promise.resolve(check()).catch((error: Error) => error.message)
        if (why !== null) found.push(name)
      }
      return found
    }
    expect(await unwell(telephony(true))).toEqual([])
    if (part === 'database') await database.prisma.$executeRaw`PRAGMA query_only = 1`
    if (part === 'mail') mail.sender.verify = () => Promise.resolve({ ok: false, why: 'refused' })
    expect(await unwell(telephony(part !== 'asterisk'))).toEqual([part])
  },
)

it('connected is not enough: callers must come to us', async () => {
  const why = (link: AsteriskLink) => healthChecks(ground, link, mail)['asterisk']!()
  expect(await why(telephony(false))).toBe('not connected to Asterisk')
  expect(await why(telephony(true, false))).toMatch(/dialplan does not send callers/)
  expect(await why(telephony(true))).toBeNull()
})
