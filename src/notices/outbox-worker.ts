/**
 * Sends what the outbox holds for one lane: one channel, with a server of its own that may be slow or away.
 *
 * A row is claimed under a lease, sent outside of any transaction, and marked. If we die between the server's yes and
 * our mark, the lease runs out and the mail goes again under the same Message-ID: exactly once is not to be had over
 * SMTP, at least once is.
 *
 * What goes to one recipient goes one at a time, in the order in which it was due. A recipient who asks to be left
 * alone (greylisting, a full mailbox) is left alone with everything for that mailbox, and a server that cannot be
 * reached is asked with one notice, not with all. A send that takes long keeps only its own place: the others go past
 * it.
 */
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import { Poller } from '../runtime/poller.ts'
import type { Outbox, OutboxNotice } from '../store/outbox.ts'
import { type BackoffRules, copyWait, defaultBackoff, givenUp, waitAfter } from './backoff.ts'
import type { Deliver, Delivery, Gate } from './delivery.ts'
import type { IllnessBook } from './illness.ts'
import { defaultLaneHealthRules, LaneHealth, type LaneHealthRules } from './lane-health.ts'
import { Pace, type Stopwatch } from './pace.ts'
import { Patience } from './patience.ts'

export interface OutboxRules extends LaneHealthRules {
  /** Notices under way at once. */
  connections: number
  perSecond: number
  /** Renewed while a send goes on; what was claimed by a send that broke is due again after this time. */
  leaseMs: number
  everyMs: number
  backoff: BackoffRules
  /**
   * Sends of one notice that may have arrived: after so many it is `unconfirmed`, and goes once more when the channel
   * is well again.
   */
  mostCopies: number
}

export const defaultOutboxRules: OutboxRules = {
  ...defaultLaneHealthRules,
  connections: 2,
  perSecond: 10,
  leaseMs: 120_000,
  everyMs: 1_000,
  backoff: defaultBackoff,
  mostCopies: 4,
}

export interface OutboxWorkerParts {
  outbox: Outbox
  /** `mail` if missing. */
  lane?: string
  deliver: Deliver
  /** Missing: everything that is due goes. */
  gate?: Gate
  /** Missing: nobody is told of the channel's illness. */
  book?: IllnessBook
  clock: Clock
  log: Logger
  rules?: Partial<OutboxRules>
  random?: () => number
  /** Of the pace. */
  time?: Stopwatch
  /** For metrics: every send that was begun ends in one of these. */
  onResult?: (kind: string, result: 'sent' | 'retry' | 'dead' | 'unconfirmed') => void
}

type Retry = Delivery & { kind: 'retry' }

/** What is given to mails in progress when the daemon stops. */
const STOP_GRACE_MS = 5_000

const nobody: IllnessBook = { fails: async () => {}, works: async () => {}, kindOf: () => null }

export class OutboxWorker {
  #parts: OutboxWorkerParts
  #rules: OutboxRules
  #poller: Poller
  #pace: Pace
  #stop = new AbortController()
  #stopping = false
  /**
   * Accepted, but the database would not take the mark: to be marked, not sent, also when the lease brings them back.
   */
  #acceptedUnmarked = new Set<string>()
  #health: LaneHealth
  #recovered = false
  /** Those who asked to be left alone. */
  #recipients = new Map<string, Patience>()
  /** Recipients who are just being served. */
  #served = new Set<string>()
  #sends = new Set<Promise<void>>()
  /** Errors of our own since the last look: of the database, say. */
  #broken: unknown[] = []
  /** Some may have been sent as often as they may be, by us or by a former life. */
  #mayBeUnconfirmed = true

