/**
 * Sends what the outbox holds for one lane: one channel, with a server of its own that may be slow or away.
 *
 * A row is claimed under a lease, sent outside of any transaction, and marked. If we die between the server's yes and our mark, the lease
 * runs out and the mail goes again under the same Message-ID: exactly once is not to be had over SMTP, at least once is.
 *
 * What goes to one recipient goes one at a time, in the order in which it was due. Whoever asks to be left alone (greylisting, a full
 * mailbox) is left alone with all that is for him, and a server that cannot be reached is asked with one notice, not with all.
 */
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import { Poller } from '../runtime/poller.ts'
import type { Outbox, OutboxNotice } from '../store/outbox.ts'
import { defaultBackoff, givenUp, waitAfter, type BackoffRules } from './backoff.ts'
import type { Deliver, Delivery, Gate } from './delivery.ts'
import { Pace, type Stopwatch } from './pace.ts'
import { Patience } from './patience.ts'

export interface OutboxRules {
  /** Notices under way at once. */
  connections: number
  perSecond: number
  /** Longer than the channel's deadline for one mail, or a slow mail would be sent by two. */
  leaseMs: number
  everyMs: number
  backoff: BackoffRules
  /** How long a server that cannot be talked to is left alone: doubled from the first to the last. */
  serverPause: { firstMs: number; maxMs: number }
}

export const defaultOutboxRules: OutboxRules = {
  connections: 2,
  perSecond: 10,
  leaseMs: 120_000,
  everyMs: 1_000,
  backoff: defaultBackoff,
  serverPause: { firstMs: 2_000, maxMs: 60_000 },
}

export interface OutboxWorkerParts {
  outbox: Outbox
  /** `mail` if missing. */
  lane?: string
  deliver: Deliver
  /** Missing: everything that is due goes. */
  gate?: Gate
  clock: Clock
  log: Logger
  rules?: Partial<OutboxRules>
  random?: () => number
  /** Of the pace. */
  time?: Stopwatch
  /** For metrics: every send that was begun ends in one of these. */
  onResult?: (kind: string, result: 'sent' | 'retry' | 'dead') => void
}

/** What is given to mails in progress when the daemon stops. */
const STOP_GRACE_MS = 5_000

export class OutboxWorker {
  #parts: OutboxWorkerParts
  #rules: OutboxRules
  #poller: Poller
  #pace: Pace
  #stop = new AbortController()
  #stopping = false
  /** Accepted, but the database would not take the mark: to be marked, not sent, also when the lease brings them back. */
  #acceptedUnmarked = new Set<string>()
  #server: Patience
  /** Those who asked to be left alone. */
  #recipients = new Map<string, Patience>()
  /** Recipients who are just being served, and the claim that was asked for last: it must know them. */
  #served = new Set<string>()
  #claiming: Promise<unknown> = Promise.resolve()

  constructor(parts: OutboxWorkerParts) {
    this.#parts = parts
    this.#rules = { ...defaultOutboxRules, ...parts.rules }
    this.#pace = new Pace(this.#rules.perSecond, parts.time)
    this.#server = this.#patience(this.#rules.serverPause)
    this.#poller = new Poller({ pass: () => this.pass(), everyMs: this.#rules.everyMs, log: parts.log })
  }

  start(): void {
    this.#poller.start()
  }

  /** Something was written into the outbox. */
  wake(): void {
    this.#poller.wake()
  }

