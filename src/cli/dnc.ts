/** `perezvon dnc add | rm | import | ls`: the numbers that no machine of ours may call. */
import { basename } from 'node:path'
import type { Command } from 'commander'
import { guessColumns } from '../campaigns/list-columns.ts'
import { NoPhoneColumn } from '../campaigns/import-contacts.ts'
import { campaignMessage } from '../campaigns/messages.ts'
import { readList } from '../campaigns/read-list.ts'
import { cleanText } from '../model/clean-text.ts'
import { formatPhone, parsePhone } from '../model/phone-number.ts'
import {
  addDoNotCall,
  type DoNotCallSource,
  listDoNotCall,
  removeDoNotCall,
  skipListedContacts,
} from '../store/do-not-call.ts'
import type { CampaignContext } from './campaign-context.ts'
import { readable, readListFile } from './campaign-import.ts'
import { CommandFailed } from './environment.ts'

export type DncContext = Pick<CampaignContext, 'open' | 'config' | 'language' | 'print' | 'exit'>

/** Exit codes: 0 done, 1 unreadable list, 2 not a number, 5 not on the list, 6 imported but rows were refused. */
export function addDncCommands(program: Command, context: DncContext): void {
  const dnc = program.command('dnc').description('numbers that are never called by a machine')
  dnc
    .command('add')
    .argument('<numbers...>', 'in any notation')
    .option('--note <text>', 'why')
    .description('puts numbers on the list; contacts that wait for a call are taken out at once')
    .action((numbers: string[], options: { note?: string }) => add(context, numbers, options.note ?? null))
  dnc
    .command('rm')
    .argument('<number>')
    .description('takes a number off the list')
    .action((number: string) => remove(context, number))
  dnc
    .command('import')
    .argument('<file>', 'a CSV file with a column of numbers')
    .description('puts a list of numbers on the list')
    .action((file: string) => importNumbers(context, file))
  dnc
    .command('ls')
    .option('--json', 'one JSON object a line')
    .description('the list')
    .action((options: { json?: boolean }) => list(context, options.json ?? false))
}

async function add(context: DncContext, texts: string[], note: string | null): Promise<void> {
  const numbers = texts.map((text) => numberOf(context, text))
  await put(context, numbers, 'by-hand', note)
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

async function remove(context: DncContext, text: string): Promise<void> {
  const number = numberOf(context, text)
  const removed = await removeDoNotCall(await context.open(), number)
  const shown = formatPhone(number)
  context.print(campaignMessage(context.language, removed ? 'dnc-removed' : 'dnc-absent', { number: shown }))
  if (!removed) context.exit(5)
}

async function importNumbers(context: DncContext, file: string): Promise<void> {
  const { language } = context
  const { country } = context.config().company
  const bytes = await readListFile(file, language)
  const { numbers, bad } = await numbersOf(bytes, country).catch((error: unknown) => {
    throw readable(error, language)
  })
  for (const { row, text } of bad)
    context.print(campaignMessage(language, 'dnc-bad-row', { row: String(row), text: cleanText(text, 40) }))
  await put(context, numbers, 'import', basename(file))
  if (bad.length > 0) context.exit(6)
}

async function numbersOf(
  bytes: Uint8Array,
  country: string,
): Promise<{ numbers: string[]; bad: { row: number; text: string }[] }> {
  const list = await readList(bytes, country)
  const rows = []
  for await (const row of list.rows) rows.push(row)
  const sample = rows.slice(0, 50).map((row) => row.cells)
  const { phone } = guessColumns(list.headings ? list.columns : [], sample, country)
  if (phone === null) throw new NoPhoneColumn(list.columns)
  const read = rows.map(({ row, cells }) => ({
    row,
    text: cells[phone] ?? '',
    number: parsePhone(cells[phone] ?? '', country),
  }))
  return { numbers: read.flatMap(({ number }) => number ?? []), bad: read.filter(({ number }) => number === null) }
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

function numberOf(context: DncContext, text: string): string {
  const number = parsePhone(text, context.config().company.country)
  if (number) return number
  throw new CommandFailed(campaignMessage(context.language, 'bad-number', { text }), 2)
}
