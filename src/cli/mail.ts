/** `perezvon mail preview | test | outbox | retry` */
import type { Command } from 'commander'
import { cleanText } from '../model/clean-text.ts'
import { alarmText } from '../notices/alarm-messages.ts'
import { commandMessage } from '../notices/command-messages.ts'
import { illnessKinds } from '../notices/illness.ts'
import { channelWords } from '../notices/templates/alarm.ts'
import type { Language } from '../runtime/i18n.ts'
import type { Illness, Illnesses } from '../store/illnesses.ts'
import type { Outbox, OutboxEntry } from '../store/outbox.ts'
import { preview, type PreviewOptions, type SampleContext, test } from './mail-sample.ts'

export interface MailCommandContext extends SampleContext {
  openOutbox(): Promise<{ outbox: Outbox; illnesses: Illnesses; close: () => Promise<void> }>
}

/** Exit codes: 0 done, 1 refused or unreachable, 2 usage, 5 nothing found to retry. */
export function addMailCommands(program: Command, context: MailCommandContext): void {
  const mail = program
    .command('mail')
    .description('notices about missed calls, by mail and other channels, and their outbox')
  mail
    .command('preview')
    .argument('[kind]', 'missed, closed, callback-failed, escalation, digest, alarm or weekly', 'missed')
    .option('--language <ru|en>', 'the company’s if missing')
    .option('--html', 'the HTML part instead of the text; `--html > page.html` for a browser')
    .option('--as <channel>', 'mail, telegram, sms or webhook', 'mail')
    .description('shows a sample, with your own templates if there are any')
    .action((kind: string, options: PreviewOptions) => preview(context, kind, options))
  mail
    .command('test')
    .argument('<recipient>', 'a mail address, or webhook:name, telegram:name, sms:number')
    .option('--kind <kind>', 'as in preview', 'missed')
    .option('--language <ru|en>', 'the company’s if missing')
    .description('sends a sample past the outbox: through every mail server that is set, or to that channel')
    .action((recipient: string, options: PreviewOptions & { kind: string }) => test(context, recipient, options))
  mail
    .command('outbox')
    .option('--all', 'also what was sent, gathered into a digest, or cancelled')
    .option('--limit <n>', 'at most so many, newest first', '50')
    .option('--json', 'one JSON object a line')
    .description('what waits, and what could not be delivered and why')
    .action((options: OutboxOptions) => list(context, options))
  mail
    .command('retry')
    .argument(
      '[ids...]',
      'only these; all dead ones if missing. One that may have arrived goes again only where it is named',
    )
    .description('sends undeliverable notices again')
    .action((ids: string[]) => retry(context, ids))
}

interface OutboxOptions {
  all?: boolean
  limit: string
  json?: boolean
}

async function list(context: MailCommandContext, options: OutboxOptions): Promise<void> {
  const statuses = [
    'pending',
    'sending',
    'dead',
    'unconfirmed',
    ...(options.all ? ['sent', 'digested', 'cancelled'] : []),
  ]
  const limit = Math.min(Math.max(Math.trunc(Number(options.limit)) || 50, 1), 1000)
  const { outbox, illnesses, close } = await context.openOutbox()
  try {
    const entries = await outbox.list(statuses, limit)
    if (options.json) {
      for (const entry of entries) context.print(JSON.stringify(withoutPayload(entry)))
      return
    }
    const { pending, dead } = await outbox.counts()
    for (const illness of await illnesses.list()) context.print(illnessLine(illness, context.language))
    for (const entry of entries) context.print(describe(entry, context.language))
    if (entries.length === 0) context.print(commandMessage(context.language, 'empty'))
    else context.print(commandMessage(context.language, 'counts', { pending, dead }))
  } finally {
    await close()
  }
}

function illnessLine({ channel, kind, why, since }: Illness, language: Language): string {
  const known = illnessKinds.find((one) => one === kind) ?? 'away'
  const what = alarmText(language, known)
  const time = new Date(since).toLocaleString(language, { hour12: false })
  const sentence = alarmText(language, 'sentence', { what, time, why: cleanText(why, 200) })
  return `! ${channelWords(channel, language)}: ${sentence}`
}

function withoutPayload({ payload: _personal, ...entry }: OutboxEntry): object {
  return entry
}

function describe(entry: OutboxEntry, language: Language): string {
  const tries = entry.tries > 0 ? [commandMessage(language, 'tries', { tries: entry.tries })] : []
  const why = entry.lastError ? [cleanText(entry.lastError, 200)] : []
  return [entry.id, entry.kind, entry.recipient, stateOf(entry, language), ...tries, ...why].join('  ')
}

function stateOf({ status, dueAt, sentAt, digestId }: OutboxEntry, language: Language): string {
  const time = (at: number) => new Date(at).toLocaleString(language, { hour12: false })
  switch (status) {
    case 'pending':
      return commandMessage(language, status, { time: time(dueAt) })
    case 'sent':
      return commandMessage(language, status, { time: sentAt === null ? '' : time(sentAt) })
    case 'digested':
      return commandMessage(language, status, { digest: digestId ?? '' })
    case 'sending':
    case 'dead':
    case 'unconfirmed':
    case 'cancelled':
      return commandMessage(language, status)
    default:
      return status
  }
}

async function retry(context: MailCommandContext, ids: string[]): Promise<void> {
  const { outbox, close } = await context.openOutbox()
  try {
    const count = await outbox.retryDead(Date.now(), ids.length > 0 ? ids : undefined)
    context.print(commandMessage(context.language, 'retried', { count }))
    if (count === 0 && ids.length > 0) context.exit(5)
  } finally {
    await close()
  }
}
