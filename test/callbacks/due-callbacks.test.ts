import { afterEach, describe, expect, it, vi } from 'vitest'
import type { FarEnd } from '../support/fake-telephony.ts'
import { CallbackWorld, LINE, type WorldOptions } from './callback-world.ts'

// real files on a shared machine
vi.setConfig({ testTimeout: 60_000 })

const CLIENT = '+79120000001'
const HOUR = 3_600_000

let world: CallbackWorld
afterEach(() => world.close())
const open = async (options: WorldOptions = {}) => (world = await CallbackWorld.open(options))

const answers: FarEnd = (phone) => phone.answer()
/** A person who answers and talks for so long. */
const talks =
  (ms: number): FarEnd =>
  async (phone) => {
    phone.answer()
    await phone.wait(ms)
    phone.hangup()
  }
const rings: FarEnd = () => {}
/** An operator who presses keys as soon as he hears whom he will talk to. */
const presses =
  (keys: string, then?: string): FarEnd =>
  async (phone) => {
    phone.answer()
    await phone.hears('prompts/perezvon/call-back-to')
    phone.press(keys)
    if (then === undefined) return
    await phone.hears('prompts/perezvon/call-back-why')
    phone.press(then)
  }

describe('the operator first', () => {
  it('hears whom, when and which keys he has; then the client is dialled with the line he rang, and they talk', async () => {
    await open()
    world.telephony.on('PJSIP/101', answers)
    world.telephony.on(CLIENT, talks(100_000))
    await world.lost(CLIENT)
    await world.pass()
    expect(await world.task(CLIENT)).toMatchObject({ status: 'done', outcome: 'talked', tries: 1, operator: 'anna' })
    const [operator, client] = world.telephony.legs
    expect(operator!.heard.slice(0, 4)).toEqual([
      'prompts/perezvon/call-back-to',
      `{"digits":"${CLIENT}"}`,
      'prompts/perezvon/call-back-when',
      expect.stringMatching(/^\{"time":"\d\d:\d\d"\}$/),
    ])
    expect(client!.phone.callerId.number).toBe(LINE)
    expect(await world.prisma.case.findMany()).toMatchObject([{ closedHow: 'called-back', closedBy: 'anna' }])
    expect(await world.prisma.call.findMany()).toMatchObject([{ direction: 'callback', verdict: 'answered' }])
  })

  it('an operator who has transferred the client is free, and whoever has them by then keeps them', async () => {
    await open()
    world.telephony.on('PJSIP/101', answers)
    world.telephony.on(CLIENT, answers)
    await world.lost(CLIENT)
    const pass = world.pass()
    await vi.waitFor(() => expect(world.telephony.legs).toHaveLength(2))
    const [operator, client] = world.telephony.legs
    await operator!.talking
    expect(world.operators.presence('anna')).toBe('busy')
    client!.transferredBy(operator!)
    await vi.waitFor(() => expect(world.operators.presence('anna')).toBe('free'))
    expect(world.operators.tryReserve(['anna'])).toBe('anna') // for somebody else
    client!.phone.hangup()
    await pass
    expect(world.operators.presence('anna')).toBe('busy')
  })

  it('what came of a try is written also when the database refuses it at first', async () => {
    await open()
    world.telephony.on('PJSIP/101', answers)
    world.telephony.on(CLIENT, talks(100_000))
    await world.lost(CLIENT)
    const commit = world.journal.commit.bind(world.journal)
    let refused = 0
    world.journal.commit = (entries, withinMs) =>
      entries.some(({ op, row }) => op === 'callback.state' && row.status === 'done') && ++refused === 1
        ? Promise.reject(new Error('database is locked'))
        : commit(entries, withinMs)
    await world.pass()
    expect(refused).toBe(2)
    expect(await world.task(CLIENT)).toMatchObject({ status: 'done', outcome: 'talked', tries: 1 })
  })

  it.each<[string, string, string | undefined, object, object | null]>([
    ['2: later, without a try', '2', undefined, { status: 'waiting', outcome: 'postponed', tries: 0 }, null],
    [
      '4: it is settled',
      '4',
      undefined,
      { status: 'cancelled' },
      { closedHow: 'by-hand', closedBy: 'anna', note: 'вопрос решён' },
    ],
    [
      '3 and 2: no call is needed',
      '3',
      '2',
      { status: 'cancelled' },
      { closedHow: 'by-hand', note: 'звонить не нужно' },
    ],
    ['3 and 1: a colleague should', '3', '1', { status: 'waiting', outcome: 'not-mine', tries: 0 }, null],
    ['3 and 3: not now', '3', '3', { status: 'waiting', outcome: 'cannot-now', tries: 0 }, null],
    ['3 and nothing: not now', '3', undefined, { status: 'waiting', outcome: 'cannot-now' }, null],
  ])('presses %s', async (_, keys, then, task, closed) => {
    await open()
    world.telephony.on('PJSIP/101', presses(keys, then))
    await world.lost(CLIENT)
    await world.pass()
    expect(world.telephony.callsTo(CLIENT)).toBe(0)
    expect(await world.task(CLIENT)).toMatchObject(task)
    expect(await world.prisma.case.findFirst()).toMatchObject(closed ?? { closedAt: null })
  })

  it('1: at once, without the rest; another key means nothing', async () => {
    await open()
    world.telephony.on('PJSIP/101', presses('71'))
    world.telephony.on(CLIENT, talks(100_000))
    await world.lost(CLIENT)
    await world.pass()
    expect(world.telephony.legs[0]!.heard).not.toContain('prompts/perezvon/call-back-keys')
    expect(await world.task(CLIENT)).toMatchObject({ status: 'done' })
  })

  it('who postponed is asked again after a quarter of an hour; who cannot now is not, but a colleague is', async () => {
    await open()
    world.telephony.on('PJSIP/101', presses('3', '3'))
    for (const phone of ['PJSIP/102', 'PJSIP/103']) world.telephony.on(phone, presses('2'))
    await world.lost(CLIENT)
    await world.pass()
    await world.pass()
    expect(world.telephony.dialled.map(({ endpoint }) => endpoint)).toEqual(['PJSIP/101', 'PJSIP/102'])
    world.now += 14 * 60_000
    await world.pass()
    expect(world.telephony.dialled).toHaveLength(2)
    world.now += 60_000
    await world.pass()
    expect(world.telephony.dialled).toHaveLength(3)
  })

  it('does not dial the client when he got through, or a person took his case, while the operator was rung', async () => {
    await open()
    const one = '+79120000002'
    world.telephony.on('PJSIP/101', async (phone) => {
      await world.journal.commit([
        { op: 'callback.cancel', row: { number: CLIENT, at: world.now, outcome: 'came-back', began: world.now } },
      ])
      phone.answer()
    })
    world.telephony.on('PJSIP/102', async (phone) => {
      await world.prisma
        .$executeRaw`UPDATE "Case" SET "takenBy" = 'vera', "takenAt" = ${world.now} WHERE "caller" = ${one}`
      phone.answer()
    })
    await world.lost(CLIENT, { ago: 2_000 })
    await world.lost(one)
    await world.pass()
    expect(world.telephony.callsTo(CLIENT) + world.telephony.callsTo(one)).toBe(0)
    expect(await world.task(CLIENT)).toMatchObject({ status: 'cancelled', outcome: 'came-back' })
    expect(await world.task(one)).toMatchObject({ status: 'waiting', outcome: 'taken', tries: 0 })
    await world.pass() // left to her for half an hour
    expect(world.telephony.dialled).toHaveLength(2)
    world.now += HOUR
    world.telephony.on('PJSIP/103', answers)
    world.telephony.on(one, talks(100_000))
    await world.pass()
    expect(await world.task(one)).toMatchObject({ status: 'done' })
  })

  it('a machine on the client’s side is no success, and the operator is told', async () => {
    await open({ callback: 'amd: true, retry: { machine: [2h] }' })
    world.telephony.on('PJSIP/101', answers)
    world.telephony.on(CLIENT, (phone) => {
      world.telephony.legs.at(-1)!.picksUp = 'machine'
      phone.answer()
    })
    await world.lost(CLIENT)
    await world.pass()
    const task = await world.task(CLIENT)
    expect(task).toMatchObject({ status: 'waiting', outcome: 'machine', tries: 1, causes: '{"machine":1}' })
    expect(task.dueAt.getTime()).toBe(world.now + 2 * HOUR)
    expect(world.telephony.legs[0]!.heard).toContain('prompts/perezvon/call-back-machine')
  })
})

