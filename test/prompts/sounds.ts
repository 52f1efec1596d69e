import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { writeWav } from '../../src/prompts/wav.ts'

/** `amplitude` 0-1. */
export function sine(hertz: number, seconds: number, rate = 8000, amplitude = 0.3): Int16Array {
  return Int16Array.from({ length: seconds * rate }, (_, i) =>
    Math.round(32767 * amplitude * Math.sin((2 * Math.PI * hertz * i) / rate)),
  )
}

/** For one test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'prompts-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Writes texts as they are, and for `true` a proper recording of its suffix. */
export function fill(root: string, files: Record<string, string | Buffer | true>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    const rate = path.endsWith('.wav16') ? 16_000 : 8000
    writeFileSync(file, content === true ? writeWav(sine(440, 0.2, rate), rate) : content)
  }
}
