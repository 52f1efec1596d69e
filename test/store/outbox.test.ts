import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../src/store/database.ts'
import { Outbox } from '../../src/store/outbox.ts'

let folder: string
let database: Database
let outbox: Outbox
let written = 0
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perezvon-outbox-'))
  database = await openDatabase(join(folder, 'perezvon.db'))
  outbox = new Outbox(database.prisma)
  written = 0
})
afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

interface Row {
  dueAt?: number
  createdAt?: number
  threadKey?: string | null
  recipient?: string
  callId?: string
  kind?: string
}
async function write(id: string, row: Row = {}): Promise<void> {
  const {
    dueAt = 0,
    createdAt = ++written,
    threadKey = null,
    recipient = 'anna@example.ru',
    callId = id,
    kind = 'missed',
  } = row
  await database.prisma.notice.create({
    data: {
      id,
      kind,
      callId,
      recipient,
      language: 'ru',
      payload: '{}',
      threadKey,
      dueAt: new Date(dueAt),
      createdAt: new Date(createdAt),
    },
  })
}
const claim = async (now: number, limit = 10, leaseMs = 1000) =>
  (await outbox.claimDueNotices(now, limit, leaseMs)).map((notice) => notice.id)
const row = (id: string) => database.prisma.notice.findUniqueOrThrow({ where: { id } })

test('takes what is due, the longest due first, and nothing that is not', async () => {
  await write('later', { dueAt: 500 })
  await write('now', { dueAt: 100 })
  await write('never', { dueAt: 101 })
  expect(await claim(100)).toEqual(['now'])
  await write('first', { dueAt: 50 })
  await write('second', { dueAt: 60 })
  expect(await claim(100, 1)).toEqual(['first'])
  expect(await claim(100, 1)).toEqual(['second'])
})

test('a claimed notice is nobody else’s until its lease runs out', async () => {
  await write('a')
  const [first] = await outbox.claimDueNotices(100, 1, 1000)
  expect(first).toMatchObject({ id: 'a', tries: 1, createdAt: 1, payload: '{}' })
  expect(await claim(1099)).toEqual([])
  const [second] = await outbox.claimDueNotices(1100, 1, 1000)
  expect(second).toMatchObject({ id: 'a', tries: 2 })
})

test('many who ask at once share the notices without overlap', async () => {
  for (let i = 0; i < 20; i++) await write(`n${i}`)
  const shares = await Promise.all(Array.from({ length: 10 }, () => claim(1, 3)))
  const all = shares.flat()
  expect(all).toHaveLength(20)
  expect(new Set(all).size).toBe(20)
})

test('a mail never overtakes an earlier one of its thread to the same recipient', async () => {
  await write('one', { threadKey: 'k', dueAt: 0 })
  await write('two', { threadKey: 'k', dueAt: 0 })
  await write('boris', { threadKey: 'k', recipient: 'boris@example.ru' })
  await write('other', { threadKey: 'x' })
  expect((await claim(1)).sort()).toEqual(['boris', 'one', 'other'])
  // while it is on its way, and while it waits for its next try
  expect(await claim(1)).toEqual([])
  await outbox.postpone({ id: 'one', tries: 1 }, 5000, '451')
  expect(await claim(2)).toEqual([])
  expect(await claim(5000)).toContain('one')
  await outbox.markSent('one', 5001)
  expect(await claim(5002)).toContain('two')
})

test.each([
  ['dead', () => outbox.markDead({ id: 'one', tries: 1 }, '550')],
  ['cancelled', () => database.prisma.notice.update({ where: { id: 'one' }, data: { status: 'cancelled' } })],
])('a %s mail holds nobody up', async (_state, end) => {
  await write('one', { threadKey: 'k' })
  await write('two', { threadKey: 'k' })
  await claim(1)
  await end()
  expect(await claim(1)).toEqual(['two'])
})

test.each([
  ['of the same millisecond', 7],
  ['on both sides of a clock that was set back', 3],
])('two %s keep the order in which they were written', async (_what, createdAt) => {
  await write('b', { threadKey: 'k', createdAt: 7 })
  await write('a', { threadKey: 'k', createdAt })
  expect(await claim(10)).toEqual(['b'])
})

