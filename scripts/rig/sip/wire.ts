/**
 * A UDP socket with SIP's transactions over it (RFC 3261 17): requests are sent again until they are answered, replies
 * to requests that come again are repeated, and what refuses an INVITE is acknowledged. What is said is the business of
 * those above.
 */
import { createSocket, type Socket } from 'node:dgram'
import { type Address, branchOf, readSip, type SipMessage, tagOf } from './message.ts'

/** SIP's T1 and T2: the first wait before a repetition, and the longest. */
const FIRST_REPEAT_MS = 500
const LONGEST_REPEAT_MS = 4_000
/** SIP's timer B: by then nobody answers any more. */
const GIVEN_UP_MS = 32_000

interface Asked {
  text: string
  onResponse: (response: SipMessage | null) => void
  answered: boolean
  /** What acknowledges its final answer; sent again when that comes again. */
  ack: string | null
  timer: NodeJS.Timeout | null
}

export class Wire {
  /** Every new request, ACKs included. */
  onRequest: (request: SipMessage) => void = () => {}
  /** Loses what it says yes to, on its way out or in: a bad network. */
  loses: (text: string, way: 'out' | 'in') => boolean = () => false
  /** Requests and final answers that had to be sent again. */
  repeats = 0
  readonly #socket: Socket
  readonly #pbx: Address
  readonly #asked = new Map<string, Asked>()
  readonly #replied = new Map<string, string>()
  /** Final answers to INVITEs that wait for their ACK. */
  readonly #unacknowledged = new Map<string, NodeJS.Timeout>()
  readonly #sending = new Set<Promise<void>>()
  #closed = false

  private constructor(socket: Socket, pbx: Address) {
    this.#socket = socket
    this.#pbx = pbx
    socket.on('message', (bytes) => this.#receive(bytes.toString()))
  }

  /** `port` 0: any that is free. */
  static async open(at: Address, pbx: Address): Promise<Wire> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(at.port, at.host, resolve))
    return new Wire(socket, pbx)
  }

  get local(): Address {
    const { address, port } = this.#socket.address()
    return { host: address, port }
  }

  get pbx(): Address {
    return this.#pbx
  }

  /** Provisional answers and the final one, each as often as it comes new; null when nothing came within 32 s. */
  ask(request: string, onResponse: (response: SipMessage | null) => void): void {
    const message = readSip(request)!
    const asked: Asked = { text: request, onResponse, answered: false, ack: null, timer: null }
    this.#asked.set(transactionOf(message), asked)
    this.#send(request)
    const began = Date.now()
    const again = (ms: number) => {
      asked.timer = setTimeout(() => {
        if (Date.now() - began >= GIVEN_UP_MS) return onResponse(null)
        this.repeats++
        this.#send(request)
        again(message.method === 'INVITE' ? ms * 2 : Math.min(ms * 2, LONGEST_REPEAT_MS))
      }, ms)
    }
    again(FIRST_REPEAT_MS)
  }

  /** Acknowledges a 200 to the INVITE `request`. */
  acknowledge(request: string, ack: string): void {
    const asked = this.#asked.get(transactionOf(readSip(request)!))
    if (asked) asked.ack = ack
    this.#send(ack)
  }

  /** A final answer to an INVITE is repeated until its ACK comes. */
  reply(request: SipMessage, text: string): void {
    this.#replied.set(transactionOf(request), text)
    this.#send(text)
    const status = readSip(text)!.status
    if (request.method !== 'INVITE' || status < 200) return
    const key = dialogOf(request)
    const began = Date.now()
    const again = (ms: number) => {
      this.#unacknowledged.set(
        key,
        setTimeout(() => {
          if (Date.now() - began >= GIVEN_UP_MS) return void this.#unacknowledged.delete(key)
          this.repeats++
          this.#send(text)
          again(Math.min(ms * 2, LONGEST_REPEAT_MS))
        }, ms),
      )
    }
    again(FIRST_REPEAT_MS)
  }

  /** Resolves when what was sent has left the process. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const { timer } of this.#asked.values()) clearTimeout(timer ?? undefined)
    for (const timer of this.#unacknowledged.values()) clearTimeout(timer)
    await Promise.all(this.#sending)
    this.#socket.close()
  }

  #receive(text: string): void {
    const message = readSip(text)
    if (!message || this.loses(text, 'in')) return
    if (message.method === null) return this.#onResponse(message)
    if (message.method === 'ACK') {
      const key = dialogOf(message)
      clearTimeout(this.#unacknowledged.get(key))
      this.#unacknowledged.delete(key)
      return this.onRequest(message)
    }
    const said = this.#replied.get(transactionOf(message))
    if (said === undefined) return this.onRequest(message)
    if (said) this.#send(said)
  }

  #onResponse(response: SipMessage): void {
    const asked = this.#asked.get(transactionOf(response))
    if (!asked) return
    const isInvite = response.cseq.method === 'INVITE'
    // an INVITE is only said again until anything comes; other requests until they are done
    if (isInvite || response.status >= 200) clearTimeout(asked.timer ?? undefined)
    if (response.status < 200) return asked.onResponse(response)
    if (isInvite && response.status >= 300) asked.ack ??= ackOfRefusal(asked.text, response)
    if (asked.ack) this.#send(asked.ack)
    if (asked.answered) return
    asked.answered = true
    asked.onResponse(response)
  }

  #send(text: string): void {
    if (this.#closed || this.loses(text, 'out')) return
    const sent = new Promise<void>((resolve) =>
      this.#socket.send(Buffer.from(text), this.#pbx.port, this.#pbx.host, () => resolve()),
    )
    this.#sending.add(sent)
    void sent.then(() => this.#sending.delete(sent))
  }
}

function transactionOf(message: SipMessage): string {
  return `${branchOf(message)} ${message.cseq.method}`
}

/** An ACK has the number of its INVITE. */
function dialogOf({ callId, from, cseq }: SipMessage): string {
  return `${callId} ${tagOf(from)} ${cseq.number}`
}

/** It belongs to the INVITE's own transaction and goes where that went. */
function ackOfRefusal(invite: string, response: SipMessage): string {
  const keep = /^(Via|From|Call-ID|Max-Forwards):/
  const [start = '', ...lines] = invite.slice(0, invite.indexOf('\r\n\r\n')).split('\r\n')
  return [
    start.replace(/^INVITE/, 'ACK'),
    ...lines.filter((line) => keep.test(line)),
    `To: ${response.to}`,
    `CSeq: ${response.cseq.number} ACK`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n')
}
