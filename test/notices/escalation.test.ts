import { expect, test, vi } from 'vitest'
import { ClosingWorker } from '../../src/notices/closing-worker.ts'
import { EscalationWorker } from '../../src/notices/escalation-worker.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { closeCase, takeCase } from '../../src/store/cases.ts'
import { stillNeeded } from '../../src/store/escalations.ts'
import { Journal, type JournalEntry } from '../../src/store/journal.ts'
import { configOf } from '../support/config-of.ts'
import { throwAwayDatabase } from '../support/throw-away-database.ts'
import { CALLED_AT, missedCall } from './support/samples.ts'

vi.setConfig({ testTimeout: 60_000 })

const NUMBER = '+79123456789'
const CALL = missedCall().callId
const AFTER = 1_800_000
const config = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru } }
groups: { operators: { members: [anna] } }
lines: { "+7 343 200-11-22": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: busy }] }
missed_calls: { mail: { to: [group] } }
`)

/** A caller was lost, his mail was sent, and the rule names the lead after half an hour. */
async function startCase() {
  const database = await throwAwayDatabase()
  const { prisma } = database
  const clock = { time: CALLED_AT, now: () => clock.time }
  let killed = false
  const journal = new Journal(prisma, silentLogger)
  const { callId, caller, line, company, replyTo, calledAt, reason } = missedCall()
  const payload = { callId, caller, line, company, replyTo, calledAt, reason, afterMs: AFTER }
  const notice: JournalEntry = {
    op: 'notice',
    row: {
      id: 'missed',
      kind: 'missed',
      callId: CALL,
      caseId: null,
      recipient: 'anna@example.ru',
      language: 'ru',
      payload: missedCall(),
      threadKey: 'k',
      dueAt: CALLED_AT,
      createdAt: CALLED_AT,
    },
  }
  const step = (n: number): JournalEntry => ({
    op: 'escalation',
    row: {
      caller: NUMBER,
      callId: CALL,
      step: n,
      recipients: [{ address: `lead${n}@example.ru`, language: 'ru' }],
      payload,
      dueAt: CALLED_AT + n * AFTER,
    },
  })
  const loss: JournalEntry = {
    op: 'case.loss',
    row: { id: 'case', caller: NUMBER, line: line.number, group: 'operators', callId: CALL, at: CALLED_AT },
  }
  await journal.commit([notice, loss, step(1), step(2)])
  // the end of a call may be written twice
  await journal.commit([notice, loss, step(1), step(2)])
  await prisma.notice.update({ where: { id: 'missed' }, data: { status: 'sent', tries: 1 } })

  /** A worker whose database dies with its commit, when the test says so. */
  class Mortal extends Journal {
    override commit(entries: JournalEntry[]): Promise<void> {
      return killed ? Promise.reject(new Error('killed')) : super.commit(entries)
    }
  }
  const parts = { prisma, clock, log: silentLogger, onNotices: () => {} }
  const needed = (id: string) => stillNeeded(prisma, id)
  return {
    prisma,
    clock,
    escalate: () =>
      new EscalationWorker({ ...parts, journal: new Mortal(prisma, silentLogger), stillNeeded: needed }).pass(),
    tell: () => new ClosingWorker({ ...parts, journal: new Mortal(prisma, silentLogger), config: () => config }).pass(),
    die: (dead: boolean) => (killed = dead),
    told: async (kind: string) =>
      (await prisma.notice.findMany({ where: { kind }, orderBy: { id: 'asc' } })).map((row) => row),
    [Symbol.asyncDispose]: () => database.close(),
  }
}

test('each step tells its people once, when nobody has taken the case by then', async () => {
  await using rig = await startCase()
  rig.clock.time += AFTER - 1
  await rig.escalate()
  expect(await rig.told('escalation')).toEqual([])
  rig.clock.time += 1
  await rig.escalate()
  await rig.escalate()
  expect(await rig.told('escalation')).toMatchObject([
    { recipient: 'lead1@example.ru', caseId: 'case', status: 'pending' },
  ])
  rig.clock.time += AFTER
  await rig.escalate()
  expect((await rig.told('escalation')).map(({ recipient }) => recipient)).toEqual([
    'lead1@example.ru',
    'lead2@example.ru',
  ])
  expect(await rig.prisma.case.findUnique({ where: { id: 'case' } })).toMatchObject({ escalations: 2 })
})

test('taken: nobody else is told', async () => {
  await using rig = await startCase()
  await takeCase(rig.prisma, 'case', 'anna', rig.clock.time)
  rig.clock.time += 3 * AFTER
  await rig.escalate()
  expect(await rig.told('escalation')).toEqual([])
  expect(await rig.prisma.escalation.findMany({ select: { status: true } })).toEqual([
    { status: 'cancelled' },
    { status: 'cancelled' },
  ])
})

test('closed: what waits is cancelled with the case, also a notice that was written and not sent', async () => {
  await using rig = await startCase()
  rig.clock.time += AFTER
  await rig.escalate()
  await closeCase(rig.prisma, 'case', { how: 'by-hand', by: 'anna', note: null, at: rig.clock.time })
  expect(await rig.told('escalation')).toMatchObject([{ status: 'cancelled' }])
  rig.clock.time += AFTER
  await rig.escalate()
  expect(await rig.told('escalation')).toHaveLength(1)
})

test('killed before the commit: the next life tells, once', async () => {
  await using rig = await startCase()
  rig.clock.time += AFTER
  rig.die(true)
  await expect(rig.escalate()).rejects.toThrow('killed')
  expect(await rig.told('escalation')).toEqual([])
  rig.die(false)
  await rig.escalate()
  await rig.escalate()
  expect(await rig.told('escalation')).toHaveLength(1)
})

test('an escalation that is written while the case is closed is not written', async () => {
  await using rig = await startCase()
  await closeCase(rig.prisma, 'case', { how: 'by-hand', by: null, note: null, at: rig.clock.time })
  const journal = new Journal(rig.prisma, silentLogger)
  const row = { id: 'late', callId: CALL, caseId: 'case', recipient: 'a@b.ru', language: 'ru', payload: {}, threadKey: null, dueAt: 0, createdAt: 0 } // prettier-ignore
  await journal.commit([{ op: 'notice', row: { ...row, kind: 'escalation' } }])
  expect(await rig.told('escalation')).toEqual([])
})

test.each([
  ['by hand', { how: 'by-hand', by: 'anna' }, { how: 'by-hand', by: 'Анна' }],
  ['by a stranger to the configuration', { how: 'unreachable', by: 'Пётр' }, { how: 'unreachable', by: 'Пётр' }],
] as const)('every closing is told to who was told of the call, once, in its thread: %s', async (_name, by, said) => {
  await using rig = await startCase()
  rig.clock.time += AFTER
  await rig.escalate()
  await rig.prisma.notice.updateMany({ where: { kind: 'escalation' }, data: { status: 'sent', tries: 1 } })
  await closeCase(rig.prisma, 'case', { ...by, note: null, at: rig.clock.time })
  rig.die(true)
  await expect(rig.tell()).rejects.toThrow('killed')
  rig.die(false)
  await rig.tell()
  await rig.tell()
  const closed = await rig.told('closed')
  expect(closed.map(({ recipient, threadKey }) => `${recipient} ${threadKey}`).toSorted()).toEqual([
    'anna@example.ru k',
    'lead1@example.ru null',
  ])
  expect(JSON.parse(closed[0]!.payload)).toMatchObject({ closed: { ...said, at: rig.clock.time, talkMs: null } })
})

test('a talk closes it too, and says how long they spoke; who was never told hears nothing', async () => {
  await using rig = await startCase()
  await rig.prisma.notice.update({ where: { id: 'missed' }, data: { status: 'pending', tries: 0 } })
  const journal = new Journal(rig.prisma, silentLogger)
  const row = {
    caller: NUMBER,
    at: rig.clock.time,
    how: 'came-back' as const,
    by: 'anna',
    talkMs: 200_000,
    began: rig.clock.time,
  }
  await journal.commit([{ op: 'case.close', row }])
  await rig.tell()
  expect(await rig.told('missed')).toMatchObject([{ status: 'cancelled' }])
  expect(await rig.told('closed')).toEqual([])
})

test('what waits in a digest that was not sent is cancelled with its case, and counts as not told', async () => {
  await using rig = await startCase()
  const digest = { kind: 'digest', recipient: 'anna@example.ru', language: 'ru', payload: '{}', dueAt: new Date(0), createdAt: new Date(0) } // prettier-ignore
  await rig.prisma.notice.create({ data: { id: 'dg', ...digest } })
  await rig.prisma.notice.update({ where: { id: 'missed' }, data: { status: 'digested', digestId: 'dg' } })
  await closeCase(rig.prisma, 'case', { how: 'by-hand', by: null, note: null, at: rig.clock.time })
  await rig.tell()
  expect(await rig.told('missed')).toMatchObject([{ status: 'cancelled' }])
  expect(await rig.told('closed')).toEqual([])
})
