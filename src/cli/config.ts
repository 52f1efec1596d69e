/** `perezvon config check|show|schema`: the same loader as the daemon's, for the admin's terminal and for CI. */
import { join, relative } from 'node:path'
import type { Command } from 'commander'
import { stringify } from 'yaml'
import type { SoundsElsewhere } from '../config/checks/report.ts'
import { printProblems, problemsAsJson, type PrintOptions } from '../config/diagnostics.ts'
import { findConfig, loadSettings } from '../config/env.ts'
import { configJsonSchema } from '../config/json-schema.ts'
import { loadConfig, type LoadResult } from '../config/load.ts'
import { printerText } from '../config/messages.ts'
import { mp3Command } from '../notices/voice-message.ts'
import { housePrompts } from '../prompts/house-prompts.ts'
import { findPrograms } from '../prompts/programs.ts'
import type { Language } from '../runtime/i18n.ts'

/** What a command answers: the text for stdout and the exit code (0 good, 3 the configuration is not valid). */
export interface CommandResult {
  text: string
  exitCode: 0 | 3
}
export interface ConfigOptions {
  json?: boolean
  lang?: Language
}

export function addConfigCommands(program: Command): void {
  const config = program.command('config').description('check, show and describe the configuration')
  config
    .command('check')
    .description('every error and warning with its place; exit code 3 when there are errors')
    .argument('[path]', 'perezvon.yaml or its folder; PEREZVON_CONFIG or ./config if missing')
    .option('--json', 'one JSON object')
    .option('--lang <language>', 'ru or en; the language of the configuration if missing', language)
    .action((path: string | undefined, options: ConfigOptions) => finish(checkConfig(fileOf(path), options)))
  config
    .command('show')
    .description('the configuration as it is understood: defaults filled in, numbers in E.164, times in milliseconds')
    .argument('[path]', 'perezvon.yaml or its folder; PEREZVON_CONFIG or ./config if missing')
    .option('--json', 'JSON instead of YAML')
    .option('--lang <language>', 'ru or en', language)
    .action((path: string | undefined, options: ConfigOptions) => finish(showConfig(fileOf(path), options)))
  config
    .command('schema')
    .description('the JSON Schema for editors: perezvon config schema > perezvon.schema.json')
    .action(() => finish({ text: json(configJsonSchema()), exitCode: 0 }))
}

export function checkConfig(
  file: string,
  options: ConfigOptions = {},
  sounds: SoundsElsewhere = soundsElsewhere(),
): CommandResult {
  const loaded = loadConfig(file, { sounds })
  const problems = loaded.ok ? loaded.warnings : loaded.problems
  const print = printOptions(loaded, options)
  const exitCode = loaded.ok ? 0 : 3
  if (options.json)
    return {
      text: json({ ok: loaded.ok, hash: loaded.ok ? loaded.hash : null, problems: problemsAsJson(problems, print) }),
      exitCode,
    }
  return { text: printProblems(problems, print) + (loaded.ok ? goodLine(loaded, print.language) : ''), exitCode }
}

export function showConfig(file: string, options: ConfigOptions = {}): CommandResult {
  const loaded = loadConfig(file, { sounds: soundsElsewhere() })
  if (!loaded.ok) return checkConfig(file, options)
  return {
    text: options.json ? json(loaded.config) : stringify(loaded.config, { aliasDuplicateObjects: false }),
    exitCode: 0,
  }
}

function goodLine({ config }: Extract<LoadResult, { ok: true }>, language: Language): string {
  const count = (table: object) => Object.keys(table).length
  const values = { lines: count(config.lines), flows: count(config.flows), people: count(config.people) }
  return `${printerText(language, 'good', values)}\n`
}

function printOptions(loaded: LoadResult, { lang }: ConfigOptions): PrintOptions {
  const folder = relative(process.cwd(), loaded.folder)
  return {
    language: lang ?? loaded.language ?? terminalLanguage(),
    sources: loaded.sources,
    folder: folder.startsWith('..') ? loaded.folder : folder,
  }
}

/** By the usual variables of the shell; English when they say nothing of Russian. */
export function terminalLanguage(env: NodeJS.ProcessEnv = process.env): Language {
  return /^ru\b|^ru_/i.test(env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '') ? 'ru' : 'en'
}

function language(word: string): Language {
  return word === 'ru' ? 'ru' : 'en'
}

function fileOf(path: string | undefined): string {
  return findConfig(path ?? process.env['PEREZVON_CONFIG'])
}

/** Where the prompt library of this machine keeps what it made, and whether it can make mp3. */
function soundsElsewhere(): SoundsElsewhere {
  const { settings } = { settings: null, ...loadSettings(process.env, 'cli') }
  const beside = process.env['ASTERISK_CACHE']
  const mp3 = mp3Command(findPrograms(beside ? [beside] : [])) !== null
  const known = { own: Object.keys(housePrompts), mp3 }
  return settings ? { ...known, made: join(settings.dataFolder, 'sounds', 'made') } : known
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function finish({ text, exitCode }: CommandResult): void {
  process.stdout.write(text)
  process.exitCode = exitCode
}
