/** What a person is told once everything runs: where, how to call it, what to try next. */
import { relative } from 'node:path'
import type { Config } from '../../src/config/schema.ts'
import { formatPhone } from '../../src/model/phone-number.ts'
import { ownVersion } from '../../src/runtime/version.ts'
import { phonesOf } from './asterisk-site.ts'
import type { Kept } from './kept.ts'
import type { Terminal } from './terminal.ts'

export interface Running {
  config: Config
  configFile: string
  dataFolder: string
  asterisk: { version: string; sip: string } | { ari: string }
  /** `http://127.0.0.1:8080` */
  url: string
  /** Page of the demo mailbox; null: a mail server is set. */
  mailbox: string | null
  kept: Kept
  /** Address of this machine in its network, when phones there cannot reach us; null: they can, or there is none. */
  lanAddress: string | null
}

export function tellWhatRuns(terminal: Terminal, running: Running): void {
  const { config, configFile, dataFolder, asterisk, url, mailbox } = running
  const text = terminal.text.bind(terminal)
  const count = (table: object) => Object.keys(table).length
  terminal.line()
  terminal.line(
    terminal.style(['bold', 'green'], text('running', { version: ownVersion(), company: config.company.name })),
  )
  terminal.rows([
    ['Asterisk', 'ari' in asterisk ? asterisk.ari : text('row-asterisk', asterisk)],
    [
      text('name-config'),
      text('row-config', {
        file: shown(configFile),
        lines: count(config.lines),
        flows: count(config.flows),
        people: count(config.people),
      }),
    ],
    [text('name-data'), shown(dataFolder)],
    [text('name-health'), `${url}/ready  ${url}/metrics`],
    [
      text('name-mail'),
      mailbox === null ? text('row-mail') : terminal.style('yellow', text('row-mailbox', { url: mailbox })),
    ],
  ])
  if (!('ari' in asterisk)) tellHowToCall(terminal, running, asterisk.sip)
  terminal.line()
  terminal.say('next')
  terminal.rows([
    ['npx perezvon status', text('next-status')],
    ['npx perezvon config check', text('next-check')],
    ['npx perezvon missed ls', text('next-missed')],
    ['npx perezvon prompts ls', text('next-prompts')],
    ['npx perezvon campaign --help', text('next-campaign')],
    ['./scripts/up --demo', text('next-demo')],
  ])
  terminal.line()
  terminal.say('ctrl-c')
}

/** Phones and their passwords; also for those that a changed configuration brings. */
export function phoneRows(
  { config, kept }: Pick<Running, 'config' | 'kept'>,
  terminal: Terminal,
): (readonly [string, string])[] {
  return phonesOf(config).map(({ extension, person }) => [
    terminal.text('row-user', { extension }),
    terminal.text('row-password', { password: kept.phones[extension] ?? '', person }),
  ])
}

function tellHowToCall(terminal: Terminal, running: Running, sip: string): void {
  const { config, lanAddress } = running
  terminal.line()
  terminal.say('softphone', { sip })
  terminal.rows(phoneRows(running, terminal))
  for (const [number, { name }] of Object.entries(config.lines)) {
    terminal.say('dial', { digits: number, number: formatPhone(number), name })
  }
  if (lanAddress !== null) terminal.say('from-network', { address: lanAddress })
}

/** Short where it lies below us. */
function shown(path: string): string {
  const short = relative(process.cwd(), path)
  return short === '' || short.startsWith('..') ? path : short
}
