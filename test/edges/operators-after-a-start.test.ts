/** What a new life of the daemon makes of its operators, in each state in which the last one left them, and how long their peace lasts. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { OperatorRow } from '../../src/queues/operator-board.ts'
import { Operators } from '../../src/queues/operators.ts'
import { lastOperatorEvents } from '../../src/store/operators.ts'
import { configOf } from '../support/config-of.ts'
import { FakeAsterisk } from '../support/fake-asterisk.ts'
import { FakeTelephony } from '../support/fake-telephony.ts'
import { House } from '../support/house.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const LINE = '+73432001122'
const MOBILE = '+79121234567'
const SECOND = 1_000
const SALES_MS = 20 * SECOND
const LONG_MS = 90 * SECOND

const CONFIG = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101 }
  boris: { name: Борис, rings: PJSIP/102 }
  olga: { name: Ольга, rings: "${MOBILE}" }
groups:
  sales: { members: [anna, boris, olga], wrap_up: 20s, each: 2s, total: 2s }
  complaints: { members: [anna], wrap_up: 90s }
  operators: { members: [boris] }
trunks: { city: { endpoint: PJSIP/provider, lines: 9 } }
lines: { "${LINE}": { name: Главный, flow: main } }
flows: { main: [{ ring: sales }, { hangup: normal }] }
missed_calls: { mail: { to: [office@example.ru], wait: 0s }, callback: { success: 1s } }
`)

describe('after a talk', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000_000 }))
  afterEach(() => void vi.useRealTimers())

  function office() {
    const rows: OperatorRow[] = []
    const phones = new FakeTelephony()
    const operators = new Operators(
      () => CONFIG,
      phones,
      { now: () => Date.now() },
      (row) => rows.push(row),
    )
    /** A new life, which has read the last row of each. */
    const reborn = (group: string | null) => {
      operators.stop()
      const next = new Operators(
        () => CONFIG,
        phones,
        { now: () => Date.now() },
        (row) => rows.push(row),
      )
      next.restore(new Map(rows.map((row) => [row.person, { ...row, group }])))
      return next
    }
    return { operators, phones, rows, reborn }
  }

  it.each([
    ['sales', SALES_MS],
    ['complaints', LONG_MS],
  ])('for %s the peace lasts %i ms, not one less and not one more', (group, ms) => {
    const { operators } = office()
    operators.tryReserve(['anna'])
    operators.speaks('anna', 'call-1', '+79123456789')
    operators.release('anna', true, group)
    expect(operators.presence('anna')).toBe('busy')
    vi.advanceTimersByTime(ms - 1)
    expect(operators.presence('anna')).toBe('busy')
    expect(operators.state('anna').name).toBe('wrap-up')
    vi.advanceTimersByTime(1)
    expect(operators.presence('anna')).toBe('free')
    expect(operators.state('anna').name).toBe('available')
  })

  it('a group without one gives none', () => {
    const { operators } = office()
    operators.tryReserve(['anna'])
    operators.release('anna', true, 'operators')
    expect(operators.state('anna').name).toBe('available')
  })

  it('who was rung in vain has no peace', () => {
    const { operators } = office()
    operators.tryReserve(['anna'])
    operators.release('anna', false, 'sales')
    expect(operators.presence('anna')).toBe('free')
  })

  it.each([
    ['sales', SALES_MS],
    ['complaints', LONG_MS],
  ])('for %s a start in between takes nothing away and adds nothing: what is left is waited for', (group, ms) => {
    const { operators, reborn } = office()
    operators.tryReserve(['anna'])
    operators.release('anna', true, group)
    vi.advanceTimersByTime(8 * SECOND)
    const next = reborn(group)
    expect(next.state('anna').name).toBe('wrap-up')
    vi.advanceTimersByTime(ms - 8 * SECOND - 1)
    expect(next.presence('anna')).toBe('busy')
    vi.advanceTimersByTime(1)
    expect(next.presence('anna')).toBe('free')
  })

  it('a peace that was over while nobody was there is over', () => {
    const { operators, reborn } = office()
    operators.tryReserve(['anna'])
    operators.release('anna', true, 'sales')
    operators.stop()
    vi.advanceTimersByTime(SALES_MS)
    const next = reborn('sales')
    expect(next.presence('anna')).toBe('free')
    expect(next.state('anna').name).toBe('available')
  })

  it.each<[string, (operators: Operators) => void, string, 'free' | 'busy' | 'offline']>([
    ['was paused, with a reason', (o) => o.wish('anna', 'pause', 'code', '3'), 'paused', 'busy'],
    ['wanted no calls', (o) => o.wish('anna', 'do-not-disturb', 'code'), 'do-not-disturb', 'offline'],
    ['had signed out', (o) => o.wish('anna', 'sign-out', 'code'), 'offline', 'offline'],
    ['was rung', (o) => void o.tryReserve(['anna']), 'available', 'free'],
    [
      'was rung, and paused meanwhile',
      (o) => (o.tryReserve(['anna']), o.wish('anna', 'pause', 'code')),
      'paused',
      'busy',
    ],
    [
      'talked, in a call that is over',
      (o) => (o.tryReserve(['anna']), o.speaks('anna', 'call-1', null)),
      'available',
      'free',
    ],
  ])('who %s is that after a start, and after the next', (_, was, state, presence) => {
    const { operators, reborn } = office()
    was(operators)
    const reason = operators.state('anna').reason
    for (let life = 0; life < 2; life++) {
      const next = reborn(null)
      expect(next.state('anna')).toMatchObject({ name: state, reason: state === 'paused' ? reason : null })
      expect(next.presence('anna')).toBe(presence)
      vi.advanceTimersByTime(3_600_000)
      expect(next.presence('anna')).toBe(presence)
    }
  })

  it('who talks is busy until the talk that was taken over ends, and then has the peace of its group', () => {
    const { operators, reborn } = office()
    operators.tryReserve(['anna'])
    operators.speaks('anna', 'call-1', '+79123456789')
    const next = reborn(null)
    const release = next.hold('anna', 'call-1', 'sales')
    vi.advanceTimersByTime(3_600_000)
    expect(next.presence('anna')).toBe('busy')
    expect(next.state('anna').name).toBe('talking')
    release()
    expect(next.state('anna').name).toBe('wrap-up')
    vi.advanceTimersByTime(SALES_MS - 1)
    expect(next.presence('anna')).toBe('busy')
    vi.advanceTimersByTime(1)
    expect(next.presence('anna')).toBe('free')
  })

  it('the peace is written with the call before it, whoever says first that they talk', () => {
    for (const phoneFirst of [true, false]) {
      const { operators, phones, rows } = office()
      operators.tryReserve(['anna'])
      if (phoneFirst) phones.setPhoneState('PJSIP/101', 'busy')
      operators.speaks('anna', 'call-1', '+79123456789')
      if (!phoneFirst) phones.setPhoneState('PJSIP/101', 'busy')
      phones.setPhoneState('PJSIP/101', 'idle')
      operators.release('anna', true, 'sales')
      expect(rows.at(-1)).toMatchObject({ state: 'wrap-up', callId: 'call-1' })
      operators.stop()
    }
  })
})

