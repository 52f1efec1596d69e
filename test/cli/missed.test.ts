import { Command } from 'commander'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addCallbackCommands } from '../../src/cli/callback.ts'
import { addMissedCommands } from '../../src/cli/missed.ts'
import type { Language } from '../../src/runtime/i18n.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { claimCallback } from '../../src/store/callbacks.ts'
import { Journal } from '../../src/store/journal.ts'
import { markRecording } from '../../src/store/talk-recordings.ts'
import { configOf } from '../support/config-of.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const CALLER = '+79123456789'
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
beforeEach(async () => {
  database = await throwAwayDatabase()
  journal = new Journal(database.prisma, silentLogger)
})
afterEach(() => database.close())

async function perezvon(words: string[], language: Language = 'en') {
  const out: string[] = []
  let code = 0
  const context = {
    open: () => Promise.resolve(database.prisma),
    config: () => config,
    language,
    user: 'olga',
    recordingsFolder: () => '/srv/perezvon/recordings',
    print: (line: string) => void out.push(line),
    exit: (wanted: number) => void (code = wanted),
  }
  const program = new Command().exitOverride()
  addMissedCommands(program, context)
  addCallbackCommands(program, context)
  await program.parseAsync(words, { from: 'user' })
  return { out: out.join('\n'), code }
}

/** Somebody rang, waited for Anna and hung up. */
async function lost({ callback = false, slaDueAt = Date.now() + 60_000, caller = CALLER } = {}): Promise<void> {
  const at = Date.now() - 120_000
  const call = { id: 'c1', caller, line: LINE, group: 'operators' }
  await journal.commit([
    {
      op: 'call.open',
      row: {
        ...call,
        direction: 'inbound',
        node: 'n',
        lineName: 'Главный',
        callerShown: caller,
        callerName: null,
        arrivedAt: at,
        notice: 'armed',
        restored: false,
        configVersion: 'v',
      },
    },
    { op: 'step', row: { callId: 'c1', seq: 0, at, kind: 'key', detail: { key: '1', label: 'Продажи' } } },
    {
      op: 'step',
      row: {
        callId: 'c1',
        seq: 1,
        at,
        kind: 'rung',
        detail: { person: 'anna', name: 'Анна', result: 'no-answer', ms: 20_000 },
      },
    },
    {
      op: 'call.end',
      row: {
        id: 'c1',
        at,
        verdict: 'missed',
        reason: 'ring_no_answer',
        notice: 'fired',
        group: 'operators',
        waitMs: 20_000,
        talkMs: null,
        cause: 16,
      },
    },
    { op: 'case.loss', row: { ...call, id: 'case-c1', callId: 'c1', at, slaDueAt } },
    ...(callback
      ? [
          {
            op: 'callback.new' as const,
            row: {
              id: 'cb-c1',
              callId: 'c1',
              number: CALLER,
              line: LINE,
              group: 'operators',
              at,
              dueAt: at,
              expiresAt: at + 86_400_000,
            },
          },
        ]
      : []),
  ])
}

it('an empty list', async () => {
  expect(await perezvon(['missed', 'ls'], 'ru')).toEqual({ out: 'Никто не ждёт звонка.', code: 0 })
  expect(await perezvon(['callback', 'ls'])).toEqual({ out: 'Nobody is to be called back.', code: 0 })
})

it('ls says what is done about each, and who is late', async () => {
  await lost({ slaDueAt: Date.now() - 1_000 })
  expect((await perezvon(['missed', 'ls'])).out).toMatch(
    /^\+7 912 345-67-89 {2}1 call since .* {2}Операторы {2}call him, late since /,
  )
  expect(JSON.parse((await perezvon(['missed', 'ls', '--json'])).out)).toMatchObject({ caller: CALLER, callback: null })
})

it('show prints the way of his calls and what became of the case', async () => {
  await lost({ callback: true })
  const { out } = await perezvon(['missed', 'show', '8 912 345 67 89'], 'ru')
  expect(out).toMatch(/Звонивший \+7 912 345-67-89, линия Главный: 1 звонок/)
  expect(out).toMatch(/звонок c1 на Главный: пропущен, телефоны звонили, но никто не взял трубку/)
  expect(out).toMatch(/нажал 1 \(Продажи\)\n.*Анна: no-answer, 20 с/)
  expect(out).toMatch(/обратный звонок: ждёт/)
  await perezvon(['missed', 'resolve', CALLER, '--by', 'anna', '--note', 'заказ\u0007 оформлен'])
  expect((await perezvon(['missed', 'show', CALLER])).out).toMatch(/closed by hand \(Анна\)\nNote: заказ оформлен/)
  expect(JSON.parse((await perezvon(['missed', 'show', CALLER, '--json'])).out)).toMatchObject({
    closed: { how: 'by-hand' },
  })
})

