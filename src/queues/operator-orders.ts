/** Wishes from the command line, which come as rows: carried out once, in order, also those that waited for the daemon's start. */
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import { Poller } from '../runtime/poller.ts'
import type { Prisma } from '../store/database.ts'
import { endOrder, openOrders } from '../store/operators.ts'
import { isWish } from './operator-state.ts'
import type { Operators } from './operators.ts'

const EVERY_MS = 500

export class OperatorOrders {
  #prisma: Prisma
  #operators: Operators
  #clock: Clock
  #log: Logger
  #written: () => Promise<void>
  #poller: Poller

  /** `written`: resolves when the states of operators are on disk. */
  constructor(deps: { prisma: Prisma; operators: Operators; clock: Clock; log: Logger; written: () => Promise<void> }) {
    this.#prisma = deps.prisma
    this.#operators = deps.operators
    this.#clock = deps.clock
    this.#log = deps.log
    this.#written = deps.written
    this.#poller = new Poller({ pass: () => this.pass(), everyMs: EVERY_MS, log: deps.log })
  }

  start(): void {
    this.#poller.start()
  }

  /** Somebody in this process has just written one. */
  wake(): void {
    this.#poller.wake()
  }

  stop(): Promise<void> {
    return this.#poller.stop()
  }

  async pass(): Promise<void> {
    for (const { id, person, wish, reason } of await openOrders(this.#prisma)) {
      const known = isWish(wish) && this.#operators.knows(person)
      // done before it is marked: who dies in between does it twice, and that is the same as once
      const result = !known ? 'unknown' : this.#operators.wish(person, wish, 'command', reason) ? 'done' : 'refused'
      // who is told that it is done may read it at once, and finds it after a crash
      await this.#written()
      await endOrder(this.#prisma, id, result, this.#clock.now())
      this.#log.info('an operator was asked for a state', { operator: person, wish, result })
    }
  }
}
