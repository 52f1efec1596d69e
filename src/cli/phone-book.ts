/** `perezvon phone-book check | find`: what the sources of names hold, with or without the daemon. */
import type { Command } from 'commander'
import { DateTime } from 'luxon'
import type { Config } from '../config/schema.ts'
import { cleanText } from '../model/clean-text.ts'
import { formatPhone, readPhone } from '../model/phone-number.ts'
import { phoneRefusalText } from '../model/phone-refusal.ts'
import { bookFaultText, say } from '../phone-book/messages.ts'
import type { PhoneBook } from '../phone-book/phone-book.ts'
import type { SourceState } from '../phone-book/source.ts'
import type { Language } from '../runtime/i18n.ts'

export interface PhoneBookContext {
  /** Not read yet; null: the configuration has none. */
  book: () => Promise<PhoneBook | null>
  config: () => Config
  language: Language
  print: (line: string) => void
  exit: (code: number) => void
}

/** Exit codes: 0 done, 1 a source cannot be read, 2 not a number, 5 nobody has the number, 6 read, but some numbers cannot be. */
export function addPhoneBookCommands(program: Command, context: PhoneBookContext): void {
  const book = program.command('phone-book').description('names of callers')
  book
    .command('check')
    .option('--json', 'one JSON object a line')
    .description('reads every source anew and says what of it cannot be used')
    .action((options: { json?: boolean }) => check(context, options))
  book
    .command('find')
    .argument('<number>', 'in any notation')
    .description('whose number it is, and which source says so; a CRM is asked')
    .action((number: string) => find(context, number))
}

async function check(context: PhoneBookContext, { json }: { json?: boolean }): Promise<void> {
  const { language, print, exit } = context
  const book = await context.book()
  if (!book) return print(say(language, 'none'))
  await book.readOnce(true)
  const states = book.states()
  for (const state of states)
    if (json) print(JSON.stringify({ ...state, fault: state.fault && bookFaultText(language, state.fault) }))
    else for (const line of stateInWords(context, state)) print(line)
  if (states.some(({ fault }) => fault !== null)) exit(1)
  else if (states.some(({ unreadable }) => unreadable > 0)) exit(6)
}

function stateInWords({ language, config }: PhoneBookContext, state: SourceState): string[] {
  const { label, names, readAt, fault, unreadable, examples, nameless } = state
  const zone = config().company.timezone
  const at = readAt === null ? null : DateTime.fromMillis(readAt, { zone, locale: language }).toFormat('d MMM HH:mm')
  const why = fault && bookFaultText(language, fault)
  return [
    say(language, 'source', { label, names, read: at === null ? '' : say(language, 'read', { at }) }),
    ...(why === null ? [] : [say(language, names > 0 ? 'kept' : 'fault', { why })]),
    ...(unreadable > 0 ? [say(language, 'unreadable', { count: unreadable })] : []),
    ...examples.map(({ line, text, why: refused }) =>
      say(language, line > 0 ? 'number' : 'number-alone', {
        line: String(line),
        text,
        why: phoneRefusalText(refused, language),
      }),
    ),
    ...(unreadable > examples.length ? [say(language, 'more', { count: unreadable - examples.length })] : []),
    ...(nameless > 0 ? [say(language, 'nameless', { count: nameless })] : []),
  ]
}

async function find(context: PhoneBookContext, text: string): Promise<void> {
  const { language, print, exit } = context
  const reading = readPhone(text, context.config().company.country)
  if ('refused' in reading) {
    print(say(language, 'not-a-number', { number: cleanText(text, 40), why: phoneRefusalText(reading, language) }))
    return exit(2)
  }
  const book = await context.book()
  if (!book) {
    print(say(language, 'none'))
    return exit(5)
  }
  await book.readOnce(false)
  const number = formatPhone(reading.number)
  const found = (await book.findAll(reading.number)).filter(({ name }) => name !== null)
  await book.stop()
  const [first, ...others] = found
  for (const { label, fault } of book.states()) if (fault) print(`${label}: ${bookFaultText(language, fault)}`)
  if (!first) {
    print(say(language, 'unknown', { number }))
    return exit(5)
  }
  print(say(language, 'found', { number, label: first.label, name: first.name! }))
  for (const { label, name } of others) print(say(language, 'found-too', { label, name: name! }))
}
