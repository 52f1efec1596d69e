import { join } from 'node:path'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { addPromptCommands } from '../../src/cli/prompts.ts'
import type { Config } from '../../src/config/schema.ts'
import { PromptLibrary } from '../../src/prompts/library.ts'
import { Speech } from '../../src/prompts/speech.ts'
import { usedPrompts } from '../../src/prompts/used-prompts.ts'
import { fill, folder } from '../prompts/sounds.ts'

const config = {
  company: { language: 'ru' },
  music: { branded: { files: 'music', order: 'random', slogans: ['prompts/slogan'] } },
  flows: {
    main: [
      { kind: 'play', play: ['prompts/greeting'] },
      {
        kind: 'menu',
        menu: {
          play: ['prompts/menu'],
          wrong_prompt: 'prompts/wrong',
          keys: { 1: [{ kind: 'play', play: ['prompts/deep'] }] },
        },
      },
      { kind: 'say', say: ['prompts/greeting', { number: '5', unit: 'none' }] },
      { kind: 'unanswered', unanswered: [{ kind: 'voicemail', voicemail: { play: 'prompts/closed' } }] },
    ],
  },
  groups: {},
  campaigns: {
    c: { opt_out: { key: '9', confirm: 'prompts/bye' }, script: [{ kind: 'opt_out', opt_out: 'prompts/never' }] },
  },
} as unknown as Config

async function run(files: Parameters<typeof fill>[1], ...args: string[]) {
  const root = folder()
  fill(root, files)
  const speech = new Speech({ programs: { espeak: null, sox: null, ffmpeg: null }, cacheDir: join(root, 'data/said') })
  const library = new PromptLibrary({ configDir: join(root, 'config'), soundsDir: join(root, 'data'), speech })
  await library.refresh()
  const lines: string[] = []
  let code = 0
  const program = new Command().exitOverride()
  addPromptCommands(program, {
    open: () => Promise.resolve({ config, library }),
    language: 'en',
    print: (line) => lines.push(line),
    exit: (value) => (code = value),
  })
  await program.parseAsync(['prompts', ...args.map((arg) => arg.replace('ROOT', root))], { from: 'user' })
  return { lines, code }
}

test('the prompts of a configuration are those of all steps, campaigns and slogans', () => {
  const names = ['bye', 'closed', 'deep', 'greeting', 'menu', 'never', 'slogan', 'wrong']
  expect(usedPrompts(config)).toEqual(names.map((name) => `prompts/${name}`))
  const groups = { a: { whisper: 'prompts/a-call' }, b: { whisper: 'line' } } as unknown as Config['groups']
  expect(usedPrompts({ ...config, groups })).toEqual(['prompts/a-call', ...usedPrompts(config)])
})

test('missing: names what has no sound, and how to get it', async () => {
  const recorded = ['bye', 'closed', 'deep', 'menu', 'never', 'wrong'].map(
    (name) => [`config/prompts/${name}.wav`, true] as const,
  )
  const { lines, code } = await run(
    { ...Object.fromEntries(recorded), 'config/prompts/index.yaml': 'prompts/greeting: { ru: "Здравствуйте!" }' },
    'missing',
  )
  expect(lines).toEqual([
    'prompts/greeting: there is a text: “perezvon prompts make”',
    'prompts/slogan: no text: record it, or write one into prompts/index.yaml',
    '2 prompts have no sound.',
  ])
  expect(code).toBe(1)
})

test('ls: shows the source of each sound, its text, and recordings that cannot be played', async () => {
  const { lines, code } = await run(
    {
      'config/prompts/menu.wav': true,
      'data/made/ru/prompts/greeting.wav': true,
      'config/prompts/old.mp3': 'x',
      'config/prompts/index.yaml': 'prompts/menu: { ru: "Один — продажи" }',
    },
    'ls',
  )
  const line = (name: string) => lines.find((l) => l.startsWith(name))?.replace(/ +/g, ' ')
  expect(line('prompts/menu')).toBe('prompts/menu recorded «Один — продажи»')
  expect(line('prompts/greeting')).toBe('prompts/greeting spoken by a program')
  expect(line('prompts/wrong')).toBe('prompts/wrong MISSING')
  expect(lines.at(-1)).toContain('prompts/old.mp3: Asterisk does not play .mp3')
  expect(code).toBe(0)
})

test.each([
  ['../evil', 2],
  ['/etc/x', 2],
  ['prompts/.hidden', 2],
  ['prompts/a.wav', 2],
  ['prompts/there', 1],
  ['prompts/new', 1],
])('add as %s ends with %i', async (name, expected) => {
  const { code } = await run({ 'config/prompts/there.wav': true, 'in.wav': true }, 'add', 'ROOT/in.wav', name)
  expect(code).toBe(expected)
})

test('make and say without a speech program fail and say why', async () => {
  const made = await run({}, 'make')
  expect(made.code).toBe(6)
  expect(made.lines[0]).toContain('espeak-ng is not installed')
  const said = await run({}, 'say', 'Привет')
  expect(said.code).toBe(1)
  expect(said.lines).toEqual([expect.stringMatching(/^Not spoken: install espeak-ng and sox/)])
})
