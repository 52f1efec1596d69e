/**
 * What a former life of the daemon left behind, and what happened while it was away: after every connect, in this order.
 *
 * Calls and call-backs that live are taken in hand; what rings for nobody is hung up; then new calls are served again; then the doorbell
 * book tells of the calls that ended or came meanwhile; and only what is not in there is ended by what we know.
 */
import { adoptCallbacks, type CallbackRecoveryDeps, endTalk } from './callbacks/recovery.ts'
import { adoptDeskCalls, type DeskRecoveryDeps } from './calls/desk-recovery.ts'
import { doorbell, type DoorbellDeps } from './calls/doorbell.ts'
import type { OutsideTalk } from './calls/outside-talk.ts'
import { adoptCalls, endLostCalls, lostCalls, type RecoveryDeps } from './calls/recovery.ts'
import { recoverCampaigns } from './campaigns/recovery.ts'
import type { Config } from './config/schema.ts'
import type { Clock } from './runtime/clock.ts'
import { crashPoint } from './runtime/crash-point.ts'
import type { Logger } from './runtime/logger.ts'
import type { CallbackTask } from './store/callbacks.ts'
import type { OpenCall } from './store/call-records.ts'
import type { Prisma } from './store/database.ts'
import { endLostDials, openDials } from './store/dial-ledger.ts'
import type { Journal } from './store/journal.ts'
import type { AsteriskLink, LivingChannel } from './telephony/link.ts'

export interface RecoveryParts {
  prisma: Prisma
  journal: Journal
  clock: Clock
  log: Logger
  node: string
  config: () => Config
  telephony: Pick<AsteriskLink, 'ready' | 'drainDoorbell' | 'hangUp' | 'living'>
  /** Calls to the outside that this process has reserved or places now. */
  dialsInHand: ReadonlySet<string>
  calls: RecoveryDeps
  callbacks: CallbackRecoveryDeps
  desk: DeskRecoveryDeps
  /** A talk that an operator began by himself, past us. */
  onOutsideTalk: (talk: OutsideTalk) => Promise<void>
  /** Starts what places calls: after the first connect, when it is known what was placed already. */
  firstTime: () => void
}

const DOORBELL_DEADLINE_MS = 60_000

export class Recovery {
  #parts: RecoveryParts
  #isFirst = true
  /** Adopted calls that wait to be served. */
  #starts: (() => void)[] = []
  /** Without a channel, and the doorbell book has not been read to its end since. */
  #lostCallbacks: CallbackTask[] = []
  #lostDeskCalls: OpenCall[] = []
  #reading: Promise<void> | null = null
  #takeEntry: ReturnType<typeof doorbell>

