/** `perezvon dnc add | rm | import | ls`: the numbers that no machine of ours may call. */
import { basename } from 'node:path'
import type { Command } from 'commander'
import { guessColumns } from '../lists/list-columns.ts'
import { NoPhoneColumn } from '../campaigns/import-contacts.ts'
import { campaignMessage } from '../campaigns/messages.ts'
import { readList } from '../lists/read-list.ts'
import { cleanText } from '../model/clean-text.ts'
import { formatPhone, type ListForm, type PhoneReading, readPhone } from '../model/phone-number.ts'
import { phoneRefusalText } from '../model/phone-refusal.ts'
import {
  addDoNotCall,
  type DoNotCallSource,
  listDoNotCall,
  removeDoNotCall,
  skipListedContacts,
} from '../store/do-not-call.ts'
import type { CampaignContext } from './campaign-context.ts'
import { numbersOption, readable, readListFile } from './campaign-import.ts'
import { CommandFailed } from './environment.ts'

export type DncContext = Pick<CampaignContext, 'open' | 'config' | 'language' | 'print' | 'exit'>

/** Exit codes: 0 done, 1 unreadable list, 2 not a number, 5 not on the list, 6 imported but rows were refused. */
export function addDncCommands(program: Command, context: DncContext): void {
  const dnc = program.command('dnc').description('numbers that are never called by a machine')
  dnc
    .command('add')
    .argument('<numbers...>', 'in any notation')
    .option('--note <text>', 'why')
    .addOption(numbersOption())
    .description('puts numbers on the list; contacts that wait for a call are taken out at once')
    .action((numbers: string[], options: { note?: string; numbers: ListForm }) => add(context, numbers, options))
  dnc
    .command('rm')
    .argument('<number>')
    .addOption(numbersOption())
    .description('takes a number off the list')
    .action((number: string, options: { numbers: ListForm }) => remove(context, number, options.numbers))
  dnc
    .command('import')
    .argument('<file>', 'a CSV file with a column of numbers')
    .addOption(numbersOption())
    .description('puts a list of numbers on the list')
    .action((file: string, options: { numbers: ListForm }) => importNumbers(context, file, options.numbers))
  dnc
    .command('ls')
    .option('--json', 'one JSON object a line')
    .description('the list')
    .action((options: { json?: boolean }) => list(context, options.json ?? false))
}

async function add(context: DncContext, texts: string[], options: { note?: string; numbers: ListForm }): Promise<void> {
  const numbers = texts.map((text) => numberOf(context, text, options.numbers))
  await put(context, numbers, 'by-hand', options.note ?? null)
}

async function put(
  context: DncContext,
  numbers: string[],
  source: DoNotCallSource,
  detail: string | null,
): Promise<void> {
  const { language, print } = context
  const prisma = await context.open()
  const at = Date.now()
  const unique = [...new Set(numbers)]
  const added = await addDoNotCall(prisma, unique, { source, detail, at })
  print(campaignMessage(language, 'dnc-added', { added, known: unique.length - added }))
  const skipped = await skipListedContacts(prisma, at)
  if (skipped > 0) print(campaignMessage(language, 'dnc-skipped', { n: skipped }))
}

async function remove(context: DncContext, text: string, form: ListForm): Promise<void> {
  const number = numberOf(context, text, form)
  const removed = await removeDoNotCall(await context.open(), number)
  const shown = formatPhone(number)
  context.print(campaignMessage(context.language, removed ? 'dnc-removed' : 'dnc-absent', { number: shown }))
  if (!removed) context.exit(5)
}

async function importNumbers(context: DncContext, file: string, form: ListForm): Promise<void> {
  const { language } = context
  const { country } = context.config().company
  const bytes = await readListFile(file, language)
  const { numbers, bad } = await numbersOf(bytes, country, form).catch((error: unknown) => {
    throw readable(error, language)
  })
  for (const { row, text, refused } of bad) {
    const why = phoneRefusalText(refused, language)
    context.print(campaignMessage(language, 'dnc-bad-row', { row: String(row), text: cleanText(text, 40), why }))
  }
  await put(context, numbers, 'import', basename(file))
  if (bad.length > 0) context.exit(6)
}

interface BadRow {
  row: number
  text: string
  refused: Exclude<PhoneReading, { number: string }>
}

async function numbersOf(
  bytes: Uint8Array,
  country: string,
  form: ListForm,
): Promise<{ numbers: string[]; bad: BadRow[] }> {
  const list = await readList(bytes, country)
  const rows = []
  for await (const row of list.rows) rows.push(row)
  const sample = rows.slice(0, 50).map((row) => row.cells)
  const { phone } = guessColumns(list.headings ? list.columns : [], sample, country, form)
  if (phone === null) throw new NoPhoneColumn(list.columns)
  const numbers: string[] = []
  const bad: BadRow[] = []
  for (const { row, cells } of rows) {
    const text = cells[phone] ?? ''
    const reading = readPhone(text, country, form)
    if ('number' in reading) numbers.push(reading.number)
    else bad.push({ row, text, refused: reading })
  }
  return { numbers, bad }
}

async function list(context: DncContext, json: boolean): Promise<void> {
  const entries = await listDoNotCall(await context.open())
  if (entries.length === 0 && !json) return context.print(campaignMessage(context.language, 'nothing'))
  for (const entry of entries) {
    const { number, source, detail, addedAt } = entry
    if (json) context.print(JSON.stringify(entry))
    else
      context.print(
        `${formatPhone(number).padEnd(20)} ${new Date(addedAt).toISOString().slice(0, 10)}  ${source}  ${detail ?? ''}`,
      )
  }
}

function numberOf({ language, config }: DncContext, text: string, form: ListForm): string {
  const reading = readPhone(text, config().company.country, form)
  if ('number' in reading) return reading.number
  const why = phoneRefusalText(reading, language)
  throw new CommandFailed(campaignMessage(language, 'bad-number', { text: cleanText(text, 40), why }), 2)
}
