/**
 * `perezvon campaign import | test | start | pause | resume | stop | watch | results | ls`
 *
 * All of it goes through the database: the daemon notices by itself, and what was ordered while it was away is done when it is back.
 */
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { campaignMessage } from '../campaigns/messages.ts'
import { countQuestions } from '../campaigns/questions.ts'
import { resultsCsv } from '../campaigns/results-csv.ts'
import {
  type CampaignRow,
  listCampaigns,
  pauseCampaign,
  resumeCampaign,
  startCampaign,
  stopCampaign,
} from '../store/campaigns.ts'
import { contactResults } from '../store/campaign-results.ts'
import { countContacts } from '../store/contacts.ts'
import { type CampaignContext, campaignOf, planOf } from './campaign-context.ts'
import { importList, numbersOption } from './campaign-import.ts'
import { testCall } from './campaign-test.ts'
import { statusLine } from './campaign-view.ts'
import { watch } from './campaign-watch.ts'
import { CommandFailed } from './environment.ts'

/** What a caller must give; the rest is the process's own. */
export type CampaignCommandContext = Pick<CampaignContext, 'open' | 'config' | 'language' | 'print' | 'exit'> &
  Partial<CampaignContext>

interface Json {
  json?: boolean
}

/** Exit codes: 0 done, 1 not possible now, 2 bad arguments, 5 no such campaign, 6 imported but rows were refused, 130 interrupted. */
export function addCampaignCommands(program: Command, given: CampaignCommandContext): void {
  const context: CampaignContext = { ...ofProcess(), ...given }
  const campaign = program.command('campaign').description('calls by list')
  campaign
    .command('import')
    .argument('<list>', 'a CSV file: UTF-8 or windows-1251, `;` or `,`')
    .requiredOption('--campaign <key>', 'its name under `campaigns:`')
    .option('--two-numbers <first>', '`first`: of several numbers in a cell take the first')
    .addOption(numbersOption())
    .option('--refused <file>', 'where the refused rows go; beside the list if missing')
    .option('--json', 'one JSON object')
    .description('adds a list of contacts to a campaign; nobody is called before `start`')
    .action((file: string, options: Parameters<typeof importList>[2]) => importList(context, file, options))
  campaign
    .command('test')
    .argument('<key>')
    .requiredOption('--to <number>', 'your phone: a number or an extension')
    .option('--row <n>', 'whose values are spoken: the row of the list, as Excel counts', '2')
    .option('--json', 'one JSON object')
    .description('calls you with the script, as the contact in this row would hear it')
    .action((key: string, options: Parameters<typeof testCall>[2]) => testCall(context, key, options))
  campaign
    .command('start')
    .argument('<key>')
    .option('--waive-test', 'without a test call; your name is kept')
    .description('begins to call')
    .action((key: string, options: { waiveTest?: boolean }) => start(context, key, options.waiveTest ?? false))
  campaign
    .command('pause')
    .argument('<key>')
    .description('no further calls until `resume`')
    .action((key: string) => pause(context, key))
  campaign
    .command('resume')
    .argument('<key>')
    .description('goes on after a pause')
    .action((key: string) => resume(context, key))
  campaign
    .command('stop')
    .argument('<key>')
    .description('ends it for good')
    .action((key: string) => stop(context, key))
  campaign
    .command('watch')
    .argument('<key>')
    .option('--json', 'a JSON object for each change')
    .description('the live table; ends when the campaign does')
    .action((key: string, options: Json) => watch(context, key, options.json ?? false))
  campaign
    .command('results')
    .argument('<key>')
    .option('-o, --output <file>', 'the file; the terminal if missing')
    .option('--json', 'a JSON object for each contact instead of CSV')
    .description('what came of every contact')
    .action((key: string, options: Json & { output?: string }) => results(context, key, options))
  campaign
    .command('ls')
    .option('--json', 'one JSON object a line')
    .description('all campaigns that have a list')
    .action((options: Json) => list(context, options))
}

