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
  #waitMs = 0

  constructor(pauses: { firstMs: number; maxMs: number }, clock: Clock, random: () => number) {
    this.#pauses = pauses
    this.#clock = clock
    this.#random = random
  }

  wantsPeace(): boolean {
    const now = this.#clock.now()
    // a clock that was ahead and is set back does not prolong it
    if (this.until - now > this.#waitMs) this.until = now + this.#waitMs
    return now < this.until
  }

  leaveAlone(atLeastMs = 0): void {
    this.failures++
    this.#waitMs = Math.max(waitAfter(this.failures, this.#pauses, this.#random), atLeastMs)
    this.until = this.#clock.now() + this.#waitMs
  }
}
