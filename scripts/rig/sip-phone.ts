/**
 * A SIP phone that does what a test tells it, also what Asterisk as a far end cannot: redirects, transfers of each
 * kind, changes within a call.
 *
 *   const phone = await SipPhone.register({ pbx, user: '102', password })
 *   const talk = await (await phone.rings()).answer()
 *   await talk.heard.hears(greeting); await talk.refer('103')
 *
 * It lives in this process, on loopback, on free UDP ports; close() leaves nothing behind.
 */
import { randomUUID } from 'node:crypto'
import { withTimeout } from '../../src/runtime/abort.ts'
import { SipCall } from './sip/call.ts'
import type { Account } from './sip/digest.ts'
import { Exchange, type Party } from './sip/exchange.ts'
import { type Address, type SipMessage, sipReply, tagOf, userOf } from './sip/message.ts'
import { type CallOptions, placeCall } from './sip/placed-call.ts'
import { SipRinging } from './sip/ringing.ts'
import { Voice } from './sip/voice.ts'
import { receiveWithin } from './sip/within-call.ts'
import { Wire } from './sip/wire.ts'
import { Waiting } from './waiting.ts'

export interface PhoneOptions {
  /** host:port of the system under test. */
  pbx: string
  /** The phone's name there; of a trunk what stands in its Contact. */
  user: string
  /** Own address; a trunk is known by it. `host` or `host:port`. */
  address?: string
}

/** What the phone does with each call that comes, at once. */
export type PhoneBehaviour = (ringing: SipRinging) => void | Promise<void>

const REGISTERED_SEC = 600
const BYE_MS = 2_000

export class SipPhone {
  readonly user: string
  /** Every call that came, oldest first. */
  readonly rung: SipRinging[] = []
  /**
   * What behaviours threw, and what of the other side's the phone could not carry out. A test that ends well has none.
   */
  readonly failures: unknown[] = []
  /** Says 180 as soon as a call comes. */
  ringsAtOnce = true
  readonly #party: Party
  readonly #calls = new Map<string, SipCall>()
  readonly #waiting = new Waiting()
  #told = 0
  /** One after another: a CANCEL must find the call that is still being set up. */
  #received: Promise<void> = Promise.resolve()
  #behaviour: PhoneBehaviour | null = null
  #closing = false

  private constructor(party: Party) {
    this.user = party.user
    this.#party = party
    party.wire.onRequest = (request) => {
      const received = this.#received.then(() => this.#receive(request))
      this.#received = received.catch((error: unknown) => void this.failures.push(error))
    }
  }

  /** A desk phone: resolves when it is registered. */
  static async register(options: PhoneOptions & { password: string }): Promise<SipPhone> {
    const phone = await SipPhone.#open(options, { user: options.user, password: options.password })
    try {
      await phone.register()
      return phone
    } catch (error) {
      await phone.close()
      throw error
    }
  }

  /** A trunk, provider or gateway: known by its address, asked for no password. */
  static trunk(options: PhoneOptions): Promise<SipPhone> {
    return SipPhone.#open(options, null)
  }

