import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLogger } from '../../src/runtime/logger.ts'
import { caseStory } from '../../src/store/case-story.ts'
import { closeCase, openCases, takeCase } from '../../src/store/cases.ts'
import {
  callBackNow,
  cancelCallback,
  claimCallback,
  countTry,
  dueCallbacks,
  TAKEN_MS,
} from '../../src/store/callbacks.ts'
import { Journal, type JournalEntry } from '../../src/store/journal.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const CALLER = '+79123456789'
const LINE = '+73432001122'
const OTHER_LINE = '+73432001133'

let database: ThrowAwayDatabase
let journal: Journal
beforeEach(async () => {
  database = await throwAwayDatabase()
  journal = new Journal(database.prisma, silentLogger)
})
afterEach(() => database.close())

interface Loss {
  line?: string
  lineGroup?: string
  at?: number
  caller?: string
  more?: JournalEntry[]
}
/** The end of a call that nobody answered, as the house writes it. */
async function lose(callId: string, { line = LINE, lineGroup, at = 1_000, caller = CALLER, more = [] }: Loss = {}) {
  await journal.commit([
    {
      op: 'notice',
      row: {
        id: `${callId}.mail`,
        kind: 'missed',
        callId,
        caseId: null,
        recipient: 'a@example.ru',
        language: 'ru',
        payload: {},
        threadKey: null,
        dueAt: at,
        createdAt: at,
      },
    },
    {
      op: 'case.loss',
      row: {
        id: `case-${callId}`,
        caller,
        line,
        ...(lineGroup && { lineGroup }),
        group: 'sales',
        callId,
        at,
        slaDueAt: at + 60_000,
      },
    },
    ...more,
  ])
}
const callback = (callId: string, changes: object = {}): JournalEntry => ({
  op: 'callback.new',
  row: {
    id: `cb-${callId}`,
    callId,
    number: CALLER,
    line: LINE,
    group: 'sales',
    at: 1_000,
    dueAt: 1_000,
    expiresAt: 99_000,
    ...changes,
  },
})
const tasks = () => database.prisma.callback.findMany({ orderBy: { lostAt: 'asc' } })
const mails = async () => (await database.prisma.notice.findMany()).map(({ status }) => status)

it('lines of one group share a case: the first time is kept, repeats are counted; other lines have their own', async () => {
  await lose('a', { lineGroup: 'shop' })
  await lose('b', { lineGroup: 'shop', line: OTHER_LINE, at: 5_000 })
  await lose('c', { line: '+73432001144' })
  expect(await openCases(database.prisma)).toMatchObject([
    {
      id: 'case-a',
      lineGroup: 'shop',
      line: OTHER_LINE,
      count: 2,
      openedAt: 1_000,
      lastLossAt: 5_000,
      slaDueAt: 61_000,
    },
    { id: 'case-c', count: 1 },
  ])
  const notices = await database.prisma.notice.findMany({ orderBy: { id: 'asc' } })
  expect(notices.map(({ caseId }) => caseId)).toEqual(['case-a', 'case-a', 'case-c'])
})

it('the end of a call that is written again opens nothing anew', async () => {
  await lose('a')
  await closeCase(database.prisma, 'case-a', { how: 'by-hand', by: 'anna', note: null, at: 2_000 })
  await lose('a')
  expect(await openCases(database.prisma)).toEqual([])
})

it('taken: once, by one; who said it first is named to the second', async () => {
  await lose('a')
  expect(await takeCase(database.prisma, 'case-a', 'anna', 2_000)).toEqual({ kind: 'taken' })
  expect(await takeCase(database.prisma, 'case-a', 'anna', 3_000)).toEqual({ kind: 'taken' })
  expect(await takeCase(database.prisma, 'case-a', 'boris', 4_000)).toEqual({ kind: 'taken-by', by: 'anna', at: 2_000 })
  expect(await takeCase(database.prisma, 'no such', 'boris', 4_000)).toEqual({ kind: 'unknown' })
})

it('of many who take it at the same moment one has it', async () => {
  await lose('a')
  const people = Array.from({ length: 20 }, (_, i) => `p${i}`)
  const results = await Promise.all(people.map((person) => takeCase(database.prisma, 'case-a', person, 2_000)))
  expect(results.filter(({ kind }) => kind === 'taken')).toHaveLength(1)
})

