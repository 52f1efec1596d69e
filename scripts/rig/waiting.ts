/** Waiting for something that events make true, with a limit and a sentence. */
import { TimeoutError } from '../../src/runtime/abort.ts'

export class Waiting {
  readonly #waiting = new Set<() => void>()

  /** Something has changed: all who wait look again. */
  wake(): void {
    for (const go of this.#waiting) go()
  }

  /** Resolves when `isSo`; rejects with a TimeoutError that says `what()` after `ms`. */
  async until(isSo: () => boolean, ms: number, what: () => string): Promise<void> {
    const deadline = Date.now() + ms
    while (!isSo()) {
      const left = deadline - Date.now()
      if (left <= 0) throw new TimeoutError(`${what()} within ${ms} ms`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(go, left)
        const waiting = this.#waiting
        waiting.add(go)
        function go() {
          clearTimeout(timer)
          waiting.delete(go)
          resolve()
        }
      })
    }
  }
}