  constructor(parts: OutboxWorkerParts) {
    this.#parts = parts
    this.#rules = { ...defaultOutboxRules, ...parts.rules }
    this.#pace = new Pace(this.#rules.perSecond, parts.time)
    const { outbox, clock, book = nobody } = parts
    const health = { lane: this.#lane, outbox, book, clock, random: this.#random, rules: this.#rules }
    this.#health = new LaneHealth(health)
    this.#poller = new Poller({ pass: () => this.#begin(), everyMs: this.#rules.everyMs, log: parts.log })
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
    await Promise.allSettled(this.#sends)
    clearTimeout(cut)
  }

  /** Sends everything that is due now. */
  async pass(): Promise<void> {
    let sends: Promise<void>[]
    do {
      await this.#begin()
      sends = [...this.#sends]
      await Promise.allSettled(sends)
      if (this.#broken.length > 0) throw this.#broken[0]
    } while (sends.length > 0)
  }

  /** Begins as many sends as may go on at once, and waits for none. */
  async #begin(): Promise<void> {
    this.#broken = []
    // what was accepted while the database refused to say so would go again after our death
    for (const id of this.#acceptedUnmarked) await this.#markSent(id)
    if (!this.#recovered) await this.#health.recover()
    this.#recovered = true
    while (!this.#stopping && this.#sends.size < this.#mayGoOn() && !this.#health.wantsPeace()) {
      const notice = await this.#claim()
      if (!notice) return
      this.#served.add(notice.recipient)
      const send = this.#send(notice)
      this.#sends.add(send)
      send.then(
        () => this.#ended(send),
        (error: unknown) => this.#ended(send, error),
      )
    }
  }

  /** One is enough to find out whether the server is well again. */
  #mayGoOn(): number {
    return this.#health.isIll ? 1 : this.#rules.connections
  }

  #ended(send: Promise<void>, error?: unknown): void {
    this.#sends.delete(send)
    // what broke is not tried again at once
    if (error === undefined) return this.#poller.wake()
    this.#broken.push(error)
    this.#parts.log.error('a send failed and will be tried again', { lane: this.#lane, error })
  }

  async #send(notice: OutboxNotice): Promise<void> {
    crashPoint('mail.claimed')
    const { leaseMs } = this.#rules
    const { outbox, clock } = this.#parts
    const renew = () => void outbox.renewLease(notice, clock.now() + leaseMs).catch(() => {})
    const renewing = setInterval(renew, leaseMs / 3)
    try {
      if (this.#acceptedUnmarked.has(notice.id)) await this.#markSent(notice.id)
      else await this.#handle(notice)
    } finally {
      clearInterval(renewing)
      this.#served.delete(notice.recipient)
    }
  }

  /** The longest due; of an ill channel rather one that was not asked with yet. */
  async #claim(): Promise<OutboxNotice | undefined> {
    const { outbox, clock, lane } = this.#parts
    const { leaseMs } = this.#rules
    for (const { recipients, ids } of this.#health.rounds()) {
      const busy = [...this.#served, ...recipients]
      const [notice] = await outbox.claimDueNotices(clock.now(), 1, leaseMs, lane, busy, ids)
      if (!notice) continue
      if (recipients.length === 0 && ids.length === 0) this.#health.beginRound()
      return notice
    }
    return undefined
  }

  async #handle(notice: OutboxNotice): Promise<void> {
    const { outbox, clock } = this.#parts
    const until = this.#recipients.get(notice.recipient)?.until ?? 0
    // it came after the recipient had asked to be left alone
    if (until > clock.now()) return outbox.hold(notice, until)
    if (!(await this.#mayGo(notice))) return
    await this.#pace.turn()
    // another send has found out meanwhile that the server is away
    if (this.#health.wantsPeace()) return outbox.hold(notice, null)
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
    switch (result.kind) {
      case 'needless':
        return this.#parts.outbox.cancel(notice, result.why)
      case 'sent':
        return this.#accepted(notice)
      case 'dead':
        return this.#dead(notice, result)
      case 'retry':
        return this.#later(notice, result)
    }
  }

  async #accepted(notice: OutboxNotice): Promise<void> {
    crashPoint('mail.accepted')
    this.#acceptedUnmarked.add(notice.id)
    const { id, callId, tries, kind } = notice
    this.#parts.log.info('a notice was sent', { notice: id, lane: this.#lane, call: callId, tries })
    this.#parts.onResult?.(kind, 'sent')
    await this.#markSent(id)
    this.#recipients.delete(notice.recipient)
    await this.#health.accepted(notice)
    if (!this.#mayBeUnconfirmed) return
    this.#mayBeUnconfirmed = false
    const { outbox, clock } = this.#parts
    await outbox.reviveUnconfirmed(this.#lane, this.#rules.mostCopies, clock.now())
  }

  async #markSent(id: string): Promise<void> {
    await this.#parts.outbox.markSent(id, this.#parts.clock.now())
    this.#acceptedUnmarked.delete(id)
    crashPoint('mail.marked')
  }

  async #dead(notice: OutboxNotice, { why, refused }: Delivery & { kind: 'dead' }): Promise<void> {
    if (!refused) return this.#giveUp(notice, why, null)
    const { outbox, clock } = this.#parts
    const bury = () => this.#giveUp(notice, why, clock.now())
    if (!(await this.#health.refused(notice, why, bury))) return void this.#recipients.delete(notice.recipient)
    await outbox.hold(notice, null, why)
    this.#waits(notice, why)
  }

  async #later(notice: OutboxNotice, result: Retry): Promise<void> {
    const { why, blame, afterMs = 0, sure = false } = result
    const stopped = this.#stop.signal.aborted
    switch (blame) {
      case 'unreachable':
        await this.#hold(notice, why)
        return stopped ? undefined : this.#health.away(why, afterMs)
      case 'us':
        return this.#refusedUs(notice, result)
      case 'server':
        if (!stopped) await this.#health.away(why, afterMs)
        return this.#again(notice, why, Math.max(this.#health.until - this.#parts.clock.now(), afterMs))
      case 'recipient':
        await this.#health.putOff(why, sure)
        return this.#leaveAlone(notice, why, { sure, afterMs })
      case 'notice':
        await this.#health.putOff(why, sure)
        return this.#comeAgain(notice, why, afterMs)
      case 'fate-unknown':
        return this.#mayHaveArrived(notice, why)
    }
  }

  async #refusedUs(notice: OutboxNotice, { why, lasting = false, afterMs = 0 }: Retry): Promise<void> {
    const whose = await this.#health.refusesUs(notice, why, lasting, afterMs)
    if (whose === 'channel') return this.#hold(notice, why)
    return whose === 'recipient' ? this.#leaveAlone(notice, why, { afterMs }) : this.#comeAgain(notice, why, afterMs)
  }

  /** As if it had not been tried, but for the reason. */
  async #hold(notice: OutboxNotice, why: string): Promise<void> {
    this.#waits(notice, why)
    await this.#parts.outbox.hold(notice, null, why)
  }

  #comeAgain(notice: OutboxNotice, why: string, afterMs: number): Promise<void> {
    return this.#again(notice, why, Math.max(waitAfter(notice.tries, this.#rules.backoff, this.#random), afterMs))
  }

  async #again(notice: OutboxNotice, why: string, waitMs: number): Promise<void> {
    if (await this.#isGivenUp(notice)) return this.#giveUp(notice, why, null)
    const now = this.#parts.clock.now()
    this.#waits(notice, why)
    await this.#parts.outbox.postpone(notice, this.#stop.signal.aborted ? now : now + waitMs, why)
  }

  /**
   * All that is for this recipient waits with the notice: so it arrives in its order, and the mailbox is not asked with
   * each.
   */
  async #leaveAlone(
    notice: OutboxNotice,
    why: string,
    { sure = false, afterMs = 0 }: { sure?: boolean; afterMs?: number },
  ): Promise<void> {
    const patience = this.#patienceWith(notice.recipient)
    // it has refused the ones before too: each that is old enough gets one try more, and not ten
    const tries = Math.max(notice.tries, patience.failures + 1)
    if (await this.#isGivenUp({ ...notice, tries }, sure)) return this.#giveUp(notice, why, null)
    this.#waits(notice, why)
    const { outbox, clock } = this.#parts
    if (this.#stop.signal.aborted) return outbox.postpone(notice, clock.now(), why)
    patience.leaveAlone(afterMs)
    await outbox.postpone(notice, patience.until, why)
    await outbox.holdRecipient(notice.recipient, this.#lane, patience.until)
  }

  /**
   * `sure`: the recipient is to blame, whatever becomes of the others. Otherwise a channel that takes nothing at all
   * makes nothing dead.
   */
  async #isGivenUp(notice: OutboxNotice, sure = false): Promise<boolean> {
    const { outbox, clock } = this.#parts
    const { backoff } = this.#rules
    if (!givenUp(notice, clock.now(), backoff)) return false
    return sure || outbox.acceptedSince(this.#lane, clock.now() - backoff.giveUpMs)
  }

  async #mayHaveArrived(notice: OutboxNotice, why: string): Promise<void> {
    const { outbox, clock, log } = this.#parts
    const { backoff, mostCopies } = this.#rules
    const copies = await outbox.countCopy(notice)
    this.#mayBeUnconfirmed = true
    if (copies >= mostCopies) {
      await outbox.markUnconfirmed(notice, why)
      const fields = { notice: notice.id, lane: this.#lane, call: notice.callId, copies, why }
      log.error('a notice may have arrived or not; see `perezvon mail outbox`', fields)
      this.#parts.onResult?.(notice.kind, 'unconfirmed')
    } else {
      this.#waits(notice, why)
      const wait = this.#stop.signal.aborted ? 0 : copyWait(copies, backoff)
      await outbox.postpone(notice, clock.now() + wait, why)
    }
    if (!this.#stop.signal.aborted) await this.#health.silent(notice, why)
  }

  #waits(notice: OutboxNotice, why: string): void {
    this.#parts.log.info('a notice could not be sent and waits', { notice: notice.id, tries: notice.tries, why })
    this.#parts.onResult?.(notice.kind, 'retry')
  }

  async #giveUp(notice: OutboxNotice, why: string, refusedAt: number | null): Promise<void> {
    await this.#parts.outbox.markDead(notice, why, refusedAt)
    this.#health.forget(notice)
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
    const fresh = new Patience(this.#rules.backoff, this.#parts.clock, this.#random)
    this.#recipients.set(recipient, fresh)
    return fresh
  }
}
