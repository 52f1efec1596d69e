/**
 * Transfers with the phone's button (REFER): which channel lives on where, and what of it is told over ARI, by Asterisk
 * 22. In all of them the caller's channel keeps its id, and the transferrer's ends.
 */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Transferred } from '../../scripts/rig/sip/refer.ts'
import { spoken } from '../../scripts/rig/sounds.ts'
import { OUR_NUMBER } from '../support/world.ts'
import { type PhoneEvent, PhoneGround, RIG_TRANSFER, RINGS_102, type Talk } from './sip-phone-ground.ts'
import { eventually } from './stand-in.ts'

const CONTEXT = { TRANSFER_CONTEXT: RIG_TRANSFER }
const ARI_ONLY = { 'PJSIP_TRANSFER_HANDLING()': 'ari-only' }
/** Louder than the noise of two codings. */
const MUSIC = 0.003
let ground: PhoneGround
let hello: string
beforeAll(async () => {
  hello = await spoken('Алло, Анна слушает!')
  ground = await PhoneGround.start()
})
afterEach(() => ground.quiet())
afterAll(() => ground?.stop())

const blindOf = (legId: string) => ground.event('BridgeBlindTransfer', (e) => e.channel?.id === legId)
const attendedOf = (legId: string) =>
  ground.event('BridgeAttendedTransfer', (e) => e.transferer_first_leg?.id === legId)
const endOf = (id: string) => ground.event('ChannelDestroyed', (e) => e.channel?.id === id)

/** The other phone speaks, and the caller hears it. */
async function hearsNow({ caller }: Talk, phone: Talk['operator']): Promise<void> {
  const saying = phone.say(hello)
  await caller.heard.hears(hello, { after: caller.heard.seconds })
  await saying
}

it('blind, by the operator: the caller goes on in TRANSFER_CONTEXT of the operator’s leg; the ringing tone already counts as answered; then they talk', async () => {
  const talk = await ground.talk(CONTEXT)
  const transferring = talk.operator.refer('102')
  const ringing = await ground.phones['102'].rings()
  expect(await blindOf(talk.legId)).toMatchObject({
    result: 'Success',
    exten: '102',
    context: RIG_TRANSFER,
    transferee: { id: talk.callerId },
  })
  expect((await endOf(talk.legId)).cause).toBe(16)
  await ground.at(talk.callerId, `${RIG_TRANSFER},102 Dial`)
  expect(await ground.variable(talk.callerId, 'BLINDTRANSFER')).toMatch(/^PJSIP\/101-/)
  expect(await ground.variable(talk.callerId, 'SIPTRANSFER')).toBe('yes')
  expect(await transferring).toEqual({ accepted: 202, told: [100, 180, 200], final: 200 } satisfies Transferred)
  expect(ringing.isOver).toBe(false)
  const colleague = await ringing.answer()
  expect(talk.operator.ending?.by).toBe('us') // Asterisk says no BYE: the phone does
  await hearsNow(talk, colleague)
  await colleague.hangUp()
})

it('blind, to one who refuses: the transferrer’s leg is gone, and the caller’s dialplan has the caller next', async () => {
  const talk = await ground.talk(CONTEXT)
  ground.phones['102'].always((ringing) => ringing.refuse(486))
  const { accepted, final } = await talk.operator.refer('102', { stays: true })
  expect(accepted).toBe(202)
  expect([200, 486, 503]).toContain(final) // what was told is no witness
  const { id, args } = await ground.daemon.started('came-back')
  expect([id, args]).toEqual([talk.callerId, ['came-back', '102', 'BUSY']])
  await endOf(talk.legId)
})

it('blind, to what the context has not: accepted, told 404, and the talk goes on', async () => {
  const talk = await ground.talk(CONTEXT)
  expect(await talk.operator.refer('*99')).toEqual({ accepted: 202, told: [100, 404], final: 404 })
  await ground.together(talk.callerId, talk.legId)
  await hearsNow(talk, talk.operator)
  expect(
    ground.daemon.events.filter(({ type, channel }) => type.startsWith('Bridge') && channel?.id === talk.legId),
  ).toEqual([])
})

