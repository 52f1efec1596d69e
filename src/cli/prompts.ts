/** `perezvon prompts ls | missing | make | add | say` */
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Config } from '../config/schema.ts'
import { sound } from '../config/values.ts'
import { convertRecording } from '../prompts/convert.ts'
import type { PromptLibrary } from '../prompts/library.ts'
import { makePrompts } from '../prompts/make-prompts.ts'
import { promptMessage } from '../prompts/messages.ts'
import { usedPrompts } from '../prompts/used-prompts.ts'
import type { Language } from '../runtime/i18n.ts'

export interface PromptCommandContext {
  /** The checked configuration and the library on its folder; throws what the command line shows. */
  open(): Promise<{ config: Config; library: PromptLibrary }>
  /** Language of the messages. */
  language: Language
  print(line: string): void
  exit(code: number): void
}

/** Exit codes: 0 done, 1 nothing done or something missing, 2 a name that cannot be, 6 done but not for all. */
export function addPromptCommands(program: Command, context: PromptCommandContext): void {
  const prompts = program.command('prompts').description('recorded and spoken prompts')
  prompts
    .command('ls')
    .description('every prompt, where its sound comes from and what it says')
    .action(() => list(context))
  prompts
    .command('missing')
    .description('prompts of the configuration that have no sound')
    .action(() => missing(context))
  prompts
    .command('make')
    .argument('[names...]', 'only these, even if they are up to date')
    .description('speaks every prompt that has a text but no recording')
    .action((names: string[]) => make(context, names))
  prompts
    .command('add')
    .argument('<file>', 'a recording: wav, mp3, m4a, ogg, flac')
    .argument('<name>', 'the prompt, as the configuration names it')
    .option('--language <ru|en>', 'for this language only')
    .option('--replace', 'also if there is one')
    .description('converts a recording and puts it into the configuration folder')
    .action((file: string, name: string, options: AddOptions) => add(context, file, name, options))
  prompts
    .command('say')
    .argument('<text>', 'what to say')
    .description('speaks a text, to hear how it sounds')
    .action((text: string) => say(context, text))
}

async function list(context: PromptCommandContext): Promise<void> {
  const { config, library } = await context.open()
  const { language } = config.company
  const names = [...new Set([...usedPrompts(config), ...library.described])].toSorted()
  const width = Math.max(0, ...names.map((name) => name.length))
  for (const name of names) {
    const source = promptMessage(context.language, library.source(name, language))
    const text = library.says(name, language)
    context.print([name.padEnd(width), source.padEnd(20), text === null ? '' : `«${text}»`].join('  ').trimEnd())
  }
  tellFaults(context, library)
}

async function missing(context: PromptCommandContext): Promise<void> {
  const { config, library } = await context.open()
  const { language } = config.company
  const names = usedPrompts(config).filter((name) => library.source(name, language) === 'missing')
  for (const name of names) {
    const how = library.says(name, language) === null ? 'how-to-record' : 'how-to-make'
    context.print(`${name}: ${promptMessage(context.language, how)}`)
  }
  tellFaults(context, library)
  if (names.length === 0) return context.print(promptMessage(context.language, 'all-there'))
  context.print(promptMessage(context.language, 'missing-count', { count: names.length }))
  context.exit(1)
}

async function make(context: PromptCommandContext, names: string[]): Promise<void> {
  const { config, library } = await context.open()
  const languages = [config.company.language]
  const report = await makePrompts({ library, languages, ...(names.length > 0 ? { names } : {}) })
  for (const { prompt, id, why } of report.failed) {
    context.print(
      promptMessage(context.language, 'make-failed', {
        prompt,
        why: promptMessage(context.language, `speech-${id}`, { why }),
      }),
    )
  }
  context.print(
    promptMessage(context.language, 'make-summary', {
      made: report.made.length,
      kept: report.kept.length,
      recorded: report.recorded.length,
      failed: report.failed.length,
    }),
  )
  if (report.failed.length > 0) context.exit(report.made.length + report.kept.length > 0 ? 6 : 1)
}

interface AddOptions {
  language?: string
  replace?: boolean
}

async function add(context: PromptCommandContext, file: string, name: string, options: AddOptions): Promise<void> {
  const badLanguage = options.language !== undefined && options.language !== 'ru' && options.language !== 'en'
  if (!sound().safeParse(name).success || name.includes('/.') || badLanguage) {
    context.print(promptMessage(context.language, 'bad-name', { name: badLanguage ? String(options.language) : name }))
    return context.exit(2)
  }
  const { library } = await context.open()
  const { configDir, speech } = library.options
  const slash = name.lastIndexOf('/') + 1
  const path = options.language === undefined ? name : `${name.slice(0, slash)}${options.language}/${name.slice(slash)}`
  const output = join(configDir, path)
  const there = await access(`${output}.wav`).then(
    () => true,
    () => false,
  )
  if (there && !options.replace) {
    context.print(promptMessage(context.language, 'exists', { name: path }))
    return context.exit(1)
  }
  const result = await convertRecording({ input: file, output, programs: speech.programs })
  if (result.kind === 'refused') {
    context.print(promptMessage(context.language, `refused-${result.id}`, { file, why: result.why }))
    return context.exit(1)
  }
  const [seconds, speechLevel, peak] = [result.seconds, result.speech, result.peak].map((value) => value.toFixed(1))
  context.print(
    promptMessage(context.language, 'added', { name: path, seconds: seconds!, speech: speechLevel!, peak: peak! }),
  )
  if (result.cut) context.print(promptMessage(context.language, 'cut'))
}

async function say(context: PromptCommandContext, text: string): Promise<void> {
  const { config, library } = await context.open()
  const { speech, soundsDir } = library.options
  const result = await speech.say(text, config.company.language)
  if (result.kind === 'spoken') {
    return context.print(
      promptMessage(context.language, 'said', { file: join(soundsDir, 'said', `${result.key}.wav`) }),
    )
  }
  const why = promptMessage(context.language, `speech-${result.id}`, { why: result.why })
  context.print(promptMessage(context.language, 'not-said', { why }))
  context.exit(1)
}

function tellFaults(context: PromptCommandContext, library: PromptLibrary): void {
  if (library.textFault !== null)
    context.print(promptMessage(context.language, 'text-fault', { why: library.textFault }))
  for (const { id, path, found } of library.faults) {
    context.print(promptMessage(context.language, `format-${id}`, { path, found }))
  }
}
