/** The keys a caller pressed and nobody took yet: type-ahead. */
import type { KeyBuffer } from './api.ts'

/** Longer than any menu path; who holds a key down for a minute is not typing. */
const MAX_KEYS = 32

export class Keys implements KeyBuffer {
  #queue: string[] = []
  #waiter: ((key: string) => void) | null = null
  #watchers = new Set<(key: string) => boolean>()
  #ended: AbortSignal

  /** `ended` aborts with CallEnded when the leg is gone. */
  constructor(ended: AbortSignal) {
    this.#ended = ended
  }

  /** A key came from Asterisk. */
  press(key: string): void {
    for (const watcher of this.#watchers) if (watcher(key)) return
    if (this.#waiter) {
      const waiter = this.#waiter
      this.#waiter = null
      waiter(key)
    } else if (this.#queue.length < MAX_KEYS) this.#queue.push(key)
  }

  next(timeoutMs: number, signal?: AbortSignal): Promise<string | null> {
    const queued = this.#queue.shift()
    if (queued !== undefined) return Promise.resolve(queued)
    return new Promise((resolve, reject) => {
      const signals = signal ? [this.#ended, signal] : [this.#ended]
      const settle = (finish: () => void) => {
        clearTimeout(timer)
        if (this.#waiter === waiter) this.#waiter = null // a later one may stand there by now
        for (const each of signals) each.removeEventListener('abort', onAbort)
        finish()
      }
      const onAbort = () => settle(() => reject(signals.find((each) => each.aborted)!.reason as Error))
      const timer = setTimeout(() => settle(() => resolve(null)), timeoutMs)
      const waiter = (key: string) => settle(() => resolve(key))
      this.#waiter = waiter
      for (const each of signals) {
        if (each.aborted) return onAbort()
        each.addEventListener('abort', onAbort, { once: true })
      }
    })
  }

  take(): string | null {
    return this.#queue.shift() ?? null
  }

  peek(): string | null {
    return this.#queue[0] ?? null
  }

  putBack(keys: string): void {
    this.#queue.unshift(...keys.split(''))
  }

  clear(): void {
    this.#queue = []
  }

  watch(onKey: (key: string) => boolean): () => void {
    this.#watchers.add(onKey)
    return () => this.#watchers.delete(onKey)
  }
}
