/**
 * "Today" is the company's day. Every figure that counts by days is looked at on both sides of a midnight that is none of UTC, and on days on which the
 * clocks are changed: the n-th call today, the operator with the fewest calls, calls to one number a day, the thread of a day's mails, a meeting's end.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Meetings } from '../../src/callbacks/meetings.ts'
import { CallPath } from '../../src/calls/call-path.ts'
import type { EndedCall } from '../../src/calls/end-of-call.ts'
import { nextTime } from '../../src/cli/meeting.ts'
import type { Config } from '../../src/config/schema.ts'
import { clearToDial } from '../../src/dialling/guard.ts'
import { callerHistory } from '../../src/missed-calls/caller-history.ts'
import { followUps } from '../../src/missed-calls/follow-ups.ts'
import { escalationSteps } from '../../src/missed-calls/escalations.ts'
import { slaDueAt } from '../../src/missed-calls/open-case.ts'
import { verdictOf } from '../../src/missed-calls/verdict.ts'
import { shortTime } from '../../src/notices/wording.ts'
import { Operators } from '../../src/queues/operators.ts'
import { readPeriod } from '../../src/reports/period.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { endDial } from '../../src/store/dial-ledger.ts'
import { Journal, type JournalEntry } from '../../src/store/journal.ts'
import { CallbackWorld } from '../callbacks/callback-world.ts'
import { configOf } from '../support/config-of.ts'
import { FakeAsterisk } from '../support/fake-asterisk.ts'
import { FakeTelephony } from '../support/fake-telephony.ts'
import { House } from '../support/house.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const LINE = '+73432001122'
const firm = (zone: string): Config =>
  configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: ${zone}, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101 }
  boris: { name: Борис, rings: PJSIP/102 }
groups: { operators: { members: [anna, boris], ring: fewest-calls } }
hours: { office: { week: { mon-fri: "09:00-18:00" } } }
trunks: { city: { endpoint: PJSIP/city, lines: 9 } }
lines: { "${LINE}": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls:
  mail: { to: [office@example.ru] }
  sla: 30m
  hours: office
  callback: { only: office, success: 1s }
  escalate: [{ after: 30m, to: [lead@example.ru] }]
`)

/** A zone, a midnight of it, and how many hours the day has that ends there: the clocks go forward in the last but one, and back in the last. */
const MIDNIGHTS: [zone: string, midnight: string, hours: 23 | 24 | 25][] = [
  ['Asia/Yekaterinburg', '2026-11-25T00:00:00+05:00', 24],
  ['America/New_York', '2026-11-25T00:00:00-05:00', 24],
  ['Pacific/Auckland', '2026-11-25T00:00:00+13:00', 24],
  ['America/New_York', '2026-03-09T00:00:00-04:00', 23],
  ['America/New_York', '2026-11-02T00:00:00-05:00', 25],
]
const HOUR = 3_600_000

let database: ThrowAwayDatabase
beforeAll(async () => void (database = await throwAwayDatabase()))
afterAll(() => database.close())

let calls = 0
const newCaller = () => `+7913${2_000_000 + calls++}`
const opened = (caller: string, at: number, direction: 'inbound' | 'callback' = 'inbound') => {
  const row = {
    id: `day-${++calls}`, direction, node: 'n', line: LINE, lineName: null, caller, callerShown: caller, callerName: null,
    arrivedAt: at, notice: 'armed' as const, restored: false, configVersion: '1', group: null,
  } // prettier-ignore
  return { op: 'call.open', row } satisfies JournalEntry
}
const write = (...entries: JournalEntry[]) => new Journal(database.prisma, silentLogger).commit(entries)
const lost = (config: Config, caller: string, at: number, steps: Parameters<CallPath['add']>[0][] = []): EndedCall => {
  const path = new CallPath(`lost-${++calls}`, { note: () => {} }, { now: () => at + 5_000 })
  for (const step of [{ kind: 'arrived' as const, did: LINE }, ...steps]) path.add(step)
  return {
    id: `lost-${calls}`,
    direction: 'inbound',
    trunk: 'city',
    line: { number: LINE, name: 'Главный' },
    caller: { number: caller, shown: caller, name: null },
    arrivedAt: at,
    snapshot: { config, version: '1' },
    path,
  }
}