it('who took it is left alone for a while: no call-back starts, not even one that rings the operator already', async () => {
  await lose('a', { more: [callback('a')] })
  expect(await dueCallbacks(database.prisma, 2_000)).toHaveLength(1)
  await claimCallback(database.prisma, 'cb-a', 'boris', 2_000)
  await takeCase(database.prisma, 'case-a', 'anna', 3_000)
  expect(await countTry(database.prisma, 'cb-a', { client: 'x' }, 3_500)).toBe(false)
  await journal.commit([
    {
      op: 'callback.state',
      row: { id: 'cb-a', at: 4_000, status: 'waiting', outcome: null, tries: 0, dueAt: 4_000 },
    },
  ])
  expect(await dueCallbacks(database.prisma, 5_000)).toEqual([])
  expect(await dueCallbacks(database.prisma, 3_000 + TAKEN_MS)).toHaveLength(1)
})

it.each(['waiting', 'operator'] as const)(
  'closed by hand: a call-back that is %s and the mail go with it, once',
  async (status) => {
    await lose('a', { more: [callback('a')] })
    if (status === 'operator') await claimCallback(database.prisma, 'cb-a', 'boris', 1_500)
    const closing = { how: 'by-hand' as const, by: 'anna', note: 'заказ оформлен', at: 2_000 }
    expect(await closeCase(database.prisma, 'case-a', closing)).toBe(true)
    expect(await closeCase(database.prisma, 'case-a', { ...closing, by: 'boris' })).toBe(false)
    expect(await tasks()).toMatchObject([{ status: 'cancelled', outcome: 'by-hand', openNumber: null }])
    expect(await mails()).toEqual(['cancelled'])
    expect(await takeCase(database.prisma, 'case-a', 'boris', 3_000)).toMatchObject({ kind: 'closed', by: 'anna' })
  },
)

it('a client who is on the line with us is not cut off by a closing', async () => {
  await lose('a', { more: [callback('a')] })
  await claimCallback(database.prisma, 'cb-a', 'boris', 1_500)
  await countTry(database.prisma, 'cb-a', { operator: 'o', client: 'c' }, 1_600)
  await closeCase(database.prisma, 'case-a', { how: 'by-hand', by: null, note: null, at: 2_000 })
  expect(await tasks()).toMatchObject([{ status: 'client', openNumber: CALLER }])
})

/** A try whose client was being dialled when his case was closed comes to this end. */
async function endsAfterClosing(status: 'waiting' | 'failed', lossMeanwhile: boolean) {
  await lose('a', { more: [callback('a')] })
  await claimCallback(database.prisma, 'cb-a', 'boris', 1_500)
  await countTry(database.prisma, 'cb-a', { operator: 'o', client: 'c' }, 1_600)
  await closeCase(database.prisma, 'case-a', { how: 'by-hand', by: null, note: null, at: 2_000 })
  if (lossMeanwhile) await lose('b', { more: [callback('b')] })
  const row = { id: 'cb-a', at: 2_500, status, outcome: 'no-answer', tries: 1, dueAt: 3_000 }
  await journal.commit([
    { op: 'callback.state', row },
    {
      op: 'notice',
      row: {
        id: 'cb-a.failed',
        kind: 'callback-failed',
        callId: 'a',
        caseId: 'case-a',
        recipient: 'a@example.ru',
        language: 'ru',
        payload: {},
        threadKey: null,
        dueAt: 2_500,
        createdAt: 2_500,
      },
    },
  ])
}

it.each(['waiting', 'failed'] as const)(
  'a try during which its case was closed by hand is the last, and nobody is asked to call: %s',
  async (status) => {
    await endsAfterClosing(status, false)
    expect(await tasks()).toMatchObject([{ status: 'cancelled', outcome: 'by-hand', openNumber: null, tries: 1 }])
    expect(await database.prisma.notice.count({ where: { kind: 'callback-failed' } })).toBe(0)
  },
)

