/**
 * Calls people back as soon as somebody is free. A pass takes the tasks that are due, the oldest loss first, and an operator for each, reserved in
 * the same breath; a caller who waits for that operator goes first, so there are never more call-backs than people who would be idle.
 */
import type { Config } from '../config/schema.ts'
import type { Snapshot } from '../calls/call.ts'
import { openFrom } from '../dialling/open-from.ts'
import { membersOf } from '../config/groups.ts'
import { sleep, withTimeout } from '../runtime/abort.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import { Poller } from '../runtime/poller.ts'
import { type CallbackTask, claimCallback, dueCallbacks, expiredCallbacks } from '../store/callbacks.ts'
import { callBack } from './call-back.ts'
import { trunkFor } from '../dialling/caller-id.ts'
import { type CallbackCallDeps, type CallbackTry, REFUSED_RETRY_MS } from './callback-call.ts'
import { clientMayBeCalledFrom } from './client-hours.ts'
import { type TryResult, POSTPONE_MS } from './next-try.ts'
import { PassRoom } from './pass-room.ts'
import { hasIdleOperator } from './room.ts'
import { type EndDeps, endTask, settleTry } from './settle.ts'

/** Who can be rung; queues/operators.ts. `place`: his place in the line of callers, for who asked for a call and hung up. */
export interface IdleOperators {
  presence(person: string): string
  callersWaitingFor(person: string, place?: Place): number
  tryReserve(members: readonly string[], place?: Place): string | null
  /** `group`: whose wrap-up follows a talk. */
  release(person: string, talked: boolean, group?: string): void
  onFree(listener: () => void): () => void
}
interface Place {
  priority: number
  since: number
}

export interface DueCallbacksDeps extends CallbackCallDeps, EndDeps {
  operators: IdleOperators
  snapshot: () => Snapshot
  /** He may not be disturbed now. */
  inMeeting: (person: string) => boolean
}

const EVERY_MS = 2_000
/** An operator who did not take a call-back is not asked again for so long; his colleagues are, at once. */
const LEFT_IN_PEACE_MS = 60_000

interface Running {
  run: Promise<void>
  /** Null: recovery has it. */
  callbackTry: CallbackTry | null
}

export class DueCallbacks {
  #deps: DueCallbacksDeps
  #poller: Poller
  #running = new Map<string, Running>()
  /** Being claimed: on disk perhaps, and in hand in a moment. */
  #claiming = new Set<string>()
  /** Operator -> until when he is not asked. */
  #inPeace = new Map<string, number>()
  #stop = new AbortController()