test('the first of a thread is the same at every try, whatever comes later', async () => {
  await write('one', { threadKey: 'k', createdAt: 7 })
  const first = async () => {
    const [notice] = await outbox.claimDueNotices(99_999, 1, 0)
    return [notice?.id, notice && (await outbox.firstOfThread(notice)).id]
  }
  expect(await first()).toEqual(['one', 'one'])
  // the clock is set back, and the first mail, which a server may have taken, is called off
  await write('two', { threadKey: 'k', createdAt: 3 })
  expect(await first()).toEqual(['one', 'one'])
  await database.prisma.notice.update({ where: { id: 'one' }, data: { status: 'cancelled' } })
  expect(await first()).toEqual(['two', 'one'])
})

test('who lost his lease can neither postpone nor bury, but a sent mail is sent', async () => {
  await write('a')
  const [slow] = await outbox.claimDueNotices(0, 1, 10)
  const [quick] = await outbox.claimDueNotices(20, 1, 1000)
  await outbox.postpone(slow!, 9999, 'too late')
  await outbox.markDead(slow!, 'too late')
  expect(await row('a')).toMatchObject({ status: 'sending', tries: 2, lastError: null })
  await outbox.markSent(slow!.id, 30)
  await outbox.postpone(quick!, 9999, 'a second copy failed')
  expect(await row('a')).toMatchObject({ status: 'sent', sentAt: new Date(30), leaseUntil: null })
})

test('a postponed mail keeps the reason and comes back when due', async () => {
  await write('a')
  await claim(1)
  await outbox.postpone({ id: 'a', tries: 1 }, 61_000, '451 greylisted')
  expect(await row('a')).toMatchObject({ status: 'pending', lastError: '451 greylisted', dueAt: new Date(61_000) })
  expect(await claim(60_999)).toEqual([])
  expect(await claim(61_000)).toEqual(['a'])
})

test('a caller who got through cancels only what nobody has tried to send', async () => {
  await write('waiting', { callId: 'c1', dueAt: 10_000 })
  await write('tried', { callId: 'c2' })
  await write('closing', { callId: 'c1', kind: 'closed', dueAt: 10_000 })
  await write('other', { callId: 'c3', dueAt: 10_000 })
  await claim(1)
  await outbox.postpone({ id: 'tried', tries: 1 }, 60_000, '451')
  expect(await outbox.cancelPending(['c1', 'c2'])).toBe(1)
  expect((await row('waiting')).status).toBe('cancelled')
  expect(await claim(60_000)).toEqual(['tried', 'closing', 'other'])
})

test('the thread begins with its earliest mail that was not cancelled', async () => {
  await write('gone', { threadKey: 'k' })
  await write('one', { threadKey: 'k' })
  await write('two', { threadKey: 'k' })
  await write('alone')
  await database.prisma.notice.update({ where: { id: 'gone' }, data: { status: 'cancelled' } })
  const [one] = await outbox.claimDueNotices(1, 1, 1000)
  expect((await outbox.firstOfThread(one!)).id).toBe('one')
  await outbox.markDead(one!, '550')
  const [two] = await outbox.claimDueNotices(1, 1, 1000)
  expect(two!.id).toBe('two')
  expect((await outbox.firstOfThread(two!)).id).toBe('one')
  const [alone] = await outbox.claimDueNotices(1, 1, 1000)
  expect((await outbox.firstOfThread(alone!)).id).toBe('alone')
})

test('dead ones are counted, listed, and come back with fresh tries', async () => {
  await write('a')
  await write('b')
  await write('c', { dueAt: 5000 })
  await claim(1)
  await outbox.markDead({ id: 'a', tries: 1 }, '550 no such user')
  await outbox.markDead({ id: 'b', tries: 1 }, '550 no such user')
  expect(await outbox.counts()).toEqual({ pending: 1, dead: 2, unconfirmed: 0, oldestDueAt: 5000 })
  expect(await outbox.list(['dead'], 10)).toMatchObject([
    { id: 'b', lastError: '550 no such user' },
    { id: 'a', status: 'dead' },
  ])
  expect(await outbox.retryDead(7000, ['a', 'c'])).toBe(1)
  expect(await row('a')).toMatchObject({ status: 'pending', tries: 0, dueAt: new Date(7000) })
  expect(await outbox.retryDead(7000)).toBe(1)
  expect((await outbox.counts()).dead).toBe(0)
})
