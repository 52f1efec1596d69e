/** How often something that ends by itself is started again. Pure. */

const WAITS_MS = [1_000, 5_000, 15_000]
const MEMORY_MS = 10 * 60_000
/** Of the daemon: the configuration or a setting is wrong; another daemon has its place. */
const NO_USE = new Set([3, 75])

export class Restarts {
  #ends: number[] = []

  /** It ended just now. How long to wait before the next start, in ms; null: it is given up. */
  next(exitCode: number, now: number): number | null {
    if (NO_USE.has(exitCode)) return null
    this.#ends = [...this.#ends.filter((at) => now - at < MEMORY_MS), now]
    return WAITS_MS[this.#ends.length - 1] ?? null
  }
}