describe('the client first', () => {
  const callback = 'call_first: client'

  it('somebody is reserved, the client is greeted, then they talk', async () => {
    await open({ callback })
    world.telephony.on('PJSIP/101', answers)
    world.telephony.on(CLIENT, talks(100_000))
    await world.lost(CLIENT)
    await world.pass()
    expect(world.telephony.dialled.map(({ number }) => number)).toEqual([CLIENT, 'PJSIP/101'])
    expect(world.telephony.legs[0]!.heard[0]).toBe('prompts/perezvon/call-back-from-us')
    expect(await world.task(CLIENT)).toMatchObject({ status: 'done', operator: 'anna', tries: 1 })
  })

  it('nobody is dialled while nobody is free', async () => {
    await open({ callback })
    for (const phone of ['PJSIP/101', 'PJSIP/102', 'PJSIP/103']) world.telephony.setPhoneState(phone, 'busy')
    await world.lost(CLIENT)
    await world.pass()
    expect(world.telephony.dialled).toEqual([])
  })

  it('a reserved person who has gone is replaced by a colleague', async () => {
    await open({ callback })
    world.telephony.on('PJSIP/101', (phone) => phone.refuse('unreachable'))
    world.telephony.on('PJSIP/102', answers)
    world.telephony.on(CLIENT, talks(100_000))
    await world.lost(CLIENT)
    await world.pass()
    expect(await world.task(CLIENT)).toMatchObject({ status: 'done' })
    expect(await world.prisma.call.findMany()).toMatchObject([{ operator: 'boris' }])
    expect(world.operators.presence('anna')).toBe('free')
  })

  it('where nobody is left the client is told within two seconds, and the try counts', async () => {
    await open({ callback })
    for (const phone of ['PJSIP/101', 'PJSIP/102', 'PJSIP/103'])
      world.telephony.on(phone, (far) => far.refuse('unreachable'))
    world.telephony.on(CLIENT, async (phone) => {
      phone.answer()
      await phone.hears('prompts/perezvon/call-back-sorry')
    })
    await world.lost(CLIENT)
    await world.pass()
    expect(world.telephony.legs[0]!.heard.at(-1)).toBe('prompts/perezvon/call-back-sorry')
    expect(await world.task(CLIENT)).toMatchObject({ status: 'waiting', outcome: 'operator-vanished', tries: 1 })
  })

  it('a client who hangs up before anybody came is tried again by the rule', async () => {
    await open({ callback })
    world.telephony.on('PJSIP/101', rings)
    world.telephony.on(CLIENT, talks(1_000))
    await world.lost(CLIENT)
    await world.pass()
    expect(await world.task(CLIENT)).toMatchObject({ status: 'waiting', tries: 1 })
    expect(world.operators.presence('anna')).toBe('free')
  })
})

