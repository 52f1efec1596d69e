/** What arrives at a phone: the sound as it would be heard, in its own time, and the keys. */
import { findPrompt, hearsPrompt, type Heard } from '../hearing.ts'
import { readWav, type Sound } from '../wav.ts'
import { decodeAlaw } from './alaw.ts'
import { readKeyEnd, readRtp } from './rtp.ts'

const RATE = 8000
/** Without a packet for so long there is silence. */
const PAUSE_MS = 400
/** A clock of 20 ms that is so late: this process was held up, and what comes next has waited in the socket. */
const HELD_UP_MS = 100

export class Ears {
  /** Sound packets. */
  packets = 0
  /** Keys that the other side pressed (RFC 4733). */
  keys = ''
  /** When the last sound packet came, in milliseconds since 1970; 0 before the first. */
  lastAt = 0
  readonly #began = Date.now()
  #samples = new Float32Array(RATE * 30)
  #end = 0
  #lastKey = -1
  #tickAt = Date.now()
  #heldUpUntil = 0

  /** To be called every 20 ms. */
  tick(): void {
    const now = Date.now()
    if (now - this.#tickAt > HELD_UP_MS) this.#heldUpUntil = now + HELD_UP_MS
    this.#tickAt = now
  }

  /** `types`: what the payload types of the session mean. */
  receive(packet: Buffer, types: { sound: number; keys: number | null }): void {
    const rtp = readRtp(packet)
    if (!rtp) return
    if (rtp.type === types.keys) {
      const key = readKeyEnd(rtp.payload)
      if (key === null || rtp.timestamp === this.#lastKey) return // the end of a key comes three times
      this.#lastKey = rtp.timestamp
      this.keys += key
    } else if (rtp.type === types.sound) {
      this.packets++
      this.#place(decodeAlaw(rtp.payload))
      this.lastAt = Date.now()
    }
  }

  /** All that was heard since the phone began to listen; where nothing came there is silence. */
  sound(): Sound {
    const end = this.#isPause ? Math.max(this.#end, this.#now()) : this.#end
    this.#reserve(end)
    return { rate: RATE, samples: this.#samples.subarray(0, end) }
  }

  /** Length of what was heard until now: the `after` of hears() and loudest(). */
  get seconds(): number {
    return this.sound().samples.length / RATE
  }

  /** The loudest sample from second `after` on, 0..1. Of dead silence it is 0. */
  loudest(after = 0): number {
    return this.sound()
      .samples.subarray(Math.round(after * RATE))
      .reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
  }

  /** Waits until the prompt was heard up to its second `upTo`, else to its end. Rejects after `ms`, 20 s if missing. */
  async hears(wav: string, options: { ms?: number; upTo?: number; after?: number } = {}): Promise<Heard> {
    const what = () => `a SIP phone (${this.packets} packets) and ${wav}`
    return hearsPrompt(() => Promise.resolve(this.sound()), await readWav(wav), { ms: 20_000, ...options, what })
  }

  /** How much of the prompt was heard until now. */
  async heard(wav: string): Promise<Heard> {
    return findPrompt(this.sound(), await readWav(wav))
  }

  /**
   * One after another, however late they are: a hole in a word would be ours. After a pause a sound begins where the
   * time is.
   */
  #place(samples: Float32Array): void {
    const at = this.#isPause ? Math.max(this.#end, this.#now()) : this.#end
    this.#reserve(at + samples.length)
    this.#samples.set(samples, at)
    this.#end = at + samples.length
  }

  get #isPause(): boolean {
    const now = Date.now()
    return now - this.lastAt > PAUSE_MS && now > this.#heldUpUntil && now - this.#tickAt < HELD_UP_MS
  }

  #now(): number {
    return Math.floor(((Date.now() - this.#began) / 1000) * RATE)
  }

  #reserve(length: number): void {
    if (length <= this.#samples.length) return
    const longer = new Float32Array(Math.max(length, this.#samples.length * 2))
    longer.set(this.#samples)
    this.#samples = longer
  }
}
