/** A call that comes in, until it is answered or over. */
import { SipCall } from './call.ts'
import { type Content, headerOf, type SipMessage } from './message.ts'
import { readTimer, type SessionTimerOffer, timerHeaders } from './session-timer.ts'

const PHRASES: Readonly<Record<number, string>> = {
  100: 'Trying',
  180: 'Ringing',
  181: 'Call Is Being Forwarded',
  182: 'Queued',
  183: 'Session Progress',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Moved Temporarily',
  305: 'Use Proxy',
  380: 'Alternative Service',
  404: 'Not Found',
  480: 'Temporarily Unavailable',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  503: 'Service Unavailable',
  600: 'Busy Everywhere',
  603: 'Decline',
}

export class SipRinging {
  readonly call: SipCall
  readonly invite: SipMessage
  #final = false
  #described = ''

  constructor(call: SipCall, invite: SipMessage) {
    this.call = call
    this.invite = invite
  }

  /** The caller's number and name, as the phone shows them. */
  get callerNumber(): string {
    return this.call.who
  }

  get callerName(): string {
    return /^"([^"]*)"/.exec(this.invite.from)?.[1] ?? ''
  }

  /** The user part that was dialled. */
  get dialled(): string {
    return this.invite.dialled
  }

  /** Of the INVITE; null without it. */
  header(name: string): string | null {
    return headerOf(this.invite, name)
  }

  get isOver(): boolean {
    return this.call.state === 'ended'
  }

  /**
   * 180, 181, 182, 183. `early`: with a description, so that sound goes both ways before the answer; say() speaks then.
   */
  progress(status: number, { early = false, headers = [] }: { early?: boolean; headers?: string[] } = {}): void {
    if (this.isOver) return
    this.#say(status, { headers, body: early ? this.#description() : '' })
    if (status > 100) this.call.mark('ringing')
  }

  /** Any 3xx: where the phone wants the call to go, in this order. A bare number is one at the PBX. */
  async redirect(status: number, ...contacts: string[]): Promise<void> {
    const { host, port } = this.call.exchange.party.wire.pbx
    const uris = contacts.map((contact) => (/^sips?:|^tel:/.test(contact) ? contact : `sip:${contact}@${host}:${port}`))
    const list = uris.map((uri, n) => `<${uri}>;q=${(1 - n / 10).toFixed(1)}`).join(', ')
    await this.refuse(status, list ? [`Contact: ${list}`] : [])
  }

  /** Any final status but 2xx. */
  async refuse(status: number, headers: string[] = []): Promise<void> {
    if (this.isOver || this.#final) return
    this.#final = true
    this.#say(status, { headers, noContact: true })
    this.call.end({ by: 'us', status, reason: null })
  }

  /** Resolves when the other side has acknowledged the 200. */
  async answer(options: { timer?: SessionTimerOffer; headers?: string[]; ms?: number } = {}): Promise<SipCall> {
    const { call } = this
    if (this.isOver || this.#final) throw new Error(`${this.callerNumber}: the call is over already`)
    this.#final = true
    const asked = readTimer(this.invite)
    const timer = options.timer ?? (asked ? { refresher: 'uac' as const, ...asked } : null)
    const headers = [...(options.headers ?? []), ...(timer ? timerHeaders(timer, true) : [])]
    const body = this.#description()
    this.#say(200, { headers, body })
    call.mark('up')
    if (timer) call.timer.agree(timer, 'uas', call.refreshes)
    const isAck = ({ method }: SipMessage) => method === 'ACK'
    await call.until(() => call.requests.some(isAck) || call.state === 'ended', options.ms ?? 10_000, 'ACK')
    const ack = call.requests.find(isAck)
    if (ack?.body) call.stream.take(ack.body)
    return call
  }

  /** The caller has gone: a CANCEL. */
  cancelled(request: SipMessage): void {
    this.call.exchange.reply(request, '200 OK')
    if (this.#final || this.isOver) return
    this.#final = true
    this.#say(487, { noContact: true })
    this.call.end({ by: 'them', status: 487, reason: headerOf(request, 'Reason') })
  }

  /** One description for all answers, as SIP wants it: an answer to their offer, or an offer when theirs is late. */
  #description(): string {
    const { call, invite } = this
    this.#described ||= invite.body ? call.stream.answer(invite.body) : call.stream.offer()
    return this.#described
  }

  #say(status: number, content: Content): void {
    this.call.statuses.push(status)
    this.call.exchange.reply(this.invite, `${status} ${PHRASES[status] ?? (status < 300 ? 'OK' : 'Refused')}`, content)
  }
}