describe('who is called, and when', () => {
  it('the oldest loss first; who asked for it before all', async () => {
    await open()
    world.telephony.on('PJSIP/101', rings)
    for (const phone of ['PJSIP/102', 'PJSIP/103']) world.telephony.setPhoneState(phone, 'offline')
    await world.lost('+79120000011', { ago: 1_000 })
    await world.lost('+79120000012', { ago: 9_000 })
    await world.lost('+79120000013', { ago: 5_000, kind: 'requested', priority: 10 })
    for (let i = 0; i < 3; i++) {
      await world.pass()
      world.now += 70_000 // she is asked again
    }
    expect(world.began[0]).toBe('+79120000013')
    expect(world.began[1]).toBe('+79120000013') // she did not take it: still the first
    expect(world.telephony.dialled).toHaveLength(3)
  })

  it('a caller who waits has the operator, but for who kept a better place than his', async () => {
    await open()
    for (const phone of ['PJSIP/102', 'PJSIP/103']) world.telephony.setPhoneState(phone, 'offline')
    world.telephony.setPhoneState('PJSIP/101', 'busy')
    const hangUp = new AbortController()
    const waiting = world.operators.reserve(['anna'], (free) => free.map(({ person }) => person), hangUp.signal)
    waiting.catch(() => {})
    await world.lost(CLIENT)
    await world.pass()
    world.telephony.setPhoneState('PJSIP/101', 'idle')
    expect(await waiting).toEqual(['anna'])
    await world.pass()
    expect(world.telephony.dialled).toEqual([])
    hangUp.abort(new Error('the end of the test'))
  })

  it('not who is on the line with us, and not who is in a meeting; after it at once', async () => {
    await open()
    for (const phone of ['PJSIP/102', 'PJSIP/103']) world.telephony.setPhoneState(phone, 'offline')
    world.telephony.on('PJSIP/101', answers)
    world.telephony.on(CLIENT, talks(100_000))
    await world.lost(CLIENT)
    world.onTheLine.add(CLIENT)
    await world.pass()
    world.onTheLine.clear()
    await world.meetings.begin('anna', world.now + HOUR, 'test')
    await world.pass()
    expect(world.telephony.dialled).toEqual([])
    world.now += HOUR
    await world.pass()
    expect(await world.task(CLIENT)).toMatchObject({ status: 'done' })
  })

  it('no more within a minute than the cap, over all trunks', async () => {
    await open({ callback: 'per_minute: 2' })
    for (const phone of ['PJSIP/101', 'PJSIP/102', 'PJSIP/103']) world.telephony.on(phone, answers)
    for (let i = 0; i < 3; i++) {
      world.telephony.on(`+7912000002${i}`, talks(100_000))
      await world.lost(`+7912000002${i}`)
    }
    await world.pass()
    await world.pass()
    expect(world.began).toHaveLength(2)
    world.now += 61_000
    await world.pass()
    expect(world.began).toHaveLength(3)
  })

  it('where both legs go over the gateway, only as many as fit beside the reserve', async () => {
    await open({
      trunk: 'lines: 4, reserve_inbound: 1',
      people: `
  anna: { name: Анна, rings: "+79220000001", email: anna@example.ru }
  boris: { name: Борис, rings: "+79220000002" }
  vera: { name: Вера, rings: "+79220000003" }`,
    })
    for (let i = 0; i < 3; i++) await world.lost(`+7912000003${i}`)
    await world.pass()
    expect(world.began).toHaveLength(1) // two lines each, and three of the four are ours
  })
})

