/**
 * One background worker: a pass, a pause, the next pass.
 *
 * The rows it works on carry their own due times; the poller only looks. `wake()` shortens the pause, and a wake during a pass makes
 * another pass follow at once, so that no row written meanwhile waits a whole pause.
 */
import type { Logger } from './logger.ts'

export class Poller {
  #pass: () => Promise<void>
  #everyMs: () => number
  #log: Logger
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null
  #again = false
  #stopped = true

  /** `everyMs`: the pause; a function is asked after each pass. */
  constructor(options: { pass: () => Promise<void>; everyMs: number | (() => number); log: Logger }) {
    const { pass, everyMs } = options
    this.#pass = pass
    this.#everyMs = typeof everyMs === 'number' ? () => everyMs : everyMs
    this.#log = options.log
  }

  start(): void {
    this.#stopped = false
    this.wake()
  }

  /** Look now rather than at the end of the pause. */
  wake(): void {
    if (this.#stopped) return
    if (this.#running) this.#again = true
    else this.#schedule(0)
  }

  /** No further pass; resolves when the running one has ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    await this.#running
  }

  #schedule(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#running = this.#run()
    }, ms)
  }

  async #run(): Promise<void> {
    this.#again = false
    try {
      await this.#pass()
    } catch (error) {
      this.#log.error('a worker pass failed and will be tried again', { error })
    }
    this.#running = null
    if (!this.#stopped) this.#schedule(this.#again ? 0 : this.#everyMs())
  }
}
