/** A daemon dies in the middle of a call-back. What its next life finds in Asterisk and on disk, and does: nobody is dialled twice, nobody is left in silence. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { claimCallback, countTry } from '../../src/store/callbacks.ts'
import type { LivingChannel } from '../../src/telephony/link.ts'
import type { FakeLeg, FarEnd } from '../support/fake-telephony.ts'
import { CallbackWorld, LINE } from './callback-world.ts'

vi.setConfig({ testTimeout: 60_000 })

const CLIENT = '+79120000001'
const TASK = `cb-${CLIENT}`
const CLIENT_LEG = 'cb-leg'
const STAFF_LEG = 'leg-staff'
const PHONES = ['PJSIP/101', 'PJSIP/102', 'PJSIP/103']

let world: CallbackWorld
afterEach(() => world.close())

const answers: FarEnd = (phone) => phone.answer()
const gone: FarEnd = (phone) => phone.refuse('unreachable')

type State = 'client' | 'machine' | 'joining' | 'talking'
interface Death {
  callFirst?: 'staff' | 'client'
  state: State
}
/** The rows as the dead life left them: the client was dialled, and then so far. */
async function died({ callFirst = 'client', state }: Death): Promise<void> {
  world = await CallbackWorld.open({ callback: `call_first: ${callFirst}, amd: true, success: 2s` })
  await world.lost(CLIENT)
  await claimCallback(world.prisma, TASK, 'anna', world.now)
  const legs = callFirst === 'client' ? { client: CLIENT_LEG } : { operator: STAFF_LEG, client: CLIENT_LEG }
  await countTry(world.prisma, TASK, legs, world.now)
  const row = { id: CLIENT_LEG, direction: 'callback' as const, node: 'n', line: LINE, lineName: null, caller: CLIENT }
  const rest = { callerShown: CLIENT, callerName: null, arrivedAt: world.now, notice: 'none' as const, restored: false }
  await world.journal.commit([{ op: 'call.open', row: { ...row, ...rest, configVersion: 'v', group: 'operators' } }])
  if (state === 'client') return
  const talking = state === 'talking' ? { legs: { operator: STAFF_LEG, client: CLIENT_LEG } } : {}
  await world.journal.commit([
    {
      op: 'callback.state',
      row: { id: TASK, at: world.now, status: state, outcome: null, tries: 1, dueAt: null, ...talking },
    },
  ])
}

/** A channel that lives in Asterisk, and its far end. */
function channel(id: string, application: string, state = 'Up'): { leg: FakeLeg; living: LivingChannel } {
  const leg = world.telephony.incoming(id)
  if (state === 'Up') leg.phone.answer()
  return { leg, living: { id, state, application } }
}
async function recovers(...channels: { leg: FakeLeg; living: LivingChannel }[]): Promise<void> {
  world.reborn()
  await world.recover(
    channels.map(({ living }) => living),
    (id) => channels.find(({ leg }) => leg.id === id)!.leg,
  )
}
const dialledClients = () => world.telephony.callsTo(CLIENT)
const call = () => world.prisma.call.findUniqueOrThrow({ where: { id: CLIENT_LEG } })

describe('the client was first, and waits', () => {
  it.each<State>(['client', 'machine', 'joining'])('(%s): whoever is free is brought, and they talk', async (state) => {
    await died({ state })
    world.telephony.on('PJSIP/101', answers)
    const client = channel(CLIENT_LEG, 'Stasis')
    const over = recovers(client)
    await vi.waitFor(() => expect(world.telephony.dialled.map(({ number }) => number)).toEqual(['PJSIP/101']))
    await vi.waitFor(async () => expect(await world.task(CLIENT)).toMatchObject({ status: 'talking' }))
    await client.leg.phone.wait(20_000)
    client.leg.phone.hangup()
    await over
    expect(dialledClients()).toBe(0)
    expect(await world.task(CLIENT)).toMatchObject({ status: 'done', outcome: 'talked', tries: 1, operator: 'anna' })
    expect(await call()).toMatchObject({ verdict: 'answered', operator: 'anna' })
    expect(await world.prisma.case.findFirst()).toMatchObject({ closedHow: 'called-back' })
    expect(world.operators.presence('anna')).toBe('free')
  })

  it('(joining): nobody can be brought: he is told so, the line ends, and the try counts', async () => {
    await died({ state: 'joining' })
    for (const phone of PHONES) world.telephony.on(phone, gone)
    const client = channel(CLIENT_LEG, 'Stasis')
    await recovers(client)
    expect(client.leg.heard.at(-1)).toBe('prompts/perezvon/call-back-sorry')
    expect(client.leg.signal.aborted).toBe(true)
    const task = await world.task(CLIENT)
    expect(task).toMatchObject({ status: 'waiting', outcome: 'operator-vanished', tries: 1 })
    expect(task.dueAt.getTime()).toBeGreaterThan(world.now)
    expect(await call()).toMatchObject({ verdict: 'missed', reason: 'operator-vanished' })
    for (const person of ['anna', 'boris', 'vera']) expect(world.operators.presence(person)).toBe('free')
  })

  it('(joining): he hangs up while a phone rings for him: it stops', async () => {
    await died({ state: 'joining' })
    const client = channel(CLIENT_LEG, 'Stasis')
    world.telephony.on('PJSIP/101', () => client.leg.phone.hangup())
    await recovers(client)
    expect(await world.task(CLIENT)).toMatchObject({ status: 'waiting', tries: 1 })
    expect(world.telephony.legs.every(({ signal }) => signal.aborted)).toBe(true)
    expect(world.operators.presence('anna')).toBe('free')
  })
})

