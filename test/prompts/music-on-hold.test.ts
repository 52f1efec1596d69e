import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { PromptLibrary } from '../../src/prompts/library.ts'
import { musicClasses, musicClassName, renderMusicOnHold } from '../../src/prompts/music-on-hold.ts'
import { Speech } from '../../src/prompts/speech.ts'
import { fill, folder } from './sounds.ts'

const branded = {
  name: 'branded',
  directory: '/c/music',
  order: 'alphabet' as const,
  pieces: ['/c/music/b', '/c/music/a'],
  slogans: [],
}

test('without a slogan: a folder', () => {
  expect(renderMusicOnHold([branded])).toBe('[branded]\nmode=files\ndirectory=/c/music\nsort=alpha\n')
})

test('one slogan: Asterisk’s own announcement', () => {
  expect(renderMusicOnHold([{ ...branded, order: 'random', slogans: ['/c/prompts/s1'] }])).toBe(
    '[branded]\nmode=files\ndirectory=/c/music\nsort=random\nannouncement=/c/prompts/s1\n',
  )
})

test('several slogans: piece and slogan in turn', () => {
  expect(renderMusicOnHold([{ ...branded, slogans: ['/c/s1', '/c/s2', '/c/s3'] }]).split('\n')).toEqual([
    '[branded]',
    'mode=playlist',
    'entry=/c/music/a',
    'entry=/c/s1',
    'entry=/c/music/b',
    'entry=/c/s2',
    'entry=/c/music/a',
    'entry=/c/s3',
    'sort=randstart',
    '',
  ])
})

test('a random order is the same at each rendering', () => {
  const music = { ...branded, order: 'random' as const, slogans: ['/c/s1', '/c/s2'] }
  const shuffled = { ...music, pieces: music.pieces.toReversed() }
  expect(renderMusicOnHold([music])).toBe(renderMusicOnHold([shuffled]))
})

test.each([
  '/c/a\nmode=custom',
  '/c/a;b',
  '/c/[x]',
  '/c/../etc',
  'relative',
  '/c/${ENV(PATH)}',
  '/c/\u2028x',
  `/${'x'.repeat(300)}`,
])('a path like %j is refused', (path) => {
  expect(() => renderMusicOnHold([{ ...branded, directory: path }])).toThrow(RangeError)
})

test('names that Asterisk could not hold get one of ours', () => {
  expect(musicClassName('branded_2')).toBe('branded_2')
  expect(musicClassName('музыка')).toMatch(/^music-[0-9a-f]{16}$/)
  expect(musicClassName('a]b\n')).toMatch(/^music-[0-9a-f]{16}$/)
  expect(musicClassName('default')).not.toBe('default')
  expect(musicClassName('x'.repeat(64))).toHaveLength(22)
})

describe('classes of a configuration', () => {
  async function classes(files: Record<string, true | string>, music: Parameters<typeof musicClasses>[0]) {
    const root = folder()
    fill(root, files)
    const speech = new Speech({ programs: { espeak: null, sox: null, ffmpeg: null }, cacheDir: join(root, 'said') })
    const library = new PromptLibrary({
      configDir: root,
      soundsDir: join(root, 'data'),
      speech,
      asterisk: { configDir: '/srv' },
    })
    await library.refresh()
    return musicClasses(music, library, 'ru')
  }

  it('take the pieces of the folder as Asterisk sees them', async () => {
    const files = { 'music/b.wav': true, 'music/a.wav': true, 'music/deep/c.wav': true, 'slogan.wav': true } as const
    expect(await classes(files, { branded: { files: 'music/', order: 'alphabet', slogans: ['slogan'] } })).toEqual({
      classes: [
        {
          name: 'branded',
          directory: '/srv/music',
          order: 'alphabet',
          pieces: ['/srv/music/a', '/srv/music/b'],
          slogans: ['/srv/slogan'],
        },
      ],
      problems: [],
    })
  })

  it('tell what cannot be played', async () => {
    const files = { 'music/song.mp3': 'x', 'music/ok.wav': true, 'music/x;y.wav': true } as const
    const found = await classes(files, {
      a: { files: 'music', order: 'random', slogans: ['no'] },
      b: { files: 'empty', order: 'random' },
    })
    expect(found.classes.map((music) => [music.name, music.pieces, music.slogans])).toEqual([
      ['a', ['/srv/music/ok'], []],
    ])
    expect(found.problems).toEqual([
      { name: 'a', id: 'unsafe-name', found: 'music/x;y' },
      { name: 'a', id: 'unplayable', found: 'music/song.mp3' },
      { name: 'a', id: 'no-slogan', found: 'no' },
      { name: 'b', id: 'no-pieces', found: 'empty' },
    ])
  })
})
