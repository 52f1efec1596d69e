/** The name of the phone book, wherever the caller is shown; what the trunk says; a name that comes late; a call that nobody saw. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Command } from 'commander'
import { addCallbackCommands } from '../../src/cli/callback.ts'
import { addMissedCommands } from '../../src/cli/missed.ts'
import { callersTable } from '../../src/reports/caller-figures.ts'
import { type InboundDeps, inboundCalls } from '../../src/calls/inbound.ts'
import type { Call } from '../../src/calls/call.ts'
import { LiveCalls } from '../../src/calls/live-calls.ts'
import type { CallerNames } from '../../src/model/caller-names.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { Journal } from '../../src/store/journal.ts'
import { configOf } from '../support/config-of.ts'
import { FakeTelephony } from '../support/fake-telephony.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const IVAN = '+79161234567'
const LINE = '+73432001122'
const config = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru } }
groups: { operators: { name: Операторы, members: [anna] } }
trunks: { provider: { endpoint: PJSIP/provider } }
lines: { "${LINE}": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [group] }, callback: {} }
`)

let database: ThrowAwayDatabase
let journal: Journal
let calls = 0
beforeEach(async () => {
  database = await throwAwayDatabase()
  journal = new Journal(database.prisma, silentLogger)
})
afterEach(() => database.close())

const knows = (name: string | null, late: string | null = name): CallerNames => ({
  of: () => name,
  find: () => Promise.resolve(late),
})

/** What the flow sees of the caller, at once and a moment later, and what the row says. */
async function arrive(names: CallerNames | undefined, callerName = '') {
  const leg = new FakeTelephony().incoming(`shown-${++calls}`)
  const seen: (string | null)[] = []
  const deps: InboundDeps = {
    node: 'test',
    journal,
    clock: systemClock,
    log: silentLogger,
    live: new LiveCalls(),
    snapshot: () => ({ config, version: 'v1' }),
    runFlow: async ({ caller }: Call) => {
      seen.push(caller.name)
    },
    transferred: () => Promise.resolve(),
    endOfCall: () => Promise.resolve(),
    fallback: () => Promise.resolve(),
    ...(names && { names }),
  }
  await inboundCalls(deps)({ leg, did: LINE, callerNumber: IVAN, callerName, trunk: 'provider', arrivedAt: Date.now() })
  await journal.drain()
  const row = await database.prisma.call.findUniqueOrThrow({ where: { id: leg.id } })
  return { seen: seen[0], row: row.callerName }
}

it.each<[string, CallerNames | undefined, string, string | null, string | null]>([
  ['the book', knows('Иван Петров'), '', 'Иван Петров', 'Иван Петров'],
  ['the book before the trunk', knows('Иван Петров'), 'IVAN P', 'Иван Петров', 'Иван Петров'],
  ['the trunk, where the book has none', knows(null), 'IVAN P', 'IVAN P', 'IVAN P'],
  ['nobody', knows(null), '', null, null],
  ['no book', undefined, 'IVAN P', 'IVAN P', 'IVAN P'],
  ['a CRM that answers after the row was written', knows(null, 'Иван CRM'), '', 'Иван CRM', null],
])('%s', async (_what, names, callerName, seen, row) => {
  expect(await arrive(names, callerName)).toEqual({ seen, row })
})

async function perezvon(words: string[], name: string | null = null) {
  const out: string[] = []
  const context = {
    open: () => Promise.resolve(database.prisma),
    config: () => config,
    names: () => Promise.resolve({ of: () => name }),
    language: 'ru' as const,
    user: 'olga',
    recordingsFolder: () => '/srv',
    print: (line: string) => void out.push(line),
    exit: () => {},
  }
  const program = new Command().exitOverride()
  addMissedCommands(program, context)
  addCallbackCommands(program, context)
  await program.parseAsync(words, { from: 'user' })
  return out.join('\n')
}

async function lost(callerName: string | null): Promise<void> {
  const at = Date.now()
  const row = { id: 'c1', line: LINE, group: 'operators' }
  const call = {
    ...row,
    direction: 'inbound' as const,
    node: 'n',
    lineName: 'Главный',
    caller: IVAN,
    callerShown: IVAN,
  }
  await journal.commit([
    {
      op: 'call.open',
      row: { ...call, callerName, arrivedAt: at, notice: 'armed', restored: false, configVersion: 'v' },
    },
    { op: 'case.loss', row: { ...row, id: 'case-c1', caller: IVAN, callId: 'c1', at } },
    {
      op: 'callback.new',
      row: { ...row, id: 'cb-c1', callId: 'c1', number: IVAN, at, dueAt: at, expiresAt: at + 60_000 },
    },
  ])
}

it.each([
  ['of the records', 'Иван Петров', 'Другой', '+7 916 123-45-67 Иван Петров '],
  ['of the book, where the records have none', null, 'Иван CRM', '+7 916 123-45-67 Иван CRM '],
  ['none', null, null, '+7 916 123-45-67  '],
  ['none, where it repeats the number', '8 916 1234567', null, '+7 916 123-45-67  '],
  ['cleaned', 'a\u001b[31m\u202eb', null, '+7 916 123-45-67 a [31mb '],
])('lists: a name %s', async (_what, record, book, shown) => {
  await lost(record)
  expect(await perezvon(['missed', 'ls'], book)).toContain(shown)
  expect(await perezvon(['callback', 'ls'], book)).toContain(shown)
  expect(await perezvon(['missed', 'show', IVAN], book)).toContain(shown.trim())
  const json = JSON.parse(await perezvon(['missed', 'ls', '--json'], book)) as { name: string | null }
  expect(json.name).toBe(record ?? book)
})

it('reports: the name of the records, else of the book', () => {
  const sums = { calls: 1, answered: 0, lost: 1, lastCall: 0 }
  const top = [
    { ...sums, caller: IVAN, name: 'Иван' },
    { ...sums, caller: LINE, name: null },
  ]
  expect(callersTable(top, () => 'книга').rows.map((row) => row.caller_name)).toEqual(['Иван', 'книга'])
})
