/**
 * Requests by ari-client over HTTP, for an Asterisk that cannot take them over a WebSocket (before 22.4), or behind a proxy.
 *
 * Of ari-client only the requests are used: its events kill the process on an unknown type, its reconnect gives up after ten tries, its
 * instance listeners are never freed, and a request to an Asterisk that is down never settles. So: own events, own deadline.
 */
import ari from 'ari-client'
import { sleep, withTimeout } from '../runtime/abort.ts'
import type { Logger } from '../runtime/logger.ts'
import type { AriOperation, AriParameters } from './ari-operations.ts'
import {
  type AriAddress,
  AriError,
  type AriRequestOptions,
  type AriTransport,
  REQUEST_DEADLINE_MS,
} from './ari-transport.ts'
import type { RequestObserver } from './websocket-transport.ts'

type Operations = Record<string, Record<string, (parameters: object) => Promise<unknown>>>

export class HttpTransport implements AriTransport {
  #address: AriAddress
  #log: Logger
  #onRequest: RequestObserver | undefined
  #client: Operations | null = null
  /** HTTP promises no order between connections, so each lane waits for its last request. */
  #lanes = new Map<string, Promise<unknown>>()

  constructor(options: { address: AriAddress; log: Logger; onRequest?: RequestObserver }) {
    this.#address = options.address
    this.#log = options.log
    this.#onRequest = options.onRequest
  }

  async open(signal: AbortSignal): Promise<void> {
    const { url, user, password } = this.#address
    for (let pause = 100; !this.#client; pause = Math.min(pause * 2, 5_000)) {
      try {
        const connecting = ari.connect(url.replace(/\/ari\/?$/, ''), user, password)
        this.#client = (await withTimeout(connecting, 10_000, 'reading the API of Asterisk')) as unknown as Operations
      } catch (error) {
        this.#log.debug('ari-client could not connect', { error })
        await sleep(pause, signal)
      }
    }
  }

  request(operation: AriOperation, parameters: AriParameters, options: AriRequestOptions = {}): Promise<unknown> {
    const send = () => this.#send(operation, parameters, options.body)
    if (!options.lane || options.lane === 'place') return send()
    const lane = options.lane
    const before = this.#lanes.get(lane) ?? Promise.resolve()
    const turn = before.then(send, send)
    this.#lanes.set(lane, turn)
    const leave = () => {
      if (this.#lanes.get(lane) === turn) this.#lanes.delete(lane)
    }
    turn.then(leave, leave)
    return turn
  }

  close(): void {
    this.#client = null
  }

  async #send(operation: AriOperation, parameters: AriParameters, body?: object): Promise<unknown> {
    const [resource, method] = operation.split('.') as [string, string]
    const call = this.#client?.[resource]?.[method]
    if (!call) throw new AriError(operation, 503, 'not connected, nothing was sent')
    const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
    const started = performance.now()
    let status: number | null = null
    try {
      const reply = await withTimeout(
        call({ ...given, ...bodyParameter(operation, body) }),
        REQUEST_DEADLINE_MS,
        operation,
      )
      status = 200
      return reply
    } catch (error) {
      status = statusOf(error)
      throw new AriError(operation, status, error instanceof Error ? error.message.slice(0, 200) : '')
    } finally {
      this.#onRequest?.(operation, status, performance.now() - started)
    }
  }
}

function bodyParameter(operation: AriOperation, body: object | undefined): object {
  if (!body) return {}
  return operation === 'applications.filter' ? { filter: body } : { variables: body }
}

/** ari-client passes on Asterisk's sentence and drops the status. */
function statusOf(error: unknown): number | null {
  if (!(error instanceof Error)) return null
  if (/not found|does not exist/i.test(error.message)) return 404
  if (/not in (a )?stasis|already|in use|conflict/i.test(error.message)) return 409
  if (/precondition|unprocessable|invalid|missing|failed|refused|allocation/i.test(error.message)) return 500
  return null
}
