import { describe, expect, it, test } from 'vitest'
import { amplify, measureLevel, readWav, writeWav } from '../../src/prompts/wav.ts'
import { sine } from './sounds.ts'

describe('a WAV file', () => {
  it('is read as it was written', () => {
    const samples = Int16Array.from([0, 1, -1, 32767, -32768])
    const wav = readWav(writeWav(samples, 8000))
    expect(wav).toMatchObject({ rate: 8000, channels: 1, bits: 16, encoding: 1, seconds: 5 / 8000 })
    expect(wav!.samples).toEqual(samples)
  })

  it('may have other chunks before its data, and a size that a pipe could not know', () => {
    const plain = writeWav(Int16Array.from([5, 6, 7]), 16_000)
    const list = Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1')
    const file = Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36)])
    file.writeUInt32LE(0x7fff_f000, file.length - 6 - 4)
    expect(readWav(file)?.samples).toEqual(Int16Array.from([5, 6, 7]))
  })

  test.each([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('#EXTM3U\nfile:///etc/passwd\n'.repeat(9))],
    ['a header alone', writeWav(new Int16Array(0), 8000).subarray(0, 30)],
    ['a chunk of 4 GB', Buffer.from(`RIFF\xff\xff\xff\xffWAVEjunk\xff\xff\xff\xff${'x'.repeat(60)}`, 'latin1')],
  ])('%s is none', (_, file) => {
    expect(readWav(file)).toBeNull()
  })
})

describe('the level', () => {
  it('of a full sine is -3 dB', () => {
    const level = measureLevel(sine(500, 1, 8000, 1), 8000)
    expect(level.peak).toBeCloseTo(0, 1)
    expect(level.speech).toBeCloseTo(-3, 1)
  })

  it('does not count pauses', () => {
    const tone = sine(500, 0.5, 8000, 0.1)
    const withPause = Int16Array.from([...tone, ...new Int16Array(8000), ...tone])
    expect(measureLevel(withPause, 8000).speech).toBeCloseTo(measureLevel(tone, 8000).speech, 1)
  })

  it('of silence is none', () => {
    expect(measureLevel(new Int16Array(800), 8000)).toEqual({ peak: -Infinity, speech: -Infinity })
  })

  it('rises by what is asked, up to full scale', () => {
    const tone = sine(500, 0.5, 8000, 0.1)
    expect(measureLevel(amplify(tone, 6), 8000).peak).toBeCloseTo(-14, 1)
    expect(Math.max(...amplify(tone, 60))).toBe(32767)
  })
})
