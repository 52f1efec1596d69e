/**
 * Time that is played. All timers of the product, Date and performance.now() stand under one clock that moves only when nothing is left to
 * be done at the present moment, so that an hour takes milliseconds and one seed is one story.
 *
 * The product's timers run on monotonic time, the outside world's deeds stand on wall time. While nothing goes on the wall clock may jump
 * (`skip`), as it does for a machine that sleeps: the monotonic one stands still meanwhile. The daemon's own wall clock may be wrong, and the
 * daemon may stand still: then its timers wait, and what the world sends to it (`reach`) lies in its buffers.
 */
import crypto from 'node:crypto'
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import type { Chance } from './chance.ts'
import { Heap } from './heap.ts'

const MOMENTS_PER_TURN = 64

interface Deed {
  at: number
  seq: number
  run: () => void
  cancelled: boolean
}

class Timer {
  deed: Deed
  everyMs: number | null = null
  constructor(deed: Deed) {
    this.deed = deed
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
  hasRef(): boolean {
    return true
  }
  refresh(): this {
    return this
  }
  close(): this {
    this.deed.cancelled = true
    return this
  }
  [Symbol.toPrimitive](): number {
    return this.deed.seq
  }
}

const real = {
  Date,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  performanceNow: performance.now.bind(performance),
  random: Math.random,
  abortTimeout: AbortSignal.timeout.bind(AbortSignal),
  fetch: globalThis.fetch,
  randomBytes: crypto.randomBytes,
  readFile: fs.readFile,
}
/** Of the machine, for measuring how fast the play is. */
export const realNow = real.performanceNow

export class PlayedTime {
  #wall: number
  #monotonic = 0
  #seq = 0
  #timers = new Heap<Deed>(before)
  #deeds = new Heap<Deed>(before)
  /** How far the daemon's wall clock is from the world's. */
  daemonSkewMs = 0
  /** What came while the daemon stood still; null: it does not. */
  #buffers: (() => void)[] | null = null
  /** While false, timers are made by a program that is dead: they never fire. */
  accepting = true
  /** How often bytes of chance were asked for. */
  chanceAsked = 0