function ofProcess(): Pick<CampaignContext, 'printError' | 'write' | 'terminal' | 'user' | 'interrupted'> {
  return {
    printError: (line) => void process.stderr.write(`${line}\n`),
    write: (text) => void process.stdout.write(text),
    terminal: process.stdout.isTTY,
    user: userInfo().username,
    interrupted() {
      const controller = new AbortController()
      process.once('SIGINT', () => controller.abort())
      return controller.signal
    },
  }
}

async function start(context: CampaignContext, key: string, waive: boolean): Promise<void> {
  const { language, print, user } = context
  const plan = planOf(context, key)
  const prisma = await context.open()
  const campaign = await campaignOf(context, prisma, key)
  const count = (await countContacts(prisma, campaign.id)).queued ?? 0
  if (!(await startCampaign(prisma, campaign.id, Date.now(), waive ? user : null))) {
    if (campaign.status !== 'draft') throw notPossible(context, 'not-draft', campaign)
    throw new CommandFailed(campaignMessage(language, count === 0 ? 'no-contacts' : 'not-tested', { key }), 1)
  }
  if (waive && !campaign.tested) print(campaignMessage(language, 'started-untested', { who: user }))
  print(campaignMessage(language, 'started', { name: plan.name, count }))
}

async function pause(context: CampaignContext, key: string): Promise<void> {
  const prisma = await context.open()
  const campaign = await campaignOf(context, prisma, key)
  if (!(await pauseCampaign(prisma, campaign.id, 'by-hand'))) throw notPossible(context, 'not-running', campaign)
  context.print(campaignMessage(context.language, 'paused'))
}

async function resume(context: CampaignContext, key: string): Promise<void> {
  const prisma = await context.open()
  const campaign = await campaignOf(context, prisma, key)
  if (!(await resumeCampaign(prisma, campaign.id, Date.now()))) throw notPossible(context, 'not-paused', campaign)
  context.print(campaignMessage(context.language, 'resumed'))
}

async function stop(context: CampaignContext, key: string): Promise<void> {
  const prisma = await context.open()
  const campaign = await campaignOf(context, prisma, key)
  if (!(await stopCampaign(prisma, campaign.id, Date.now()))) throw notPossible(context, 'ended-already', campaign)
  context.print(campaignMessage(context.language, 'stopped'))
}

async function results(context: CampaignContext, key: string, options: Json & { output?: string }): Promise<void> {
  const prisma = await context.open()
  const campaign = await campaignOf(context, prisma, key)
  const { company, campaigns } = context.config()
  const found = contactResults(prisma, campaign.id)
  const pieces = options.json
    ? jsonLines(found)
    : resultsCsv(found, {
        columns: campaign.columns,
        questions: countQuestions(campaigns[key]?.script ?? []),
        language: company.language,
        zone: company.timezone,
        country: company.country,
      })
  if (options.output === undefined) {
    for await (const piece of pieces) context.write(piece)
    return
  }
  await writeFile(options.output, pieces, { mode: 0o600 })
  context.print(campaignMessage(context.language, 'results-written', { file: options.output }))
}

async function* jsonLines(rows: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}

async function list(context: CampaignContext, { json }: Json): Promise<void> {
  const { language, print } = context
  const prisma = await context.open()
  const { campaigns } = context.config()
  const rows = await listCampaigns(prisma)
  if (rows.length === 0 && !json) return print(campaignMessage(language, 'nothing'))
  for (const row of rows) {
    const counts = await countContacts(prisma, row.id)
    if (json) {
      print(JSON.stringify({ ...row, contacts: counts }))
      continue
    }
    const { loading = 0, queued = 0, dialing = 0, ...ended } = counts
    const done = Object.values(ended).reduce((sum, n) => sum + n, 0)
    const progress = `${done}/${done + loading + queued + dialing}`
    print(
      `${row.key.padEnd(20)} ${progress.padStart(12)}  ${statusLine(row, language)}  ${campaigns[row.key]?.name ?? ''}`,
    )
  }
}

function notPossible(
  { language }: CampaignContext,
  why: 'not-draft' | 'not-running' | 'not-paused' | 'ended-already',
  campaign: CampaignRow,
): CommandFailed {
  return new CommandFailed(campaignMessage(language, why, { status: statusLine(campaign, language) }), 1)
}