  constructor(parts: RecoveryParts) {
    this.#parts = parts
    const { node, prisma, journal, clock, log, calls } = parts
    const { live, snapshot, endOfCall } = calls
    const callbackTalk: DoorbellDeps['callbackTalk'] = (channelId, ms) => this.#callbackTalked(channelId, ms)
    const outsideTalk = parts.onOutsideTalk
    this.#takeEntry = doorbell({
      node,
      prisma,
      journal,
      clock,
      log,
      live,
      snapshot,
      endOfCall,
      callbackTalk,
      outsideTalk,
      rescue: calls.rescue,
    })
  }

  /** `channels`: everything that lives in Asterisk. */
  async connected(channels: LivingChannel[]): Promise<{ goOn: () => void }> {
    const { prisma, clock, node, log, config, telephony, calls, callbacks } = this.#parts
    const at = clock.now()
    crashPoint('recovery.connected')
    const inbound = await adoptCalls(calls, channels)
    crashPoint('recovery.calls-adopted')
    const outbound = await adoptCallbacks(callbacks, channels)
    crashPoint('recovery.callbacks-adopted')
    const desk = await adoptDeskCalls(this.#parts.desk, channels)
    this.#starts.push(...inbound, ...outbound.starts, ...desk.starts)
    this.#lostDeskCalls = desk.gone
    this.#lostCallbacks = outbound.gone
    if (this.#isFirst) {
      const live = channels.map(({ id, application }) => ({ id, talking: application === 'Bridge' }))
      const hangup = (channelId: string) => telephony.hangUp(channelId)
      await recoverCampaigns({ prisma, config: config(), node, live, hangup, log, at })
      crashPoint('recovery.campaigns-settled')
    }
    const living = channels.map(({ id }) => id)
    await endLostDials(prisma, [...living, ...this.#parts.dialsInHand], at)
    crashPoint('recovery.lines-freed')
    return { goOn: () => this.#goOn() }
  }

  /** A channel that nobody here asked for: a caller whom the dialplan gives back, else one that rings or waits for nobody. */
  async stranger(channel: LivingChannel): Promise<void> {
    const { calls, telephony, log } = this.#parts
    try {
      const own = { ...calls, openCalls: async () => (await calls.openCalls()).filter(({ id }) => id === channel.id) }
      const starts = await adoptCalls(own, [channel])
      for (const start of starts) start()
      if (starts.length > 0) return
    } catch (error) {
      log.error('a call could not be taken over', { error, channel: channel.id })
    }
    await telephony.hangUp(channel.id)
  }

  takeDoorbell(channelId: string, entry: string, aheadMs: number): Promise<'ack' | 'keep'> {
    return this.#takeEntry(channelId, entry, aheadMs)
  }

  /** Reads the doorbell book, and ends what is not in there. One reader at a time. */
  readDoorbell(): Promise<void> {
    if (!this.#parts.telephony.ready) return Promise.resolve()
    this.#reading ??= this.#read()
      .catch((error: unknown) => this.#parts.log.error('what we missed could not be worked up', { error }))
      .finally(() => (this.#reading = null))
    return this.#reading
  }

  #goOn(): void {
    for (const start of this.#starts.splice(0)) start()
    crashPoint('recovery.going-on')
    if (this.#isFirst) this.#parts.firstTime()
    this.#isFirst = false
    // a reading that began over the lost connection has broken off, or is about to
    void (this.#reading ?? Promise.resolve()).then(() => this.readDoorbell())
  }

  /**
   * The calls of a former life end without us (hung up as orphans, or talks that go on), and so do those whose outcome nobody was told:
   * their lines and numbers are freed when their channels are gone.
   */
  async #freeLines(): Promise<void> {
    const { prisma, telephony, clock, dialsInHand } = this.#parts
    const at = clock.now()
    const inHand = [...dialsInHand]
    const open = await openDials(prisma)
    if (open.every((id) => inHand.includes(id) || dialsInHand.has(id))) return
    // asked after the ledger was read: a channel that is not there now, for a row that nobody has in hand, will not come any more
    const living = await telephony.living()
    await endLostDials(prisma, [...living, ...inHand, ...dialsInHand], at)
  }

  async #read(): Promise<void> {
    const { telephony, calls, callbacks, desk } = this.#parts
    await this.#freeLines()
    const lost = await lostCalls(calls, () => telephony.living())
    const lostCallbacks = this.#lostCallbacks
    if (!(await telephony.drainDoorbell(DOORBELL_DEADLINE_MS))) return
    crashPoint('recovery.book-read')
    await endLostCalls(calls, lost)
    for (const task of lostCallbacks) if (this.#forget(task)) await endTalk(callbacks, task, null)
    // answered, and nobody knows for how long they talked: no talk that closes a case
    for (const open of this.#lostDeskCalls.splice(0)) await desk.end(open, open.answered ? 0 : null)
  }

  async #callbackTalked(operatorChannel: string, ms: number): Promise<void> {
    const task = this.#lostCallbacks.find(({ legs }) => legs?.operator === operatorChannel)
    if (task && this.#forget(task)) await endTalk(this.#parts.callbacks, task, ms)
    const called = this.#lostDeskCalls.find(({ id }) => id === operatorChannel)
    if (!called) return
    this.#lostDeskCalls = this.#lostDeskCalls.filter((other) => other !== called)
    await this.#parts.desk.end(called, ms)
  }

  /** False: somebody else has ended it already. */
  #forget(task: CallbackTask): boolean {
    if (!this.#lostCallbacks.includes(task)) return false
    this.#lostCallbacks = this.#lostCallbacks.filter((other) => other !== task)
    return true
  }
}