describe('a start in the middle of a talk', () => {
  const houses: House[] = []
  let database: ThrowAwayDatabase
  let calls = 0
  beforeAll(async () => void (database = await throwAwayDatabase()))
  afterAll(async () => {
    for (const house of houses) await house.journal.drain()
    await database.close()
  })

  /** The last life has put the caller through to Anna, for this group, and died. */
  async function talking(group: string) {
    const asterisk = new FakeAsterisk({ speed: 20 })
    const house = new House(database.prisma, CONFIG, asterisk)
    houses.push(house)
    const id = `talk-${++calls}`
    const caller = asterisk.incoming(id)
    const operator = asterisk.incoming(`leg-${id}`)
    const at = Date.now() - 60_000
    await house.journal.commit([
      {
        op: 'call.open',
        row: {
          id, direction: 'inbound', node: 'test', line: LINE, lineName: 'Главный', caller: `+7914000${1000 + calls}`, callerShown: '',
          callerName: null, arrivedAt: at, notice: 'armed', restored: false, configVersion: 'old', group: null,
        },
      }, // prettier-ignore
    ])
    await house.journal.commit([
      { op: 'call.answered', row: { id, at: at + 10_000, operator: 'anna', peer: operator.id, group } },
    ])
    return { house, id, caller, operator, asterisk }
  }
  const channel = ({ id }: { id: string }, application: string) => ({ id, state: 'Up', application })
  const over = async (house: House, id: string) => {
    await expect.poll(async () => (await house.row(id)).endedAt).not.toBeNull()
  }

  it.each<[string, string]>([
    ['Bridge', 'is left alone'],
    ['Stasis', 'is put together again'],
  ])('(%s) it %s: its operator is busy meanwhile, and free when it is over', async (application) => {
    const { house, id, caller, operator } = await talking('operators')
    const { operators } = house.people
    await house.connect([
      channel(caller, application),
      channel(operator, application === 'Bridge' ? 'Dialplan' : 'Stasis'),
    ])
    await expect.poll(() => operators.state('anna').name).toBe('talking')
    expect(operators.presence('anna')).toBe('busy')
    expect(operators.tryReserve(['anna'])).toBeNull()
    caller.phone.hangup()
    operator.phone.hangup()
    await over(house, id)
    await expect.poll(() => operators.presence('anna')).toBe('free')
    expect(operators.tryReserve(['anna'])).toBe('anna')
    await house.journal.drain()
    operators.stop()
  })

  it('its end is followed by the peace of its group, and not of another', async () => {
    const { house, id, caller, operator } = await talking('sales')
    const { operators } = house.people
    await house.connect([channel(caller, 'Bridge'), channel(operator, 'Dialplan')])
    await expect.poll(() => operators.state('anna').name).toBe('talking')
    caller.phone.hangup()
    operator.phone.hangup()
    await over(house, id)
    await expect.poll(() => operators.state('anna').name).toBe('wrap-up')
    await house.journal.drain()
    const [row] = await lastOperatorEvents(database.prisma, ['anna'])
    expect(row).toMatchObject({ state: 'wrap-up', callId: id, group: 'sales' })
    operators.stop()
  })

  it('in the middle of the peace the next life knows of which group it is', async () => {
    const { house, id, caller, operator, asterisk } = await talking('sales')
    await house.connect([channel(caller, 'Bridge'), channel(operator, 'Dialplan')])
    caller.phone.hangup()
    operator.phone.hangup()
    await over(house, id)
    await expect.poll(() => house.people.operators.state('anna').name).toBe('wrap-up')
    await house.journal.drain()
    house.people.operators.stop()
    // half a minute later: over for sales, not for complaints
    const next = new House(database.prisma, CONFIG, asterisk, { now: () => Date.now() + 30_000 })
    houses.push(next)
    await next.people.wakeUp()
    expect(next.people.operators.state('anna').name).toBe('available')
    await next.people.goHome()
  })
})

