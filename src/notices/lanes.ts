/**
 * The outbox in lanes: a worker for each channel, so that a slow or broken one never holds up another. Lanes follow the configuration, and a
 * lane that has rows left keeps its worker when its channel is gone: the rows end as undeliverable, not in silence.
 */
import type { Logger } from '../runtime/logger.ts'
import type { OutboxWorker } from './outbox-worker.ts'

export interface LanesParts {
  /** The lanes that the configuration of the moment asks for. */
  wanted: () => string[]
  /** Lanes with something to do in the database. */
  unfinished: () => Promise<string[]>
  make: (lane: string) => OutboxWorker
  log: Logger
}

export class Lanes {
  #parts: LanesParts
  #workers = new Map<string, OutboxWorker>()
  #running = false

  constructor(parts: LanesParts) {
    this.#parts = parts
  }

  async start(): Promise<void> {
    this.#running = true
    for (const lane of [...this.#parts.wanted(), ...(await this.#parts.unfinished())]) this.#open(lane)
  }

  /** The configuration has changed. */
  refresh(): void {
    for (const lane of this.#parts.wanted()) this.#open(lane)
  }

  /** Something was written into the outbox. */
  wake(): void {
    for (const worker of this.#workers.values()) worker.wake()
  }

  async stop(): Promise<void> {
    this.#running = false
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()))
  }

  #open(lane: string): void {
    if (!this.#running || this.#workers.has(lane)) return
    const worker = this.#parts.make(lane)
    this.#workers.set(lane, worker)
    worker.start()
  }
}