it('but who was lost again meanwhile is called again, and his new case has the task', async () => {
  await endsAfterClosing('waiting', true)
  expect(await tasks()).toMatchObject([{ id: 'cb-a', status: 'waiting', caseId: 'case-b' }])
  await closeCase(database.prisma, 'case-b', { how: 'by-hand', by: null, note: null, at: 2_700 })
  expect(await tasks()).toMatchObject([{ status: 'cancelled' }])
})

it('that a call-back has failed is not told any more once the case is closed', async () => {
  await lose('a', { more: [callback('a')] })
  const row = { callId: 'a', caseId: 'case-a', recipient: 'a@example.ru', language: 'ru', payload: {}, threadKey: null }
  await journal.commit([
    { op: 'notice', row: { ...row, id: 'failed', kind: 'callback-failed', dueAt: 1_500, createdAt: 1_500 } },
  ])
  await closeCase(database.prisma, 'case-a', { how: 'by-hand', by: null, note: null, at: 2_000 })
  expect(await database.prisma.notice.findUnique({ where: { id: 'failed' } })).toMatchObject({ status: 'cancelled' })
})

it('what is told of another group of lines is not taken back', async () => {
  await lose('a')
  await lose('b', { line: OTHER_LINE })
  await closeCase(database.prisma, 'case-a', { how: 'by-hand', by: null, note: null, at: 2_000 })
  expect((await mails()).toSorted()).toEqual(['cancelled', 'pending'])
})

it('a talk with the other number that he gave closes the case; so does a talk with his own', async () => {
  const other = '+79990001122'
  for (const number of [CALLER, other]) {
    const id = `x${number.slice(-4)}`
    await lose(id, { more: [callback(id, { number: other, caseKey: `${CALLER} ${LINE}` })] })
    await journal.commit([
      { op: 'callback.cancel', row: { number, at: 3_000, outcome: 'came-back', began: 3_000 } },
      {
        op: 'case.close',
        row: { caller: number, at: 3_000, how: 'came-back', by: 'anna', talkMs: 9_000, began: 3_000 },
      },
    ])
    expect(await openCases(database.prisma)).toEqual([])
    expect((await tasks()).every(({ status }) => status === 'cancelled')).toBe(true)
  }
})

it('who asks for a call keeps his place and goes before who did not; asking once more changes nothing', async () => {
  await lose('a', { more: [callback('a')] })
  await lose('b', { caller: '+79120000001', more: [callback('b', { number: '+79120000001', at: 500, since: 500 })] })
  const ask = callback('a2', { kind: 'requested', priority: 10, at: 7_000, dueAt: 7_000 })
  await journal.commit([ask])
  await journal.commit([ask])
  const due = await dueCallbacks(database.prisma, 8_000)
  expect(due.map(({ id, kind, lostAt }) => ({ id, kind, lostAt }))).toEqual([
    { id: 'cb-a', kind: 'requested', lostAt: 1_000 },
    { id: 'cb-b', kind: 'missed', lostAt: 500 },
  ])
})

it('by hand: called at once and first, or not at all', async () => {
  await lose('a', { more: [callback('a', { dueAt: 50_000 })] })
  expect(await callBackNow(database.prisma, '+79990000000', 100, 2_000)).toBe(false)
  expect(await callBackNow(database.prisma, CALLER, 100, 2_000)).toBe(true)
  expect(await dueCallbacks(database.prisma, 2_000)).toMatchObject([{ id: 'cb-a', priority: 100 }])
  expect(await cancelCallback(database.prisma, CALLER, 3_000)).toBe('cancelled')
  expect(await cancelCallback(database.prisma, CALLER, 3_000)).toBe('none')
  expect(await openCases(database.prisma)).toMatchObject([{ callback: null }])
})

it('the story of a case: his calls until it was closed, and what became of the call-backs', async () => {
  await lose('a', { more: [callback('a')] })
  expect(await caseStory(database.prisma, { caller: '+79990000000' })).toBeNull()
  await closeCase(database.prisma, 'case-a', { how: 'unreachable', by: 'anna', note: 'трижды', at: 2_000 })
  expect(await caseStory(database.prisma, { caller: CALLER })).toMatchObject({
    closed: { how: 'unreachable', by: 'anna', note: 'трижды' },
    callbacks: [{ status: 'cancelled', outcome: 'unreachable' }],
  })
})
