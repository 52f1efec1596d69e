/** `perezvon campaign import` */
import { readFile, stat, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Option } from 'commander'
import { importContacts, ImportCollision, type ImportReport, NoPhoneColumn } from '../campaigns/import-contacts.ts'
import { campaignMessage } from '../campaigns/messages.ts'
import { LIST_LIMITS, ListError } from '../lists/read-list.ts'
import { refusalText } from '../campaigns/refusal-text.ts'
import { refusedCsv } from '../campaigns/results-csv.ts'
import { cleanText } from '../model/clean-text.ts'
import { LIST_FORMS, type ListForm } from '../model/phone-number.ts'
import type { Language } from '../runtime/i18n.ts'
import { type CampaignContext, planOf } from './campaign-context.ts'
import { CommandFailed } from './environment.ts'

interface ImportOptions {
  campaign: string
  twoNumbers?: string
  numbers: ListForm
  refused?: string
  json?: boolean
}

export async function importList(context: CampaignContext, file: string, options: ImportOptions): Promise<void> {
  const { language } = context
  planOf(context, options.campaign)
  if (options.twoNumbers !== undefined && options.twoNumbers !== 'first') {
    throw new CommandFailed(`--two-numbers ${options.twoNumbers}: first?`, 2)
  }
  const bytes = await readListFile(file, language)
  const report = await importContacts({
    prisma: await context.open(),
    config: context.config(),
    key: options.campaign,
    listName: basename(file),
    bytes,
    takeFirst: options.twoNumbers === 'first',
    form: options.numbers,
    at: Date.now(),
  }).catch((error: unknown) => {
    throw readable(error, language)
  })

  const refusedFile = options.refused ?? `${file.replace(/\.[^./\\]*$/, '')}.refused.csv`
  if (report.refused.length > 0) {
    const { company } = context.config()
    await writeFile(refusedFile, refusedCsv(report.columns, report.refused, company.language), { mode: 0o600 })
  }
  const say = options.json ? context.printError : context.print
  for (const line of summary(report, language)) say(line)
  if (report.refused.length > 0) say(campaignMessage(language, 'import-refused-file', { file: refusedFile }))
  else say(campaignMessage(language, 'import-next', { key: options.campaign }))
  if (options.json) {
    const { campaign, encoding, delimiter, found, good, refused } = report
    const rows = refused.map(({ row, fault, readings }) => ({ row, fault, readings }))
    context.print(JSON.stringify({ campaign: campaign.id, encoding, delimiter, found, good, refused: rows }))
  }
  if (report.refused.length > 0) context.exit(6)
}

/** `--numbers`: how a list writes numbers without a plus. */
export function numbersOption(): Option {
  const means = 'numbers without +: `e164` begins with the country code, `national` is as dialled in the country'
  return new Option('--numbers <form>', means).choices(LIST_FORMS).default('auto' satisfies ListForm)
}

/** Throws CommandFailed; a file that is too big is not read at all. */
export async function readListFile(file: string, language: Language): Promise<Uint8Array> {
  try {
    if ((await stat(file)).size > LIST_LIMITS.bytes) throw new ListError('too-big')
    return await readFile(file)
  } catch (error) {
    if (error instanceof ListError) throw readable(error, language)
    const why = error instanceof Error ? error.message : String(error)
    throw new CommandFailed(campaignMessage(language, 'unreadable-file', { file, why }), 1)
  }
}

/** What the person at the terminal can do something about becomes a sentence; the rest stays what it is. */
export function readable(error: unknown, language: Language): unknown {
  const said = (id: Parameters<typeof campaignMessage>[1], values: Record<string, string> = {}) =>
    new CommandFailed(campaignMessage(language, id, values), 1)
  if (error instanceof ListError) return said(`list-${error.fault}`, { row: String(error.row) })
  if (error instanceof NoPhoneColumn)
    return said('no-phone-column', { phone: 'phone', columns: cleanText(error.columns.join(', '), 300) })
  if (error instanceof ImportCollision) return said('import-collision')
  return error
}

function summary(report: ImportReport, language: Language): string[] {
  const { good, refused, encoding, campaign } = report
  const reasons = new Map<string, number>()
  for (const { fault } of refused) {
    const reason = refusalText({ fault }, language)
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }
  return [
    campaignMessage(language, 'imported', {
      listName: campaign.listName,
      encoding,
      delimiter: report.delimiter === '\t' ? 'TAB' : report.delimiter,
      phone: cleanText(report.found.phone, 40),
    }),
    campaignMessage(language, 'import-count', { total: good + refused.length, good, refused: refused.length }),
    ...[...reasons]
      .toSorted((a, b) => b[1] - a[1])
      .map(([reason, n]) => campaignMessage(language, 'import-reason', { n, reason })),
  ]
}
