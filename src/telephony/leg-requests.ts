/** Requests on one channel: again while nobody answers, and what Asterisk's refusals say of the call. */
import { sleep } from '../runtime/abort.ts'
import type { Logger } from '../runtime/logger.ts'
import type { CallEnded } from './api.ts'
import type { AriOperation, AriParameters } from './ari-operations.ts'
import { type AriTransport, saysGone } from './ari-transport.ts'
import { type Custody, type CustodyEvent, isAway } from './custody.ts'
import { persist } from './persist.ts'

export interface RequestPort {
  request: AriTransport['request']
  /** Resolves when we are connected and know what lives. */
  whenReady(signal: AbortSignal): Promise<void>
}

/** The channel for which requests are made. */
export interface Requester {
  id: string
  /** Aborted with how the call has ended. */
  signal: AbortSignal
  log: Logger
  readonly custody: Custody
  move(event: CustodyEvent): void
  /** Asks Asterisk what has become of the channel. */
  look(): Promise<void>
}

/** A channel that is being hung up refuses, and is still there for a moment. */
const LOOKS_MS = [0, 100, 400]

export class LegRequests {
  #leg: Requester
  #port: RequestPort

  constructor(leg: Requester, port: RequestPort) {
    this.#leg = leg
    this.#port = port
  }

  throwIfEnded(): void {
    if (this.#leg.signal.aborted) throw this.#leg.signal.reason as CallEnded
  }

  /** When Asterisk says that the channel is gone, or no longer ours, that is how the call ended. */
  async do(operation: AriOperation, parameters: AriParameters = {}): Promise<void> {
    this.throwIfEnded()
    let tries = 0
    try {
      await this.ask(operation, { channelId: this.#leg.id, ...parameters }, () => tries++)
    } catch (error) {
      this.throwIfEnded()
      if (!saysGone(error)) throw error
      // no earlier try can have carried it out: the dialplan has taken the channel, or it is gone
      if (operation === 'channels.continueInDialplan' && tries === 1) this.#leg.move('order-refused')
      for (const pauseMs of LOOKS_MS) {
        await sleep(pauseMs, this.#leg.signal)
        await this.#leg.look()
        this.throwIfEnded()
      }
      // it may have been carried out the first time, when its answer was lost
      if (operation === 'channels.continueInDialplan' && isAway(this.#leg.custody)) return
      throw error
    }
  }

  ask(operation: AriOperation, parameters: AriParameters, onTry: () => void = () => {}): Promise<unknown> {
    return this.persist(() => {
      onTry()
      return this.#port.request(operation, parameters, { lane: this.#leg.id })
    })
  }

  persist(request: () => Promise<unknown>): Promise<unknown> {
    return persist(request, (signal) => this.#port.whenReady(signal), this.#leg.signal)
  }

  /** A request whose result nobody waits for. */
  send(operation: AriOperation, parameters: AriParameters): void {
    this.#port.request(operation, parameters, { lane: this.#leg.id }).catch((error: unknown) => {
      if (!saysGone(error)) this.#leg.log.debug('a request failed', { operation, error })
    })
  }
}
