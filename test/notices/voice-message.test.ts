import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { mp3Command, voiceMessage, type VoiceParts } from '../../src/notices/voice-message.ts'
import type { Logger } from '../../src/runtime/logger.ts'
import { missedCall } from './support/samples.ts'

let folder = ''
let said: string[] = []
const log: Logger = { debug() {}, info() {}, error() {}, warn: (text) => said.push(text), child: () => log }
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perezvon-voice-'))
  said = []
  await writeFile(join(folder, 'm.wav'), 'RIFF and a voice')
})
afterEach(() => rm(folder, { recursive: true }))

const payload = missedCall({ voicemail: { file: 'm.wav', ms: 34_000 } })
const node = (script: string): [string, ...string[]] => [process.execPath, '--jitless', '-e', script]
const parts = (change: Partial<VoiceParts> = {}): VoiceParts => ({
  folder,
  mp3: null,
  transcription: () => null,
  log,
  ...change,
})

describe('the attachment', () => {
  it('is what the encoder makes of the WAV', async () => {
    const mp3: VoiceParts['mp3'] = ['/bin/sh', '-c', 'printf ID3; cat']
    const { state, attachment } = await voiceMessage(payload, 'attach', parts({ mp3 }))
    expect(state).toBe('attached')
    expect(attachment).toEqual({
      filename: 'voicemail-2026-11-24-1405-79123456789.mp3',
      contentType: 'audio/mpeg',
      content: Buffer.from('ID3RIFF and a voice'),
    })
  })

  it.each([
    ['fails', ['/bin/false']],
    ['makes nothing', ['/bin/true']],
    ['is not there', ['/nowhere/lame']],
  ] as const)('is the WAV when the encoder %s, and the log says why', async (_what, [program]) => {
    const { attachment } = await voiceMessage(payload, 'attach', parts({ mp3: [program] }))
    expect(attachment).toMatchObject({ contentType: 'audio/wav', content: Buffer.from('RIFF and a voice') })
    expect(said).toEqual(['a voice message goes as WAV: it could not be made an mp3'])
  })

  it('may be made of a recording that is too large itself', async () => {
    await truncate(join(folder, 'm.wav'), 6 * 1024 * 1024)
    const small = await voiceMessage(payload, 'attach', parts({ mp3: ['/bin/sh', '-c', 'cat >/dev/null; printf ID3'] }))
    expect(small.attachment!.content).toEqual(Buffer.from('ID3'))
    expect(await voiceMessage(payload, 'attach', parts())).toMatchObject({ state: 'too-large', attachment: null })
  })

  it.each(['too-large', 'words-only'] as const)('is left out where it must be: %s', async (attach) => {
    expect(await voiceMessage(payload, attach, parts())).toMatchObject({ state: attach, attachment: null })
  })
})

test('ffmpeg is asked before lame; neither: null', () => {
  expect(mp3Command({ ffmpeg: '/f', lame: '/l' })![0]).toBe('/f')
  expect(mp3Command({ ffmpeg: null, lame: '/l' })![0]).toBe('/l')
  expect(mp3Command({ ffmpeg: null })).toBeNull()
})

describe('the words', () => {
  const heard = async (command: readonly string[], deadlineMs = 20_000) =>
    (await voiceMessage(payload, 'attach', parts({ transcription: () => ({ command, deadlineMs }) }))).transcript

  it('are what the program prints, cleaned and cut; the file comes last, or where it is named', async () => {
    expect(await heard(['/bin/cat'])).toBe('RIFF and a voice')
    await rm(join(folder, 'm.wav.txt'))
    expect(await heard(['/bin/sh', '-c', 'printf "a\\033[31m \\n b"; cat "$0"', '{file}'])).toBe(
      'a [31m bRIFF and a voice',
    )
    await rm(join(folder, 'm.wav.txt'))
    expect(await heard(node('process.stdout.write("x".repeat(9000))'))).toHaveLength(2_000)
  })

  it('are kept for the other recipients and tries, for their owner alone', async () => {
    await heard(['/bin/echo', 'перезвоните мне'])
    expect(await heard(['/bin/false'])).toMatch(/^перезвоните мне /)
    expect((await stat(join(folder, 'm.wav.txt'))).mode & 0o777).toBe(0o600)
  })

  it('no shell reads the command', async () => {
    expect(await heard(['/bin/echo', '$(id)', '`id`', ';', 'rm'])).toContain('$(id) `id` ; rm')
  })

  it('a program that hangs costs the mail its deadline and no more; the recording goes all the same', async () => {
    const began = performance.now()
    const transcription = () => ({ command: ['/bin/sleep', '60'], deadlineMs: 300 })
    const message = await voiceMessage(payload, 'attach', parts({ transcription }))
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(message).toMatchObject({ state: 'attached', transcript: null })
    expect(said).toEqual(['a voice message could not be put into words'])
    await expect(readFile(join(folder, 'm.wav.txt'))).rejects.toThrow('ENOENT')
  })

  it('a program that fails or is not there leaves the mail without words', async () => {
    expect(await heard(['/bin/false'])).toBeNull()
    expect(await heard(['/nowhere/whisper'])).toBeNull()
  })
})
