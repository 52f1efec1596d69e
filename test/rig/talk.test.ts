/** A talk in Asterisk's own hands, with a stand-in for the daemon that is not needed for it. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { answers } from '../../scripts/rig/far-people.ts'
import { spoken } from '../../scripts/rig/sounds.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'
import { doorbellBook, eventually, StandIn, type Started } from './stand-in.ts'

const CALLER = '+79161234567'
let world: World
let daemon: StandIn
let hello: string
let question: string

beforeAll(async () => {
  ;[hello, question] = await Promise.all([spoken('Алло, Анна слушает!'), spoken('Я по поводу заказа.')])
  world = await startWorld({ limits: { heartbeatStaleSec: 2 } })
  daemon = new StandIn(world.asterisk, world.app)
})
afterEach(async () => {
  await daemon.retire()
  await daemon.cleanUp()
})
afterAll(() => world?.stop())

/** A caller and operator 101, bridged. */
async function talk(legId: string): Promise<{ caller: FarLeg; phone: FarLeg; call: Started }> {
  await daemon.wake()
  world.far.on('101', answers({ says: hello }))
  const ringing = world.far.nextCallTo('101')
  const caller = await world.far.call(OUR_NUMBER, { number: CALLER })
  const call = await daemon.started('inbound')
  await daemon.answer(call.id)
  await daemon.dial('PJSIP/101', legId)
  await daemon.started('leg')
  await daemon.follow(call.id)
  await daemon.follow(legId)
  await daemon.continue(call.id, legId, 'perezvon-talk')
  await caller.hears(hello)
  return { caller, phone: await ringing, call }
}

it.each(['caller', 'operator'])(
  'goes on without the daemon; when the %s hangs up, the other is released',
  async (first) => {
    const { caller, phone, call } = await talk(`leg-${first}`)
    daemon.die()
    // longer than the heartbeat may be stale: whoever talks is not to be rescued
    for (let i = 0; i < 3; i++) await caller.say(question)
    await phone.hears(question, { after: 3 })
    const [goes, stays] = first === 'caller' ? [caller, phone] : [phone, caller]
    await goes.hangup()
    await stays.ended(2_000)
    const line = await eventually(async () => {
      const fields = (await doorbellBook(world.asterisk)).get(call.id)
      return fields?.[6] ? fields : null
    }, 'the end of the talk in the book')
    expect(line.slice(0, 5)).toEqual([CALLER, OUR_NUMBER, expect.any(String), 'talked', `leg-${first}`])
  },
)

it.each(['caller', 'operator'])(
  'is told to a daemon that lives: who hung up first, and both ends: %s',
  async (first) => {
    const legId = `told-${first}`
    const { caller, phone, call } = await talk(legId)
    await (first === 'caller' ? caller : phone).hangup()
    const endOf = (id: string) => (e: { type: string; channel?: { id: string } }) =>
      e.type === 'ChannelDestroyed' && e.channel?.id === id
    await Promise.all([
      daemon.event(endOf(call.id), 'the end of the caller'),
      daemon.event(endOf(legId), 'the end of the leg'),
    ])
    const ours = [call.id, legId]
    const request = daemon.events.find((e) => e.type === 'ChannelHangupRequest' && ours.includes(e.channel?.id ?? ''))
    expect(request?.channel?.id).toBe(first === 'caller' ? call.id : legId)
  },
)

it('brings a caller back to the daemon when the other leg is gone', async () => {
  await daemon.wake()
  const caller = await world.far.call(OUR_NUMBER, { number: CALLER })
  const call = await daemon.started('inbound')
  await daemon.continue(call.id, 'leg-that-never-was', 'perezvon-talk')
  expect(await daemon.started('talk-failed')).toMatchObject({ id: call.id, args: ['talk-failed', 'NONEXISTENT'] })
  await caller.hangup()
})