describe('nothing can be made of it any more', () => {
  it.each<[State, string]>([
    ['client', 'Ringing'],
    ['machine', 'Up'],
  ])(
    '(%s): the client’s channel is %s and not with us: hung up, counted, and tried again by the rule',
    async (state, channelState) => {
      await died({ state })
      const client = channel(CLIENT_LEG, state === 'machine' ? 'AMD' : '', channelState)
      await recovers(client)
      expect(client.leg.signal.aborted || channelState === 'Ringing').toBe(true)
      expect(world.telephony.dialled).toEqual([])
      expect(await world.task(CLIENT)).toMatchObject({ status: 'waiting', outcome: 'unknown', tries: 1 })
      await world.pass()
      expect(world.telephony.dialled).toEqual([]) // not at once
    },
  )

  it.each<State>(['client', 'machine', 'joining'])(
    '(%s): the channels are gone: counted, and not dialled at once',
    async (state) => {
      await died({ state })
      await recovers()
      expect(await world.task(CLIENT)).toMatchObject({ status: 'waiting', outcome: 'unknown', tries: 1 })
      expect(await call()).toMatchObject({ verdict: 'missed', reason: 'unknown' })
      await world.pass()
      expect(world.telephony.dialled).toEqual([])
    },
  )

  it('(machine), the operator first: both are let go', async () => {
    await died({ callFirst: 'staff', state: 'machine' })
    const [staff, client] = [channel(STAFF_LEG, 'Stasis'), channel(CLIENT_LEG, 'AMD')]
    await recovers(staff, client)
    for (const { leg } of [staff, client]) expect(leg.signal.aborted).toBe(true)
    expect(await world.task(CLIENT)).toMatchObject({ status: 'waiting', outcome: 'unknown', tries: 1 })
  })
})

it('both are up and not joined yet: they are joined', async () => {
  await died({ callFirst: 'staff', state: 'client' })
  const [staff, client] = [channel(STAFF_LEG, 'Stasis'), channel(CLIENT_LEG, 'Stasis')]
  const over = recovers(staff, client)
  await staff.leg.talking
  await client.leg.phone.wait(20_000)
  client.leg.phone.hangup()
  await over
  expect(await world.task(CLIENT)).toMatchObject({ status: 'done', tries: 1 })
  expect(staff.leg.signal.aborted).toBe(true)
})

it('they talk already: left alone, and it is known for how long', async () => {
  await died({ callFirst: 'staff', state: 'talking' })
  const staff = channel(STAFF_LEG, 'Bridge')
  world.now += 30_000
  const client = channel(CLIENT_LEG, '')
  const over = recovers(staff, client)
  await vi.waitFor(() => expect(world.operators.presence('anna')).toBe('busy'))
  staff.leg.phone.hangup()
  client.leg.phone.hangup() // released by Asterisk
  await over
  expect(await call()).toMatchObject({ verdict: 'answered', talkMs: 30_000 })
  expect(await world.task(CLIENT)).toMatchObject({ status: 'done', tries: 1 })
  expect(world.operators.presence('anna')).toBe('free')
})

it('one that this process has claimed again while the rows were read is not taken for a dead life’s', async () => {
  world = await CallbackWorld.open()
  await world.lost(CLIENT)
  await claimCallback(world.prisma, TASK, 'anna', world.now)
  const inHand = [false, true]
  world.due.isRunning = () => inHand.shift() ?? true
  await recoversHere()
  expect(await world.task(CLIENT)).toMatchObject({ status: 'operator' })
})

/** After a new connection of the same life. */
async function recoversHere(): Promise<void> {
  await world.recover([], () => {
    throw new Error('there is none')
  })
}
