import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CallPath } from '../../src/calls/call-path.ts'
import type { Call } from '../../src/calls/call.ts'
import { callOpened } from '../../src/calls/inbound.ts'
import type { Step } from '../../src/model/call-outcome.ts'
import { Operators } from '../../src/queues/operators.ts'
import { type RingDeps, ringFor } from '../../src/queues/ring.ts'
import { type RingPlan, ringPlan } from '../../src/queues/ring-plan.ts'
import { LineTurns } from '../../src/queues/line-turns.ts'
import { CallersInLine } from '../../src/queues/waiting-line.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { Journal } from '../../src/store/journal.ts'
import { CallEnded } from '../../src/telephony/api.ts'
import { configOf } from '../support/config-of.ts'
import { type FakeLeg, FakeTelephony, type FarEnd, type FarPhone } from '../support/fake-telephony.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const CONFIG = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101 }
  boris: { name: Борис, rings: PJSIP/102 }
  vera: { name: Вера, rings: PJSIP/103 }
groups:
  sales: { name: Продажи, members: [anna, boris, vera], ring: in-turn, each: 2s, total: 30s }
  operators: { members: [anna] }
lines: { "+7 343 200-11-22": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [office@example.ru] } }
`)
const CALLER = '+79123456789'
/** A second of the phones takes 10 ms; the group's time is real. */
const SPEED = 100
const ALL: RingPlan = {
  to: 'sales',
  name: 'Продажи',
  members: ['anna', 'boris'],
  strategy: 'all',
  eachMs: 120_000,
  totalMs: 20_000,
  busyMs: 20_000,
  terms: {},
  priority: 0,
  whisper: 'off',
  record: false,
  music: 'default',
  screen: true,
}

let database: ThrowAwayDatabase
let calls = 0
beforeAll(async () => {
  database = await throwAwayDatabase()
})
afterAll(() => database.close())

async function office() {
  const telephony = new FakeTelephony({ speed: SPEED })
  const journal = new Journal(database.prisma, silentLogger)
  const operators = new Operators(() => CONFIG, telephony, systemClock)
  const deps: RingDeps = {
    telephony,
    operators,
    journal,
    clock: systemClock,
    dialOutside: () => Promise.resolve({ kind: 'refused' }),
    accepts: () => Promise.resolve(true),
    whisper: () => Promise.resolve([]),
    line: new CallersInLine(),
    lineTurns: new LineTurns(),
    waitingWords: (_call, offer, position) => Promise.resolve([`place ${position}, press ${offer.key}`]),
  }
  const caller = async () => {
    const leg = telephony.incoming(`call-${++calls}`)
    const path = new CallPath(leg.id, journal, systemClock)
    const call: Call = {
      id: leg.id,
      direction: 'inbound',
      line: { number: '+73432001122', name: 'Главный' },
      caller: { number: CALLER, shown: CALLER, name: null },
      arrivedAt: 0,
      leg,
      snapshot: { config: CONFIG, version: '1' },
      path,
      log: silentLogger,
    }
    await journal.commit([callOpened(call, 'test', 'armed')])
    const rings = (plan: Partial<RingPlan> = {}, signal = leg.signal) =>
      ringFor(deps, call, { ...ALL, ...plan }, 'perezvon.yaml:7', signal)
    const row = async () => {
      await journal.drain()
      return database.prisma.call.findUniqueOrThrow({ where: { id: call.id } })
    }
    const rung = () =>
      path.steps.flatMap((step: Step) => (step.kind === 'rung' ? [`${step.person} ${step.result}`] : []))
    return { call, leg, path, rings, row, rung }
  }
  return { telephony, operators, caller }
}

const rings: FarEnd = () => {}
const refuses =
  (kind: Parameters<FarPhone['refuse']>[0]): FarEnd =>
  (phone) =>
    phone.refuse(kind)
/** Answers after so many ms of its time, and talks until the other goes. */
const answers =
  (afterMs: number): FarEnd =>
  async (phone) => {
    await phone.wait(afterMs)
    phone.answer()
  }
/** Resolves when the phone rings. */
function ringing(telephony: FakeTelephony, endpoint: string, then: FarEnd = rings): Promise<FarPhone> {
  return new Promise((resolve) => {
    telephony.on(endpoint, (phone) => {
      resolve(phone)
      return then(phone)
    })
  })
}
async function talksAndHangsUp(leg: FakeLeg): Promise<void> {
  await leg.talking
  leg.phone.hangup()
}

describe('somebody answers', () => {
  it('and talks: it is on disk that he was spoken with, and the others stop', async () => {
    const { telephony, caller, operators } = await office()
    const { leg, rings: ring, row, rung, path } = await caller()
    telephony.on('PJSIP/101', rings)
    telephony.on('PJSIP/102', answers(500))
    const outcome = ring()
    await leg.talking
    expect(await row()).toMatchObject({ operator: 'boris', group: 'sales', notice: 'disarmed' })
    await talksAndHangsUp(leg)
    expect(await outcome).toBe('talked')
    expect(rung()).toEqual([])
    expect(path.steps.map(({ kind }) => kind)).toEqual(['ring', 'talk'])
    expect(['anna', 'boris'].map((person) => operators.presence(person))).toEqual(['free', 'free'])
  })

  it('two in the same turn: exactly one talks', async () => {
    const { telephony, caller } = await office()
    const { leg, rings: ring } = await caller()
    const both = ['PJSIP/101', 'PJSIP/102']
    for (const phone of both) telephony.on(phone, (far) => far.answer())
    const outcome = ring()
    await talksAndHangsUp(leg)
    expect(await outcome).toBe('talked')
    const [first, second] = telephony.legs.filter(({ id }) => id.startsWith('leg-'))
    expect([first!.signal.reason, second!.signal.reason]).toMatchObject([{ causeCode: 16 }, { causeCode: 26 }])
  })

  it('but is gone before the two are joined: music again, and the others are rung', async () => {
    const { telephony, caller } = await office()
    const { leg, rings: ring, rung } = await caller()
    const talkWith = leg.talkWith.bind(leg)
    let joined = 0
    leg.talkWith = (other) => (joined++ === 0 ? Promise.resolve({ kind: 'not-bridged' }) : talkWith(other))
    telephony.on('PJSIP/101', answers(100))
    telephony.on('PJSIP/102', answers(100))
    const outcome = ring({ strategy: 'in-turn' })
    await talksAndHangsUp(leg)
    expect(await outcome).toBe('talked')
    expect(leg.heard).toEqual(['music:default', 'music:default'])
    expect(rung()).toEqual(['anna failed'])
  })
})

it.each([
  ['was told', true],
  ['was not told', false],
])('a talk of a group that records, with a caller who %s', async (_, told) => {
  const { telephony, caller } = await office()
  const { leg, path, rings: ring } = await caller()
  if (told) path.add({ kind: 'announced', sound: 'prompts/recorded' })
  telephony.on('PJSIP/101', answers(100))
  const outcome = ring({ members: ['anna'], record: true })
  await leg.talking
  const named = path.steps.flatMap((step) => (step.kind === 'talk-recorded' ? step.name : []))
  expect(named.map((name) => /^talk-[0-9a-z]+$/.test(name))).toEqual(told ? [true] : [])
  expect(leg.recordedAs).toBe(named[0] ?? null)
  leg.phone.hangup()
  expect(await outcome).toBe('talked')
})

describe('nobody answers', () => {
  it('each is rung in turn, and again, until the time is over', async () => {
    const { telephony, caller } = await office()
    const { rings: ring, rung, path } = await caller()
    for (const phone of ['PJSIP/101', 'PJSIP/102']) telephony.on(phone, rings)
    expect(await ring({ strategy: 'in-turn', eachMs: 2_000, totalMs: 300 })).toBe('timeout')
    expect(rung().slice(0, 3)).toEqual(['anna no-answer', 'boris no-answer', 'anna no-answer'])
    expect(path.steps.at(-1)).toMatchObject({ kind: 'ring-ended', outcome: 'timeout' })
  })

  it('who rejects is not rung again for this caller, and when all have, it is over at once', async () => {
    const { telephony, caller } = await office()
    const { rings: ring, rung } = await caller()
    telephony.on('PJSIP/101', refuses('rejected'))
    telephony.on('PJSIP/102', rings, refuses('rejected'))
    expect(await ring({ eachMs: 2_000 })).toBe('no-answer')
    expect(telephony.callsTo('PJSIP/101')).toBe(1)
    expect(rung()).toEqual(['anna rejected', 'boris no-answer', 'boris rejected'])
  })

  it('all are busy: he waits, and whoever becomes free is rung', async () => {
    const { telephony, caller } = await office()
    const { leg, rings: ring } = await caller()
    for (const phone of ['PJSIP/101', 'PJSIP/102']) telephony.setPhoneState(phone, 'busy')
    const anna = ringing(telephony, 'PJSIP/101', answers(100))
    const outcome = ring()
    await leg.phone.wait(500)
    expect(telephony.dialled).toEqual([])
    telephony.setPhoneState('PJSIP/101', 'idle')
    await anna
    await talksAndHangsUp(leg)
    expect(await outcome).toBe('talked')
  })

  it('all are busy all the time: the path says of each that she was', async () => {
    const { telephony, caller } = await office()
    const { rings: ring, rung } = await caller()
    telephony.setPhoneState('PJSIP/101', 'busy')
    telephony.setPhoneState('PJSIP/102', 'offline')
    expect(await ring({ totalMs: 30 })).toBe('all-busy')
    expect(rung()).toEqual(['anna busy', 'boris offline'])
  })

  it('nobody is there: it is over at once', async () => {
    const { telephony, caller } = await office()
    const { rings: ring, rung } = await caller()
    for (const phone of ['PJSIP/101', 'PJSIP/102']) telephony.setPhoneState(phone, 'offline')
    expect(await ring()).toBe('none-online')
    expect(rung()).toEqual(['anna offline', 'boris offline'])
  })

  it('one who becomes free while another is rung is rung too', async () => {
    const { telephony, caller } = await office()
    const { leg, rings: ring } = await caller()
    telephony.on('PJSIP/101', rings)
    telephony.setPhoneState('PJSIP/102', 'busy')
    const boris = ringing(telephony, 'PJSIP/102', answers(100))
    const outcome = ring()
    await leg.phone.wait(500)
    telephony.setPhoneState('PJSIP/102', 'idle')
    await boris
    await talksAndHangsUp(leg)
    expect(await outcome).toBe('talked')
    expect(telephony.callsTo('PJSIP/102')).toBe(1)
  })
})

describe('the caller', () => {
  it('leaves: no phone rings any more, and the path names those that did', async () => {
    const { telephony, caller, operators } = await office()
    const { leg, rings: ring, rung, path, row } = await caller()
    const both = Promise.all([ringing(telephony, 'PJSIP/101'), ringing(telephony, 'PJSIP/102')])
    const outcome = ring()
    await both
    leg.phone.hangup()
    await expect(outcome).rejects.toThrow(CallEnded)
    expect(rung()).toEqual(['anna cancelled', 'boris cancelled'])
    expect(path.steps.at(-1)).toMatchObject({ kind: 'ring-ended', outcome: 'abandoned' })
    expect(operators.presence('anna')).toBe('free')
    expect(await row()).toMatchObject({ answeredAt: null, notice: 'armed' })
  })

  it('leaves in the moment of the answer: he was not spoken with', async () => {
    const { telephony, caller } = await office()
    const { leg, rings: ring, rung } = await caller()
    telephony.on('PJSIP/101', (phone) => {
      phone.answer()
      leg.phone.hangup()
    })
    await expect(ring({ members: ['anna'] })).rejects.toThrow(CallEnded)
    expect(rung()).toEqual(['anna cancelled'])
    expect(telephony.legs.every(({ signal }) => signal.aborted)).toBe(true)
  })

  it('presses the operator’s key: the phones stop, the call goes on', async () => {
    const { telephony, caller } = await office()
    const { leg, rings: ring, path, rung } = await caller()
    const key = new AbortController()
    const anna = ringing(telephony, 'PJSIP/101')
    telephony.on('PJSIP/102', rings)
    const outcome = ring({}, key.signal)
    await anna
    key.abort(new Error('operator'))
    await expect(outcome).rejects.toThrow('operator')
    expect(path.steps.at(-1)).toMatchObject({ kind: 'ring-ended', outcome: 'interrupted' })
    expect(rung()).toEqual([])
    expect(leg.signal.aborted).toBe(false)
  })

  it('who was not answered yet hears it ring, without music', async () => {
    const { telephony, caller } = await office()
    const { leg, rings: ring } = await caller()
    for (const phone of ['PJSIP/101', 'PJSIP/102']) telephony.setPhoneState(phone, 'offline')
    await ring({ music: null })
    expect(leg.heard).toEqual(['ringing'])
    expect(leg.answered).toBe(false)
  })
})

describe('while he waits', () => {
  const offer = { every: 40, key: '5', place: true }
  const SAID = (place: number) => `place ${place}, press 5`

  it('he is told again and again where he stands, with music in between, and it ends with the answer', async () => {
    const { telephony, caller } = await office()
    telephony.setPhoneState('PJSIP/101', 'busy')
    const { leg, rings: ring } = await caller()
    const outcome = ring({ members: ['anna'], offer })
    await leg.phone.hears(SAID(1))
    while (leg.heard.filter((sound) => sound === SAID(1)).length < 2) await leg.phone.wait(100)
    telephony.on('PJSIP/101', answers(100))
    telephony.setPhoneState('PJSIP/101', 'idle')
    await leg.talking
    const heard = leg.heard.length
    await leg.phone.wait(10_000)
    expect(leg.heard.length).toBe(heard)
    expect(leg.heard.slice(0, 4)).toEqual(['music:default', SAID(1), 'music:default', SAID(1)])
    leg.phone.hangup()
    expect(await outcome).toBe('talked')
  })

  it('his place is that among those who wait for the same people, and moves on as they go', async () => {
    const { telephony, caller } = await office()
    for (const phone of ['PJSIP/101', 'PJSIP/102']) telephony.setPhoneState(phone, 'busy')
    const [first, other, second] = [await caller(), await caller(), await caller()]
    const outcomes = [
      first.rings({ members: ['anna'] }),
      other.rings({ members: ['vera', 'boris'] }),
      second.rings({ members: ['anna'], offer }),
    ]
    await second.leg.phone.hears(SAID(2))
    first.leg.phone.hangup()
    await expect(outcomes[0]).rejects.toThrow(CallEnded)
    await second.leg.phone.hears(SAID(1))
    second.leg.phone.hangup()
    await expect(outcomes[2]).rejects.toThrow(CallEnded)
    other.leg.phone.hangup()
    await expect(outcomes[1]).rejects.toThrow(CallEnded)
    const ended = (path: CallPath) => path.steps.findLast(({ kind }) => kind === 'ring-ended')
    expect(ended(first.path)).toMatchObject({ outcome: 'abandoned', position: 1 })
    expect(ended(second.path)).toMatchObject({ outcome: 'abandoned', position: 1 })
  })

  it('who gives up as the second is told of as the second; where nobody is, there is no line', async () => {
    const { telephony, caller } = await office()
    telephony.setPhoneState('PJSIP/101', 'busy')
    const [first, second] = [await caller(), await caller()]
    const waits = [first.rings({ members: ['anna'] }), second.rings({ members: ['anna'] })]
    second.leg.phone.hangup()
    await expect(waits[1]).rejects.toThrow(CallEnded)
    expect(second.path.steps.at(-1)).toMatchObject({ outcome: 'abandoned', position: 2 })
    first.leg.phone.hangup()
    await expect(waits[0]).rejects.toThrow(CallEnded)

    telephony.setPhoneState('PJSIP/101', 'offline')
    const third = await caller()
    expect(await third.rings({ members: ['anna'] })).toBe('none-online')
    expect(third.path.steps.at(-1)).not.toHaveProperty('position')
  })

  it('words that cannot be said leave him his music', async () => {
    const { telephony, caller } = await office()
    telephony.setPhoneState('PJSIP/101', 'busy')
    const { leg, rings: ring, call } = await caller()
    const broken = leg.play.bind(leg)
    leg.play = () => Promise.reject(new Error('Asterisk refused'))
    expect(await ring({ members: ['anna'], offer: { ...offer, every: 10 }, totalMs: 80 })).toBe('all-busy')
    leg.play = broken
    expect(call.leg.signal.aborted).toBe(false)
  })
})

it('two callers and one operator: the second is served when the first has ended, and nobody is rung twice at once', async () => {
  const { telephony, caller } = await office()
  const [first, second] = [await caller(), await caller()]
  telephony.on('PJSIP/101', answers(100))
  const both = [first.rings({ members: ['anna'] }), second.rings({ members: ['anna'] })]
  await first.leg.talking
  expect(telephony.callsTo('PJSIP/101')).toBe(1)
  first.leg.phone.hangup()
  expect(await both[0]).toBe('talked')
  await talksAndHangsUp(second.leg)
  expect(telephony.callsTo('PJSIP/101')).toBe(2)
  expect(await both[1]).toBe('talked')
  expect(await second.row()).toMatchObject({ operator: 'anna', notice: 'disarmed' })
})

it('a plan is read from the words of the configuration', () => {
  expect(ringPlan(CONFIG, { to: 'sales', screen: true })).toMatchObject({
    members: ['anna', 'boris', 'vera'],
    strategy: 'in-turn',
    eachMs: 2_000,
    totalMs: 30_000,
    music: 'default',
  })
  expect(ringPlan(CONFIG, { to: 'anna', for: 5_000, music: 'ringing', screen: false })).toEqual({
    to: 'anna',
    name: 'Анна',
    members: ['anna'],
    strategy: 'all',
    eachMs: 5_000,
    totalMs: 5_000,
    busyMs: 5_000,
    terms: {},
    priority: 0,
    skill: undefined,
    whisper: 'off',
    record: false,
    music: null,
    screen: false,
  })
})
