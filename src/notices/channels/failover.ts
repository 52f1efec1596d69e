/**
 * Several mail servers in order. A server that cannot be talked to, or takes nothing from us, is left alone for a
 * while, and the next one takes the mail; when the first is well again, it is the first again. What a server says of a
 * mail itself (take it away, come later) is not asked of another.
 */
import type { Clock } from '../../runtime/clock.ts'
import type { Logger } from '../../runtime/logger.ts'
import { waitAfter } from '../backoff.ts'
import type { IllnessBook } from '../illness.ts'
import { smtpVerdict } from '../smtp-verdict.ts'
import type { Health, Mail, MailSender, SendOptions, SendResult } from './mail.ts'

export interface Server extends MailSender {
  /** For the log: host and port. */
  name: string
  verify(): Promise<Health>
  close(): void
}

const PAUSE = { firstMs: 5_000, maxMs: 300_000 }
/**
 * A server that has another behind it must have come as far as the mail by then; where none of them has, each gets all
 * the time it may take.
 */
const HURRY_MS = 20_000

interface State {
  server: Server
  failures: number
  pausedUntil: number
}

export class FailoverMail implements MailSender {
  #servers: State[]
  #clock: Clock
  #log: Logger
  #book: IllnessBook | null
  #hurryMs: number

  /** At least one. `book`: told of one that is ill while others take its mails. */
  constructor(
    servers: Server[],
    clock: Clock,
    log: Logger,
    { book = null, hurryMs = HURRY_MS }: { book?: IllnessBook | null; hurryMs?: number } = {},
  ) {
    this.#servers = servers.map((server) => ({ server, failures: 0, pausedUntil: 0 }))
    this.#clock = clock
    this.#log = log
    this.#book = book
    this.#hurryMs = hurryMs
  }

  async send(mail: Mail, signal: AbortSignal): Promise<SendResult> {
    const order = this.#inOrder()
    const hurry = order.length > 1 ? { beginMs: this.#hurryMs } : {}
    const slow: State[] = []
    let result: SendResult | null = null
    for (const state of order) {
      result = await this.#ask(state, mail, signal, hurry)
      if (!this.#nextMayTry(result) || signal.aborted) return result
      if (isSlow(result)) slow.push(state)
    }
    for (const state of order.length > 1 ? slow : []) {
      result = await this.#ask(state, mail, signal, {})
      if (!this.#nextMayTry(result) || signal.aborted) return result
    }
    return result!
  }

  /** Well when one of them is. */
  async verify(): Promise<Health> {
    const asked = this.#servers.map(({ server }) => server.verify())
    const well = asked.map(async (health) => ((await health).ok ? true : Promise.reject(new Error('not well'))))
    try {
      await Promise.any(well)
      return { ok: true }
    } catch {
      return asked[0]!
    }
  }

  close(): void {
    for (const { server } of this.#servers) server.close()
  }

  async #ask(state: State, mail: Mail, signal: AbortSignal, options: SendOptions): Promise<SendResult> {
    const result = await state.server.send(mail, signal, options)
    if (signal.aborted) return result
    const ill = illnessOf(result)
    if (ill) {
      state.failures++
      state.pausedUntil = this.#clock.now() + waitAfter(state.failures, PAUSE, Math.random)
    } else state.failures = 0
    if (this.#servers.length > 1) await this.#tell(state, result, ill)
    return result
  }

  async #tell({ server }: State, result: SendResult, ill: 'refused' | 'away' | null): Promise<void> {
    const channel = `mail ${server.name}`
    if (result.kind === 'sent') await this.#book?.works(channel)
    if (result.kind === 'sent' || !ill) return
    const why = result.failure.text
    this.#log.warn('a mail server does not take the mail, the next one is asked', { server: server.name, why })
    await this.#book?.fails(channel, ill, why)
  }

  /**
   * Those that are not left alone; if there are none, all: the outbox has paused already, and one of them may be well.
   */
  #inOrder(): State[] {
    const now = this.#clock.now()
    const ready = this.#servers.filter(({ pausedUntil }) => pausedUntil <= now)
    return ready.length > 0 ? ready : this.#servers
  }

  /** Trying elsewhere a mail that one server may have taken would make a second copy. */
  #nextMayTry(result: SendResult): boolean {
    if (result.kind === 'sent') return false
    if (result.failure.code === 'ESMTPUTF8') return true
    return illnessOf(result) !== null && !mayHaveTaken(result)
  }
}

function mayHaveTaken(result: SendResult): boolean {
  if (result.kind === 'sent') return true
  const verdict = smtpVerdict(result.failure)
  return verdict.kind === 'retry' && verdict.blame === 'fate-unknown'
}

/** What the result says of the server; null: nothing bad. */
function illnessOf(result: SendResult): 'refused' | 'away' | null {
  if (result.kind === 'sent') return null
  const verdict = smtpVerdict(result.failure)
  if (verdict.kind !== 'retry') return null
  const { blame, lasting } = verdict
  if (blame === 'us') return lasting ? 'refused' : 'away'
  // one that fell silent over this mail is not asked with the next
  return blame === 'server' || blame === 'unreachable' || blame === 'fate-unknown' ? 'away' : null
}

/** It did not refuse, it only took its time. */
function isSlow(result: SendResult): boolean {
  return result.kind === 'failed' && result.failure.code === 'ETIMEDOUT' && !result.failure.begun
}