describe.each(MIDNIGHTS)('in %s, around %s', (zone, text, hours) => {
  const config = firm(zone)
  const midnight = Date.parse(text)

  it('the n-th call today begins anew', async () => {
    const caller = newCaller()
    const times = [-24.5, -23.5, -2, -1 / HOUR, 0, 1, 20].map((after) => Math.round(midnight + after * HOUR))
    await write(...times.map((at) => opened(caller, at)))
    const counts = []
    for (const at of times)
      counts.push((await callerHistory(database.prisma, lost(config, caller, at), at + 9_000)).callsToday)
    // whether the first two are of the same day as the next two
    expect(counts).toEqual([...{ 23: [1, 2, 1, 2], 24: [1, 1, 2, 3], 25: [1, 2, 3, 4] }[hours], 1, 2, 3])
  })

  it('the mails of a day are one thread, those of the next another', async () => {
    const caller = newCaller()
    const keyAt = (at: number) => {
      const call = lost(config, caller, at)
      const journey = {
        steps: call.path.journey,
        arrivedAt: at,
        endedAt: at + 5_000,
        direction: call.direction,
        caller,
        internal: false,
      }
      const history = { callsToday: 1, lastTalk: null, doNotCall: false, diallable: true }
      const [notice] = followUps({ ...call, endedAt: at + 5_000 }, verdictOf(journey), history, at + 5_000)
      return notice?.op === 'notice' ? notice.row.threadKey : null
    }
    const [morning, evening, next] = [keyAt(midnight - 20 * HOUR), keyAt(midnight - 1), keyAt(midnight)]
    expect(morning).toBe(evening)
    expect(next).not.toBe(evening)
    expect(keyAt(midnight + 20 * HOUR)).toBe(next)
  })

  it('one number is called at most three times a day, and again on the next', async () => {
    const number = newCaller()
    let now = midnight
    const guard = { prisma: database.prisma, config: () => config, clock: { now: () => now }, log: silentLogger }
    const call = async (after: number) => {
      now = midnight + after
      const channelId = `dial-${++calls}`
      const cleared = await clearToDial(guard, { purpose: 'callback', channelId, number, trunk: 'city' })
      await endDial(database.prisma, channelId, now + 1_000)
      return cleared.ok ? 'called' : cleared.why
    }
    const said = []
    for (const after of [-20 * HOUR, -3 * HOUR, -2 * HOUR, -1_000, 0, HOUR, 2 * HOUR, 3 * HOUR])
      said.push(await call(after))
    expect(said).toEqual(['called', 'called', 'called', 'day-limit', 'called', 'called', 'called', 'day-limit'])
  })

  it('who has had the fewest calls today is counted anew, also after a start', async () => {
    let now = midnight - HOUR
    const clock = { now: () => now }
    const operators = new Operators(() => config, new FakeTelephony(), clock)
    const talked = () => (operators.tryReserve(['anna']), operators.release('anna', true))
    talked()
    talked()
    expect(operators.talks.callsToday('anna')).toBe(2)
    now = midnight - 1
    expect(operators.talks.callsToday('anna')).toBe(2)
    now = midnight
    expect(operators.talks.callsToday('anna')).toBe(0)
    talked()
    expect(operators.talks.callsToday('anna')).toBe(1)
    operators.stop()
  })

  it('of talks from before a start those of today are counted', async () => {
    const own = await throwAwayDatabase()
    const talk = (after: number): JournalEntry[] => {
      const call = opened(newCaller(), midnight + after - 60_000)
      const { id } = call.row
      const at = midnight + after
      return [
        call,
        { op: 'call.answered', row: { id, at: at - 50_000, operator: 'anna', peer: 'leg', group: 'operators' } },
        { op: 'call.end', row: { id, at, verdict: 'answered', reason: null, group: 'operators', waitMs: 0, talkMs: 50_000, notice: 'disarmed', cause: 16 } },
      ] // prettier-ignore
    }
    await new Journal(own.prisma, silentLogger).commit([talk(-2 * HOUR), talk(-1), talk(0), talk(HOUR)].flat())
    const callsAt = async (now: number) => {
      const house = new House(own.prisma, config, new FakeAsterisk(), { now: () => now })
      await house.people.wakeUp()
      const counted = house.people.operators.talks.callsToday('anna')
      await house.people.goHome()
      return counted
    }
    expect(await callsAt(midnight + 2 * HOUR)).toBe(2)
    await own.close()
  })

  it('a report of today begins at midnight, and one of yesterday ends there', () => {
    const today = readPeriod({ from: 'today', to: 'today' }, zone, midnight)
    expect(today).toMatchObject({ from: midnight })
    expect(readPeriod({ from: 'yesterday', to: 'yesterday' }, zone, midnight)).toMatchObject({ to: midnight })
    expect(readPeriod({ from: 'today', to: 'today' }, zone, midnight - 1)).toMatchObject({ to: midnight })
  })
})

