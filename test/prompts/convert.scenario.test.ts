/** Real sox of the Asterisk cache; also ffmpeg where the machine has one. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { asteriskCache } from '../../scripts/rig/local-asterisk.ts'
import { convertRecording, LARGEST_RECORDING, soundKind } from '../../src/prompts/convert.ts'
import { findPrograms } from '../../src/prompts/programs.ts'
import { readWav, writeWav } from '../../src/prompts/wav.ts'
import { fill, folder, sine } from './sounds.ts'

const programs = findPrograms([asteriskCache()])
const tools = [
  ['sox', { ...programs, ffmpeg: null }],
  ...(programs.ffmpeg ? [['ffmpeg', programs] as const] : []),
] as const

describe.each(tools)('with %s', (_, found) => {
  it('a studio’s wav becomes what Asterisk plays', async () => {
    const root = folder()
    fill(root, { 'in.wav': writeWav(sine(440, 2, 44_100, 0.05), 44_100) })
    const result = await convertRecording({
      input: join(root, 'in.wav'),
      output: join(root, 'out/ru/greeting'),
      programs: found,
    })
    if (result.kind === 'refused') throw new Error(result.why)
    expect(result.seconds).toBeCloseTo(2, 1)
    expect(result.speech).toBeGreaterThan(-21)
    expect(result.peak).toBeLessThan(-0.5)
    const [narrow, wide] = ['wav', 'wav16'].map((suffix) =>
      readWav(readFileSync(join(root, `out/ru/greeting.${suffix}`)))!,
    )
    expect([narrow!.rate, narrow!.channels, wide!.rate, wide!.channels]).toEqual([8000, 1, 16_000, 1])
    expect(readdirSync(join(root, 'out/ru')).toSorted()).toEqual(['greeting.wav', 'greeting.wav16'])
  })

  it('a jingle shorter than any loudness is not lost', async () => {
    const root = folder()
    fill(root, { 'in.wav': writeWav(sine(440, 0.2, 16_000, 0.05), 16_000) })
    const result = await convertRecording({ input: join(root, 'in.wav'), output: join(root, 'out'), programs: found })
    expect(result).toMatchObject({ kind: 'converted', cut: false })
  })

  const playlist = '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n'
  it.each<[string, Buffer | string, string]>([
    ['a play list', playlist, 'unknown-kind'],
    ['a list for joining', 'ffconcat version 1.0\nfile /etc/passwd\n', 'unknown-kind'],
    [
      'a play list with the head of an mp3',
      `ID3\u0004\0\0\0\0\0\0${playlist}`,
      found.ffmpeg ? 'broken' : 'needs-ffmpeg',
    ],
    [
      'a play list with the head of an mp4',
      `\0\0\0\u0018ftypmp42\0\0\0\0${playlist}`,
      found.ffmpeg ? 'broken' : 'needs-ffmpeg',
    ],
    ['a play list with the head of a wav', `RIFF\0\0\0\0WAVE${playlist}`, 'broken'],
    ['silence', writeWav(new Int16Array(16_000), 8000), 'no-sound'],
    ['nothing', '', 'unknown-kind'],
    ['too much', Buffer.alloc(LARGEST_RECORDING + 1, 'RIFF'), 'too-large'],
  ])('%s is refused, and what was there stays', async (_what, content, id) => {
    const root = folder()
    fill(root, { 'in.mp3': content, 'out.wav': 'before' })
    const result = await convertRecording({ input: join(root, 'in.mp3'), output: join(root, 'out'), programs: found })
    expect(result).toMatchObject({ kind: 'refused', id })
    expect(readFileSync(join(root, 'out.wav'), 'utf8')).toBe('before')
    expect(readdirSync(root).toSorted()).toEqual(['in.mp3', 'out.wav'])
  })
})

test('a link, a folder and a name that begins like an option are what they are', async () => {
  const root = folder()
  fill(root, { '-i.wav': true, 'real.wav': true })
  symlinkSync(join(root, 'real.wav'), join(root, 'link.wav'))
  const convert = (input: string) => convertRecording({ input: join(root, input), output: join(root, 'out'), programs })
  expect(await convert('link.wav')).toMatchObject({ id: 'not-a-file' })
  expect(await convert('.')).toMatchObject({ id: 'not-a-file' })
  expect(await convert('none.wav')).toMatchObject({ id: 'not-found' })
  expect(await convert('-i.wav')).toMatchObject({ kind: 'converted' })
})

test('without any program, or without ffmpeg for an mp3, it says what to install', async () => {
  const root = folder()
  writeFileSync(join(root, 'in.mp3'), Buffer.from([0xff, 0xfb, 0x90, 0x64, ...Array<number>(100).fill(0)]))
  const convert = (found: typeof programs) =>
    convertRecording({ input: join(root, 'in.mp3'), output: join(root, 'out'), programs: found })
  expect(await convert({ espeak: null, sox: null, ffmpeg: null })).toMatchObject({ id: 'no-program' })
  expect(await convert({ ...programs, ffmpeg: null })).toMatchObject({ id: 'needs-ffmpeg' })
  expect(existsSync(join(root, 'out.wav'))).toBe(false)
})

test.each([
  ['RIFF\0\0\0\0WAVEfmt ', 'wav'],
  ['\0\0\0\u0020ftypM4A \0\0\0\0', 'mov'],
  ['OggS\0\u0002', 'ogg'],
  ['fLaC\0\0\0\u0022', 'flac'],
  ['\u001aE\u00df\u00a3\u009fB\u0086', 'matroska'],
  ['ID3\u0003', 'mp3'],
  ['\u00ff\u00fb\u0090\u0064\0', 'mp3'],
  ['RIFF\0\0\0\0AVI LIST', null],
  ['#EXTM3U', null],
  ['<MPD xmlns', null],
  ['', null],
])('%j is %s', (head, kind) => {
  expect(soundKind(Buffer.from(head, 'latin1'))).toBe(kind)
})

describe.each(programs.ffmpeg ? [programs.ffmpeg] : [])('what phones and studios write, with %s', (ffmpeg) => {
  it.each(['mp3', 'm4a', 'ogg', 'opus', 'flac', 'webm'])('%s', async (suffix) => {
    const root = folder()
    fill(root, { 'in.wav': writeWav(sine(440, 1, 44_100, 0.1), 44_100) })
    execFileSync(ffmpeg, [
      '-nostdin',
      '-v',
      'error',
      '-i',
      join(root, 'in.wav'),
      '-ac',
      '2',
      join(root, `in.${suffix}`),
    ])
    const result = await convertRecording({ input: join(root, `in.${suffix}`), output: join(root, 'out'), programs })
    expect(result).toMatchObject({ kind: 'converted' })
  })
})
