/**
 * Short prompts for demo and tests, spoken by espeak-ng and converted by sox from the cache of scripts/get-asterisk: robotic, but the same
 * on every machine. Files are 8 kHz 16-bit mono WAV, kept by what they say.
 */
import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { asteriskCache } from './local-asterisk.ts'
import { writeWav } from './wav.ts'

const run = promisify(execFile)

/** Beside Asterisk's cache, so that one clean-up removes both. */
export function soundsFolder(): string {
  return resolve(asteriskCache(), '../sounds')
}

/** Path of a WAV that says `text`. */
export async function spoken(
  text: string,
  options: { language?: 'ru' | 'en'; wordsPerMinute?: number } = {},
): Promise<string> {
  const { language = 'ru', wordsPerMinute = 150 } = options
  return kept(`${language} ${wordsPerMinute} trimmed ${text}`, async (path) => {
    const raw = `${path}.raw.wav`
    await run(join(asteriskCache(), 'espeak-ng'), ['-v', language, '-s', `${wordsPerMinute}`, '-w', raw, '--', text])
    const trimmed = ['reverse', 'silence', '1', '0.02', '0.5%', 'reverse', 'gain', '-n', '-6'] // it ends with half a second of nothing
    await run(join(asteriskCache(), 'sox'), [raw, '-r', '8000', '-c', '1', '-b', '16', path, ...trimmed])
    await rm(raw)
  })
}

/** Path of a WAV with a pure tone. */
export async function tone(hertz: number, seconds: number): Promise<string> {
  return kept(`tone ${hertz} ${seconds}`, async (path) => {
    const sample = (_: unknown, i: number) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / 8000)
    await writeWav(path, { rate: 8000, samples: Float32Array.from({ length: Math.round(8000 * seconds) }, sample) })
  })
}

/** Hertz of each key: its row and its column (ITU-T Q.23). */
const ROWS = [697, 770, 852, 941] as const
const COLUMNS = [1209, 1336, 1477] as const
const KEYPAD = '123456789*0#'
/** Of each tone and of the silence before it, seconds. */
const KEY_SEC = 0.1

/** Path of a WAV with the tones of `keys`, as a gateway sends them that knows nothing better. */
export async function keyTones(keys: string): Promise<string> {
  return kept(`keys ${keys}`, async (path) => {
    const rate = 8000
    const part = Math.round(rate * KEY_SEC)
    const samples = new Float32Array(part * (2 * keys.length + 1))
    for (const [n, key] of keys.split('').entries()) {
      const at = KEYPAD.indexOf(key)
      const [row, column] = [ROWS[Math.floor(at / 3)], COLUMNS[at % 3]]
      if (row === undefined || column === undefined) throw new Error(`no key of a telephone: ${key}`)
      const sine = (hertz: number, i: number) => Math.sin((2 * Math.PI * hertz * i) / rate)
      for (let i = 0; i < part; i++) samples[part * (2 * n + 1) + i] = 0.25 * (sine(row, i) + sine(column, i))
    }
    await writeWav(path, { rate, samples })
  })
}

/** What Asterisk calls a sound file: its path without the extension. */
export function media(path: string): string {
  return `sound:${path.replace(/\.wav$/, '')}`
}

async function kept(what: string, make: (path: string) => Promise<void>): Promise<string> {
  const folder = soundsFolder()
  const path = join(folder, `${createHash('sha256').update(what).digest('hex').slice(0, 20)}.wav`)
  if (existsSync(path)) return path
  await mkdir(folder, { recursive: true })
  const draft = join(folder, `${randomUUID()}.wav`) // two at once both make it, and either result will do
  await make(draft)
  await rename(draft, path)
  return path
}
