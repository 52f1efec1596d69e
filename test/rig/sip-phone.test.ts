/**
 * The scripted SIP phone does on the real Asterisk what phones do: a call's whole life but for transfers and redirects.
 */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { searchable } from '../../scripts/rig/correlation.ts'
import { keyTones } from '../../scripts/rig/sip/tones.ts'
import { SipPhone } from '../../scripts/rig/sip-phone.ts'
import { media, spoken } from '../../scripts/rig/sounds.ts'
import { OUR_NUMBER } from '../support/world.ts'
import { CALLER, PhoneGround, RINGS_102 } from './sip-phone-ground.ts'
import { eventually } from './stand-in.ts'

let ground: PhoneGround
let greeting: string
let hello: string
beforeAll(async () => {
  ;[greeting, hello] = await Promise.all([spoken('Цветочный двор. Радуем каждый день!'), spoken('Алло, Анна слушает!')])
  ground = await PhoneGround.start()
})
afterEach(() => ground.quiet())
afterAll(() => ground?.stop())

const udpSockets = () => process.getActiveResourcesInfo().filter((name) => name === 'UDPWrap').length
const pbx = () => `127.0.0.1:${ground.world.sipPort}`

it('registers with its password, and not with another', async () => {
  await expect(SipPhone.register({ pbx: pbx(), user: '101', password: 'wrong' })).rejects.toThrow(/401|403/)
  const { state } = await ground.daemon.request<{ state: string }>('GET', '/endpoints/PJSIP/101')
  expect(state).toBe('online')
})

it('is rung, shows the caller, answers, and both hear each other to the end', async () => {
  const { caller, operator } = await ground.talk()
  expect(ground.phones['101'].rung.at(-1)!.callerNumber).toBe(CALLER)
  const said = Promise.all([caller.say(greeting), operator.say(hello)])
  const heard = await Promise.all([operator.heard.hears(greeting), caller.heard.hears(hello)])
  await said
  expect(heard.map(({ toEnd }) => toEnd)).toEqual([true, true])
  await caller.hangUp()
  await operator.ended(2_000)
  expect(operator.ending).toEqual({ by: 'them', status: null, reason: 'Q.850;cause=16' })
})

it('hears a prompt of Asterisk, whole', async () => {
  const { caller, callerId } = await ground.answeredCaller()
  await ground.daemon.request('POST', `/channels/${callerId}/play`, { media: media(greeting) })
  expect(await caller.heard.hears(greeting)).toMatchObject({ heard: true, toEnd: true })
  expect((await caller.heard.heard(hello)).heard).toBe(false)
})