  /** Mails under way get a few seconds; then their connections are cut and their rows are due again. */
  async stop(graceMs = STOP_GRACE_MS): Promise<void> {
    this.#stopping = true
    const cut = setTimeout(() => this.#stop.abort(new Error('the daemon is stopping')), graceMs)
    await this.#poller.stop()
    clearTimeout(cut)
  }

  /** Sends everything that is due now. */
  async pass(): Promise<void> {
    // what was accepted while the database refused to say so would go again after our death
    for (const id of this.#acceptedUnmarked) await this.#markSent(id)
    // one is enough to find out whether the server is well again
    if (this.#server.failures > 0 && !(await this.#sendNext())) return
    const drains = await Promise.allSettled(Array.from({ length: this.#rules.connections }, () => this.#drain()))
    const failed = drains.find((drain) => drain.status === 'rejected')
    if (failed) throw failed.reason
  }

  async #drain(): Promise<void> {
    let more = true
    while (more) more = await this.#sendNext()
  }

  /** False: nothing is due, or nothing may go now. */
  async #sendNext(): Promise<boolean> {
    const notice = await this.#claim()
    if (!notice) return false
    crashPoint('mail.claimed')
    try {
      if (this.#acceptedUnmarked.has(notice.id)) await this.#markSent(notice.id)
      else await this.#handle(notice)
    } finally {
      this.#served.delete(notice.recipient)
    }
    return true
  }

  /** One after another. */
  #claim(): Promise<OutboxNotice | undefined> {
    const { outbox, clock, lane } = this.#parts
    const claim = this.#claiming.then(async () => {
      if (this.#stopping || this.#server.wantsPeace()) return undefined
      const { leaseMs } = this.#rules
      const [notice] = await outbox.claimDueNotices(clock.now(), 1, leaseMs, lane, [...this.#served])
      if (notice) this.#served.add(notice.recipient)
      return notice
    })
    this.#claiming = claim.catch(() => {})
    return claim
  }

  async #handle(notice: OutboxNotice): Promise<void> {
    const { outbox, clock } = this.#parts
    const until = this.#recipients.get(notice.recipient)?.until ?? 0
    // it came after he had asked to be left alone
    if (until > clock.now()) return outbox.hold(notice, until)
    // the other connection has found that out since
    if (this.#server.wantsPeace()) return outbox.hold(notice, null)
    if (!(await this.#mayGo(notice))) return
    await this.#pace.turn()
    await this.#deliver(notice)
  }

  async #mayGo(notice: OutboxNotice): Promise<boolean> {
    const passage = (await this.#parts.gate?.(notice)) ?? { kind: 'go' }
    if (passage.kind === 'hold') await this.#parts.outbox.hold(notice, passage.until)
    else if (passage.kind === 'needless') await this.#parts.outbox.cancel(notice, passage.why)
    return passage.kind === 'go'
  }

  async #deliver(notice: OutboxNotice): Promise<void> {
    const result = await this.#parts.deliver(notice, this.#stop.signal)
    if (result.kind === 'needless') return this.#parts.outbox.cancel(notice, result.why)
    if (result.kind === 'sent') return this.#accepted(notice)
    if (result.kind === 'dead') {
      // a server that refuses one notice is a server that can be talked to
      this.#allIsWell(notice)
      return this.#giveUp(notice, result.why)
    }
    return this.#later(notice, result)
  }

  async #accepted(notice: OutboxNotice): Promise<void> {
    crashPoint('mail.accepted')
    this.#allIsWell(notice)
    this.#acceptedUnmarked.add(notice.id)
    const { id, callId, tries, kind } = notice
    this.#parts.log.info('a notice was sent', { notice: id, lane: this.#lane, call: callId, tries })
    this.#parts.onResult?.(kind, 'sent')
    await this.#markSent(id)
  }

  async #markSent(id: string): Promise<void> {
    await this.#parts.outbox.markSent(id, this.#parts.clock.now())
    this.#acceptedUnmarked.delete(id)
    crashPoint('mail.marked')
  }

  async #later(notice: OutboxNotice, { why, blame, afterMs = 0 }: Delivery & { kind: 'retry' }): Promise<void> {
    const { outbox, clock } = this.#parts
    const { backoff } = this.#rules
    const now = clock.now()
    const stopped = this.#stop.signal.aborted
    if (blame === 'notice') this.#allIsWell(notice)
    else if (blame === 'recipient') this.#serverIsWell()
    else if (blame !== 'fate-unknown' && !stopped) this.#pauseServer(why, afterMs)
    if (blame === 'unreachable') {
      this.#waits(notice, why)
      return outbox.hold(notice, null, why)
    }
    const patience = blame === 'recipient' ? this.#patienceWith(notice.recipient) : null
    // he has refused the ones before it too: each that is old enough gets one try more, and not ten
    const tries = Math.max(notice.tries, patience ? patience.failures + 1 : 0)
    if (givenUp({ ...notice, tries }, now, backoff)) return this.#giveUp(notice, why)
    this.#waits(notice, why)
    if (stopped) return outbox.postpone(notice, now, why)
    if (patience) return this.#leaveAlone(notice, patience, why)
    const wait = blame === 'server' ? this.#server.until - now : waitAfter(notice.tries, backoff, this.#random)
    await outbox.postpone(notice, now + Math.max(wait, afterMs), why)
  }

  /** All that is for him waits with this one: so it arrives in its order, and he is not asked with each. */
  async #leaveAlone(notice: OutboxNotice, patience: Patience, why: string): Promise<void> {
    patience.leaveAlone()
    await this.#parts.outbox.postpone(notice, patience.until, why)
    await this.#parts.outbox.holdRecipient(notice.recipient, this.#lane, patience.until)
  }

  #waits(notice: OutboxNotice, why: string): void {
    this.#parts.log.info('a notice could not be sent and waits', { notice: notice.id, tries: notice.tries, why })
    this.#parts.onResult?.(notice.kind, 'retry')
  }

  async #giveUp(notice: OutboxNotice, why: string): Promise<void> {
    await this.#parts.outbox.markDead(notice, why)
    const { id, callId, recipient, tries, kind } = notice
    const fields = { notice: id, lane: this.#lane, call: callId, recipient, tries, why }
    this.#parts.log.error('a notice is undeliverable; see `perezvon mail outbox`', fields)
    this.#parts.onResult?.(kind, 'dead')
  }

  get #lane(): string {
    return this.#parts.lane ?? 'mail'
  }

  get #random(): () => number {
    return this.#parts.random ?? Math.random
  }

  #patienceWith(recipient: string): Patience {
    const known = this.#recipients.get(recipient)
    if (known) return known
    const fresh = this.#patience(this.#rules.backoff)
    this.#recipients.set(recipient, fresh)
    return fresh
  }

  #patience(pauses: { firstMs: number; maxMs: number }): Patience {
    return new Patience(pauses, this.#parts.clock, this.#random)
  }

  #pauseServer(why: string, atLeastMs: number): void {
    // two that fail side by side are one failure of the server
    if (this.#server.wantsPeace()) return
    this.#server.leaveAlone(atLeastMs)
    if (this.#server.failures === 1)
      this.#parts.log.warn('a server cannot be reached, its notices wait', { lane: this.#lane, why })
  }

  #serverIsWell(): void {
    if (this.#server.failures > 0) this.#parts.log.info('the server is well again', { lane: this.#lane })
    this.#server = this.#patience(this.#rules.serverPause)
  }

  /** Also with the recipient: he, or his server, has looked at a notice. */
  #allIsWell({ recipient }: OutboxNotice): void {
    this.#serverIsWell()
    this.#recipients.delete(recipient)
  }
}