  constructor(deps: DueCallbacksDeps) {
    this.#deps = deps
    this.#poller = new Poller({ pass: () => this.pass(), everyMs: EVERY_MS, log: deps.log })
    deps.operators.onFree(() => this.#poller.wake())
  }

  start(): void {
    this.#poller.start()
  }

  wake(): void {
    this.#poller.wake()
  }

  /** No new tries; those in which nobody talks yet are called off. Talks get up to `graceMs`; then they go on without us. */
  async stop(graceMs: number): Promise<void> {
    await this.#poller.stop()
    this.#stop.abort(new Error('the daemon stops'))
    await withTimeout(this.whenIdle(), graceMs, 'the end of all call-backs').catch(() => {})
  }

  /** One look at the tasks. Tries run on; `whenIdle` waits for them. */
  async pass(): Promise<void> {
    const { prisma, clock, telephony, snapshot } = this.#deps
    if (!telephony.ready) return
    const { config, version } = snapshot()
    const rules = config.missed_calls.callback
    if (!rules) return
    for (const task of await expiredCallbacks(prisma, clock.now()))
      await endTask(this.#deps, config, task, '', { status: 'failed', outcome: 'expired' }, null, task.tries)
    const due = await dueCallbacks(prisma, clock.now())
    const room = due.length > 0 ? await PassRoom.look(this.#deps, config, this.#tries()) : null
    for (const task of due) {
      if (await this.#tooEarly(task, config)) continue
      // while he is on the line he may be answered any moment; the next pass looks again
      if (!this.#deps.onTheLine(task.number)) await this.#try(task, config, version, room!)
    }
  }

  /** Does this process have the task in hand? */
  isRunning(taskId: string): boolean {
    return this.#running.has(taskId) || this.#claiming.has(taskId)
  }

  /** For tries that recovery found: in hand from now on. */
  takeOver(taskId: string, deed: () => Promise<void>): void {
    const run = deed()
      .catch((error: unknown) =>
        this.#deps.log.error('a call-back could not be recovered', { error, callback: taskId }),
      )
      .finally(() => this.#running.delete(taskId))
    this.#running.set(taskId, { run, callbackTry: null })
  }

  async whenIdle(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ run }) => run))
  }

  /** Reserves somebody who may be asked for this task; null: nobody is free. This costs no try. */
  reserveFor(task: CallbackTask, config: Config): string | null {
    const { operators, inMeeting } = this.#deps
    const asked = membersOf(config, task.group).filter((person) => !this.#isInPeace(person) && !inMeeting(person))
    // who asked for a call and hung up has kept his place among the callers
    const place = task.kind === 'requested' ? { priority: 0, since: task.lostAt } : undefined
    const idle = asked.filter((person) => operators.presence(person) === 'free').length
    const waiting = Math.max(0, ...asked.map((person) => operators.callersWaitingFor(person, place)))
    return hasIdleOperator(idle, waiting) ? operators.tryReserve(asked, place) : null
  }

  release(person: string, talked: boolean, group: string): void {
    this.#deps.operators.release(person, talked, group)
  }

  /**
   * Writes how a try came out and what follows from it, however often the database refuses: nobody else would end the try. Also for tries that
   * recovery finds.
   */
  async settle(task: CallbackTask, person: string, config: Config, result: TryResult, counted: boolean): Promise<void> {
    for (;;)
      try {
        return await settleTry(this.#deps, task, person, config, result, counted)
      } catch (error) {
        this.#deps.log.error('how a call-back came out could not be written; trying again', {
          error,
          callback: task.id,
        })
        await sleep(REFUSED_RETRY_MS)
      }
  }

  #tries(): CallbackTry[] {
    return [...this.#running.values()].flatMap(({ callbackTry }) => callbackTry ?? [])
  }

  /** Outside the hours of either side: put off until both are open. */
  async #tooEarly(task: CallbackTask, config: Config): Promise<boolean> {
    const { clock, journal } = this.#deps
    const at = clock.now()
    const ours = openFrom(config, config.missed_calls.callback?.only, at)
    const his = ours === null ? null : clientMayBeCalledFrom(config, task.number, task.lostAt, ours)
    if (his !== null && his <= at) return false
    const outcome = ours !== null && ours <= at ? 'client-sleeps' : 'closed'
    const row = {
      id: task.id,
      at,
      status: 'waiting' as const,
      outcome,
      tries: task.tries,
      dueAt: his ?? task.expiresAt,
    }
    await journal.commit([{ op: 'callback.state', row }])
    return true
  }

  async #try(task: CallbackTask, config: Config, configVersion: string, room: PassRoom): Promise<void> {
    const { prisma, clock, log } = this.#deps
    const trunk = trunkFor(config, task.line)
    if (!room.allows(trunk)) return
    const person = this.reserveFor(task, config)
    if (!person) return
    let claimed = false
    this.#claiming.add(task.id)
    try {
      claimed = room.take(trunk, person) && (await claimCallback(prisma, task.id, person, clock.now()))
    } finally {
      this.#claiming.delete(task.id)
      if (!claimed) this.release(person, false, task.group)
    }
    if (!claimed) return
    crashPoint('callback.claimed')
    const reserved = new Set([person])
    const callbackTry: CallbackTry = {
      task,
      person,
      config,
      configVersion,
      signal: this.#stop.signal,
      another: () => {
        const next = this.reserveFor(task, config)
        if (next) reserved.add(next)
        return next
      },
      leaves: (speaker) => {
        if (reserved.delete(speaker)) this.release(speaker, true, task.group)
      },
      log: log.child({ callback: task.id }),
      counted: false,
    }
    const run = this.#run(callbackTry, reserved).finally(() => this.#running.delete(task.id))
    this.#running.set(task.id, { run, callbackTry })
  }

  async #run(callbackTry: CallbackTry, reserved: ReadonlySet<string>): Promise<void> {
    const { task, config, log } = callbackTry
    log.info('calling somebody back', { number: task.number, operator: callbackTry.person })
    const result = await callBack(this.#deps, callbackTry)
    const person = callbackTry.person ?? ''
    this.#leaveInPeace(person, result)
    try {
      await this.settle(task, person, config, result, callbackTry.counted)
    } finally {
      for (const one of reserved) this.release(one, result.kind === 'talked' && one === person, task.group)
    }
  }

  #leaveInPeace(person: string, { kind }: TryResult): void {
    const ms =
      kind === 'cannot-now' || kind === 'not-mine' ? POSTPONE_MS : kind.startsWith('operator') ? LEFT_IN_PEACE_MS : 0
    if (ms > 0) this.#inPeace.set(person, this.#deps.clock.now() + ms)
  }

  #isInPeace(person: string): boolean {
    return this.#deps.clock.now() < (this.#inPeace.get(person) ?? 0)
  }
}
