import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sleep } from '../../src/runtime/abort.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { type Database, openDatabase, type Prisma } from '../../src/store/database.ts'
import { Journal, type JournalEntry } from '../../src/store/journal.ts'

let dir: string
let database: Database
let journal: Journal
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'perezvon-journal-'))
  database = await openDatabase(join(dir, 'perezvon.db'))
  journal = new Journal(database.prisma, silentLogger)
})
afterEach(async () => {
  await journal.drain()
  await database.close()
  await rm(dir, { recursive: true })
})

const opened = (id: string, caller: string | null = '+79123456789'): JournalEntry => ({
  op: 'call.open',
  row: {
    id,
    direction: 'inbound',
    node: 'n',
    line: '+73432001122',
    lineName: 'Main',
    caller,
    callerShown: caller ?? 'hidden',
    callerName: null,
    arrivedAt: 1000,
    notice: 'armed',
    restored: false,
    configVersion: '1',
    group: null,
  },
})
const ended = (id: string, at = 2000): JournalEntry => ({
  op: 'call.end',
  row: {
    id,
    at,
    verdict: 'missed',
    reason: 'hangup_menu',
    notice: 'fired',
    group: 'sales',
    waitMs: 900,
    talkMs: null,
    cause: 16,
  },
})
const notice = (id: string, callId: string): JournalEntry => ({
  op: 'notice',
  row: {
    id,
    kind: 'missed',
    callId,
    caseId: null,
    recipient: 'anna@example.ru',
    language: 'ru',
    payload: { caller: 'x' },
    threadKey: null,
    dueAt: 3000,
    createdAt: 2000,
  },
})
const loss = (callId: string, at: number): JournalEntry => ({
  op: 'case.loss',
  row: { id: `case-${callId}`, caller: '+79123456789', line: '+73432001122', group: 'sales', callId, at },
})
const callback = (callId: string, at: number): JournalEntry => ({
  op: 'callback.new',
  row: {
    id: `cb-${callId}`,
    callId,
    number: '+79123456789',
    line: '+73432001122',
    group: 'sales',
    at,
    dueAt: at,
    expiresAt: at + 1000,
  },
})

it('a call, its path and what follows from its end are where they belong', async () => {
  await journal.commit([opened('a')])
  journal.note({ op: 'step', row: { callId: 'a', seq: 0, at: 1001, kind: 'played', detail: { sound: 'greeting' } } })
  await journal.commit([ended('a'), notice('n1', 'a'), loss('a', 2000), callback('a', 2000)])
  const call = await database.prisma.call.findUniqueOrThrow({ where: { id: 'a' }, include: { steps: true } })
  expect(call).toMatchObject({
    verdict: 'missed',
    reason: 'hangup_menu',
    notice: 'fired',
    waitMs: 900,
    arrivedAt: new Date(1000),
  })
  expect(call.steps).toMatchObject([{ kind: 'played', detail: '{"sound":"greeting"}', at: new Date(1001) }])
  expect(await database.prisma.notice.findMany()).toMatchObject([
    { status: 'pending', payload: '{"caller":"x"}', tries: 0 },
  ])
  expect(await database.prisma.callback.findMany()).toMatchObject([
    { status: 'waiting', caseId: 'case-a', openNumber: '+79123456789' },
  ])
})

it('entries appended together are all there or not at all', async () => {
  await journal.commit([opened('a')])
  const bad: JournalEntry = { op: 'step', row: { callId: 'no-such-call', seq: 0, at: 1, kind: 'x', detail: {} } }
  await expect(journal.commit([ended('a'), notice('n1', 'a'), bad])).rejects.toThrow('FOREIGN KEY')
  expect(await database.prisma.call.findUnique({ where: { id: 'a' } })).toMatchObject({
    endedAt: null,
    notice: 'armed',
  })
  expect(await database.prisma.notice.count()).toBe(0)
})