it('by the caller, blind or attended: a trunk may transfer nobody; refused with 603, and the talk goes on', async () => {
  const talk = await ground.talk(CONTEXT)
  const refused = { accepted: 603, told: [], final: null } satisfies Transferred
  expect(await talk.caller.refer('102')).toEqual(refused)
  const { caller: second } = await ground.answeredCaller()
  expect(await talk.caller.referReplaces(second)).toEqual(refused)
  await second.hangUp()
  await ground.together(talk.callerId, talk.legId)
  await hearsNow(talk, talk.operator)
  expect(ground.phones['102'].rung.filter(({ isOver }) => !isOver)).toEqual([])
})

it('blind, by a leg that talks with nobody: told 400, result Invalid, and it stays with us', async () => {
  const { operator, legId } = await ground.answeredOperator(CONTEXT)
  expect(await operator.refer('102')).toEqual({ accepted: 202, told: [100, 400], final: 400 })
  expect(await blindOf(legId)).toMatchObject({ result: 'Invalid' })
  expect(await ground.place(legId)).toMatch(/ Stasis$/)
})

it('blind, and the caller leaves while the target rings: the target is taken back at once, and the transferrer was told 200', async () => {
  const talk = await ground.talk(CONTEXT)
  const transferring = talk.operator.refer('102', { stays: true })
  const ringing = await ground.phones['102'].rings()
  expect((await transferring).final).toBe(200)
  await talk.caller.hangUp()
  await ringing.call.ended(2_000)
  expect(ringing.call.ending).toMatchObject({ by: 'them', status: 487 })
})

it('attended: the caller is moved into the second bridge inside its own Bridge(); BridgeAttendedTransfer, destination bridge', async () => {
  const talk = await ground.talk(CONTEXT)
  await talk.operator.hold()
  const { second, colleague } = await ground.secondTalk()
  expect(await talk.operator.referReplaces(second)).toMatchObject({ accepted: 202, final: 200 })
  const event = await attendedOf(talk.legId)
  expect(event).toMatchObject({ result: 'Success', destination_type: 'bridge', transferee: { id: talk.callerId } })
  await ground.together(talk.callerId, event.transfer_target!.id)
  await endOf(talk.legId)
  await second.ended(5_000)
  expect([second.ending?.by, await ground.place(talk.callerId)]).toEqual(['them', `perezvon-talk,${talk.legId} Bridge`])
  await hearsNow(talk, colleague)
  await colleague.hangUp()
  await talk.caller.ended(2_000)
})

/** The transfer of a talk to a second call that still rings. */
async function semiAttended(): Promise<{ talk: Talk; event: PhoneEvent; done: Transferred }> {
  const talk = await ground.talk(CONTEXT)
  await talk.operator.hold()
  const second = await ground.secondCall()
  const done = await talk.operator.referReplaces(second)
  await second.ended(5_000)
  expect(second.ending).toMatchObject({ by: 'them', status: 603 })
  return { talk, done, event: await attendedOf(talk.legId) }
}

it('semi-attended: told 200 at once; the caller takes the second call’s place in its Dial(), no Local channel, and talks when it is answered', async () => {
  const { talk, event, done } = await semiAttended()
  const ringing = await ground.phones['102'].rings()
  expect(done).toEqual({ accepted: 202, told: [100, 200], final: 200 })
  expect(event).toMatchObject({ destination_type: 'application', destination_application: 'Dial' })
  expect(await ground.variable(talk.callerId, 'ATTENDEDTRANSFER')).toMatch(/^PJSIP\/101-/)
  expect(await ground.place(talk.callerId)).toBe(`from-phone,${RINGS_102} Dial`)
  expect(await ground.world.asterisk.cli('core show channels concise')).not.toMatch(/^Local\/_attended/m)
  await hearsNow(talk, await ringing.answer())
})

it('semi-attended, and the target refuses: the second call’s dialplan has the caller, nothing comes back to the transferrer', async () => {
  const { talk } = await semiAttended()
  await (await ground.phones['102'].rings()).refuse(486)
  const { id, args } = await ground.daemon.started('came-back')
  expect([id, args]).toEqual([talk.callerId, ['came-back', RINGS_102, 'BUSY']])
  expect(ground.phones['101'].rung.filter(({ isOver }) => !isOver)).toEqual([])
})

