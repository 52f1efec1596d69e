import { join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { addConfigCommands, checkConfig, showConfig, terminalLanguage } from '../../src/cli/config.ts'
import { folderWith, withSections } from '../config/folder.ts'

const examples = join(import.meta.dirname, '../../examples')
const good = () => join(folderWith({ 'perezvon.yaml': withSections({}) }), 'perezvon.yaml')
/** A machine that has all that it needs. */
const machine = { mp3: true }
const broken = () =>
  join(folderWith({ 'perezvon.yaml': withSections({ operator: '{ ring: nobody }' }) }), 'perezvon.yaml')

describe('config check', () => {
  it('counts what is there when all is good', () => {
    expect(checkConfig(good(), { lang: 'en' }, machine)).toEqual({
      text: 'The configuration is good: 1 line, 1 flow, 2 people.\n',
      exitCode: 0,
    })
    expect(checkConfig(good(), { lang: 'ru' }, machine).text).toBe(
      'Конфигурация в порядке: 1 линия, 1 сценарий, 2 сотрудника.\n',
    )
  })

  it('prints warnings and is content, in the language of the configuration', () => {
    const { text, exitCode } = checkConfig(join(examples, 'flower-yard/perezvon.yaml'))
    expect(exitCode).toBe(0)
    expect(text).toContain(
      'examples/flower-yard/perezvon.yaml:40:13  warning  W203  звук prompts/greeting ещё не озвучен',
    )
    expect(text).toMatch(/\nКонфигурация в порядке: 2 линии, 2 сценария, 3 сотрудника\.\n$/)
  })

  it('says where voice messages would be mailed as WAV, for want of a program that makes mp3', () => {
    const { text, exitCode } = checkConfig(good(), { lang: 'en' }, { mp3: false })
    expect(exitCode).toBe(0)
    expect(text).toContain('perezvon.yaml:8:19  warning  W210  neither ffmpeg nor lame is installed here')
    expect(checkConfig(good(), { lang: 'en' }, {}).text).not.toContain('W210')
  })

  it('prints errors and answers 3', () => {
    const { text, exitCode } = checkConfig(broken(), { lang: 'en' }, machine)
    expect(exitCode).toBe(3)
    expect(text).toContain('error  E104  there is no group or person “nobody”')
    expect(text).toMatch(/\n1 error, no warnings\.\n$/)
  })

  it('says the same as JSON', () => {
    const { text, exitCode } = checkConfig(broken(), { json: true, lang: 'en' }, machine)
    expect(exitCode).toBe(3)
    expect(JSON.parse(text)).toMatchObject({
      ok: false,
      hash: null,
      problems: [{ severity: 'error', code: 'E104', line: 10, column: 19, endColumn: 25, path: 'operator.ring' }],
    })
    expect(JSON.parse(checkConfig(good(), { json: true }, machine).text)).toMatchObject({ ok: true, problems: [] })
  })
})

describe('config show', () => {
  it('shows what is in force, as YAML and as JSON', () => {
    expect(showConfig(good()).text).toContain('"+73432001122":\n    name: Main\n    flow: main\n')
    expect(JSON.parse(showConfig(good(), { json: true }).text)).toMatchObject({
      groups: { sales: { each: 20_000 } },
      flows: { main: [{ kind: 'voicemail', at: 'perezvon.yaml:8' }] },
    })
  })

  it('shows the errors instead when there are any', () => {
    expect(showConfig(broken()).exitCode).toBe(3)
  })
})

it('the command line finds the file, prints to stdout and sets the exit code', async () => {
  const written: string[] = []
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  const before = process.exitCode
  onTestFinished(() => {
    stdout.mockRestore()
    process.exitCode = before
  })
  const program = new Command().exitOverride()
  addConfigCommands(program)
  await program.parseAsync(['config', 'check', join(examples, 'small-firm'), '--lang', 'ru'], { from: 'user' })
  expect(process.exitCode).toBe(0)
  expect(written.join('')).toContain('Конфигурация в порядке')
  await program.parseAsync(['config', 'check', broken()], { from: 'user' })
  expect(process.exitCode).toBe(3)
  written.length = 0
  await program.parseAsync(['config', 'schema'], { from: 'user' })
  expect(JSON.parse(written.join(''))).toMatchObject({ title: 'perezvon.yaml' })
})

it.each([
  [{ LANG: 'ru_RU.UTF-8' }, 'ru'],
  [{ LANG: 'en_US.UTF-8' }, 'en'],
  [{ LC_ALL: 'ru_RU.UTF-8', LANG: 'C' }, 'ru'],
  [{}, 'en'],
])('the terminal of %j reads %s', (env, expected) => {
  expect(terminalLanguage(env)).toBe(expected)
})
