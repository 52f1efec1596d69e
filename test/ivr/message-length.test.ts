import { describe, expect, it } from 'vitest'
import { messageMs } from '../../src/ivr/message-length.ts'
import { writeWav } from '../../src/prompts/wav.ts'

/** Milliseconds of loudness (peak of a 400 Hz tone), one after another. */
const message = (...parts: [ms: number, peak: number][]) =>
  writeWav(
    Int16Array.from(
      parts.flatMap(([ms, peak]) =>
        Array.from({ length: ms * 8 }, (_, i) => Math.round(peak * Math.sin((2 * Math.PI * 400 * i) / 8000))),
      ),
    ),
    8000,
  )

describe('a message', () => {
  it.each<[string, number, Buffer]>([
    ['of three words, before and after which nothing is said', 1_900, message([500, 0], [1_400, 8_000], [3_000, 0])],
    ['of a quiet voice', 1_000, message([1_000, 400])],
    ['with a pause in it counts to the last word', 2_500, message([500, 5_000], [1_500, 0], [500, 5_000])],
    ['of silence is none', 0, message([5_000, 0])],
    ['of line noise is none', 0, message([5_000, 100])],
    ['of a click is none', 0, message([1_000, 0], [100, 20_000], [1_000, 0])],
    ['of nothing is none', 0, message()],
    ['that is no WAV is none', 0, Buffer.from('<html>')],
  ])('%s: %i ms', (_, ms, file) => {
    expect(Math.abs(messageMs(file) - ms)).toBeLessThanOrEqual(20)
  })
})
