/** Real espeak-ng and sox of the Asterisk cache; also ffmpeg where the machine has one. */
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { asteriskCache } from '../../scripts/rig/local-asterisk.ts'
import { PromptLibrary } from '../../src/prompts/library.ts'
import { makePrompts } from '../../src/prompts/make-prompts.ts'
import { findPrograms } from '../../src/prompts/programs.ts'
import { cleanForSpeech, LONGEST_TEXT, Speech, splitCommand } from '../../src/prompts/speech.ts'
import { SPEECH_LEVEL } from '../../src/prompts/telephone-wav.ts'
import { measureLevel, readWav } from '../../src/prompts/wav.ts'
import { fill, folder } from './sounds.ts'

const programs = findPrograms([asteriskCache()])
const sound = (file: string) => readWav(readFileSync(file))!

function speech(cacheDir: string, command?: string) {
  return new Speech({ programs, command, cacheDir })
}

describe.each([
  ['sox', { ...programs, ffmpeg: null }],
  ...(programs.ffmpeg ? [['ffmpeg', { ...programs, sox: null }] as const] : []),
] as const)('with %s', (_, tools) => {
  it('a text becomes a pair for alaw and for g722, as loud as Asterisk’s own recordings', async () => {
    const cacheDir = folder()
    const said = await new Speech({ programs: tools, cacheDir }).say(
      'Здравствуйте! Цветочный двор, чем могу помочь?',
      'ru',
    )
    if (said.kind === 'failed') throw new Error(said.why)
    const [narrow, wide] = [sound(join(cacheDir, `${said.key}.wav`)), sound(join(cacheDir, `${said.key}.wav16`))]
    expect([narrow.rate, narrow.channels, narrow.bits, wide.rate]).toEqual([8000, 1, 16, 16_000])
    expect(narrow.seconds).toBeCloseTo(wide.seconds, 1)
    expect(narrow.seconds).toBeGreaterThan(2)
    const level = measureLevel(narrow.samples, 8000)
    expect(Math.abs(level.speech - SPEECH_LEVEL)).toBeLessThan(2)
    expect(level.peak).toBeLessThan(-0.5)
    expect(readdirSync(cacheDir).toSorted()).toEqual([`${said.key}.wav`, `${said.key}.wav16`])
  })

  it('a word of a row has no silence around it', async () => {
    const file = join(folder(), 'word')
    expect(await new Speech({ programs: tools, cacheDir: folder() }).sayInto(file, 'рубля', 'ru', true)).toEqual({
      kind: 'spoken',
    })
    const { samples, seconds } = sound(`${file}.wav`)
    const silent = (part: Int16Array) => measureLevel(part, 8000).peak < -50
    expect(seconds).toBeLessThan(0.7)
    expect(silent(samples.subarray(0, 400))).toBe(false)
    expect(silent(samples.subarray(-400))).toBe(false)
  })
})

test('what was spoken before is not spoken again, until it is forgotten', async () => {
  const cacheDir = folder()
  const [first, second, other] = await Promise.all(
    ['Добрый день', 'Добрый  день', 'Добрый вечер'].map((text) => speech(cacheDir).say(text, 'ru')),
  )
  expect(second).toEqual(first)
  expect(other).not.toEqual(first)
  if (first?.kind !== 'spoken') throw new Error('not spoken')
  const silent = new Speech({ programs, command: undefined, cacheDir })
  const file = join(cacheDir, `${first.key}.wav`)
  utimesSync(file, 0, 0)
  expect(await silent.forget(1000)).toBe(1)
  expect([existsSync(file), existsSync(`${file}16`), readdirSync(cacheDir).length]).toEqual([false, false, 2])
})

test('the text of a process that was killed while it spoke does not stay; one that is being spoken does', async () => {
  const cacheDir = folder()
  const [left, busy] = ['.making-left', '.making-busy'].map((name) => join(cacheDir, name)) as [string, string]
  for (const path of [left, busy]) mkdirSync(path)
  writeFileSync(join(left, 'text'), 'Здравствуйте, Мария')
  utimesSync(left, 0, 0)
  expect(await speech(cacheDir).forget(1000)).toBe(0)
  expect([existsSync(left), existsSync(busy)]).toEqual([false, true])
})

