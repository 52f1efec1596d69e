/** `perezvon report <name>`: the figures of a period, from the database, with or without the daemon. */
import type { Command } from 'commander'
import { contactStatuses, type ContactStatus } from '../campaigns/contact-status.ts'
import { statusMessage } from '../campaigns/messages.ts'
import type { Config } from '../config/schema.ts'
import { type ReportContext, ringMs } from '../reports/context.ts'
import { tablesCsv } from '../reports/csv.ts'
import { tablesJson } from '../reports/json.ts'
import { reportWord } from '../reports/labels.ts'
import { type Cut, cuts, readPeriod } from '../reports/period.ts'
import { cutsOf, type ReportName, reportNames, reportTables } from '../reports/reports.ts'
import type { Table } from '../reports/table.ts'
import { formulaLines, tableLines } from '../reports/text.ts'
import { shownDay, shownShare, shownSpan } from '../reports/wording.ts'
import { defineMessages, type Language } from '../runtime/i18n.ts'
import { type ReportDatabase, ReportTooLong } from '../store/reports/connection.ts'
import { CommandFailed } from './environment.ts'
import type { OpenNames } from './who.ts'

export interface ReportCommandContext {
  /** Opened for reading, closed by the command. */
  open: () => Promise<ReportDatabase>
  config: () => Config
  /** Names of callers; missing: there is no phone book. */
  names?: OpenNames
  language: Language
  /** Writes a piece as it is, without a line's end. */
  write: (text: string) => void
  /** Columns of the terminal; a file has no end. */
  width: number
  now: () => number
}

interface Options {
  from?: string
  to?: string
  by?: string
  csv?: boolean
  json?: boolean
  explain?: boolean
}

const say = defineMessages({
  en: {
    'unknown': 'There is no report “{name}”; there are {known}, all',
    'not-a-day': 'A day is written 2026-11-24, or today, yesterday',
    'empty-period': 'The period ends before it begins',
    'too-long': 'No report is longer than ten years',
    'bad-cut': '“{name}” cannot be told apart by {by}; it can by {known}',
    'no-cut': '“{name}” has one form and no --by',
    'two-forms': 'Either --csv or --json',
    'took-too-long': 'It took too long: ask for a shorter period',
    'explained': 'How it is reckoned',
  },
  ru: {
    'unknown': 'Отчёта «{name}» нет; есть {known}, all',
    'not-a-day': 'День пишется 2026-11-24, либо today, yesterday',
    'empty-period': 'Конец периода раньше начала',
    'too-long': 'Отчёт не бывает длиннее десяти лет',
    'bad-cut': 'Отчёт «{name}» не делится по {by}; бывает по {known}',
    'no-cut': 'У отчёта «{name}» один вид, --by к нему не бывает',
    'two-forms': 'Либо --csv, либо --json',
    'took-too-long': 'Слишком долго: возьмите период короче',
    'explained': 'Как посчитано',
  },
})

/** Exit codes: 0 done, 1 it took too long, 2 no such report, period or cut. */
export function addReportCommand(program: Command, context: ReportCommandContext): void {
  program
    .command('report')
    .argument('<name>', `${reportNames.join(', ')} or all`)
    .option('--from <day>', 'the first day, 2026-11-01; seven days ago if missing')
    .option('--to <day>', 'the last day; yesterday if --from is missing too, else today')
    .option('--by <what>', `what the rows are: ${cuts.join(', ')}, total`)
    .option('--csv', 'for a spreadsheet')
    .option('--json', 'one JSON object')
    .option('--explain', 'with the formula of each figure')
    .description('the figures of a period')
    .action((name: string, options: Options) => report(context, name, options))
}

async function report(context: ReportCommandContext, name: string, options: Options): Promise<void> {
  const { language } = context
  if (options.csv && options.json) throw new CommandFailed(say(language, 'two-forms'), 2)
  const names = namesOf(language, name)
  const cut = options.by === undefined ? null : cutOf(language, name, options.by)
  const config = context.config()
  const period = readPeriod(options, config.company.timezone, context.now())
  if (typeof period === 'string') throw new CommandFailed(say(language, period), 2)
  // a file is for the company's spreadsheet, whoever asks for it
  const words = options.csv ? config.company.language : language
  const reportContext: ReportContext = { config, language: words, period, cut, now: context.now() }
  const tables = await readTables(context, names, reportContext)
  context.write(formOf(tables, reportContext, options, context.width))
}

async function readTables(
  { open, names: openNames, language }: ReportCommandContext,
  names: readonly ReportName[],
  context: ReportContext,
): Promise<Table[]> {
  const book = names.includes('callers') ? await openNames?.() : undefined
  const nameOf = (number: string) => book?.of(number) ?? null
  const database = await open()
  const contactStatus = (status: string) =>
    (contactStatuses as readonly string[]).includes(status) ? statusMessage(language, status as ContactStatus) : status
  try {
    const tables: Table[] = []
    for (const name of names) tables.push(...(await reportTables(name, { database, contactStatus, nameOf }, context)))
    return tables
  } catch (error) {
    if (error instanceof ReportTooLong) throw new CommandFailed(say(language, 'took-too-long'), 1)
    throw error
  } finally {
    await database.close()
  }
}

function formOf(tables: Table[], context: ReportContext, options: Options, width: number): string {
  const { language, period, config } = context
  const { zone } = period
  if (options.csv) return tablesCsv(tables, { language, zone })
  if (options.json) return `${tablesJson(tables, context)}\n`
  const days = {
    from: shownDay(period.from, language, zone),
    to: shownDay(period.to - 1, language, zone),
    zone,
  }
  const lines = [`${config.company.name}: ${reportWord(language, 'period', days)}`]
  for (const table of tables) lines.push('', ...tableLines(table, { language, zone, width }))
  if (options.explain) {
    const values = {
      short: shownSpan(config.reports.short_abandon / 1000, language),
      ring: shownSpan(ringMs(config) / 1000, language),
      blocking: shownShare(config.reports.blocking / 100, language, 0),
    }
    lines.push('', say(language, 'explained'), ...formulaLines(tables, language, values).map((line) => `  ${line}`))
  }
  return `${lines.join('\n')}\n`
}

function namesOf(language: Language, name: string): readonly ReportName[] {
  if (name === 'all') return reportNames
  const found = reportNames.find((known) => known === name)
  if (found) return [found]
  throw new CommandFailed(say(language, 'unknown', { name, known: reportNames.join(', ') }), 2)
}

function cutOf(language: Language, name: string, by: string): Cut {
  const known = name === 'all' ? [] : cutsOf[name as ReportName]
  const cut = known.find((one) => one === by)
  if (cut) return cut
  if (known.length === 0) throw new CommandFailed(say(language, 'no-cut', { name }), 2)
  throw new CommandFailed(say(language, 'bad-cut', { name, by, known: known.join(', ') }), 2)
}
