/** Somebody who cannot take anything now: a server that is away, a mailbox that is full. He is left alone, each time for longer. */
import type { Clock } from '../runtime/clock.ts'
import { waitAfter } from './backoff.ts'

export class Patience {
  #pauses: { firstMs: number; maxMs: number }
  #clock: Clock
  #random: () => number
  /** In a row. */
  failures = 0
  /** Milliseconds since 1970: not before. */
  until = 0

  constructor(pauses: { firstMs: number; maxMs: number }, clock: Clock, random: () => number) {
    this.#pauses = pauses
    this.#clock = clock
    this.#random = random
  }

  wantsPeace(): boolean {
    return this.#clock.now() < this.until
  }

  leaveAlone(atLeastMs = 0): void {
    this.failures++
    this.until = this.#clock.now() + Math.max(waitAfter(this.failures, this.#pauses, this.#random), atLeastMs)
  }
}