describe('a call-back', () => {
  const houses: House[] = []
  let database: ThrowAwayDatabase
  beforeAll(async () => void (database = await throwAwayDatabase()))
  afterAll(async () => {
    for (const house of houses) await house.journal.drain()
    await database.close()
  })

  it('is a talk of whoever is on a mobile too, whom no phone watches; its caller is remembered, its peace is that of its group', async () => {
    const asterisk = new FakeAsterisk({ speed: 20 })
    for (const phone of ['PJSIP/101', 'PJSIP/102']) asterisk.setPhoneState(phone, 'offline')
    const now = Date.now()
    const house = new House(database.prisma, CONFIG, asterisk, { now: () => now })
    houses.push(house)
    const { operators } = house.people
    const client = '+79135550001'
    asterisk.on(MOBILE, (phone) => phone.refuse('rejected'))
    const { leg, over } = house.call(client, { at: now })
    leg.phone.answer()
    await over
    asterisk.on(MOBILE, async (phone) => {
      phone.answer()
      await phone.hears('accept')
      phone.press('1')
    })
    let during = ''
    asterisk.on(client, async (phone) => {
      phone.answer()
      await expect.poll(() => (during = operators.state('olga').name)).toBe('talking')
      await phone.wait(5_000)
      phone.hangup()
    })
    await house.callbacks.due.pass()
    await house.callbacks.due.whenIdle()
    expect(during).toBe('talking')
    expect(operators.talks.lastWith(client)).toBe('olga')
    expect(operators.state('olga').name).toBe('wrap-up')
    await house.journal.drain()
    const [row] = await lastOperatorEvents(database.prisma, ['olga'])
    expect(row).toMatchObject({ state: 'wrap-up', group: 'sales' })
    await house.callbacks.due.stop(1_000)
    operators.stop()
  })
})
