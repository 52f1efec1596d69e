/** `perezvon status`: whether the daemon runs and can do its job. */
import type { Command } from 'commander'
import type { Settings } from '../config/env.ts'
import type { BookState } from '../http/health.ts'
import { alarmText } from '../notices/alarm-messages.ts'
import { illnessKinds } from '../notices/illness.ts'
import { BookFault, bookFaults } from '../phone-book/book-fault.ts'
import { bookFaultText } from '../phone-book/messages.ts'
import { defineMessages, type Language } from '../runtime/i18n.ts'

interface StatusContext {
  settings: () => Settings
  language: Language
  print: (line: string) => void
  exit: (code: number) => void
}

const say = defineMessages({
  en: {
    well: 'Perezvon is running and well.',
    away: 'Perezvon does not run here ({url}). Calls ring the operators by the plain dialplan.',
    reason: '{part}: {why}',
    unwell: 'Perezvon is running, but cannot do all of its job:',
    warned: 'Please see to it:',
    undeliverable: 'undeliverable notices',
    book: 'phone book {source}',
    unconfirmed: 'notices that may have arrived several times or not at all',
  },
  ru: {
    well: 'Perezvon работает, всё в порядке.',
    away: 'Perezvon здесь не запущен ({url}). Звонки идут операторам напрямую через диалплан.',
    reason: '{part}: {why}',
    unwell: 'Perezvon работает, но не всё может:',
    warned: 'Обратите внимание:',
    undeliverable: 'недоставленные уведомления',
    book: 'телефонная книга {source}',
    unconfirmed: 'уведомления, которые могли прийти несколько раз или не прийти вовсе',
  },
})

/** Exit codes: 0 well, 1 not well or not running, 4 no connection to Asterisk. */
export function addStatusCommand(program: Command, context: StatusContext): void {
  program
    .command('status')
    .option('--json', 'one JSON object')
    .description('whether the daemon runs and is well')
    .action(async (options: { json?: boolean }) => {
      const { host, port } = context.settings().http
      const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
      const state = await readyState(url)
      const { language, print } = context
      if (options.json) print(JSON.stringify(summary(state)))
      else if (!state) print(say(language, 'away', { url }))
      else for (const line of report(state, language)) print(line)
      context.exit(state?.ready ? 0 : state && 'asterisk' in state.reasons ? 4 : 1)
    })
}

interface State {
  ready: boolean
  reasons: Record<string, string>
  warnings?: Record<string, string>
  channels?: { channel: string; kind: string; why: string; since: number }[]
  phoneBook?: BookState[]
}

function summary(state: State | null): object {
  const { ready = false, reasons = {}, warnings = {}, channels = [], phoneBook = [] } = state ?? {}
  return { running: state !== null, ready, reasons, warnings, channels, phoneBook }
}

function report(state: State, language: Language): string[] {
  const warnings = Object.entries(state.warnings ?? {})
  const line = ([part, why]: [string, string]) => {
    const known = bookReason(state, part, language)
    if (known) return `  ${known}`
    return `  ${say(language, 'reason', { part: partWords(part, language), why: channelWhy(state, part, language) ?? why })}`
  }
  return [
    say(language, state.ready ? 'well' : 'unwell'),
    ...Object.entries(state.reasons).map(line),
    ...(warnings.length > 0 ? [say(language, 'warned'), ...warnings.map(line)] : []),
  ]
}

function partWords(part: string, language: Language): string {
  return part === 'undeliverable' || part === 'unconfirmed' ? say(language, part) : part
}

/** A source of names in the reader's language; null: the part is none. */
function bookReason({ phoneBook = [] }: State, part: string, language: Language): string | null {
  const book = phoneBook.find(({ source }) => part === `phone book ${source}`)
  const kind = bookFaults.find((known) => known === book?.fault)
  if (!book || !kind) return null
  const why = bookFaultText(language, new BookFault(kind, book.line, book.detail))
  return say(language, 'reason', { part: say(language, 'book', { source: book.source }), why })
}

/** An illness of a channel in the reader's language; undefined: the part is no channel that is ill. */
function channelWhy({ channels = [] }: State, part: string, language: Language): string | undefined {
  const ill = channels.find(({ channel }) => channel === part)
  const kind = illnessKinds.find((known) => known === ill?.kind)
  if (!ill || !kind) return undefined
  const time = new Date(ill.since).toLocaleString(language, { hour12: false })
  return alarmText(language, 'sentence', { what: alarmText(language, kind), time, why: ill.why })
}

async function readyState(url: string): Promise<State | null> {
  try {
    const reply = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(5_000) })
    return (await reply.json()) as State
  } catch {
    return null
  }
}
