import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Call } from '../../src/calls/call.ts'
import { type InboundDeps, inboundCalls } from '../../src/calls/inbound.ts'
import { LiveCalls } from '../../src/calls/live-calls.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { Journal } from '../../src/store/journal.ts'
import { CallEnded, type Leg } from '../../src/telephony/api.ts'
import type { Arrival } from '../../src/telephony/link.ts'
import { configOf } from '../support/config-of.ts'
import { FakeTelephony } from '../support/fake-telephony.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const CONFIG = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: Анна, rings: PJSIP/101 } }
groups: { operators: { members: [anna] } }
lines:
  "+7 343 200-11-22": { name: Главный, flow: main }
  "+7 343 200-11-33": { name: Второй, flow: second }
flows:
  main: [{ ring: operators }, { hangup: normal }]
  second: [{ ring: anna }, { hangup: normal }]
missed_calls: { mail: { to: [office@example.ru] } }
`)

let database: ThrowAwayDatabase
let journal: Journal
let calls = 0
/** What was done, in order. */
let deeds: string[]
let live: LiveCalls
beforeAll(async () => {
  database = await throwAwayDatabase()
  journal = new Journal(database.prisma, silentLogger)
})
afterAll(() => database.close())
beforeEach(() => {
  deeds = []
  live = new LiveCalls()
})

function house(changes: Partial<InboundDeps> = {}) {
  const ended: Call[] = []
  const take = inboundCalls({
    node: 'test',
    journal,
    clock: systemClock,
    log: silentLogger,
    live,
    snapshot: () => ({ config: CONFIG, version: 'v1' }),
    runFlow: async (_, flow) => void deeds.push(`flow ${flow}`),
    transferred: async () => void deeds.push('transferred'),
    endOfCall: async (call) => {
      deeds.push('end')
      ended.push(call as Call)
    },
    fallback: async () => void deeds.push('fallback'),
    ...changes,
  })
  return { take, ended }
}
function arrival(
  did = '+73432001122',
  callerNumber = '+79123456789',
): Arrival & { leg: ReturnType<FakeTelephony['incoming']> } {
  const leg = new FakeTelephony().incoming(`in-${++calls}`)
  return { leg, did, callerNumber, callerName: '', trunk: 'provider', arrivedAt: 1_000 }
}
const row = async (leg: Leg) => {
  await journal.drain()
  return database.prisma.call.findUnique({ where: { id: leg.id }, include: { steps: { orderBy: { seq: 'asc' } } } })
}

describe('a call', () => {
  it('has its row before anything is done with it', async () => {
    const guest = arrival()
    let seen: unknown
    const { take } = house({
      runFlow: async (call) => void (seen = await database.prisma.call.findUnique({ where: { id: call.id } })),
    })
    await take(guest)
    expect(seen).toMatchObject({ notice: 'armed', line: '+73432001122', caller: '+79123456789', endedAt: null })
  })

  it.each([
    ['+73432001133', 'flow second'],
    ['83432001133', 'flow second'],
    ['3432001133', 'flow second'],
    ['+70000000000', 'flow main'], // a number that nobody told us of: better the first line than nobody
    ['s', 'flow main'],
  ])('to %s goes its way: %s', async (did, flow) => {
    await house().take(arrival(did))
    expect(deeds).toEqual([flow, 'end'])
  })

  it('is hung up when its flow is over, and only then forgotten', async () => {
    const guest = arrival()
    const { take, ended } = house({ endOfCall: async (call) => void deeds.push(`end, live: ${live.has(call.id)}`) })
    await take(guest)
    expect(guest.leg.signal.reason).toMatchObject({ causeCode: 16 })
    expect(deeds).toEqual(['flow main', 'end, live: true'])
    expect([live.has(guest.leg.id), live.size, ended]).toEqual([false, 0, []])
    expect((await row(guest.leg))?.steps.map(({ kind }) => kind)).toEqual(['arrived', 'hung-up'])
  })

  it('whose caller leaves ends with his cause', async () => {
    const guest = arrival()
    const { take, ended } = house({
      runFlow: async () => {
        guest.leg.phone.hangup(16)
        throw guest.leg.signal.reason
      },
    })
    await take(guest)
    expect(deeds).toEqual(['end'])
    expect(ended[0]!.path.steps.at(-1)).toMatchObject({ kind: 'hung-up', by: 'caller', cause: 16 })
  })

  it('that came to nobody’s end but the caller’s keeps his cause too: after a message, after a talk', async () => {
    const guest = arrival()
    const { take, ended } = house({ runFlow: async () => guest.leg.phone.hangup(16) })
    await take(guest)
    expect(ended[0]!.path.steps.at(-1)).toMatchObject({ kind: 'hung-up', by: 'caller', cause: 16 })
  })
})

describe('when something of ours breaks', () => {
  it('and the dialplan takes him before he can be hung up, his call goes on there and has no end yet', async () => {
    const guest = arrival()
    guest.leg.hangup = async () => guest.leg.takenAway()
    await house().take(guest)
    expect(deeds).toEqual(['flow main'])
    expect(await row(guest.leg)).toMatchObject({ endedAt: null, verdict: null, notice: 'armed' })
    expect(live.size).toBe(0)
  })

  it('and the call cannot be written down, the dialplan takes it, and nobody claims it', async () => {
    const guest = arrival()
    const broken = Object.assign(Object.create(journal) as Journal, {
      commit: () => Promise.reject(new Error('disk full')),
    })
    await house({ journal: broken }).take(guest)
    expect(deeds).toEqual(['fallback'])
    expect(live.size).toBe(0)
    expect(guest.leg.signal.aborted).toBe(false)
    expect(await row(guest.leg)).toBeNull()
  })

  it('and the database is locked for longer than a caller waits, the dialplan takes him; the row that comes late stays open', async () => {
    const guest = arrival()
    let unlock = () => {}
    const unlocked = new Promise<void>((resolve) => (unlock = resolve))
    const locked = Object.assign(Object.create(journal) as Journal, {
      commit: (...entries: Parameters<Journal['commit']>) => unlocked.then(() => journal.commit(...entries)),
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const taken = house({ journal: locked }).take(guest)
    await vi.advanceTimersByTimeAsync(3_000)
    vi.useRealTimers()
    await taken
    expect([deeds, live.size]).toEqual([['fallback'], 0])
    unlock()
    await vi.waitFor(async () =>
      expect(await row(guest.leg)).toMatchObject({ endedAt: null, verdict: null, notice: 'armed' }),
    )
  })

  it('and the flow fails, the dialplan takes him; his row stays open for the doorbell book', async () => {
    const guest = arrival()
    await house({ runFlow: () => Promise.reject(new Error('a bug')) }).take(guest)
    expect(deeds).toEqual(['fallback'])
    expect(await row(guest.leg)).toMatchObject({ endedAt: null, notice: 'armed' })
    expect(live.size).toBe(0)
  })

  it('and another leg’s end was not caught, he is not left in silence', async () => {
    const guest = arrival()
    await house({ runFlow: () => Promise.reject(new CallEnded(16)) }).take(guest)
    expect(deeds).toEqual(['fallback'])
  })

  it('and the fallback too, the call ends as lost', async () => {
    const guest = arrival()
    const { take, ended } = house({
      runFlow: () => Promise.reject(new Error('a bug')),
      fallback: () => Promise.reject(new Error('no connection')),
    })
    await take(guest)
    expect(deeds).toEqual(['end'])
    expect(ended[0]!.path.steps.at(-1)).toMatchObject({ kind: 'hung-up', by: 'unknown' })
  })
})

it('who is on the line is known, and when nobody is', async () => {
  const guest = arrival()
  let hangUp = () => {}
  const started = new Promise<void>((begun) => {
    const runFlow = () =>
      new Promise<void>((resolve) => {
        hangUp = resolve
        begun()
      })
    void house({ runFlow }).take(guest)
  })
  await started
  expect([live.withCaller('+79123456789'), live.withCaller('+79120000000')]).toEqual([true, false])
  const nobody = live.whenNone()
  hangUp()
  await nobody
  expect(deeds).toEqual(['end'])
})