it('attended, to a second call that we hold in Stasis: StasisStart of the caller’s id without arguments, replace_channel names the second', async () => {
  const talk = await ground.talk(CONTEXT)
  const second = await ground.phones['101'].call(OUR_NUMBER)
  const { id } = await ground.daemon.started('desk')
  await ground.daemon.answer(id)
  await second.answered()
  expect((await talk.operator.referReplaces(second)).final).toBe(200)
  expect(await attendedOf(talk.legId)).toMatchObject({
    destination_type: 'application',
    destination_application: 'Stasis',
  })
  const start = await ground.event('StasisStart', (e) => e.replace_channel !== undefined)
  expect([start.channel?.id, start.args, start.replace_channel?.id]).toEqual([talk.callerId, [], id])
  await ground.event('StasisEnd', (e) => e.channel?.id === id)
})

it('Replaces of a call that is none: accepted, told 404, and the talk goes on', async () => {
  const talk = await ground.talk(CONTEXT)
  const nothing = `sip:102@127.0.0.1?Replaces=${encodeURIComponent('nothing;to-tag=a;from-tag=b')}`
  expect(await talk.operator.refer(nothing)).toEqual({ accepted: 202, told: [100, 404], final: 404 })
  await ground.together(talk.callerId, talk.legId)
})

it('INVITE with Replaces by a third phone takes the operator’s place: of it only the end of the leg is told', async () => {
  const talk = await ground.talk(CONTEXT)
  const { callId, from, to } = talk.operator.exchange.dialog
  const tag = (header: string) => /;tag=([^;>]+)/.exec(header)![1]
  const replaces = `Replaces: ${callId};to-tag=${tag(to)};from-tag=${tag(from)}`
  const third = await ground.phones['103'].call('101', { headers: [replaces] })
  await third.answered()
  expect((await endOf(talk.legId)).cause).toBe(16)
  await talk.operator.ended(2_000)
  await hearsNow(talk, third)
  expect(await ground.place(talk.callerId)).toBe(`perezvon-talk,${talk.legId} Bridge`)
})

it('with PJSIP_TRANSFER_HANDLING()=ari-only a blind REFER is only told (ChannelTransfer): accepted, the talk goes on', async () => {
  const talk = await ground.talk(ARI_ONLY)
  const transferring = talk.operator.refer('102')
  const event = await ground.event('ChannelTransfer', (e) => e.referred_by?.source_channel.id === talk.legId)
  expect(event.refer_to).toEqual({ requested_destination: { destination: '102' } })
  expect(event.referred_by?.connected_channel.id).toBe(talk.callerId)
  await hearsNow(talk, talk.operator)
  await ground.daemon.request('DELETE', `/channels/${talk.legId}`)
  expect((await transferring).final).toBe(503)
})

it('with ari-only an attended REFER names the second call, and both talks go on', async () => {
  const talk = await ground.talk(ARI_ONLY)
  const { second, colleague } = await ground.secondTalk()
  const transferring = talk.operator.referReplaces(second).catch(() => null)
  const event = await ground.event('ChannelTransfer', (e) => e.referred_by?.source_channel.id === talk.legId)
  expect(event.refer_to?.destination_channel?.id).toBeDefined()
  await hearsNow(talk, talk.operator)
  expect([second.state, colleague.state]).toEqual(['up', 'up'])
  await ground.daemon.request('DELETE', `/channels/${talk.legId}`)
  await transferring
})

it('a phone that drops its ringing second call and then refers blindly, as many do: a blind transfer', async () => {
  const talk = await ground.talk(CONTEXT)
  await talk.operator.hold()
  await (await ground.secondCall()).hangUp()
  const dropped = await ground.phones['102'].rings()
  await dropped.call.ended(2_000)
  const transferring = talk.operator.refer('102')
  await hearsNow(talk, await (await ground.phones['102'].rings()).answer())
  expect((await transferring).final).toBe(200)
})

it('the music of a hold ends with the transfer', async () => {
  const talk = await ground.talk(CONTEXT)
  await talk.operator.hold()
  const from = talk.caller.heard.seconds
  await eventually(async () => talk.caller.heard.loudest(from) > MUSIC, 'music')
  const transferring = talk.operator.refer('102')
  const colleague = await (await ground.phones['102'].rings()).answer()
  expect((await transferring).final).toBe(200)
  await hearsNow(talk, colleague)
  const quiet = talk.caller.heard.seconds
  await eventually(async () => talk.caller.heard.seconds > quiet + 1, 'a second')
  expect(talk.caller.heard.loudest(quiet + 0.2)).toBeLessThan(MUSIC)
})