  constructor(startsAt: number) {
    this.#wall = startsAt
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Math.floor(this.#wall)
  }

  /** As the daemon's clock says it. */
  daemonNow(): number {
    return this.now() + this.daemonSkewMs
  }

  get frozen(): boolean {
    return this.#buffers !== null
  }

  /** The daemon stands still (SIGSTOP, a host that is suspended) until `thaw`. */
  freeze(): void {
    this.#buffers ??= []
  }

  /** What was due meanwhile happens at once: timers first, then what lies in the buffers, as in a real loop. */
  thaw(): void {
    const buffers = this.#buffers ?? []
    this.#buffers = null
    for (const run of buffers) this.after(0, run)
  }

  /** Something reaches the daemon after `ms`. Returns how to call it off. */
  reach(ms: number, run: () => void): () => void {
    let off = false
    const arrive = () => {
      if (off) return
      if (this.#buffers) this.#buffers.push(() => off || run())
      else run()
    }
    const cancel = this.after(ms, arrive)
    return () => {
      off = true
      cancel()
    }
  }

  /** Something outside the product happens after `ms`. Returns how to call it off. */
  after(ms: number, run: () => void): () => void {
    const deed: Deed = { at: this.#wall + Math.max(0, ms), seq: ++this.#seq, run, cancelled: false }
    this.#deeds.push(deed)
    return () => (deed.cancelled = true)
  }

  /** When the next thing outside happens; Infinity if nothing does. */
  nextDeedAt(): number {
    return top(this.#deeds)?.at ?? Infinity
  }

  /** The program that made them is dead. */
  dropTimers(): void {
    this.#timers.clear()
    this.#buffers = null
  }

  /** Moves the wall clock by `ms`; the product's timers keep their distance. */
  skip(ms: number): void {
    this.#wall += ms
  }

  /** Plays the next moment. False: nothing is left before `until`. */
  async step(until: number): Promise<boolean> {
    if (!this.#next(until)) return false
    await settled()
    return true
  }

  /**
   * Plays on until nothing is left before `end`, or `goOn`, asked after each moment, says no. Between two immediates of a turn of the loop
   * every promise and tick is served: that is when a moment has settled, and the turn itself costs more than the moment. `isBusy`: something
   * needs turns of its own.
   */
  play(end: number, goOn: () => boolean, isBusy: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let over = false
      let first = true
      const finish = (deed: () => void) => {
        over = true
        deed()
      }
      const moment = () => {
        if (over || isBusy()) return
        try {
          if ((!first && !goOn()) || !this.#next(end)) finish(resolve)
          first = false
        } catch (error) {
          finish(() => reject(error))
        }
      }
      const turn = () => {
        if (over) return
        for (let i = 0; i < MOMENTS_PER_TURN; i++) real.setImmediate(moment)
        real.setImmediate(turn)
      }
      turn()
    })
  }

  #next(until: number): boolean {
    const timer = this.#buffers ? undefined : top(this.#timers)
    const deed = top(this.#deeds)
    const timerAt = timer ? timer.at - this.#monotonic + this.#wall : Infinity
    const deedAt = deed?.at ?? Infinity
    const at = Math.min(timerAt, deedAt)
    if (at > until || at === Infinity) return false
    const passed = Math.max(0, at - this.#wall)
    this.#wall += passed
    this.#monotonic += passed
    const next = timerAt <= deedAt ? this.#timers.pop()! : this.#deeds.pop()!
    next.run()
    return true
  }

  /** Puts the product under this clock, and its chance under `chance`. Returns how to give it back. */
  install(chance: Chance): () => void {
    const now = () => this.daemonNow()
    const start = (run: () => void, ms: number | undefined): Deed => {
      const at = this.#monotonic + Math.max(1, Number(ms) || 1)
      const deed: Deed = { at, seq: ++this.#seq, run, cancelled: false }
      if (this.accepting) this.#timers.push(deed)
      return deed
    }
    const clear = (timer: unknown) => {
      if (timer instanceof Timer) timer.deed.cancelled = true
    }
    class PlayedDate extends real.Date {
      constructor(...parts: unknown[]) {
        super(...((parts.length === 0 ? [now()] : parts) as [number]))
      }
      static override now(): number {
        return now()
      }
    }
    Object.assign(globalThis, {
      Date: PlayedDate,
      setTimeout: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
        new Timer(start(() => run(...args), ms)),
      setInterval: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
        const again = () => {
          run(...args)
          if (!timer.deed.cancelled) timer.deed = start(again, ms)
        }
        const timer = new Timer(start(again, ms))
        return timer
      },
      clearTimeout: clear,
      clearInterval: clear,
      fetch: () => Promise.reject(new TypeError('no network in a played world')),
    })
    performance.now = () => this.#monotonic
    Math.random = () => chance.next()
    AbortSignal.timeout = (ms) => {
      const controller = new AbortController()
      start(() => controller.abort(new DOMException('timed out', 'TimeoutError')), ms)
      return controller.signal
    }
    // no file is read or written by what is played: the way to a disk is no part of a seed
    const missing = () => Promise.reject(Object.assign(new Error('no files in a played world'), { code: 'ENOENT' }))
    Object.assign(fs, { readFile: missing })
    Object.assign(crypto, {
      randomBytes: (size: number) => {
        this.chanceAsked++
        return chance.bytes(size)
      },
    })
    syncBuiltinESMExports()
    return () => {
      const { Date, setTimeout, clearTimeout, setInterval, clearInterval, fetch } = real
      Object.assign(globalThis, { Date, setTimeout, clearTimeout, setInterval, clearInterval, fetch })
      performance.now = real.performanceNow
      Math.random = real.random
      AbortSignal.timeout = real.abortTimeout
      Object.assign(fs, { readFile: real.readFile })
      Object.assign(crypto, { randomBytes: real.randomBytes })
      syncBuiltinESMExports()
    }
  }
}

function before(a: Deed, b: Deed): boolean {
  return a.at < b.at || (a.at === b.at && a.seq < b.seq)
}

function top(heap: Heap<Deed>): Deed | undefined {
  for (let deed = heap.peek(); deed; deed = heap.peek()) {
    if (!deed.cancelled) return deed
    heap.pop()
  }
  return undefined
}

/** Everything that follows from what was just done has been done: promises and ticks come before the next turn of the loop. */
export function settled(): Promise<void> {
  return new Promise((resolve) => real.setImmediate(resolve))
}
