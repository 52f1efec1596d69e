import { describe, expect, it } from 'vitest'
import type { PhoneState } from '../../src/telephony/api.ts'
import type { Config } from '../../src/config/schema.ts'
import type { OperatorRow } from '../../src/queues/operator-board.ts'
import { Operators, type Place } from '../../src/queues/operators.ts'
import { nextToRing } from '../../src/queues/ring-strategy.ts'
import { configOf } from '../support/config-of.ts'
import { FakeTelephony } from '../support/fake-telephony.ts'

const CONFIG = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101 }
  boris: { name: Борис, rings: PJSIP/102 }
  olga: { name: Ольга, rings: [PJSIP/103, "+7 912 123-45-67"] }
groups:
  operators: { members: [anna, boris] }
trunks: { gsm: { endpoint: PJSIP/gsm } }
lines: { "+7 343 200-11-22": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [office@example.ru] } }
`)

function office(company: Partial<Config['company']> = {}) {
  const phones = new FakeTelephony()
  let now = 1_000
  const config = structuredClone(CONFIG)
  Object.assign(config.company, company)
  const rows: OperatorRow[] = []
  const operators = new Operators(
    () => config,
    phones,
    { now: () => now },
    (row) => rows.push(row),
  )
  const end = new AbortController()
  /** A caller who takes one free person; the promise resolves with him. */
  const caller = (members: string[], signal = end.signal) =>
    operators.reserve(members, (free) => nextToRing('in-turn', members, free, new Map()), signal)
  const at = (time: string) => (now = Date.parse(time))
  return { phones, operators, caller, rows, config, at, pass: (ms: number) => (now += ms) }
}
/** Whether it has resolved by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  return (await Promise.race([promise.catch(() => {}), Promise.resolve().then(() => pending)])) !== pending
}

describe('presence', () => {
  it.each<[string, PhoneState, 'free' | 'busy' | 'offline']>([
    ['anna', 'idle', 'free'],
    ['anna', 'ringing', 'busy'],
    ['anna', 'busy', 'busy'],
    ['anna', 'offline', 'offline'],
    ['olga', 'idle', 'free'],
    ['olga', 'busy', 'busy'],
    ['olga', 'offline', 'free'], // her mobile
    ['nobody', 'idle', 'offline'],
  ])('%s, whose phone is %s, is %s', (person, state, presence) => {
    const { phones, operators } = office()
    for (const phone of ['101', '103']) phones.setPhoneState(`PJSIP/${phone}`, state)
    expect(operators.presence(person)).toBe(presence)
  })
})

describe('two callers and one operator', () => {
  it('one gets her, the other waits until she is free', async () => {
    const { operators, caller } = office()
    const [first, second] = [caller(['anna']), caller(['anna'])]
    expect(await first).toEqual(['anna'])
    expect(await isSettled(second)).toBe(false)
    operators.release('anna', true)
    expect(await second).toEqual(['anna'])
    expect(operators.presence('anna')).toBe('busy')
  })

  it('released, but still on the phone, she goes to nobody until the phone says so', async () => {
    const { phones, operators, caller } = office()
    await caller(['anna'])
    const waiting = caller(['anna'])
    phones.setPhoneState('PJSIP/101', 'busy')
    operators.release('anna', true)
    expect(await isSettled(waiting)).toBe(false)
    phones.setPhoneState('PJSIP/101', 'idle')
    expect(await waiting).toEqual(['anna'])
  })

  it('who came first gets her, also when the second may have more people', async () => {
    const { phones, operators, caller } = office()
    for (const phone of ['PJSIP/101', 'PJSIP/102']) phones.setPhoneState(phone, 'busy')
    const first = caller(['anna'])
    const second = caller(['anna', 'boris'])
    expect(operators.callersWaitingFor('anna')).toBe(2)
    phones.setPhoneState('PJSIP/101', 'idle')
    expect(await first).toEqual(['anna'])
    expect(await isSettled(second)).toBe(false)
    phones.setPhoneState('PJSIP/102', 'idle')
    expect(await second).toEqual(['boris'])
  })

  it('who has left keeps nobody', async () => {
    const { operators, caller } = office()
    await caller(['anna'])
    const leaves = new AbortController()
    const gone = caller(['anna'], leaves.signal)
    const stays = caller(['anna'])
    leaves.abort(new Error('he hung up'))
    await expect(gone).rejects.toThrow('he hung up')
    operators.release('anna', false)
    expect(await stays).toEqual(['anna'])
    expect(operators.waitingCallers).toBe(0)
  })

  it('who has left before he asked gets nobody', async () => {
    const { operators, caller } = office()
    await expect(caller(['anna'], AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
    expect(operators.presence('anna')).toBe('free')
  })
})

describe('a caller for whom others ring', () => {
  it('is told once of everybody who becomes free meanwhile', async () => {
    const { phones, operators } = office()
    phones.setPhoneState('PJSIP/102', 'busy')
    const rung: string[] = []
    const stop = operators.reserveMore(['boris'], (person) => rung.push(person))
    phones.setPhoneState('PJSIP/102', 'idle')
    expect(rung).toEqual(['boris'])
    expect(operators.presence('boris')).toBe('busy')
    operators.release('boris', false)
    stop()
    operators.release('boris', false)
    expect(rung).toEqual(['boris'])
  })

  it('comes after one for whom nobody rings', async () => {
    const { phones, operators, caller } = office()
    phones.setPhoneState('PJSIP/102', 'busy')
    const rung: string[] = []
    operators.reserveMore(['boris'], (person) => rung.push(person))
    const waiting = caller(['boris'])
    phones.setPhoneState('PJSIP/102', 'idle')
    expect(await waiting).toEqual(['boris'])
    expect(rung).toEqual([])
  })
})

describe('a call-back', () => {
  it('takes who has been idle the longest', async () => {
    const { operators, pass } = office()
    operators.release('anna', true)
    pass(1_000)
    operators.release('boris', true)
    expect(operators.tryReserve(['boris', 'anna'])).toBe('anna')
    expect(operators.tryReserve(['boris', 'anna'])).toBe('boris')
    expect(operators.tryReserve(['boris', 'anna'])).toBeNull()
  })

  it('remembers talks from before the start, but knows later ones better', () => {
    const { operators } = office()
    operators.release('anna', true) // at 1000
    operators.talks.rememberIdle(
      new Map([
        ['anna', 500],
        ['boris', 900],
      ]),
    )
    expect(operators.tryReserve(['anna', 'boris'])).toBe('boris')
  })

  it('yields to a caller who waits, and to one for whom others ring', async () => {
    const { phones, operators, caller } = office()
    phones.setPhoneState('PJSIP/101', 'busy')
    const waiting = caller(['anna'])
    const asked: (string | null)[] = []
    operators.onFree(() => asked.push(operators.tryReserve(['anna'])))
    phones.setPhoneState('PJSIP/101', 'idle')
    expect(await waiting).toEqual(['anna'])
    expect(asked).toEqual([null])

    phones.setPhoneState('PJSIP/102', 'busy')
    const stop = operators.reserveMore(['boris'], () => {})
    expect(operators.callersWaitingFor('boris')).toBe(1)
    stop()
    expect(operators.callersWaitingFor('boris')).toBe(0)
  })
})

describe('the line', () => {
  it('is by priority, then by who has waited longest, whoever came to it first', async () => {
    const { phones, operators } = office()
    phones.setPhoneState('PJSIP/101', 'busy')
    const served: string[] = []
    const waits = (name: string, place: Place) =>
      void operators
        .reserve(['anna'], (free) => free.map(({ person }) => person), new AbortController().signal, place)
        .then(() => served.push(name))
    waits('late', { priority: 0, since: 300 })
    waits('early', { priority: 0, since: 100 })
    waits('vip', { priority: 10, since: 400 })
    waits('of the same moment', { priority: 0, since: 300 })
    phones.setPhoneState('PJSIP/101', 'idle')
    for (let i = 0; i < 4; i++) {
      await Promise.resolve()
      operators.release('anna', true)
    }
    await Promise.resolve()
    expect(served).toEqual(['vip', 'early', 'late', 'of the same moment'])
  })

  it('a call-back that keeps its place goes before callers who came after, and after those before', () => {
    const { operators } = office()
    void operators.reserve(['anna'], () => [], new AbortController().signal, { priority: 0, since: 500 })
    expect(operators.tryReserve(['anna'])).toBeNull()
    expect(operators.tryReserve(['anna'], { priority: 0, since: 900 })).toBeNull()
    expect(operators.tryReserve(['anna'], { priority: 0, since: 100 })).toBe('anna')
  })

  it('is waited for after a restart: who comes back first need not have been first', async () => {
    const { operators } = office()
    const served: string[] = []
    const comesBack = (name: string, since: number) =>
      operators
        .reserve(['anna'], (free) => free.map(({ person }) => person), new AbortController().signal, {
          priority: 0,
          since,
        })
        .then(() => served.push(name))
    operators.gather()
    const second = comesBack('second', 200)
    expect(operators.tryReserve(['anna'], { priority: 99, since: 0 })).toBeNull()
    await comesBack('first', 100)
    operators.release('anna', true)
    await second
    expect(served).toEqual(['first', 'second'])
  })
})

describe('states', () => {
  it('who is paused is waited for, who wants his peace or has signed out is not there', () => {
    const { operators } = office()
    operators.wish('anna', 'pause', 'code', '1')
    expect(operators.presence('anna')).toBe('busy')
    operators.wish('anna', 'do-not-disturb', 'code')
    expect(operators.presence('anna')).toBe('offline')
    operators.wish('anna', 'sign-out', 'code')
    expect(operators.presence('anna')).toBe('offline')
    expect(operators.wish('anna', 'pause', 'code')).toBe(false)
    operators.wish('anna', 'sign-in', 'code')
    expect(operators.presence('anna')).toBe('free')
    expect(operators.wish('gleb', 'sign-in', 'code')).toBe(false)
  })

  it('who comes out of a pause gets the caller who waits', async () => {
    const { operators, caller } = office()
    operators.wish('anna', 'pause', 'code')
    const waiting = caller(['anna'])
    expect(await isSettled(waiting)).toBe(false)
    operators.wish('anna', 'resume', 'code')
    expect(await waiting).toEqual(['anna'])
  })

  it('each change is a row, and a new life knows them', () => {
    const { operators, phones, rows } = office()
    operators.wish('anna', 'pause', 'command', '3')
    expect(operators.tryReserve(['anna', 'boris'])).toBe('boris')
    operators.speaks('boris', 'call-1', '+79123456789')
    operators.wish('boris', 'do-not-disturb', 'code')
    operators.release('boris', true)
    expect(rows.map(({ person, state, standing, by }) => [person, state, standing, by])).toEqual([
      ['anna', 'paused', 'paused', 'command'],
      ['boris', 'ringing', 'available', 'call'],
      ['boris', 'talking', 'available', 'call'],
      ['boris', 'talking', 'do-not-disturb', 'code'],
      ['boris', 'do-not-disturb', 'do-not-disturb', 'call'],
    ])
    expect(rows.map(({ callId }) => callId)).toEqual([null, null, 'call-1', 'call-1', null])
    expect(rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).toSorted())

    const next = new Operators(() => CONFIG, phones, { now: () => 2_000 })
    next.restore(new Map(rows.map((row) => [row.person, row])))
    expect(next.state('anna')).toMatchObject({ name: 'paused', reason: '3' })
    expect(next.presence('boris')).toBe('offline')
    expect(next.presence('olga')).toBe('free')
  })

  it('who signed out in a talk is gone after the start that found him talking, and after the next', () => {
    const { config, phones } = office()
    const last = { id: 'op-1', person: 'anna', at: 1, state: 'talking', standing: 'signed-out', reason: null } as const
    let row: OperatorRow = { ...last, by: 'command', callId: 'call-1' }
    for (let life = 0; life < 3; life++) {
      const next = new Operators(
        () => config,
        phones,
        { now: () => 1_000 + life },
        (written) => void (written.person === 'anna' && (row = written)),
      )
      next.restore(new Map([['anna', row]]))
      expect(next.presence('anna')).toBe('offline')
    }
  })

  it('a call of his own is seen: he is talking, and then free again', () => {
    const { operators, phones } = office()
    phones.setPhoneState('PJSIP/101', 'ringing')
    expect(operators.state('anna').name).toBe('ringing')
    phones.setPhoneState('PJSIP/101', 'busy')
    expect(operators.state('anna').name).toBe('talking')
    phones.setPhoneState('PJSIP/101', 'offline')
    phones.setPhoneState('PJSIP/101', 'idle')
    expect(operators.state('anna').name).toBe('available')
  })

  it('who must sign in is not there before', () => {
    const { config, operators } = office({ login: 'required' })
    expect(operators.presence('anna')).toBe('offline')
    expect(operators.presence('olga')).toBe('offline')
    operators.wish('olga', 'sign-in', 'command') // from her mobile she cannot, somebody does it for her
    expect(operators.presence('olga')).toBe('free')
    config.people['anna']!.login = 'phone'
    expect(operators.presence('anna')).toBe('free')
  })

  it('has his peace after a talk, for as long as his group gives; a wish ends it', async () => {
    const { config, operators, caller } = office()
    config.groups['operators']!.wrap_up = 60
    expect(operators.tryReserve(['anna'])).toBe('anna')
    operators.release('anna', true, 'operators')
    expect(operators.state('anna').name).toBe('wrap-up')
    expect(operators.presence('anna')).toBe('busy')
    expect(await caller(['anna'])).toEqual(['anna'])
    operators.release('anna', false)
    expect(operators.state('anna').name).toBe('available')

    config.groups['operators']!.wrap_up = 60_000
    const release = operators.hold('anna')
    release()
    expect(operators.state('anna').name).toBe('wrap-up')
    operators.wish('anna', 'resume', 'code')
    expect(operators.presence('anna')).toBe('free')
  })

  it('is on shift by his hours; who signs in outside of them works until they change', () => {
    const { config, operators, at } = office()
    config.hours['day'] = { week: { 'mon-fri': '09:00-18:00' }, dates: {}, holidays: [], closedDays: [] }
    config.people['anna']!.hours = 'day'
    const look = (time: string) => {
      at(time)
      operators.lookAtShifts()
      return operators.presence('anna')
    }
    expect(look('2026-11-25T10:00+05:00')).toBe('free')
    expect(look('2026-11-25T18:00+05:00')).toBe('offline')
    expect(operators.state('anna').name).toBe('offline')
    operators.wish('anna', 'sign-in', 'code')
    expect(look('2026-11-25T20:00+05:00')).toBe('free')
    expect(look('2026-11-26T10:00+05:00')).toBe('free')
    expect(look('2026-11-26T19:00+05:00')).toBe('offline')
  })
})