  static async #open({ pbx, user, address = '127.0.0.1' }: PhoneOptions, account: Account | null): Promise<SipPhone> {
    const wire = await Wire.open(addressOf(address, 0), addressOf(pbx, 5060))
    return new SipPhone({ wire, user, account })
  }

  /** The network between it and the PBX. */
  get wire(): Wire {
    return this.#party.wire
  }

  async register(seconds = REGISTERED_SEC): Promise<void> {
    const { host, port } = this.wire.pbx
    const who = `<sip:${this.user}@${host}:${port}>`
    const from = `${who};tag=${randomUUID().slice(0, 8)}`
    const target = `sip:${host}:${port}`
    const { local } = this.wire
    const dialog = { callId: randomUUID(), from, to: who, target, local, user: this.user }
    const { status } = await new Exchange(this.#party, dialog).ask('REGISTER', { headers: [`Expires: ${seconds}`] })
    if (status !== 200) throw new Error(`phone ${this.user} could not register: ${status}`)
  }

  /** The next call that comes; each is told once, and one that came before the question too. */
  async rings(ms = 20_000): Promise<SipRinging> {
    const what = () => `phone ${this.user} (rung ${this.rung.length} times): no call`
    await this.#waiting.until(() => this.rung.length > this.#told, ms, what)
    return this.rung[this.#told++]!
  }

  /** Does this with every call that comes from now on; rings() tells them all the same. */
  always(behaviour: PhoneBehaviour | null): void {
    this.#behaviour = behaviour
  }

  /** Resolves when the INVITE was sent. `to` is a number, a name or a whole URI. */
  async call(to: string, options: CallOptions = {}): Promise<SipCall> {
    const voice = await Voice.open(this.wire.local.host)
    const call = placeCall(this.#party, to, voice, options)
    this.#calls.set(call.exchange.dialog.callId, call)
    return call
  }

  /**
   * Refuses what rings, ends what talks, and forgets what it was told to do always. What was rung and not asked for is
   * told no more.
   */
  async hangUpAll(): Promise<void> {
    this.#behaviour = null
    this.ringsAtOnce = true
    this.#told = this.rung.length
    await Promise.all(this.rung.map((ringing) => ringing.refuse(480)))
    const calls = [...this.#calls.values()]
    // the PBX may be dead
    await Promise.all(calls.map((call) => withTimeout(call.hangUp(), BYE_MS, 'an answer to BYE').catch(() => {})))
  }

  /** Ends its calls, frees its sockets and timers. Throws when there were failures. */
  async close(): Promise<void> {
    if (this.#closing) return
    await this.hangUpAll()
    this.#closing = true
    for (const call of this.#calls.values()) call.end({ by: 'us', status: null, reason: null })
    await this.wire.close()
    if (this.failures.length > 0) throw new AggregateError(this.failures, `phone ${this.user} failed`)
  }

  async #receive(request: SipMessage): Promise<void> {
    if (this.#closing) return
    const call = this.#calls.get(request.callId)
    if (request.method === 'CANCEL') {
      const ringing = this.rung.find(({ invite }) => invite.callId === request.callId)
      if (ringing) return ringing.cancelled(request)
    }
    if (call) return receiveWithin(call, request)
    if (request.method === 'INVITE' && !tagOf(request.to)) return this.#ring(request)
    if (request.method === 'ACK') return
    const { local } = this.wire
    const status = request.method === 'OPTIONS' ? '200 OK' : '481 Call Does Not Exist'
    this.wire.reply(request, sipReply(request, status, { local, user: this.user, tag: randomUUID().slice(0, 8) }))
  }

  async #ring(invite: SipMessage): Promise<void> {
    const dialog = {
      callId: invite.callId,
      from: `${invite.to};tag=${randomUUID().slice(0, 8)}`,
      to: invite.from,
      target: invite.contact ?? '',
      local: this.wire.local,
      user: this.user,
    }
    const call = new SipCall(this.#party, dialog, userOf(invite.from), await Voice.open(this.wire.local.host))
    this.#calls.set(invite.callId, call)
    const ringing = new SipRinging(call, invite)
    ringing.progress(100)
    if (this.ringsAtOnce) ringing.progress(180)
    this.rung.push(ringing)
    void this.#behave(ringing)
    this.#waiting.wake()
  }

  async #behave(ringing: SipRinging): Promise<void> {
    try {
      await this.#behaviour?.(ringing)
    } catch (error) {
      if (!ringing.isOver && !this.#closing) this.failures.push(error)
    }
  }
}

function addressOf(text: string, port: number): Address {
  const [host = '', given] = text.split(':')
  return { host, port: given === undefined ? port : Number(given) }
}
