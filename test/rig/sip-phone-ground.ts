/** A world of scripted phones with a stand-in for the daemon: what Asterisk itself does with what phones say. */
import { unlessGone } from '../../scripts/rig/ari-requests.ts'
import type { SipCall } from '../../scripts/rig/sip/call.ts'
import type { SipPhone } from '../../scripts/rig/sip-phone.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'
import { type AriEvent, eventually, StandIn } from './stand-in.ts'

export const CALLER = '+79161234567'
export const PHONES = ['101', '102', '103'] as const
/** Contexts of this ground; they stand in no configuration of ours. */
export const RIG_TRANSFER = 'rig-transfer'
export const RIG_FORWARD = 'rig-forward'
/** Dialled by a desk phone they ring phones 101 and 102, past the dialplan of the company. */
export const RINGS_101 = '8101'
export const RINGS_102 = '8102'

/** What the events of transfers and redirects have beside AriEvent. */
export interface PhoneEvent extends AriEvent {
  tech_cause?: number
  result?: string
  exten?: string
  context?: string
  transferee?: { id: string }
  transfer_target?: { id: string }
  transferer_first_leg?: { id: string }
  transferer_second_leg?: { id: string }
  destination_type?: string
  destination_application?: string
  destination_bridge?: string
  replace_channel?: { id: string }
  /** Of `Dial`. */
  peer?: { id: string }
  dialstatus?: string
  forward?: string
  /** Of `ChannelTransfer`. */
  refer_to?: { requested_destination: { destination: string }; destination_channel?: { id: string } }
  referred_by?: { source_channel: { id: string }; connected_channel: { id: string } }
}

export interface Talk {
  caller: SipCall
  /** Of phone 101. */
  operator: SipCall
  callerId: string
  /** The operator's channel. */
  legId: string
}

export class PhoneGround {
  readonly world: World
  readonly daemon: StandIn
  readonly trunk: SipPhone
  readonly phones: Record<(typeof PHONES)[number], SipPhone>
  #legs = 0

  private constructor(world: World, daemon: StandIn, trunk: SipPhone, phones: PhoneGround['phones']) {
    this.world = world
    this.daemon = daemon
    this.trunk = trunk
    this.phones = phones
  }