it('show says where the recording of a talk is', async () => {
  await lost()
  const recorded = (seq: number, name: string) =>
    journal.commit([
      { op: 'step', row: { callId: 'c1', seq, at: Date.now() + seq, kind: 'talk-recorded', detail: { name } } },
    ])
  await recorded(2, 'talk-a')
  expect((await perezvon(['missed', 'show', CALLER])).out).toContain('Recording: not fetched from Asterisk yet')
  await markRecording(database.prisma, 'talk-a', { status: 'kept', file: 'c1.wav' })
  expect((await perezvon(['missed', 'show', CALLER], 'ru')).out).toContain('Запись: /srv/perezvon/recordings/c1.wav')
  await markRecording(database.prisma, 'talk-a', { status: 'deleted' })
  expect((await perezvon(['missed', 'show', CALLER])).out).toContain('Recording: deleted, its time was over')
})

it('take: the second is told who was first', async () => {
  await lost({ callback: true })
  expect(await perezvon(['missed', 'take', CALLER, '--by', 'anna'])).toMatchObject({ code: 0 })
  expect((await perezvon(['missed', 'ls'])).out).toMatch(/taken by Анна at/)
  expect(await perezvon(['missed', 'take', CALLER])).toMatchObject({
    code: 1,
    out: expect.stringContaining('Анна took it') as string,
  })
})

it('resolve: as spoken with, or as unreachable; a second time there is nobody', async () => {
  await lost({ callback: true })
  expect((await perezvon(['missed', 'resolve', CALLER, '--unreachable'])).out).toContain('marked as unreachable')
  expect(await perezvon(['missed', 'resolve', CALLER])).toMatchObject({ code: 5 })
  expect(await database.prisma.case.findMany()).toMatchObject([{ closedHow: 'unreachable' }])
  expect(await database.prisma.callback.findMany()).toMatchObject([{ status: 'cancelled' }])
})

it('a caller without a number is called by the id of the case: shown, taken, closed by hand', async () => {
  await lost({ caller: '' })
  expect((await perezvon(['missed', 'ls'], 'ru')).out).toMatch(/^номер скрыт \(case-c1\) {2}1 звонок с /)
  expect((await perezvon(['missed', 'show', 'case-c1'])).out).toMatch(
    /Case of number withheld \(case-c1\)[^]*pressed 1/,
  )
  expect(await perezvon(['missed', 'take', 'case-c1', '--by', 'anna'])).toMatchObject({ code: 0 })
  expect(await perezvon(['missed', 'resolve', 'case-c1', '--note', 'listened'])).toMatchObject({ code: 0 })
  expect(await perezvon(['missed', 'resolve', 'case-c1'])).toMatchObject({ code: 5 })
  expect(await database.prisma.case.findMany()).toMatchObject([{ closedHow: 'by-hand', note: 'listened' }])
})

it('callback: the list, at once, called off', async () => {
  await lost({ callback: true })
  expect((await perezvon(['callback', 'ls'])).out).toMatch(/waits {2}not called yet {2}as soon as somebody is free/)
  expect(await perezvon(['callback', 'cancel', CALLER])).toMatchObject({ code: 0 })
  expect(await perezvon(['callback', 'cancel', CALLER])).toMatchObject({ code: 5 })
  // the rules had given up: a person decides otherwise
  expect(await perezvon(['callback', 'now', CALLER])).toMatchObject({ code: 0 })
  const task = await database.prisma.callback.findFirstOrThrow({ where: { openNumber: CALLER } })
  expect(task).toMatchObject({ status: 'waiting', caseId: 'case-c1', priority: 100 })
  await claimCallback(database.prisma, task.id, 'anna', Date.now())
  expect(await perezvon(['callback', 'now', CALLER])).toMatchObject({ code: 1 })
  expect(await perezvon(['callback', 'cancel', CALLER])).toMatchObject({ code: 1 })
})

it.each([
  [['missed', 'show', 'abc'], 2],
  [['missed', 'take', '112'], 2],
  [['missed', 'show', '+79990000000'], 5],
  [['callback', 'now', '+79990000000'], 5],
] as const)('%j: exit code %i', async (words, code) => {
  expect(await perezvon([...words])).toMatchObject({ code })
})
