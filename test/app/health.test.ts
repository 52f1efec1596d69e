import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  bookStates,
  bookWarnings,
  channelStates,
  collectGauges,
  healthChecks,
  outboxWarnings,
} from '../../src/app/figures.ts'
import type { Ground } from '../../src/app/ground.ts'
import type { Mail } from '../../src/app/mail.ts'
import { createMetrics, type Metrics } from '../../src/http/metrics.ts'
import { BookFault } from '../../src/phone-book/book-fault.ts'
import type { SourceState } from '../../src/phone-book/source.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { Journal, type JournalEntry } from '../../src/store/journal.ts'
import type { Illness } from '../../src/store/illnesses.ts'
import { Outbox } from '../../src/store/outbox.ts'
import { ReportDatabase } from '../../src/store/reports/connection.ts'
import type { AsteriskLink } from '../../src/telephony/link.ts'
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/throw-away-database.ts'

let database: ThrowAwayDatabase
let metrics: Metrics
let ground: Ground
let mail: Mail
let ills: Illness[] = []
let books: SourceState[] = []
beforeEach(async () => {
  database = await throwAwayDatabase()
  metrics = createMetrics('1.2.3')
  const { prisma } = database
  ground = {
    metrics,
    prisma,
    clock: { now: () => 100_000 },
    live: { size: 3 },
    names: { states: () => books },
    liveConfig: { healthy: true, current: { loadedAt: 5_000 } },
  } as unknown as Ground
  mail = {
    outbox: new Outbox(prisma),
    health: { why: () => Promise.resolve(null) },
    illnesses: { current: () => ills },
  } as unknown as Mail
})
afterEach(() => database.close())

const ill = (channel: string, kind: string, since: number): Illness => ({
  channel,
  kind,
  why: 'no',
  since,
  toldAt: null,
})
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
  ills = [ill('telegram:sales', 'refused', 0), ill('mail anna@example.ru', 'recipient', 0)]
  const none = { unreadable: 0, examples: [], nameless: 0, readAt: null }
  books = [{ ...none, label: 'csv contacts.csv', names: 12, fault: new BookFault('bad-quotes', 17) }]
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
    'perezvon_channel_ill{channel="telegram:sales"} 1',
    'perezvon_phone_book_names{source="csv contacts.csv"} 12',
    'perezvon_phone_book_fault{source="csv contacts.csv"} 1',
  ])
    expect(said).toContain(line)
  // no address of a person is a label
  expect(said.join()).not.toContain('anna@example.ru')
})

it('a phone book that cannot be read is a warning, with its line', () => {
  const none = { names: 0, unreadable: 0, examples: [], nameless: 0, readAt: null }
  books = [
    { ...none, label: 'csv contacts.csv', fault: new BookFault('bad-quotes', 17) },
    { ...none, label: 'http crm.example.ru', fault: null },
  ]
  expect(bookWarnings(ground)).toEqual({ 'phone book csv contacts.csv': 'row 17: a quote is not closed' })
  expect(bookStates(ground)).toEqual([{ source: 'csv contacts.csv', fault: 'bad-quotes', line: 17, detail: '' }])
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
    if (part === 'mail') mail.health.why = () => Promise.resolve('refused')
    expect(await unwell(telephony(part !== 'asterisk'))).toEqual([part])
  },
)

it('connected is not enough: callers must come to us', async () => {
  const why = (link: AsteriskLink) => healthChecks(ground, link, mail)['asterisk']!()
  expect(await why(telephony(false))).toBe('not connected to Asterisk')
  expect(await why(telephony(true, false))).toMatch(/dialplan does not send callers/)
  expect(await why(telephony(true))).toBeNull()
})

it('a channel that cannot deliver is said; a broken connection only when it stays so, and no number of a person', () => {
  ills = [
    ill('sms', 'refused', 99_000),
    ill('webhook:crm', 'away', 99_000),
    ill('telegram:sales', 'away', 30_000),
    ill('sms sms:+79123456789', 'recipient', 50_000),
    ill('mail mx1.example.ru:587', 'refused', 50_000),
  ]
  const states = channelStates(ground, mail).map(({ channel, stops }) => [channel, stops])
  expect(states).toEqual([
    ['sms', true],
    ['telegram:sales', true],
    ['sms sms:+7912***6789', false],
    ['mail mx1.example.ru:587', false],
  ])
})

it('what stands in the outbox and moves no more is a warning', async () => {
  expect(await outboxWarnings(mail)).toEqual({})
  const row = { kind: 'missed', recipient: 'a@example.ru', language: 'ru', payload: '{}', dueAt: new Date(), createdAt: new Date() } // prettier-ignore
  for (const [id, status] of [
    ['a', 'dead'],
    ['b', 'unconfirmed'],
    ['c', 'sent'],
  ] as const)
    await database.prisma.notice.create({ data: { id, status, ...row } })
  expect(Object.keys(await outboxWarnings(mail))).toEqual(['undeliverable', 'unconfirmed'])
})
