/** `perezvon operators ls | in | out | pause | resume | dnd`: a wish is a row that the daemon carries out. */
import type { Command } from 'commander'
import { DateTime } from 'luxon'
import type { Config } from '../config/schema.ts'
import { cleanText } from '../model/clean-text.ts'
import { askOperator, type WishWord, wishWords } from '../queues/ask-operator.ts'
import { defineMessages, type Language } from '../runtime/i18n.ts'
import type { Prisma } from '../store/database.ts'
import { lastOperatorEvents } from '../store/operators.ts'

interface OperatorsContext {
  open: () => Promise<Prisma>
  config: () => Config
  language: Language
  print: (line: string) => void
  exit: (code: number) => void
}

const say = defineMessages({
  en: {
    row: '{person}  {name}  {state}  {since}',
    state:
      '{state, select, offline {offline} available {available} ringing {ringing} talking {talking} paused {paused} other {{state}}}{reason, select, none {} other { ({reason})}}',
    never: 'nothing known yet',
    done: '{person}: done.',
    refused: '{person} is signed out: sign in first.',
    unknown: 'There is no person “{person}”.',
    waits: '{person}: noted. The daemon does not run; it will be done when it starts.',
  },
  ru: {
    row: '{person}  {name}  {state}  {since}',
    state:
      '{state, select, offline {не на месте} available {свободен} ringing {звонит телефон} talking {разговаривает} paused {перерыв} other {{state}}}{reason, select, none {} other { ({reason})}}',
    never: 'пока ничего не известно',
    done: '{person}: готово.',
    refused: '{person} не на смене: сначала нужно отметиться (in).',
    unknown: 'Нет сотрудника «{person}».',
    waits: '{person}: записано. Служба не запущена; будет сделано при её запуске.',
  },
})

/** Exit codes: 0 done or noted, 1 refused, 5 no such person. */
export function addOperatorCommands(program: Command, context: OperatorsContext): void {
  const operators = program.command('operators').description('who is there to answer callers')
  operators
    .command('ls')
    .option('--json', 'one JSON object a line')
    .description('who is what, and since when')
    .action((options: { json?: boolean }) => list(context, options))
  for (const word of Object.keys(wishWords) as WishWord[]) {
    const command = operators.command(word).argument('<person>', 'a key of people').description(wishWords[word])
    if (word === 'pause') command.option('--reason <text>', 'why')
    command.action((person: string, { reason }: { reason?: string }) => ask(context, person, word, reason ?? null))
  }
}

async function list(context: OperatorsContext, { json }: { json?: boolean }): Promise<void> {
  const { people, company } = context.config()
  const { language, print } = context
  const rows = await lastOperatorEvents(await context.open(), Object.keys(people))
  for (const [person, { name }] of Object.entries(people)) {
    const last = rows.find((row) => row.person === person)
    if (json) {
      print(
        JSON.stringify({
          person,
          name,
          state: last?.state ?? null,
          at: last?.at ?? null,
          reason: last?.reason ?? null,
        }),
      )
      continue
    }
    const since = last
      ? DateTime.fromMillis(last.at, { zone: company.timezone, locale: language }).toFormat('d MMM HH:mm')
      : ''
    const state = last
      ? say(language, 'state', { state: last.state, reason: last.reason ?? 'none' })
      : say(language, 'never')
    print(say(language, 'row', { person, name, state, since }))
  }
}

async function ask(context: OperatorsContext, person: string, word: WishWord, reason: string | null): Promise<void> {
  const { language, print, exit } = context
  if (!Object.hasOwn(context.config().people, person)) {
    print(say(language, 'unknown', { person: cleanText(person, 64) }))
    return exit(5)
  }
  const result = await askOperator(await context.open(), { person, word, reason })
  print(say(language, result ?? 'waits', { person }))
  if (result === 'refused') exit(1)
  if (result === 'unknown') exit(5)
}
