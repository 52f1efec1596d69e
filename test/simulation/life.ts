/** One life of the daemon: it may end at any await, and what is dead does nothing more. */

export class Life {
  dead = false
  #left = Infinity
  #after = false
  #onDeath: () => void

  constructor(onDeath: () => void) {
    this.#onDeath = onDeath
  }

  /** It dies at the `count`-th deed from now: before it is done, or after it and before the daemon hears of it. */
  dieIn(count: number, after: boolean): void {
    this.#left = count
    this.#after = after
  }

  /** Asked before each statement and each request. `before`: it is not done any more. `after`: it is done, and then `die()`. */
  next(): 'go' | 'before' | 'after' {
    if (this.dead) return 'before'
    if (--this.#left > 0) return 'go'
    this.#left = Infinity
    if (this.#after) return 'after'
    this.die()
    return 'before'
  }

  die(): void {
    if (this.dead) return
    this.dead = true
    this.#onDeath()
  }

  /** What a dead process waits for. */
  never<T>(): Promise<T> {
    return new Promise(() => {})
  }
}
