/** A call of a SIP phone, from whichever side it was begun. What a person does with it are its methods. */
import { Waiting } from '../waiting.ts'
import type { Ears } from './ears.ts'
import { Exchange, type Party } from './exchange.ts'
import type { Dialog, SipMessage } from './message.ts'
import { OfferAnswer } from './offer-answer.ts'
import { replacing, Transfer, type Transferred, type TransferOptions } from './refer.ts'
import type { Direction } from './sdp.ts'
import { SessionTimer, timerHeaders } from './session-timer.ts'
import type { Voice } from './voice.ts'

export type CallState = 'calling' | 'ringing' | 'up' | 'ended'

export interface Ending {
  by: 'us' | 'them'
  /** The final status of an INVITE that led to no talk. */
  status: number | null
  /** Their header Reason, as `Q.850;cause=16`, or why we gave up. */
  reason: string | null
}

const USUAL_MS = 20_000

export class SipCall {
  /** The number that was dialled, or that of the caller. */
  readonly who: string
  readonly exchange: Exchange
  readonly voice: Voice
  readonly stream: OfferAnswer
  readonly timer = new SessionTimer()
  readonly waiting = new Waiting()
  state: CallState = 'calling'
  ending: Ending | null = null
  /** We have taken it back before it was answered. */
  isCancelled = false
  /** What the INVITE was answered with, oldest first. */
  readonly statuses: number[] = []
  /** Their requests within the call, oldest first, BYE included. */
  readonly requests: SipMessage[] = []
  /** Milliseconds since 1970. */
  readonly times: Partial<Record<CallState, number>> = { calling: Date.now() }
  /** An INVITE of ours is not answered yet. */
  isInviting = false
  transfer: Transfer | null = null

  constructor(party: Party, dialog: Dialog, who: string, voice: Voice) {
    this.who = who
    this.exchange = new Exchange(party, dialog)
    this.voice = voice
    this.stream = new OfferAnswer(voice)
  }

  /** What is heard, and the keys that came. */
  get heard(): Ears {
    return this.voice.ears
  }

  /** They ring, or speak already. */
  ringing(ms = USUAL_MS): Promise<this> {
    return this.until(() => this.state !== 'calling', ms, 'ringing')
  }

  /** This provisional status has come. */
  progressed(status: number, ms = USUAL_MS): Promise<this> {
    return this.until(() => this.statuses.includes(status), ms, `${status}`)
  }

  /** Rejects when it ends unanswered. */
  async answered(ms = USUAL_MS): Promise<this> {
    await this.until(() => this.times.up !== undefined || this.state === 'ended', ms, 'answer')
    if (this.times.up === undefined) throw new Error(`${this.who}: ended unanswered, ${this.ending?.status}`)
    return this
  }

  ended(ms = 60_000): Promise<this> {
    return this.until(() => this.state === 'ended', ms, 'end')
  }

  /** Takes the call back while it is not answered, else ends it. Nothing happens when it is over already. */
  async hangUp(headers: string[] = []): Promise<void> {
    if (this.state === 'ended') return
    if (this.state === 'up') {
      this.end({ by: 'us', status: null, reason: null })
      await this.exchange.ask('BYE', { headers })
    } else {
      this.isCancelled = true
      // SIP takes back only what was heard of
      await this.until(() => this.statuses.length > 0 || this.state === 'ended', USUAL_MS, 'answer to take back')
      if (this.times.ended === undefined) await this.exchange.cancel()
      await this.ended(USUAL_MS)
    }
  }

  /**
   * `how` as phones do it; the sound stops, as a phone without music of its own does. Resolves with the final status.
   */
  hold(how: 'sendonly' | 'inactive' = 'sendonly'): Promise<number> {
    this.voice.stop()
    return this.reinvite({ direction: how })
  }

  resume(): Promise<number> {
    this.voice.speak()
    return this.reinvite({ direction: 'sendrecv' })
  }