it('what one call cannot write does not take the others of its turn with it', async () => {
  await journal.commit([opened('a'), opened('b')])
  const bad = { op: 'step', row: { callId: 'nobody', seq: 1, at: 1, kind: 'play', detail: {} } } as const
  journal.note({ op: 'step', row: { callId: 'b', seq: 1, at: 1, kind: 'play', detail: {} } })
  const [one, refused, other] = await Promise.allSettled([
    journal.commit([ended('a'), notice('n1', 'a')]),
    journal.commit([opened('c'), bad]),
    journal.commit([ended('b'), notice('n2', 'b')]),
  ])
  expect([one.status, refused.status, other.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await database.prisma.call.findMany({ select: { id: true, verdict: true }, orderBy: { id: 'asc' } })).toEqual([
    { id: 'a', verdict: 'missed' },
    { id: 'b', verdict: 'missed' },
  ])
  expect(await database.prisma.notice.count()).toBe(2)
  expect(await database.prisma.pathStep.count({ where: { callId: 'b' } })).toBe(1)
})

it('the same truth written twice is the same truth', async () => {
  const end = [ended('a'), notice('n1', 'a'), loss('a', 2000), callback('a', 2000)]
  await journal.commit([opened('a')])
  await journal.commit(end)
  await journal.commit([opened('a'), ...end, ended('a', 9999)])
  expect(await database.prisma.call.findMany()).toMatchObject([{ endedAt: new Date(2000) }])
  expect(await database.prisma.notice.count()).toBe(1)
  expect(await database.prisma.case.findMany()).toMatchObject([{ count: 1 }])
  expect(await database.prisma.callback.count()).toBe(1)
})

it('what was noted waits for a database that somebody has locked for long, and a commit is told', async () => {
  vi.useFakeTimers()
  try {
    let isLocked = true
    const written: string[] = []
    const $executeRaw = (_sql: unknown, batch: string) => {
      if (isLocked) return Promise.reject(new Error('SQLITE_BUSY: database is locked'))
      written.push(...(JSON.parse(batch) as { op: string }[]).map(({ op }) => op))
      return Promise.resolve(1)
    }
    const waiting = new Journal({ $executeRaw } as unknown as Prisma, silentLogger)
    waiting.note({ op: 'call.rearm', row: { id: 'a' } })
    const told = waiting.commit([opened('b')]).catch((error: Error) => error.message)
    await vi.advanceTimersByTimeAsync(40_000)
    expect(await told).toContain('locked')
    isLocked = false
    await vi.advanceTimersByTimeAsync(10_000)
    expect(written).toEqual(['call.rearm'])
  } finally {
    vi.useRealTimers()
  }
})

it('a talk tells nothing of a call that had not ended when its own call began: two people share the number', async () => {
  const shared = '+79123456789'
  const told = (began: number): JournalEntry[] => [
    { op: 'notice.cancel', row: { caller: shared, began } },
    { op: 'callback.cancel', row: { number: shared, at: 9000, outcome: 'came-back', began } },
    { op: 'case.close', row: { caller: shared, at: 9000, how: 'came-back', by: 'anna', talkMs: 5000, began } },
  ]
  const state = async () => [
    (await database.prisma.notice.findFirstOrThrow()).status,
    (await database.prisma.callback.findFirstOrThrow()).status,
    (await database.prisma.case.findFirstOrThrow()).closedHow,
  ]
  await journal.commit([opened('a'), ended('a', 4000), notice('n1', 'a'), loss('a', 4000), callback('a', 4000)])
  await journal.commit(told(3999))
  expect(await state()).toEqual(['pending', 'waiting', null])
  await journal.commit(told(4000))
  expect(await state()).toEqual(['cancelled', 'cancelled', 'came-back'])
})

it('and what came after its end is told by the order of the rows, where the clock was set in between', async () => {
  const shared = '+79123456789'
  const told = (talk: string): JournalEntry[] => [
    { op: 'notice.cancel', row: { caller: shared, talk, began: 1000 } },
    { op: 'callback.cancel', row: { number: shared, at: 2000, outcome: 'came-back', talk, began: 1000 } },
    {
      op: 'case.close',
      row: { caller: shared, at: 2000, how: 'came-back', by: 'anna', talkMs: 500, talk, began: 1000 },
    },
  ]
  const state = async () => [
    (await database.prisma.notice.findFirstOrThrow()).status,
    (await database.prisma.callback.findFirstOrThrow()).status,
    (await database.prisma.case.findFirstOrThrow()).closedHow,
  ]
  // the clock was far ahead when it ended; another of the company was on the line by then
  await journal.commit([opened('a'), opened('beside')])
  await journal.commit([ended('a', 90_000), notice('n1', 'a'), loss('a', 90_000), callback('a', 90_000)])
  await journal.commit(told('beside'))
  expect(await state()).toEqual(['pending', 'waiting', null])
  await journal.commit([opened('later'), ...told('later')])
  expect(await state()).toEqual(['cancelled', 'cancelled', 'came-back'])
})

it('a second loss counts on the open case and makes no second task', async () => {
  await journal.commit([opened('a'), opened('b')])
  await journal.commit([ended('a'), loss('a', 2000), callback('a', 2000)])
  await journal.commit([ended('b'), loss('b', 5000), callback('b', 5000)])
  expect(await database.prisma.case.findMany()).toMatchObject([{ count: 2, lastCallId: 'b', openedAt: new Date(2000) }])
  expect(await database.prisma.callback.findMany()).toMatchObject([{ callId: 'a', lostAt: new Date(2000) }])
})

it('a talk closes the case, calls off the task and what was not sent yet; the next loss opens anew', async () => {
  await journal.commit([opened('a'), opened('b'), opened('c')])
  await journal.commit([ended('a'), notice('n1', 'a'), loss('a', 2000), callback('a', 2000)])
  await journal.commit([
    { op: 'call.answered', row: { id: 'b', at: 3000, operator: 'anna', peer: 'leg', group: 'sales' } },
    { op: 'notice.cancel', row: { caller: '+79123456789', began: 3000 } },
    { op: 'callback.cancel', row: { number: '+79123456789', at: 3000, outcome: 'came-back', began: 3000 } },
    {
      op: 'case.close',
      row: { caller: '+79123456789', at: 3000, how: 'came-back', by: 'anna', talkMs: null, began: 3000 },
    },
  ])
  expect(await database.prisma.notice.findMany()).toMatchObject([{ status: 'cancelled' }])
  expect(await database.prisma.callback.findMany()).toMatchObject([{ status: 'cancelled', openNumber: null }])
  expect(await database.prisma.case.findMany()).toMatchObject([{ openKey: null, closedHow: 'came-back' }])
  await journal.commit([ended('c'), loss('c', 8000), callback('c', 8000)])
  expect(await database.prisma.case.count()).toBe(2)
  expect(await database.prisma.callback.count({ where: { status: 'waiting' } })).toBe(1)
})

describe('order and gathering', () => {
  it('commits of one turn and the notes before them are one statement', async () => {
    journal.note(opened('a'))
    journal.note({ op: 'step', row: { callId: 'a', seq: 0, at: 1, kind: 'x', detail: {} } })
    await Promise.all([journal.commit([opened('b')]), journal.commit([opened('c')])])
    expect(await database.prisma.call.count()).toBe(3)
    expect(await database.prisma.pathStep.count()).toBe(1)
  })

  it('drain waits for notes that nobody waits for', async () => {
    journal.note(opened('a'))
    await journal.drain()
    expect(await database.prisma.call.count()).toBe(1)
  })

  it('a thousand commits at once all arrive', async () => {
    await Promise.all(Array.from({ length: 1000 }, (_, i) => journal.commit([opened(`c${i}`)])))
    expect(await database.prisma.call.count()).toBe(1000)
  })
})

it('another process that holds the write lock for a while delays a commit and loses nothing', async () => {
  const other = await openDatabase(join(dir, 'perezvon.db'))
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  let holding: Promise<void> | undefined
  await new Promise<void>((locked) => {
    holding = other.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`INSERT INTO "DoNotCall" VALUES ('+70000000000', 'import', NULL, 0)`
      locked()
      await released
    })
  })
  const late = journal.commit([opened('a')])
  // for longer than SQLite itself waits for a lock
  const first = await Promise.race([late.then(() => 'committed'), sleep(600).then(() => 'waiting')])
  release()
  await holding
  await late
  expect(first).toBe('waiting')
  expect(await database.prisma.call.count()).toBe(1)
  await other.close()
})
