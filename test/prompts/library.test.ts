import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PromptLibrary, type LibraryOptions } from '../../src/prompts/library.ts'
import { Speech } from '../../src/prompts/speech.ts'
import { writeWav } from '../../src/prompts/wav.ts'
import { fill, folder, sine } from './sounds.ts'

async function libraryOf(files: Parameters<typeof fill>[1], options: Partial<LibraryOptions> = {}) {
  const root = folder()
  fill(root, files)
  const speech = new Speech({ programs: { espeak: null, sox: null, ffmpeg: null }, cacheDir: join(root, 'data/said') })
  const library = new PromptLibrary({
    configDir: join(root, 'config'),
    soundsDir: join(root, 'data'),
    speech,
    ...options,
  })
  await library.refresh()
  return { root, library }
}

test('a recording for the language wins over one for all, that over ours', async () => {
  const { root, library } = await libraryOf({
    'config/prompts/ru/a.wav': true,
    'config/prompts/a.wav': true,
    'data/made/en/prompts/a.wav': true,
    'data/made/ru/prompts/b.wav': true,
  })
  expect(library.media('prompts/a', 'ru')).toBe(`sound:${root}/config/prompts/ru/a`)
  expect(library.media('prompts/a', 'en')).toBe(`sound:${root}/config/prompts/a`)
  expect(library.media('prompts/b', 'ru')).toBe(`sound:${root}/data/made/ru/prompts/b`)
  expect(library.media('prompts/b', 'en')).toBeNull()
  expect(['a', 'b', 'c'].map((name) => library.source(`prompts/${name}`, 'ru'))).toEqual([
    'recorded',
    'made',
    'missing',
  ])
})

test('names are those that Asterisk sees', async () => {
  const { library } = await libraryOf(
    { 'config/jingle.wav16': true, 'data/made/ru/prompts/b.wav': true },
    { asterisk: { configDir: '/srv/config', soundsDir: '/srv/sounds' } },
  )
  expect(library.media('jingle', 'ru')).toBe('sound:/srv/config/jingle')
  expect(library.media('prompts/b', 'ru')).toBe('sound:/srv/sounds/made/ru/prompts/b')
})

test('what Asterisk would refuse is no sound, and is told', async () => {
  const stereo = writeWav(sine(440, 0.1), 8000)
  stereo.writeUInt16LE(2, 22)
  const { library } = await libraryOf({
    'config/cd.wav': writeWav(sine(440, 0.1, 44_100), 44_100),
    'config/stereo.wav': stereo,
    'config/text.wav': 'not a sound',
    'config/song.mp3': 'x',
    'config/half.wav': true,
    'config/half.wav16': writeWav(sine(440, 0.1), 8000),
    'config/phone.alaw': 'x',
    'config/readme.txt': 'x',
    'data/made/ru/cd.wav': true,
  })
  expect(library.faults.map(({ path, id }) => `${path} ${id}`).toSorted()).toEqual([
    'cd.wav wrong-rate',
    'half.wav16 wrong-rate',
    'song.mp3 needs-conversion',
    'stereo.wav not-mono',
    'text.wav broken',
  ])
  expect(library.media('stereo', 'ru')).toBeNull()
  expect(library.media('half', 'ru')).toBeNull()
  expect(library.media('phone', 'ru')).not.toBeNull()
  expect(library.source('cd', 'ru')).toBe('made')
})

test('hidden files and links to the outside are not there', async () => {
  const { root, library } = await libraryOf({ 'config/.git/a.wav': true, 'config/b.wav': true, 'outside/c.wav': true })
  symlinkSync(join(root, 'outside/c.wav'), join(root, 'config/c.wav'))
  symlinkSync(join(root, 'config/b.wav'), join(root, 'config/d.wav'))
  await library.refresh()
  expect(['.git/a', 'b', 'c', 'd'].map((name) => library.source(name, 'ru'))).toEqual([
    'missing',
    'recorded',
    'missing',
    'recorded',
  ])
})

test('texts come from the index, then from our own list', async () => {
  const { library } = await libraryOf({
    'config/prompts/index.yaml': 'prompts/greeting: { ru: "Здравствуйте!" }\nprompts/perezvon/sorry: { ru: "Увы." }\n',
  })
  expect(library.says('prompts/greeting', 'ru')).toBe('Здравствуйте!')
  expect(library.says('prompts/greeting', 'en')).toBeNull()
  expect(library.says('prompts/perezvon/sorry', 'ru')).toBe('Увы.')
  expect(library.says('prompts/perezvon/sorry', 'en')).toContain('Sorry')
  expect(library.says('prompts/words/rouble-2', 'ru')).toBe('рубля')
  expect(library.says('constructor', 'ru')).toBeNull()
  expect(library.textFault).toBeNull()
})

test('a broken index is told and costs only the texts', async () => {
  const { library } = await libraryOf({ 'config/prompts/index.yaml': 'a: { de: "Hallo" }', 'config/a.wav': true })
  expect(library.textFault).toContain('a')
  expect(library.source('a', 'ru')).toBe('recorded')
})

test('words: a recording of ours replaces each of them, also Asterisk’s', async () => {
  const { root, library } = await libraryOf({
    'data/made/ru/prompts/words/rouble-2.wav': true,
    'data/made/ru/prompts/words/digits/5.wav': true,
    'config/prompts/words/ru/digits/20.wav': true,
  })
  expect(library.wordMedia(['sound:digits/20', 'sound:digits/5', 'word:rouble-2'], 'ru')).toEqual({
    media: [
      `sound:${root}/config/prompts/words/ru/digits/20`,
      'sound:ru/digits/5',
      `sound:${root}/data/made/ru/prompts/words/rouble-2`,
    ],
  })
  expect(library.wordMedia(['sound:digits/20', 'word:kopeck-1'], 'ru')).toEqual({ missing: 'prompts/words/kopeck-1' })
})

test('with `own` words Asterisk’s are only the last resort', async () => {
  const files = { 'data/made/ru/prompts/words/digits/5.wav': true } as const
  const { root, library } = await libraryOf(files, { words: 'own' })
  expect(library.wordMedia(['sound:digits/5', 'sound:digits/6'], 'ru')).toEqual({
    media: [`sound:${root}/data/made/ru/prompts/words/digits/5`, 'sound:ru/digits/6'],
  })
  expect(library.words('ru')).toContain('prompts/words/digits/6')
})
