import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { clearToDial, type DialOrder, type Guard } from '../../src/dialling/guard.ts'
import { placeCall } from '../../src/dialling/place-call.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { endDial, endLostDials, markDialAnswered, openDials } from '../../src/store/dial-ledger.ts'
import { addDoNotCall, removeDoNotCall } from '../../src/store/do-not-call.ts'
import { FakeTelephony } from '../support/fake-telephony.ts'
import { outboundConfig } from '../support/outbound-config.ts'
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/throw-away-database.ts'

// real files and real waits on a shared machine
vi.setConfig({ testTimeout: 30_000 })

const NOON = Date.parse('2026-11-24T12:00:00+05:00')
const HOUR = 3_600_000
let database: ThrowAwayDatabase
let guard: Guard
let now: number
let serial = 0

beforeEach(async () => {
  database = await throwAwayDatabase()
  now = NOON
  const config = outboundConfig()
  guard = { prisma: database.prisma, config: () => config, clock: { now: () => now }, log: silentLogger }
})
afterEach(() => database.close())

function order(change: Partial<DialOrder> = {}): DialOrder {
  return { purpose: 'campaign', channelId: `attempt-${++serial}`, number: '+79161234567', trunk: 'gsm', ...change }
}
async function verdict(change: Partial<DialOrder> = {}): Promise<string> {
  const clearance = await clearToDial(guard, order(change))
  return clearance.ok ? 'ok' : clearance.why
}
/** One call from reservation to its end. */
async function called(change: Partial<DialOrder> = {}, end: { answered?: boolean; counts?: boolean } = {}) {
  const wish = order(change)
  expect(await clearToDial(guard, wish)).toMatchObject({ ok: true })
  if (end.answered) await markDialAnswered(guard.prisma, wish.channelId, now)
  await endDial(guard.prisma, wish.channelId, now, end.counts)
}

test('a clearance holds the target, from the template, and a number of ours', async () => {
  expect(await clearToDial(guard, order({ number: '8 (916) 123-45-67', shown: '+7 343 200-11-33' }))).toEqual({
    ok: true,
    number: '+79161234567',
    target: { endpoint: 'PJSIP/+79161234567@gsm-gateway' },
    callerId: { number: '+73432001133', name: 'Цветочный двор' },
  })
  expect(await clearToDial(guard, order({ number: '+79161234568', trunk: 'city' }))).toMatchObject({
    target: { endpoint: 'PJSIP/89161234568@provider' },
    callerId: { number: '83432001122' },
  })
})

test.each<[string, Partial<DialOrder>, string]>([
  ['a URI', { number: '+79161234567@10.0.0.1;p?X-H=1' }, 'not-a-number'],
  ['an emergency number', { number: '112' }, 'not-a-number'],
  ['a premium number', { number: '8 809 123-45-67' }, 'premium'],
  ['abroad', { number: '+4930123456' }, 'not-allowed'],
  ['ourselves', { number: '8 343 200 11 33' }, 'own-number'],
  ['a trunk that is not there', { trunk: 'gsm@evil' }, 'no-trunk'],
  ['a stranger’s caller id', { shown: '+74952223344' }, 'caller-id-not-ours'],
  ['an employee’s number is no way around the prefixes', { purpose: 'person', number: '+18095551234' }, 'not-allowed'],
])('refuses %s', async (_what, change, why) => {
  expect(await verdict(change)).toBe(why)
  expect(await guard.prisma.dialLedger.count()).toBe(0)
})

describe('do not call', () => {
  beforeEach(() => addDoNotCall(guard.prisma, ['+79161234567'], { source: 'opt-out', detail: null, at: now }))

  test.each<[DialOrder['purpose'], string]>([
    ['campaign', 'do-not-call'],
    ['callback', 'do-not-call'],
    ['person', 'ok'],
    ['test', 'ok'],
  ])('for a %s: %s', async (purpose, expected) => {
    expect(await verdict({ purpose })).toBe(expected)
  })

  test('off the list, he may be called again', async () => {
    expect(await removeDoNotCall(guard.prisma, '+79161234567')).toBe(true)
    expect(await verdict()).toBe('ok')
  })
})

