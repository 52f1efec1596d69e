/**
 * SIP stacks that others wrote say the same to Asterisk as the scripted phone: SIPp as a caller and as a called number,
 * baresip as a desk phone.
 */
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Baresip } from '../../scripts/rig/baresip.ts'
import { toneSpans } from '../../scripts/rig/hearing.ts'
import { tone } from '../../scripts/rig/sounds.ts'
import { playSipp } from '../../scripts/rig/sipp.ts'
import { OUR_NUMBER } from '../support/world.ts'
import { CALLER, PhoneGround, RIG_FORWARD, RIG_TRANSFER, RINGS_101, RINGS_102 } from './sip-phone-ground.ts'
import { eventually } from './stand-in.ts'

const HERTZ = 440
let ground: PhoneGround
beforeAll(async () => {
  ground = await PhoneGround.start()
})
afterEach(() => ground.quiet())
afterAll(() => ground?.stop())

describe('SIPp', () => {
  beforeAll(() => ground.trunk.close()) // it has its address

  const sipp = (name: string, keys: Record<string, string>) =>
    playSipp({
      scenario: join(import.meta.dirname, 'sip-phone-sipp', `${name}.xml`),
      dir: join(ground.world.dir, name),
      pbx: `127.0.0.1:${ground.world.sipPort}`,
      address: ground.world.sipTrunkAddress,
      keys,
    })

  it('calls, is answered, and may not pass the operator on: its REFER is refused with 603, and the talk goes on until it hangs up', async () => {
    const { daemon } = ground
    const playing = sipp('refers', { line: OUR_NUMBER, caller: CALLER, target: '102' })
    const { id } = await daemon.started('inbound')
    const { operator, legId } = await ground.answeredOperator({ TRANSFER_CONTEXT: RIG_TRANSFER })
    await Promise.all([daemon.answer(id), daemon.follow(id), daemon.follow(legId)])
    await daemon.continue(id, legId, 'perezvon-talk')
    await ground.together(id, legId)
    await playing
    await operator.ended(5_000)
    expect(operator.times.ended! - operator.times.up!).toBeGreaterThan(2_000)
    expect(daemon.events.filter(({ type }) => type === 'BridgeBlindTransfer')).toEqual([])
  })

  it('is called and redirects by 302: the Dial event names where to', async () => {
    const playing = sipp('redirects', { target: '+79161112233' })
    const legId = ground.nextLegId()
    await ground.dial('PJSIP/+79990000001@sip-trunk', legId, { FORWARD_CONTEXT: RIG_FORWARD })
    const dial = await ground.event('Dial', ({ peer, forward }) => peer?.id === legId && forward !== '')
    expect(dial.forward).toBe('+79161112233')
    await playing
  })
})

describe('baresip', () => {
  let phone: Baresip
  beforeAll(async () => {
    await ground.phones['103'].close() // it takes its place
    const { world } = ground
    phone = await Baresip.start({
      dir: join(world.dir, 'baresip'),
      pbx: `127.0.0.1:${world.sipPort}`,
      user: '103',
      password: world.sipPassword('103'),
      says: await tone(HERTZ, 20),
    })
  })
  afterAll(() => phone?.stop())

  it('calls, is heard, and passes its colleague on by REFER', async () => {
    await phone.command('dial', `sip:${RINGS_102}@127.0.0.1:${ground.world.sipPort}`)
    const colleague = await (await ground.phones['102'].rings()).answer()
    await phone.event('CALL_ANSWERED')
    await eventually(async () => toneSpans(colleague.heard.sound(), HERTZ, 0.3).length > 0, 'the tone')
    await phone.command('transfer', `sip:${RINGS_101}@127.0.0.1:${ground.world.sipPort}`)
    const third = await (await ground.phones['101'].rings()).answer()
    await phone.event('CALL_CLOSED')
    await colleague.press('7')
    await third.gotKeys(/^7$/)
    expect(colleague.state).toBe('up')
  })

  it('is rung as a leg of ours, answers, holds and goes on', async () => {
    const legId = ground.nextLegId()
    await ground.dial('PJSIP/103', legId)
    await phone.event('CALL_INCOMING')
    await phone.command('accept')
    expect((await ground.daemon.started('leg')).id).toBe(legId)
    await phone.command('hold')
    await Promise.all([phone.event('CALL_ANSWERED'), ground.event('ChannelHold', (e) => e.channel?.id === legId)])
    await phone.command('resume').catch(() => {}) // it does so, and says that it was refused
    await ground.event('ChannelUnhold', (e) => e.channel?.id === legId)
    await phone.command('hangup')
    await ground.event('StasisEnd', (e) => e.channel?.id === legId)
  })
})
