/** What a phone hears, as a file that Asterisk still writes. */
import { open, type FileHandle } from 'node:fs/promises'
import { type Heard, type HearsOptions, hearsPrompt } from './hearing.ts'
import { fromPcm, type Sound } from './wav.ts'

/**
 * A recording that still grows: raw signed 16-bit at `rate` times `oversampled`. Asterisk writes recordings in blocks
 * of 32 kB, so the far end records at a high rate, of which all but every sixth sample are thrown away here: the blocks
 * then come every third of a second.
 */
export class LiveRecording {
  readonly rate = 8000
  readonly #path: string
  readonly #oversampled: number
  #file: FileHandle | null = null
  #reading: Promise<void> = Promise.resolve()
  #read = 0
  #samples = new Float32Array(0)

  constructor(path: string, oversampled: number) {
    this.#path = path
    this.#oversampled = oversampled
  }

  /** All that was written until now. */
  async sound(): Promise<Sound> {
    this.#reading = this.#reading.then(() => this.#readOn())
    await this.#reading
    return { rate: this.rate, samples: this.#samples }
  }

  async #readOn(): Promise<void> {
    this.#file ??= await open(this.#path, 'r').catch(() => null) // not there before the first block
    if (!this.#file) return
    const step = 2 * this.#oversampled
    const fresh = Math.floor(((await this.#file.stat()).size - this.#read) / step) * step
    if (fresh === 0) return
    const { buffer } = await this.#file.read(Buffer.alloc(fresh), 0, fresh, this.#read)
    this.#read += fresh
    const longer = new Float32Array(this.#samples.length + fresh / step)
    longer.set(this.#samples)
    longer.set(fromPcm(buffer, this.#oversampled), this.#samples.length)
    this.#samples = longer
  }

  /** See hearsPrompt. */
  hears(prompt: Sound, options: HearsOptions): Promise<Heard> {
    return hearsPrompt(() => this.sound(), prompt, options)
  }

  async close(): Promise<void> {
    await this.#reading
    await this.#file?.close()
    this.#file = null
  }
}