  /** Resolves with its final status. `lateOffer`: the INVITE brings no description; theirs is answered in the ACK. */
  async reinvite(options: { direction?: Direction; lateOffer?: boolean; headers?: string[] } = {}): Promise<number> {
    const { direction, lateOffer = false, headers = [] } = options
    this.isInviting = true
    try {
      const body = lateOffer ? '' : this.stream.offer(direction)
      const final = await this.#ask('INVITE', { body, headers })
      if (final.status >= 300) return final.status
      if (!lateOffer) this.stream.take(final.body)
      this.exchange.acknowledge(lateOffer ? this.stream.answer(final.body) : '')
      return final.status
    } finally {
      this.isInviting = false
    }
  }

  /** Resolves with its final status. */
  async update(options: { direction?: Direction; withoutSdp?: boolean; headers?: string[] } = {}): Promise<number> {
    const { direction, withoutSdp = false, headers = [] } = options
    const final = await this.#ask('UPDATE', { body: withoutSdp ? '' : this.stream.offer(direction), headers })
    if (final.status < 300 && !withoutSdp) this.stream.take(final.body)
    return final.status
  }

  /** Proves that the call lives, as the refresher of its timer; done by itself at half of the time. */
  async refresh(by: 'UPDATE' | 'INVITE' = 'UPDATE'): Promise<number> {
    const { agreed } = this.timer
    if (!agreed) throw new Error(`${this.who}: the call has no session timer`)
    const headers = timerHeaders({ expiresSec: agreed.expiresSec, refresher: 'uac' })
    this.timer.ours++
    const status = await (by === 'UPDATE' ? this.update({ withoutSdp: true, headers }) : this.reinvite({ headers }))
    if (status < 300) this.timer.agree({ ...agreed, refresher: 'uac' }, 'uac', () => this.refresh(by))
    return status
  }

  /** What the timer does when it is due. */
  readonly refreshes = (): Promise<number> => this.refresh()

  /** Passes the other side on, blindly (REFER). */
  async refer(target: string, options: TransferOptions = {}): Promise<Transferred> {
    this.#mustLive()
    const transfer = new Transfer()
    this.transfer = transfer
    const done = await transfer.run(this.exchange, target, options)
    if (done.final !== null && done.final < 300 && !options.stays) await this.hangUp()
    return done
  }

  /**
   * Joins the other sides of this call and of `second` (REFER with Replaces); semi-attended while `second` still rings.
   */
  referReplaces(second: SipCall, options: TransferOptions = {}): Promise<Transferred> {
    const { host, port } = this.exchange.party.wire.pbx
    return this.refer(replacing(second.who, `${host}:${port}`, second.exchange.dialog), options)
  }

  /** See Voice.say. */
  say(wav: string): Promise<void> {
    return this.voice.say(wav)
  }

  /** See Voice.press. */
  press(keys: string, as: 'events' | 'tones' = 'events'): Promise<void> {
    return this.voice.press(keys, as)
  }

  gotKeys(pattern: RegExp, ms = USUAL_MS): Promise<this> {
    return this.until(() => pattern.test(this.heard.keys), ms, `keys ${pattern}`)
  }

  async until(isSo: () => boolean, ms: number, what: string): Promise<this> {
    const now = () => `${this.who} (${this.state}, said ${this.statuses.join(' ')}, keys "${this.heard.keys}")`
    await this.waiting.until(isSo, ms, () => `${now()}: no ${what}`)
    return this
  }

  mark(state: CallState): void {
    if (this.state === 'ended') return
    this.state = state
    this.times[state] ??= Date.now()
    this.waiting.wake()
  }

  end(ending: Ending): void {
    if (this.state === 'ended') return
    this.ending = ending
    this.timer.stop()
    this.voice.close()
    this.mark('ended')
  }

  #ask(...request: Parameters<Exchange['ask']>): Promise<SipMessage> {
    this.#mustLive()
    return this.exchange.ask(...request)
  }

  #mustLive(): void {
    if (this.state !== 'up') throw new Error(`${this.who}: this needs a talk, and the call is ${this.state}`)
  }
}