describe('what is told of a caller', () => {
  const config = firm('Asia/Yekaterinburg')
  const NOON = Date.parse('2026-11-24T12:00:00+05:00')

  it('calls that came later are no earlier ones, also where this one is known only afterwards', async () => {
    const caller = newCaller()
    await write(...[0, 1, 2].map((n) => opened(caller, NOON + n * HOUR)))
    const first = await callerHistory(database.prisma, lost(config, caller, NOON), NOON + 5 * HOUR)
    expect(first.callsToday).toBe(1)
  })

  it('our own call-backs are none of theirs', async () => {
    const caller = newCaller()
    await write(opened(caller, NOON - HOUR, 'callback'), opened(caller, NOON))
    expect((await callerHistory(database.prisma, lost(config, caller, NOON), NOON)).callsToday).toBe(1)
  })

  it('who wants to be called on another number is told of by the number that called', async () => {
    const [caller, other] = [newCaller(), newCaller()]
    await write(opened(caller, NOON - HOUR), opened(caller, NOON))
    const asked = { kind: 'callback-asked', number: other, to: 'operators', since: NOON, afterMeeting: false } as const
    const history = await callerHistory(database.prisma, lost(config, caller, NOON, [asked]), NOON)
    expect(history).toMatchObject({ callsToday: 2, diallable: true })
  })

  it('a caller who was spoken with, transferred and then lost may be called back like any other; one who was only spoken with is not asked after', async () => {
    const caller = newCaller()
    await write(opened(caller, NOON - HOUR), opened(caller, NOON))
    const talk = { kind: 'talk', person: 'anna', name: 'Anna', ms: 9_000 } as const
    const transfer = { kind: 'transfer', by: 'anna', name: 'Anna', to: '102' } as const
    const of = (...steps: Parameters<typeof lost>[3] & object) =>
      callerHistory(database.prisma, lost(config, caller, NOON, steps), NOON)
    expect(await of(talk, transfer)).toMatchObject({ callsToday: 2, diallable: true })
    expect(await of(talk, transfer, talk)).toMatchObject({ diallable: false })
    expect(await of(talk)).toMatchObject({ diallable: false })
  })
})

describe('working time goes on where it stopped', () => {
  it.each([
    ['over the night', '2026-11-24T17:50', '2026-11-25T09:20'],
    ['over the weekend', '2026-11-27T17:50', '2026-11-30T09:20'],
    ['before the opening', '2026-11-24T05:00', '2026-11-24T09:30'],
    ['to the last minute', '2026-11-24T17:30', '2026-11-24T18:00'],
    ['a minute too late for it', '2026-11-24T17:31', '2026-11-25T09:01'],
  ])('%s', (_, at, due) => {
    const instant = (text: string) => Date.parse(`${text}:00+05:00`)
    const config = firm('Asia/Yekaterinburg')
    expect(slaDueAt(config, instant(at))).toBe(instant(due))
    // who is told next waits as long, where the rule names no hours of its own
    expect(escalationSteps(config, 'operators', instant(at))).toMatchObject([{ dueAt: instant(due) }])
  })
})

describe('a time that is told', () => {
  it.each(MIDNIGHTS)('in %s: after the midnight %s one of before it has its date', (zone, text) => {
    const midnight = Date.parse(text)
    const told = (at: number, beside: number) => shortTime(at, beside, zone, 'en')
    expect(told(midnight - 60_000, midnight - HOUR)).toBe('23:59')
    expect(told(midnight + 60_000, midnight + 20 * HOUR)).toBe('00:01')
    expect(told(midnight + 60_000, midnight - 60_000)).toMatch(/^00:01 on /)
    expect(told(midnight - 60_000, midnight + 60_000)).toMatch(/^23:59 on /)
  })

  it('is the company’s to an operator who hears when the client called', async () => {
    const world = await CallbackWorld.open()
    world.telephony.on('PJSIP/101', (phone) => phone.answer())
    world.now = Date.parse('2026-11-25T00:40:00+05:00')
    await world.lost('+79123000001', { ago: 30 * 60_000 })
    await world.pass()
    expect(world.telephony.legs[0]!.heard).toContain(JSON.stringify({ time: '00:10' }))
    await world.close()
  })
})

describe('a meeting', () => {
  const ZONE = 'Asia/Yekaterinburg'
  const at = (text: string) => Date.parse(`${text}+05:00`)
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it.each([
    ['later today', '2026-11-24T10:00:00', '15:30', '2026-11-24T15:30:00'],
    ['this very minute: tomorrow', '2026-11-24T15:30:00', '15:30', '2026-11-25T15:30:00'],
    ['after midnight', '2026-11-24T23:50:00', '0:30', '2026-11-25T00:30:00'],
    ['at midnight', '2026-11-24T23:50:00', '0:00', '2026-11-25T00:00:00'],
    ['where UTC has another day', '2026-11-24T02:00:00', '3:00', '2026-11-24T03:00:00'],
  ])('until a time %s', (_, now, said, until) => {
    expect(nextTime(said, ZONE, at(now))).toBe(at(until))
  })

  it('is over at its time, and not before', async () => {
    vi.useRealTimers()
    const end = at('2026-11-25T00:30:00')
    let now = at('2026-11-24T23:50:00')
    const meetings = new Meetings({
      prisma: database.prisma,
      clock: { now: () => now },
      log: silentLogger,
      onEnd: () => {},
    })
    await meetings.begin('anna', end, 'test')
    now = end - 1
    expect([meetings.isOn('anna'), meetings.untilOf('anna')]).toEqual([true, end])
    now = end
    expect([meetings.isOn('anna'), meetings.untilOf('anna')]).toEqual([false, null])
    await meetings.refresh()
    expect(meetings.isOn('anna')).toBe(false)
    await meetings.end('anna')
  })
})
