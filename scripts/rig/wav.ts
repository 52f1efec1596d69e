/** Sound as numbers: 16-bit mono WAV in and out. */
import { readFile, writeFile } from 'node:fs/promises'
import { writeWav as wavFile } from '../../src/prompts/wav.ts'

export interface Sound {
  /** Samples a second. */
  rate: number
  /** -1..1 */
  samples: Float32Array
}

/** Throws when the file is not 16-bit PCM. */
export async function readWav(path: string): Promise<Sound> {
  const file = await readFile(path)
  let rate = 8000
  for (let at = 12; at + 8 <= file.length;) {
    const chunk = file.toString('latin1', at, at + 4)
    const size = file.readUInt32LE(at + 4)
    if (chunk === 'fmt ') rate = file.readUInt32LE(at + 12)
    if (chunk === 'data') return { rate, samples: fromPcm(file.subarray(at + 8, at + 8 + size)) }
    at += 8 + size + (size & 1)
  }
  throw new Error(`no sound in ${path}`)
}

export async function writeWav(path: string, { rate, samples }: Sound): Promise<void> {
  const pcm = Int16Array.from(samples, (value) => Math.round(Math.max(-1, Math.min(1, value)) * 32767))
  await writeFile(path, wavFile(pcm, rate))
}

/** Signed 16-bit little endian; every `step`-th sample. */
export function fromPcm(bytes: Buffer, step = 1): Float32Array {
  const count = Math.floor(bytes.length / 2 / step)
  const samples = new Float32Array(count)
  for (let i = 0; i < count; i++) samples[i] = bytes.readInt16LE(i * step * 2) / 32768
  return samples
}
