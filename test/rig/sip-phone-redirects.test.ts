/** Phones that send a call elsewhere (3xx): what Asterisk makes of it, and what of it is told over ARI. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { PhoneGround, RIG_FORWARD } from './sip-phone-ground.ts'

let ground: PhoneGround
beforeAll(async () => {
  ground = await PhoneGround.start()
})
afterEach(() => ground.quiet())
afterAll(() => ground?.stop())

/** Rings phone 101, which redirects the call; resolves with the leg's id. */
async function redirected(status: number, contacts: string[], variables: Record<string, string>): Promise<string> {
  const legId = ground.nextLegId()
  ground.phones['101'].always((ringing) => ringing.redirect(status, ...contacts))
  await ground.dial('PJSIP/101', legId, variables)
  return legId
}

it('302 is followed inside Asterisk: a Local channel in the place of the leg, which comes to us under an id of its own', async () => {
  const legId = await redirected(302, ['102'], { FORWARD_CONTEXT: 'from-phone' })
  const ringing = await ground.phones['102'].rings()
  await ground.event('ChannelDestroyed', (e) => e.channel?.id === legId)
  await ringing.answer()
  const { id, channel } = await ground.daemon.started('leg')
  expect(id).not.toBe(legId)
  expect(channel.name).toMatch(/^Local\/102@from-phone/)
})

it.each([300, 301, 302, 305, 380])(
  '%i with two contacts: the first is followed, and the Dial event names it whatever ChannelDestroyed says',
  async (status) => {
    const legId = await redirected(status, ['102', '103'], { FORWARD_CONTEXT: RIG_FORWARD })
    const isForward = ({ peer, forward }: { peer?: { id: string }; forward?: string }) =>
      peer?.id === legId && forward !== ''
    expect((await ground.event('Dial', isForward)).forward).toBe('102')
    // one time in four Asterisk tells neither cause nor status: 0 and none
    const { cause, tech_cause: told } = await ground.event('ChannelDestroyed', (e) => e.channel?.id === legId)
    expect([status, undefined]).toContain(told)
    expect(told === undefined ? [0] : [16, 23]).toContain(cause)
    expect([ground.phones['102'], ground.phones['103']].flatMap(({ rung }) => rung)).toHaveLength(1) // of the test above
    expect(ground.daemon.events.some((e) => e.type === 'StasisStart' && e.channel?.id === legId)).toBe(false)
  },
)

it('a FORWARD_CONTEXT that does not exist: no Local channel at all', async () => {
  const legId = await redirected(302, ['102'], { FORWARD_CONTEXT: 'no-such-context' })
  const dial = await ground.event('Dial', ({ peer, forward }) => peer?.id === legId && forward !== '')
  await ground.event('ChannelDestroyed', (e) => e.channel?.id === legId)
  expect(dial).toMatchObject({ forward: '102', dialstatus: 'CANCEL' })
  expect(dial).not.toHaveProperty('forwarded')
})

it.each([
  ['no contact', []],
  ['a tel: number', ['tel:+79161112233']],
  ['a host without a user', ['sip:example.com']],
])('302 to %s is not followed: no answer, cause 23, status 302', async (_, contacts) => {
  const legId = await redirected(302, contacts, { FORWARD_CONTEXT: RIG_FORWARD })
  const end = await ground.event('ChannelDestroyed', (e) => e.channel?.id === legId)
  expect([end.cause, end.tech_cause]).toEqual([23, 302])
  const dial = await ground.event('Dial', ({ peer, dialstatus }) => peer?.id === legId && dialstatus === 'NOANSWER')
  expect(dial.forward).toBe('')
})

it('181, 180, then 302: ringing is told, then the redirect', async () => {
  const legId = ground.nextLegId()
  const phone = ground.phones['101']
  phone.ringsAtOnce = false
  await ground.dial('PJSIP/101', legId, { FORWARD_CONTEXT: RIG_FORWARD })
  const ringing = await phone.rings()
  ringing.progress(181)
  ringing.progress(180)
  await ground.event('ChannelStateChange', (e) => e.channel?.id === legId && e.channel.state === 'Ringing')
  await ringing.redirect(302, '102')
  const dial = await ground.event('Dial', ({ peer, forward }) => peer?.id === legId && forward !== '')
  expect(dial.forward).toBe('102')
})

it('a FORWARD_CONTEXT that a caller’s channel hands down is honoured by Dial(): nobody else rings', async () => {
  const { asterisk } = ground.world
  const lines = [`Set(__FORWARD_CONTEXT=${RIG_FORWARD})`, 'Dial(PJSIP/102,20)', 'Congestion(1)']
  for (const [n, line] of lines.entries())
    await asterisk.cli(`dialplan add extension 8103,${n + 1},${line} into from-phone`)
  ground.phones['102'].always((ringing) => ringing.redirect(302, '103'))
  const call = await ground.phones['101'].call('8103')
  await call.ended(10_000)
  expect(call.statuses).toContain(181)
  expect(ground.phones['103'].rung).toEqual([])
})
