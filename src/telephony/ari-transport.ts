/** How a request reaches Asterisk. Two ways: over our sockets (websocket-transport.ts), or by ari-client over HTTP (http-transport.ts). */
import type { AriOperation, AriParameters } from './ari-operations.ts'

/**
 * A request that did not succeed. `status` is the HTTP status Asterisk answered.
 * `null`: no answer came (connection lost, deadline): whether it was carried out is not known.
 */
export class AriError extends Error {
  override name = 'AriError'
  readonly operation: string
  readonly status: number | null
  constructor(operation: string, status: number | null, why: string) {
    super(`${operation}: ${status ?? 'no answer'} ${why}`)
    this.operation = operation
    this.status = status
  }
}

/** Asterisk says that there is no such channel any more, or that it has left us. */
export function saysGone(error: unknown): boolean {
  return error instanceof AriError && (error.status === 404 || error.status === 409 || error.status === 412)
}

/** Nothing was sent, or no answer came: Asterisk itself has refused nothing. */
export function wasNotAnswered(error: unknown): boolean {
  return error instanceof AriError && (error.status === null || error.status === 503)
}

export interface AriTransport {
  /** Resolves once requests can be sent; keeps trying until `signal` aborts. */
  open(signal: AbortSignal): Promise<void>
  /**
   * Requests with the same `lane` are carried out in the order in which they were made. `place` is the lane of originates: they take Asterisk
   * longest and must not stand before what callers wait for. Rejects with AriError; every request has a deadline.
   */
  request(operation: AriOperation, parameters: AriParameters, options?: AriRequestOptions): Promise<unknown>
  close(): void
}
export interface AriRequestOptions {
  lane?: string
  /** Sent as JSON. */
  body?: object
}

/** Asterisk answers within milliseconds; after this it is not going to. */
export const REQUEST_DEADLINE_MS = 3_000

export interface AriAddress {
  /** `http://127.0.0.1:8088/ari` */
  url: string
  user: string
  password: string
  /** The Stasis application; request sockets add a suffix. */
  app: string
}

export function basicAuth(address: AriAddress): string {
  return `Basic ${Buffer.from(`${address.user}:${address.password}`).toString('base64')}`
}