describe('caps', () => {
  test('three calls to a number in a day, over all purposes, and again the next day', async () => {
    await called()
    await called({ purpose: 'callback' })
    await called()
    expect(await verdict({ purpose: 'callback' })).toBe('day-limit')
    expect(await verdict({ number: '+79161234568' })).toBe('ok')
    now = Date.parse('2026-11-24T23:59:59+05:00')
    expect(await verdict()).toBe('day-limit')
    now = Date.parse('2026-11-25T00:00:00+05:00')
    expect(await verdict()).toBe('ok')
  })

  test('calls that never left our trunk are no calls to him', async () => {
    for (let i = 0; i < 5; i++) await called({}, { counts: false })
    expect(await verdict()).toBe('ok')
  })

  test('an employee may be rung as often as customers call, even twice at once', async () => {
    for (let i = 0; i < 4; i++) expect(await verdict({ purpose: 'person' })).toBe('ok')
  })

  test('a number is never called twice at once', async () => {
    expect(await verdict()).toBe('ok')
    expect(await verdict({ purpose: 'callback', trunk: 'city' })).toBe('number-busy')
  })

  test('the trunk keeps its reserve for callers, an employee may use it', async () => {
    for (let i = 0; i < 3; i++) expect(await verdict({ number: `+7916123450${i}` })).toBe('ok')
    expect(await verdict({ number: '+79161234509' })).toBe('trunk-full')
    expect(await verdict({ number: '+79161234509', purpose: 'person' })).toBe('ok')
    expect(await verdict({ number: '+79161234509', purpose: 'person' })).toBe('trunk-full')
  })

  test('of several mobiles that ring for one caller only the first may use the reserve', async () => {
    for (let i = 0; i < 3; i++) expect(await verdict({ number: `+7916123450${i}` })).toBe('ok')
    expect(await verdict({ number: '+79161234509', purpose: 'person', keepsReserve: true })).toBe('trunk-full')
    expect(await verdict({ number: '+79161234509', purpose: 'person', keepsReserve: false })).toBe('ok')
  })

  test('callers take lines from us', async () => {
    guard.callersOn = () => 3
    expect(await verdict({ number: '+79161234501' })).toBe('ok')
    expect(await verdict({ number: '+79161234502' })).toBe('trunk-full')
  })

  test('a limit of the law’s profile counts talks, not tries', async () => {
    const limits = [
      {
        code: 'talk-limit' as const,
        count: 1,
        since: NOON - HOUR,
        unit: 'talk' as const,
        purposes: ['campaign' as const],
      },
    ]
    await called({ purpose: 'person' }, { answered: true })
    await called({ limits })
    await called({ limits }, { answered: true })
    expect(await verdict({ limits })).toBe('talk-limit')
    expect(await verdict({ limits, number: '+79161234568' })).toBe('ok')
  })
})

test('the same channel is not reserved twice', async () => {
  expect(await verdict({ channelId: 'attempt-x' })).toBe('ok')
  expect(await verdict({ channelId: 'attempt-x', purpose: 'person' })).toBe('already-reserved')
})

test('of many that race for one number, one is cleared', async () => {
  const verdicts = await Promise.all(Array.from({ length: 12 }, () => verdict()))
  expect(verdicts.filter((one) => one === 'ok')).toHaveLength(1)
})

test('of many that race for the lines, as many as there are lines are cleared', async () => {
  const verdicts = await Promise.all(
    Array.from({ length: 12 }, (_, i) => verdict({ number: `+791612345${String(i).padStart(2, '0')}` })),
  )
  expect(verdicts.filter((one) => one === 'ok')).toHaveLength(3)
})

test('a database that does not answer means: not called', async () => {
  await guard.prisma.$executeRaw`DROP TABLE "DialLedger"`
  expect(await verdict()).toBe('store-error')
})

