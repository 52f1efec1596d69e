/**
 * Several mail servers in order. A server that cannot be talked to is left alone for a while, and the next one takes the mail; when the first
 * is well again, it is the first again. What a server says of a mail itself (take it away, come later) is not asked of another.
 */
import type { Clock } from '../../runtime/clock.ts'
import type { Logger } from '../../runtime/logger.ts'
import { waitAfter } from '../backoff.ts'
import { smtpVerdict } from '../smtp-verdict.ts'
import type { Health, Mail, MailSender, SendResult } from './mail.ts'

export interface Server extends MailSender {
  /** For the log: host and port. */
  name: string
  verify(): Promise<Health>
  close(): void
}

const PAUSE = { firstMs: 5_000, maxMs: 300_000 }

export class FailoverMail implements MailSender {
  #servers: { server: Server; failures: number; pausedUntil: number }[]
  #clock: Clock
  #log: Logger

  /** At least one. */
  constructor(servers: Server[], clock: Clock, log: Logger) {
    this.#servers = servers.map((server) => ({ server, failures: 0, pausedUntil: 0 }))
    this.#clock = clock
    this.#log = log
  }

  async send(mail: Mail, signal: AbortSignal): Promise<SendResult> {
    let result: SendResult | null = null
    for (const state of this.#inOrder()) {
      result = await state.server.send(mail, signal)
      if (!this.#serverFailed(result)) {
        state.failures = 0
        return result
      }
      if (signal.aborted) return result
      state.failures++
      state.pausedUntil = this.#clock.now() + waitAfter(state.failures, PAUSE, Math.random)
      const why = result.kind === 'failed' ? result.failure.text : ''
      if (this.#servers.length > 1)
        this.#log.warn('a mail server cannot be talked to, the next one is asked', { server: state.server.name, why })
    }
    return result!
  }

  /** Well when one of them is. */
  async verify(): Promise<Health> {
    let first: Health | null = null
    for (const { server } of this.#servers) {
      const health = await server.verify()
      if (health.ok) return health
      first ??= health
    }
    return first!
  }

  close(): void {
    for (const { server } of this.#servers) server.close()
  }

  /** Those that are not left alone; if there are none, all: the outbox has paused already, and one of them may be well. */
  #inOrder() {
    const now = this.#clock.now()
    const ready = this.#servers.filter(({ pausedUntil }) => pausedUntil <= now)
    return ready.length > 0 ? ready : this.#servers
  }

  /** Trying elsewhere a mail that one server may have taken would make a second copy. */
  #serverFailed(result: SendResult): boolean {
    if (result.kind === 'sent') return false
    const verdict = smtpVerdict(result.failure)
    return verdict.kind === 'retry' && (verdict.blame === 'server' || verdict.blame === 'unreachable')
  }
}