test.each([
  ['an option', '-w evil.wav --path=/etc'],
  ['a shell', '$(touch evil) `id`; rm -rf x | y > z'],
  ['markup', '<speak><audio src="file:///etc/passwd"/>раз</speak>'],
  ['phonemes', '[[h@l@U]] раз [[_:]]'],
  ['control characters', 'раз\u0000\u0001\u001b[31m\u202e два'],
  ['a lone surrogate', 'раз \ud800 два'],
  ['a placeholder', '{text} {out} {language} раз'],
])('%s in a text is only read aloud', async (_, text) => {
  const cacheDir = folder()
  const said = await speech(cacheDir).say(text, 'ru')
  if (said.kind === 'failed') throw new Error(said.why)
  expect(sound(join(cacheDir, `${said.key}.wav`)).seconds).toBeLessThan(20)
  expect(readdirSync(cacheDir)).toHaveLength(2)
  expect(cleanForSpeech(text)).not.toMatch(/[\p{C}<>[\]{}]/u)
})

test.each([
  ['a megabyte', 'я'.repeat(1_000_000), 'too-long'],
  ['nothing', ' \n', 'nothing-to-say'],
  ['no word', '… !!! <>', 'nothing-to-say'],
])('%s is refused before any program runs', async (_, text, id) => {
  expect(await speech('/nonexistent').say(text, 'ru')).toMatchObject({ kind: 'failed', id })
  expect(text.length > LONGEST_TEXT).toBe(id === 'too-long')
})

describe('PEREZVON_TTS', () => {
  it('is a program with arguments, quotes hold words together', () => {
    expect(splitCommand(`"/opt/my voice/say" -p anna 'a b' -o {out}`)).toEqual([
      '/opt/my voice/say',
      '-p',
      'anna',
      'a b',
      '-o',
      '{out}',
    ])
    expect(splitCommand('  ')).toBeNull()
  })

  it.each([
    ['by files', `${programs.espeak} -v {language} -b 1 -f {text} -w {out}`],
    ['by pipes', `${programs.espeak} -v {language} -b 1 --stdin --stdout`],
  ])('speaks %s', async (_, command) => {
    const cacheDir = folder()
    const said = await speech(cacheDir, command).say('Проверка', 'ru')
    if (said.kind === 'failed') throw new Error(said.why)
    expect(sound(join(cacheDir, `${said.key}.wav`)).seconds).toBeGreaterThan(0.3)
    expect(said.key).not.toBe(speech(cacheDir).key('Проверка', 'ru'))
  })

  it.each([
    ['/no/such/voice', 'failed'],
    [`"${process.execPath}" -e 0`, 'failed'],
    [`"${process.execPath}" -e "console.log('not a sound'.repeat(99))"`, 'failed'],
  ])('that fails (%s) leaves nothing', async (command, id) => {
    const cacheDir = folder()
    expect(await speech(cacheDir, command).say('Проверка', 'ru')).toMatchObject({ kind: 'failed', id })
    expect(readdirSync(cacheDir)).toEqual([])
  })
})

test('prompts are made once, again when the text changes, and never over a recording', async () => {
  const root = folder()
  const index = (greeting: string) => ({
    'config/prompts/index.yaml': `prompts/a: { ru: "${greeting}" }\nprompts/b: { ru: "Пока" }\n`,
  })
  fill(root, { ...index('Раз'), 'config/prompts/b.wav': true })
  const library = new PromptLibrary({
    configDir: join(root, 'config'),
    soundsDir: join(root, 'data'),
    speech: speech(join(root, 'data/said')),
  })
  const first = await makePrompts({ library, languages: ['ru'] })
  expect(first.failed).toEqual([])
  expect(first.recorded).toEqual(['ru prompts/b'])
  expect(first.made).toEqual(
    expect.arrayContaining(['ru prompts/a', 'ru prompts/words/rouble-2', 'ru prompts/words/pause']),
  )
  expect(library.wordMedia(['word:2f', 'word:pause', 'word:rouble-2'], 'ru')).toHaveProperty('media')
  expect(sound(join(root, 'data/made/ru/prompts/words/pause.wav')).seconds).toBeCloseTo(0.3, 2)

  const second = await makePrompts({ library, languages: ['ru'] })
  expect([second.made, second.kept.toSorted()]).toEqual([[], first.made.toSorted()])

  fill(root, index('Два'))
  expect((await makePrompts({ library, languages: ['ru'] })).made).toEqual(['ru prompts/a'])
  expect((await makePrompts({ library, languages: ['ru'], names: ['prompts/a', 'prompts/zzz'] })).failed).toEqual([
    expect.objectContaining({ prompt: 'ru prompts/zzz', id: 'no-text' }),
  ])
})