describe('after a crash', () => {
  test('what was reserved and lives no more is freed, what lives stays reserved', async () => {
    await verdict({ channelId: 'dead' })
    await verdict({ channelId: 'alive', number: '+79161234568' })
    expect(await endLostDials(guard.prisma, ['alive', 'PJSIP-foreign'], now)).toBe(1)
    expect(await verdict()).toBe('ok')
    expect(await verdict({ number: '+79161234568' })).toBe('number-busy')
  })

  test('a call is in hand from before its reservation until the ledger knows its end', async () => {
    const telephony = new FakeTelephony()
    const inHand = new Set<string>()
    const seen: boolean[] = []
    const wish = order()
    const look = () => seen.push(inHand.has(wish.channelId))
    telephony.on('+79161234567', (phone) => phone.answer())
    const placed = await placeCall({ ...guard, inHand }, telephony, wish, {
      timeoutMs: 1_000,
      log: silentLogger,
      beforeDial: async () => void look(),
    })
    look()
    if (placed.kind !== 'answered') throw new Error(placed.kind)
    await placed.leg.hangup()
    await vi.waitFor(() => expect(inHand.size).toBe(0))
    expect(seen).toEqual([true, true])
    expect(await openDials(guard.prisma)).toEqual([])
    expect(
      await placeCall({ ...guard, inHand }, telephony, order({ number: '112' }), {
        timeoutMs: 1_000,
        log: silentLogger,
      }),
    ).toMatchObject({
      kind: 'refused',
    })
    expect(inHand.size).toBe(0)
  })

  test('a leftover that nobody freed blocks its number no longer than the longest call', async () => {
    await verdict()
    now += 12 * HOUR
    expect(await verdict()).toBe('number-busy')
    now += HOUR
    expect(await verdict()).toBe('ok')
  })
})

describe('placeCall keeps the ledger', () => {
  const options = { timeoutMs: 30_000, log: silentLogger }
  const ledger = () => guard.prisma.dialLedger.findMany()

  test('an answered call is live until it ends', async () => {
    const telephony = new FakeTelephony()
    telephony.on('+79161234567', (phone) => phone.answer())
    const placed = await placeCall(guard, telephony, order(), options)
    expect(placed.kind).toBe('answered')
    expect(await ledger()).toMatchObject([{ answeredAt: new Date(now), endedAt: null, counts: true }])
    if (placed.kind === 'answered') await placed.leg.hangup()
    await expect.poll(ledger).toMatchObject([{ endedAt: new Date(now) }])
  })

  test.each([
    ['busy', true],
    ['congestion', false],
  ] as const)('%s ends it; counts: %s', async (kind, counts) => {
    const telephony = new FakeTelephony()
    telephony.on('+79161234567', (phone) => phone.refuse(kind))
    expect(await placeCall(guard, telephony, order(), options)).toMatchObject({ kind })
    expect(await ledger()).toMatchObject([{ endedAt: new Date(now), counts }])
  })

  test('when we cannot tell, the number stays reserved', async () => {
    const telephony = { dial: async () => ({ kind: 'unknown' as const }) } as unknown as FakeTelephony
    expect(await placeCall(guard, telephony, order(), options)).toEqual({ kind: 'unknown' })
    expect(await verdict()).toBe('number-busy')
  })

  test('nothing is dialled when the row before it cannot be written', async () => {
    const telephony = new FakeTelephony()
    const beforeDial = async () => Promise.reject(new Error('disk full'))
    await expect(placeCall(guard, telephony, order(), { ...options, beforeDial })).rejects.toThrow('disk full')
    expect(telephony.dialled).toEqual([])
    expect(await verdict()).toBe('ok')
  })

  test('nothing is dialled when the guard refuses', async () => {
    const telephony = new FakeTelephony()
    expect(await placeCall(guard, telephony, order({ number: '112' }), options)).toEqual({
      kind: 'refused',
      why: 'not-a-number',
    })
    expect(telephony.dialled).toEqual([])
  })
})
