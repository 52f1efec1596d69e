/** So many a second and no more: a backlog after an outage must not look like a flood to whoever receives it. */
import { sleep } from '../runtime/abort.ts'

/** Time that only goes forward. */
export interface Stopwatch {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

const realTime: Stopwatch = { now: () => performance.now(), sleep }

/** Turns are spread evenly, and given in the order in which they were asked for. */
export class Pace {
  #perSecond: number
  #time: Stopwatch
  #next = 0

  constructor(perSecond: number, time: Stopwatch = realTime) {
    this.#perSecond = perSecond
    this.#time = time
  }

  /** Resolves when it is the asker's turn; rejects with the signal's reason. */
  async turn(signal?: AbortSignal): Promise<void> {
    const now = this.#time.now()
    const wait = this.#next - now
    this.#next = Math.max(this.#next, now) + 1000 / this.#perSecond
    if (wait > 0) await this.#time.sleep(wait, signal)
  }
}
