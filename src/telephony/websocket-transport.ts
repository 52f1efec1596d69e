/**
 * Requests over WebSockets: a third of the CPU of HTTP, and no connection limit to run into.
 *
 * Asterisk carries out the requests of one socket one after another, each to its end. So there are several, and a leg always takes the same
 * one: the order within a call holds, and one slow request holds up a few calls instead of all. Originates have a socket of their own.
 * Each connection is a Stasis application of its own (`perezvon-w0-…`), whose filter lets nothing through but replies. Its name is new each
 * time: Asterisk may still be taking leave of the last connection, and would end the application of that name under the new one, which
 * then carries out what it is asked and never says so.
 */
import { ulid } from '../model/ulid.ts'
import type { Logger } from '../runtime/logger.ts'
import { type AriOperation, type AriParameters, ariPath } from './ari-operations.ts'
import { text } from './ari-events.ts'
import { type AriMessage, AriSocket } from './ari-socket.ts'
import {
  type AriAddress,
  AriError,
  type AriRequestOptions,
  type AriTransport,
  REQUEST_DEADLINE_MS,
} from './ari-transport.ts'

interface Waiting {
  operation: string
  timer: NodeJS.Timeout
  resolve: (body: unknown) => void
  reject: (error: AriError) => void
}

export class WebsocketTransport implements AriTransport {
  #lanes: RequestSocket[]
  #place: RequestSocket

  constructor(options: { address: AriAddress; sockets: number; log: Logger; onRequest?: RequestObserver }) {
    const { address, log } = options
    const open = (suffix: string) => new RequestSocket(address, `${address.app}-${suffix}`, log, options.onRequest)
    this.#lanes = Array.from({ length: options.sockets }, (_, i) => open(`w${i}`))
    this.#place = open('place')
  }

  async open(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#lanes, this.#place].map((lane) => lane.open(signal)))
  }

  request(operation: AriOperation, parameters: AriParameters, options: AriRequestOptions = {}): Promise<unknown> {
    return this.#laneOf(options.lane).request(operation, parameters, options.body)
  }

  close(): void {
    for (const lane of [...this.#lanes, this.#place]) lane.close()
  }

  #laneOf(lane = ''): RequestSocket {
    if (lane === 'place') return this.#place
    const first = hash(lane) % this.#lanes.length
    for (let i = 0; i < this.#lanes.length; i++) {
      const candidate = this.#lanes[(first + i) % this.#lanes.length]!
      if (candidate.isOpen) return candidate
    }
    return this.#lanes[first]!
  }
}

/** Told of each answered request, for metrics. */
export type RequestObserver = (operation: string, status: number | null, ms: number) => void

class RequestSocket {
  /** Of the connection. */
  #app = ''
  #socket: AriSocket
  #log: Logger
  #lastReply = 0
  #waiting = new Map<string, Waiting>()
  #nextId = 0
  #onRequest: RequestObserver | undefined
  #opened: (() => void)[] = []
  #filtered = false
  #stopped = false

  constructor(address: AriAddress, name: string, log: Logger, onRequest: RequestObserver | undefined) {
    this.#onRequest = onRequest
    this.#log = log
    this.#socket = new AriSocket({
      address,
      app: () => (this.#app = `${name}-${ulid()}`),
      log,
      onOpen: () => void this.#setFilter(),
      onClose: () => this.#lose(),
      onMessage: (message) => this.#reply(message),
    })
  }

  get isOpen(): boolean {
    return this.#filtered && this.#socket.isOpen
  }

  open(signal: AbortSignal): Promise<void> {
    const opened = new Promise<void>((resolve, reject) => {
      this.#opened.push(resolve)
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
    this.#socket.start()
    return opened
  }

  close(): void {
    this.#stopped = true
    this.#socket.stop()
    this.#lose()
    for (const opened of this.#opened.splice(0)) opened()
  }

  #openWithin(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#opened.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** While this socket reconnects, its requests wait, as long as they would for an answer. */
  async request(operation: AriOperation, parameters: AriParameters, body?: object): Promise<unknown> {
    if (!this.isOpen && !this.#stopped) await this.#openWithin(REQUEST_DEADLINE_MS)
    return this.#send(operation, parameters, body)
  }

  #send(operation: AriOperation, parameters: AriParameters, body?: object): Promise<unknown> {
    const { method, uri } = ariPath(operation, parameters)
    const started = performance.now()
    return new Promise((resolve, reject) => {
      const id = `${this.#app}-${this.#nextId++}`
      const sent = this.#socket.send({
        type: 'RESTRequest',
        transaction_id: id,
        request_id: id,
        method,
        uri,
        ...(body && { content_type: 'application/json', message_body: JSON.stringify(body) }),
      })
      if (!sent) return reject(new AriError(operation, 503, 'not connected, nothing was sent'))
      const settle = (status: number | null) => {
        clearTimeout(timer)
        this.#waiting.delete(id)
        this.#onRequest?.(operation, status, performance.now() - started)
      }
      const timer = setTimeout(() => {
        settle(null)
        reject(new AriError(operation, null, `within ${REQUEST_DEADLINE_MS} ms`))
        if (this.#lastReply < started) this.#renew()
      }, REQUEST_DEADLINE_MS)
      this.#waiting.set(id, {
        operation,
        timer,
        resolve: (reply) => {
          settle(200)
          resolve(reply)
        },
        reject: (error) => {
          settle(error.status)
          reject(error)
        },
      })
    })
  }

  /** It answers pings and no request: nothing will come over it any more. */
  #renew(): void {
    this.#log.warn('Asterisk does not answer over a connection; it is made anew', { app: this.#app })
    this.#socket.reconnect()
  }

  #reply(message: AriMessage): void {
    if (message.type !== 'RESTResponse') return
    this.#lastReply = performance.now()
    const waiting = this.#waiting.get(String(message['request_id']))
    if (!waiting) return
    const status = Number(message['status_code'])
    const body = text(message['message_body'])
    if (status < 300) waiting.resolve(body ? (JSON.parse(body) as unknown) : null)
    else waiting.reject(new AriError(waiting.operation, status, body.slice(0, 200)))
  }

  async #setFilter(): Promise<void> {
    try {
      await this.#send('applications.filter', { applicationName: this.#app }, { allowed: [{ type: 'RESTResponse' }] })
    } catch {
      // without the filter it works too, only with more traffic
    }
    this.#filtered = true
    for (const opened of this.#opened.splice(0)) opened()
  }

  /** What was on its way may or may not have been carried out. */
  #lose(): void {
    this.#filtered = false
    for (const waiting of this.#waiting.values()) {
      waiting.reject(new AriError(waiting.operation, null, 'the connection was lost'))
    }
  }
}

/** FNV-1a: ids differ in their last characters, and neighbours should not share a socket. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}