  static async start(): Promise<PhoneGround> {
    const names = [...PHONES]
    const world = await startWorld({ phones: names, sipPhones: names, sipTrunk: true })
    try {
      const daemon = new StandIn(world.asterisk, world.app)
      const [trunk, ...phones] = await Promise.all([world.sipTrunk(), ...names.map((name) => world.sipPhone(name))])
      const byName = Object.fromEntries(phones.map((phone) => [phone.user, phone])) as PhoneGround['phones']
      const ground = new PhoneGround(world, await daemon.wake(), trunk, byName)
      await ground.#dialplan()
      return ground
    } catch (error) {
      await world.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    this.daemon.die()
    await this.world.stop()
  }

  /** After each test: everybody hangs up, no phone has a mind of its own, and Asterisk has no channel left. */
  async quiet(): Promise<void> {
    for (const phone of [this.trunk, ...Object.values(this.phones)]) await phone.hangUpAll()
    const channels = await this.daemon.request<{ id: string; name: string }[]>('GET', '/channels')
    const ours = channels.filter(({ name }) => name.startsWith('PJSIP'))
    for (const { id } of ours) await unlessGone(this.daemon.request('DELETE', `/channels/${id}`))
    await this.daemon.cleanUp()
    for (const kind of ['inbound', 'desk', 'leg', 'came-back']) await this.#forget(kind)
  }

  /** Places a leg as the daemon does; resolves when Asterisk has taken the order. */
  async dial(endpoint: string, id: string, variables: Record<string, string> = {}): Promise<void> {
    const query = { endpoint, app: this.world.app, appArgs: 'leg', callerId: CALLER, timeout: 60 }
    await this.daemon.request('POST', `/channels/${id}`, query, { variables })
  }

  nextLegId(): string {
    return `leg-${++this.#legs}`
  }

  /** A caller from outside in the daemon's hands, answered. */
  async answeredCaller(options: Parameters<SipPhone['call']>[1] = {}): Promise<{ caller: SipCall; callerId: string }> {
    const caller = await this.trunk.call(OUR_NUMBER, { from: CALLER, ...options })
    const { id } = await this.daemon.started('inbound')
    await this.daemon.answer(id)
    await caller.answered()
    return { caller, callerId: id }
  }

  /** Phone 101 as a leg of ours, answered. `variables` are those of the originate. */
  async answeredOperator(variables: Record<string, string> = {}): Promise<{ operator: SipCall; legId: string }> {
    const legId = this.nextLegId()
    await this.dial('PJSIP/101', legId, variables)
    const operator = await (await this.phones['101'].rings()).answer()
    await this.daemon.started('leg')
    return { operator, legId }
  }

  /** The two in a talk, as the daemon makes it: the caller's dialplan runs Bridge(leg), and the leg has none. */
  async talk(variables: Record<string, string> = {}): Promise<Talk> {
    const talk = { ...(await this.answeredCaller()), ...(await this.answeredOperator(variables)) }
    await Promise.all([this.daemon.follow(talk.callerId), this.daemon.follow(talk.legId)])
    await this.daemon.continue(talk.callerId, talk.legId, 'perezvon-talk')
    await this.together(talk.callerId, talk.legId)
    return talk
  }

  /** Phone 101 calls phone 102 as a second call beside its first, which rings now. */
  async secondCall(): Promise<SipCall> {
    const second = await this.phones['101'].call(RINGS_102)
    return second.ringing()
  }

  /** The same, answered; resolves when all four are in their two bridges. */
  async secondTalk(): Promise<{ second: SipCall; colleague: SipCall }> {
    const second = await this.secondCall()
    const colleague = await (await this.phones['102'].rings()).answer()
    await eventually(async () => {
      const bridges = await this.daemon.request<{ channels: string[] }[]>('GET', '/bridges')
      return bridges.filter(({ channels }) => channels.length === 2).length === 2
    }, 'both talks')
    return { second, colleague }
  }

  /** Waits for an event of this kind. */
  async event(type: string, fits: (event: PhoneEvent) => boolean): Promise<PhoneEvent> {
    return this.daemon.event((event) => event.type === type && fits(event), type)
  }

  /** Waits until the two are in one bridge, alone. */
  async together(one: string, other: string): Promise<void> {
    await eventually(async () => {
      const bridges = await this.daemon.request<{ channels: string[] }[]>('GET', '/bridges')
      return bridges.some(({ channels }) => channels.length === 2 && channels.includes(one) && channels.includes(other))
    }, `${one} and ${other} in one bridge`)
  }

  /** Where a channel is: `context,extension application`. Null when it is gone. */
  async place(id: string): Promise<string | null> {
    type Place = { dialplan: { context: string; exten: string; app_name: string } }
    const channel = await this.daemon.request<Place>('GET', `/channels/${id}`).catch(() => null)
    return channel && `${channel.dialplan.context},${channel.dialplan.exten} ${channel.dialplan.app_name}`.trim()
  }

  /** Waits until the channel is there. */
  async at(id: string, place: string): Promise<void> {
    await eventually(async () => (await this.place(id)) === place, `${id} at ${place}`)
  }

  async variable(id: string, variable: string): Promise<string> {
    return (await this.daemon.request<{ value: string }>('GET', `/channels/${id}/variable`, { variable })).value
  }

  /** Arrivals of a test that is over. */
  async #forget(kind: string): Promise<void> {
    for (let more = true; more;)
      more = await this.daemon.started(kind, 1).then(
        () => true,
        () => false,
      )
  }

  async #dialplan(): Promise<void> {
    const lines = [
      [`_X.,1,Dial(PJSIP/\${EXTEN},20)`, RIG_TRANSFER],
      [`_X.,2,Stasis(${this.world.app},came-back,\${EXTEN},\${DIALSTATUS})`, RIG_TRANSFER],
      [`_[+0-9].,1,Hangup(17)`, RIG_FORWARD],
      [`_810X,1,Dial(PJSIP/\${EXTEN:1},20)`, 'from-phone'],
      [`_810X,2,Stasis(${this.world.app},came-back,\${EXTEN},\${DIALSTATUS})`, 'from-phone'],
    ]
    for (const [line, context] of lines) await this.world.asterisk.cli(`dialplan add extension ${line} into ${context}`)
  }
}