it('sends keys as events, which Asterisk hears as keys, and passes on to the other phone', async () => {
  const { caller, operator, callerId } = await ground.talk()
  await caller.press('1#')
  await operator.gotKeys(/^1#$/)
  const digits = () =>
    ground.daemon.events.filter((e) => e.type === 'ChannelDtmfReceived' && e.channel?.id === callerId)
  await eventually(async () => digits().length === 2, 'two keys')
  expect(digits().map((e) => (e as { digit?: string }).digit)).toEqual(['1', '#'])
})

it('sends keys as tones, which the other phone hears as sound', async () => {
  const { caller, operator } = await ground.talk()
  await caller.press('5', 'tones')
  const tone = keyTones('5').subarray(0, 800)
  const likeness = () => searchable(operator.heard.sound().samples, tone.length)(tone).score
  await eventually(async () => likeness() > 0.9, 'the tones of key 5')
  expect(operator.heard.keys).toBe('')
})

it('is silent while it holds, the caller then hears music, and speaks again after it', async () => {
  const { caller, operator, legId } = await ground.talk()
  expect(await operator.hold()).toBe(200)
  expect((await ground.event('ChannelHold', (e) => e.channel?.id === legId)).type).toBe('ChannelHold')
  expect(operator.stream.theirDirection).toBe('recvonly')
  const sent = operator.voice.sent
  const from = caller.heard.seconds
  await eventually(async () => caller.heard.loudest(from) > 0.003, 'music')
  expect(operator.voice.sent).toBe(sent)
  expect(await operator.resume()).toBe(200)
  await ground.event('ChannelUnhold', (e) => e.channel?.id === legId)
  const saying = operator.say(hello)
  await caller.heard.hears(hello, { after: caller.heard.seconds })
  await saying
})

it('changes a call by a late offer and by UPDATE with and without a description: 200 each, the talk goes on', async () => {
  const { caller, operator } = await ground.talk()
  expect(await operator.reinvite({ lateOffer: true })).toBe(200)
  expect(await operator.update()).toBe(200)
  expect(await caller.update({ withoutSdp: true })).toBe(200)
  const saying = operator.say(hello)
  await caller.heard.hears(hello)
  await saying
})

it('places a call without an offer, and the ACK brings the answer', async () => {
  const { caller, callerId } = await ground.answeredCaller({ lateOffer: true })
  await ground.daemon.request('POST', `/channels/${callerId}/play`, { media: media(greeting) })
  expect(await caller.heard.hears(greeting)).toMatchObject({ toEnd: true })
})

it('refreshes its own session timer, and Asterisk refreshes the other: a re-INVITE after half of 90 s', async () => {
  const ours = await ground.answeredCaller({ timer: { expiresSec: 90, refresher: 'uac' } })
  expect(ours.caller.timer.agreed).toEqual({ expiresSec: 90, refresher: 'uac', weRefresh: true })
  expect([await ours.caller.refresh('UPDATE'), await ours.caller.refresh('INVITE')]).toEqual([200, 200])
  const theirs = await ground.answeredCaller({ timer: { expiresSec: 90, refresher: 'uas' } })
  expect(theirs.caller.timer.agreed).toMatchObject({ weRefresh: false })
  await theirs.caller.until(() => theirs.caller.timer.theirs > 0, 50_000, 'refresh')
  expect(theirs.caller.requests.map(({ method }) => method)).toEqual(['INVITE'])
  await ours.caller.until(() => ours.caller.timer.ours === 3, 5_000, 'refresh of its own')
  expect([ours.caller.state, theirs.caller.state]).toEqual(['up', 'up'])
})

it('sends nothing when told so, and Asterisk sends on', async () => {
  const { caller, operator } = await ground.talk()
  operator.voice.stop()
  const before = caller.heard.seconds
  const [heard, sent] = [caller.heard.packets, operator.voice.sent]
  await eventually(async () => caller.heard.seconds > before + 1.5, 'a second and a half')
  expect(operator.voice.sent).toBe(sent)
  expect(caller.heard.packets - heard).toBeLessThan(10) // transmit_silence fills nothing in a bridge of two
  expect(caller.heard.loudest(before + 0.5)).toBe(0)
})

it('speaks before it answers (183 with sound): the leg is in progress, and no state of its channel tells it', async () => {
  const legId = ground.nextLegId()
  ground.phones['101'].ringsAtOnce = false
  await ground.dial('PJSIP/101', legId)
  const ringing = await ground.phones['101'].rings()
  ringing.progress(181)
  ringing.progress(183, { early: true })
  const progress = await ground.event('Dial', (e) => e.peer?.id === legId && e.dialstatus === 'PROGRESS')
  expect(progress).toBeDefined()
  await ringing.call.say(hello)
  const states = ground.daemon.events.filter((e) => e.type === 'ChannelStateChange' && e.channel?.id === legId)
  expect(states).toEqual([])
  await (await ringing.answer()).hangUp()
})

it('passes its early sound to a caller whom the dialplan rings through', async () => {
  ground.phones['102'].ringsAtOnce = false
  const call = await ground.phones['101'].call(RINGS_102)
  const ringing = await ground.phones['102'].rings()
  ringing.progress(183, { early: true })
  await call.progressed(183)
  const saying = ringing.call.say(hello)
  await call.heard.hears(hello)
  await saying
  await ringing.refuse(486)
  expect((await ground.daemon.started('came-back')).args).toEqual(['came-back', RINGS_102, 'BUSY'])
  await call.hangUp()
})

it.each([
  [486, 17],
  [600, 17],
  [480, 19],
  [408, 18],
  [603, 21],
  [403, 21],
  [404, 1],
  [488, 58],
  [503, 34],
])('refuses with %i: cause %i, and tech_cause tells the status itself', async (status, cause) => {
  const legId = ground.nextLegId()
  ground.phones['101'].always((ringing) => ringing.refuse(status))
  await ground.dial('PJSIP/101', legId)
  const end = await ground.event('ChannelDestroyed', (e) => e.channel?.id === legId)
  expect([end.cause, end.tech_cause]).toEqual([cause, status])
})

it('picks up and drops within milliseconds: StasisStart and the end of the same leg', async () => {
  const legId = ground.nextLegId()
  ground.phones['101'].always(async (ringing) => (await ringing.answer()).hangUp())
  await ground.dial('PJSIP/101', legId)
  expect((await ground.daemon.started('leg')).id).toBe(legId)
  await ground.event('StasisEnd', (e) => e.channel?.id === legId)
  const { call } = ground.phones['101'].rung.at(-1)!
  expect(call.times.ended! - call.times.up!).toBeLessThan(100)
})

it('is taken back while it rings: CANCEL, 487', async () => {
  const legId = ground.nextLegId()
  await ground.dial('PJSIP/101', legId)
  const ringing = await ground.phones['101'].rings()
  await ground.daemon.request('DELETE', `/channels/${legId}`)
  await ringing.call.ended(2_000)
  expect(ringing.call.ending).toMatchObject({ by: 'them', status: 487 })
})

it('takes its own call back, before anything was heard of it and while it rings', async () => {
  const early = await ground.trunk.call(OUR_NUMBER, { from: CALLER })
  await early.hangUp()
  expect(early.ending).toMatchObject({ by: 'us', status: 487 })
  const late = await ground.phones['101'].call(RINGS_102)
  const ringing = await ground.phones['102'].rings()
  await late.ringing()
  await late.hangUp()
  await ringing.call.ended(2_000)
  expect([late.ending?.status, ringing.call.ending?.status]).toEqual([487, 487])
})

it('loses every first message and is understood all the same', async () => {
  const { trunk, phones } = ground
  const seen = new Set<string>()
  const losesFirst = (text: string, way: string) => {
    const isNew = !seen.has(way + text)
    seen.add(way + text)
    return isNew
  }
  for (const phone of [trunk, phones['101']]) phone.wire.loses = losesFirst
  try {
    const { caller, operator } = await ground.talk()
    await Promise.all([caller.hangUp(), operator.ended(10_000)])
    expect([trunk.wire.repeats, phones['101'].wire.repeats].every((repeats) => repeats > 0)).toBe(true)
  } finally {
    for (const phone of [trunk, phones['101']]) phone.wire.loses = () => false
  }
})

it('hangs up in the same moment as the other side: each is told, and nothing is left', async () => {
  const { caller, operator } = await ground.talk()
  await Promise.all([caller.hangUp(), operator.hangUp()])
  expect([caller.ending?.by, operator.ending?.by]).toEqual(['us', 'us'])
})

it('hangs up its call and frees its sockets when it is closed', async () => {
  const phone = await SipPhone.trunk({ pbx: pbx(), user: 'sip-trunk', address: '127.0.0.5' })
  const call = await phone.call(OUR_NUMBER, { from: CALLER })
  const { id } = await ground.daemon.started('inbound')
  await ground.daemon.answer(id)
  await call.answered()
  const before = udpSockets()
  await phone.close()
  await ground.event('StasisEnd', (e) => e.channel?.id === id)
  await eventually(async () => udpSockets() === before - 2, 'its two sockets closed')
  expect(call.ending?.by).toBe('us')
})