it('a storm: 200 tasks, 3 operators, callers in between; never more in flight than idle operators, oldest first, nobody twice', async () => {
  await open({ callback: 'per_minute: 1000, success: 0s' })
  const numbers = Array.from({ length: 200 }, (_, i) => `+79130000${String(i).padStart(3, '0')}`)
  for (const [i, number] of numbers.entries()) {
    world.telephony.on(number, talks(80_000)) // longer than a busy disk may need to write that he answered
    await world.lost(number, { ago: HOUR / 2 - i * 1_000 })
  }
  for (const phone of ['PJSIP/101', 'PJSIP/102', 'PJSIP/103']) world.telephony.on(phone, answers)
  const reserve = world.operators.tryReserve.bind(world.operators)
  let reserved = 0
  let most = 0
  const waitingThen = new Set<number>()
  vi.spyOn(world.operators, 'tryReserve').mockImplementation((...args) => {
    const person = reserve(...args)
    if (person) {
      waitingThen.add(world.operators.callersWaitingFor(person))
      most = Math.max(most, ++reserved)
    }
    return person
  })
  const release = world.operators.release.bind(world.operators)
  const served: number[] = []
  vi.spyOn(world.operators, 'release').mockImplementation((person, talked) => {
    reserved = Math.max(0, reserved - 1)
    release(person, talked)
  })
  const everybody = ['anna', 'boris', 'vera']
  for (let n = 0; world.began.length < 200; n++) {
    if (n % 7 === 0) {
      // a caller comes: he has the next who is free, whatever waits to be called back
      const began = world.began.length
      const signal = new AbortController().signal
      const [person] = await world.operators.reserve(everybody, (free) => [free[0]!.person], signal)
      served.push(world.began.length - began)
      reserved++
      world.operators.release(person!, true)
    }
    await world.due.pass()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await world.due.whenIdle()
  expect([...waitingThen]).toEqual([0])
  expect(most).toBeLessThanOrEqual(3)
  expect(world.telephony.peak).toBeLessThanOrEqual(6)
  expect(world.began).toEqual(numbers)
  expect(
    new Set(world.telephony.dialled.filter(({ number }) => number.startsWith('+')).map(({ number }) => number)).size,
  ).toBe(world.telephony.dialled.filter(({ number }) => number.startsWith('+')).length)
  expect(await world.prisma.callback.count({ where: { status: 'done' } })).toBe(200)
  expect(Math.max(...served)).toBeLessThanOrEqual(3)
  // half a minute alone, and twice that beside three others
}, 180_000)
