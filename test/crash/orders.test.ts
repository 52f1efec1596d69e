/**
 * Orders of the command line whose process is killed just before and just after each of their effects. Before the first nothing may have
 * happened, after the last all of it has, and whoever gives the order again ends where an order that nobody killed would have ended.
 *
 * It is killed as a process of the build; given again in this one, which has no second to spare for each start.
 */
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { perezvon } from '../../src/cli/program.ts'
import { loadConfig } from '../../src/config/load.ts'
import { OperatorOrders } from '../../src/queues/operator-orders.ts'
import { Operators } from '../../src/queues/operators.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { loadContacts } from '../../src/store/contacts.ts'
import type { Prisma } from '../../src/store/database.ts'
import { Journal } from '../../src/store/journal.ts'
import { orderOperator } from '../../src/store/operators.ts'
import { claimTestCall, endTestCall } from '../../src/store/test-calls.ts'
import { FakeTelephony } from '../support/fake-telephony.ts'
import { CALLER, contactNumbers, LISTED } from './people.ts'
import { Premises } from './premises.ts'

const HOUR = 3_600_000
const [WAITS, GIVEN_UP, TWICE] = [1, 2, 3].map((n) => `${CALLER}000000${n}`) as [string, string, string]
const OFF_LIST = `${LISTED}0000001`
/** More than an import writes at once. */
const LONG = contactNumbers(501)
const OTHER = LONG.slice(10, 12)
const FIRST = LONG.slice(0, 2)

interface Story {
  name: string
  order: (file: (name: string) => string) => string[]
  /** Where it is killed, and how much of the order is there then. */
  dies: [point: string, left: 'nothing' | 'part' | 'whole'][]
  /** What was before. */
  before?: (premises: Premises) => Promise<unknown>
  /** What must be so of a part; stories that have one say it. */
  part?: (prisma: Prisma, point: string) => Promise<void>
  /** The order has been carried out, once. */
  done: (prisma: Prisma) => Promise<void>
  /** The answer to who gives an order that is there whole. */
  again?: [code: number, said: RegExp]
  /** Given again it is that order anew, as of now; any other changes nothing. */
  renews?: true
  /** What the daemon does about it, once it is written. Resolves when that is done; told when the order was given. */
  daemon?: (premises: Premises, at: number) => Promise<void>
  /** A table that may have a row for each time that it was given. */
  each?: string
}

const stories: Story[] = [
  {
    name: 'a list for a new round',
    before: (premises) => give(premises, ['campaign', 'stop', 'orders']),
    order: (file) => ['campaign', 'import', file('long.csv'), '--campaign', 'orders'],
    dies: [
      ['store.insert-Campaign.before', 'nothing'],
      ['store.insert-Campaign.after', 'part'],
      ['store.insert-Contact.after', 'part'],
      ['store.update-Contact.before', 'part'],
      ['store.update-Contact.after', 'whole'],
    ],
    part: async (prisma, point) => {
      expect(await rounds(prisma)).toEqual(['stopped', 'draft'])
      const written = { 'store.insert-Contact.after': 500, 'store.update-Contact.before': 501 }[point] ?? 0
      expect(await contacts(prisma, 'orders#2')).toEqual(written ? { loading: written } : {})
    },
    done: async (prisma) => {
      expect(await rounds(prisma)).toEqual(['stopped', 'draft'])
      expect(await contacts(prisma, 'orders#2')).toEqual({ queued: 501 })
      expect(await contacts(prisma, 'orders#1')).toEqual({ queued: 2 })
    },
    again: [6, /0 taken, 501 refused/],
  },
  {
    name: 'a list after one that was cut off',
    before: async ({ prisma }) => {
      const rows = LONG.slice(11, 14).map((number, row) => ({
        id: `cut${row}`,
        row,
        number,
        timezone: null,
        values: {},
      }))
      await loadContacts(prisma, 'orders#1', 'cut-off', rows, Date.now())
    },
    order: (file) => ['campaign', 'import', file('other.csv'), '--campaign', 'orders'],
    dies: [
      ['store.update-Campaign.before', 'nothing'],
      ['store.delete-Contact.before', 'part'],
      ['store.delete-Contact.after', 'part'],
    ],
    part: async (prisma, point) =>
      expect(await contacts(prisma, 'orders#1')).toEqual(
        point === 'store.delete-Contact.after' ? { queued: 2 } : { queued: 2, loading: 3 },
      ),
    done: async (prisma) => {
      expect(await rounds(prisma)).toEqual(['draft'])
      expect(await numbersOf(prisma)).toEqual([...FIRST, ...OTHER])
      expect(await contacts(prisma, 'orders#1')).toEqual({ queued: 4 })
    },
  },
  {
    name: 'a campaign is started',
    order: () => ['campaign', 'start', 'orders', '--waive-test'],
    dies: around('store.update-Campaign'),
    done: async (prisma) => expect(await rounds(prisma)).toEqual(['running']),
    again: [1, /running/],
  },
  {
    name: 'a test call',
    order: () => ['campaign', 'test', 'orders', '--to', '2000'],
    dies: [
      ['store.insert-TestCall.before', 'nothing'],
      ['store.insert-TestCall.after', 'part'],
    ],
    part: async (prisma) =>
      expect(await prisma.testCall.findMany()).toMatchObject([{ to: 'PJSIP/2000', row: 2, status: 'requested' }]),
    daemon: placesTestCalls,
    done: async (prisma) => {
      expect(await prisma.testCall.findMany()).toMatchObject([{ to: 'PJSIP/2000', status: 'passed' }])
      expect(await prisma.campaign.findFirst()).toMatchObject({ tested: true, status: 'draft' })
    },
  },
  {
    name: 'numbers that must not be called',
    order: () => ['dnc', 'add', FIRST[1]!, WAITS, '--note', 'asked'],
    dies: [
      ['store.insert-DoNotCall.before', 'nothing'],
      ['store.insert-DoNotCall.after', 'part'],
      ['store.update-Contact.after', 'whole'],
    ],
    // the guard refuses them from here on, also the contact that waits
    part: async (prisma) => expect(await listed(prisma)).toEqual([WAITS, OFF_LIST, FIRST[1]]),
    done: async (prisma) => {
      expect(await listed(prisma)).toEqual([WAITS, OFF_LIST, FIRST[1]])
      expect(await contacts(prisma, 'orders#1')).toEqual({ 'queued': 1, 'skipped-dnc': 1 })
    },
    again: [0, /2 .*already/],
  },
  {
    name: 'a number that may be called again',
    order: () => ['dnc', 'rm', OFF_LIST],
    dies: around('store.delete-DoNotCall'),
    done: async (prisma) => expect(await listed(prisma)).toEqual([]),
    again: [5, /not on the list/],
  },
  {
    name: 'a meeting',
    order: () => ['meeting', 'on', 'o1'],
    dies: around('store.insert-Meeting'),
    done: async (prisma) =>
      expect(await prisma.meeting.findMany({ orderBy: { person: 'asc' } })).toMatchObject([
        { person: 'o1', until: null },
        { person: 'o2', until: null },
      ]),
    again: [0, /Operator 1: in a meeting/],
  },
  {
    name: 'the end of a meeting',
    order: () => ['meeting', 'off', 'o2'],
    dies: around('store.delete-Meeting'),
    done: async (prisma) => expect(await prisma.meeting.count()).toBe(0),
    again: [5, /in no meeting/],
  },
  {
    name: 'a pause of an operator',
    order: () => ['operators', 'pause', 'o1', '--reason', 'lunch'],
    dies: [
      ['store.insert-OperatorOrder.before', 'nothing'],
      ['store.insert-OperatorOrder.after', 'part'],
    ],
    part: async (prisma) =>
      expect(await prisma.operatorOrder.findMany()).toMatchObject([{ person: 'o1', wish: 'pause', doneAt: null }]),
    daemon: carriesWishesOut,
    each: 'OperatorOrder',
    done: async (prisma) => {
      expect(await prisma.operatorOrder.count({ where: { doneAt: null } })).toBe(0)
      expect(await prisma.operatorEvent.findMany()).toMatchObject([{ person: 'o1', state: 'paused', reason: 'lunch' }])
    },
  },
  {
    name: 'somebody sees to a caller',
    order: () => ['missed', 'take', WAITS, '--by', 'o1'],
    dies: around('store.update-Case'),
    done: async (prisma) =>
      expect(await prisma.case.findMany({ where: { takenBy: { not: null } } })).toMatchObject([
        { caller: WAITS, takenBy: 'o1', closedAt: null },
      ]),
    again: [0, /Operator 1 sees to it/],
  },
  {
    name: 'a caller of two lines was spoken with',
    order: () => ['missed', 'resolve', TWICE, '--by', 'o1', '--note', 'has his flowers'],
    dies: [
      ['store.update-Case.before', 'nothing'],
      ['store.update-Case.after', 'part'],
      ['store.update-Case.after#2', 'whole'],
    ],
    part: async (prisma) => expect(await prisma.closing.count()).toBe(1),
    done: async (prisma) => {
      const closed = await prisma.case.findMany({ where: { openKey: null } })
      expect(closed).toMatchObject([1, 2].map(() => ({ caller: TWICE, closedBy: 'o1', note: 'has his flowers' })))
      expect(await prisma.closing.count()).toBe(2)
      expect(await prisma.callback.findMany({ where: { number: TWICE } })).toMatchObject([{ status: 'cancelled' }])
    },
    again: [5, /nobody with this number waits/],
  },
  {
    name: 'a call-back at once',
    order: () => ['callback', 'now', WAITS],
    dies: around('store.update-Callback'),
    done: async (prisma) =>
      expect(await prisma.callback.findMany({ where: { number: WAITS } })).toMatchObject([{ priority: 100, tries: 0 }]),
    again: [0, /./],
    renews: true,
  },
  {
    name: 'a call-back that the rules had given up',
    order: () => ['callback', 'now', GIVEN_UP],
    dies: around('journal.callback.new'),
    done: async (prisma) =>
      expect(await prisma.callback.findMany({ where: { number: GIVEN_UP } })).toMatchObject([
        { status: 'waiting', priority: 100, tries: 0 },
      ]),
    again: [0, /./],
    renews: true,
  },
  {
    name: 'no call-back',
    order: () => ['callback', 'cancel', WAITS],
    dies: around('store.update-Callback'),
    done: async (prisma) => {
      expect(await prisma.callback.findMany({ where: { number: WAITS } })).toMatchObject([{ status: 'cancelled' }])
      expect(await prisma.case.count({ where: { caller: WAITS, closedAt: null } })).toBe(1)
    },
    again: [5, /no call-back is planned/],
  },
  {
    name: 'notices that could not be delivered',
    order: () => ['mail', 'retry'],
    dies: around('store.update-Notice'),
    done: async (prisma) =>
      expect(await prisma.notice.findMany()).toMatchObject([1, 2].map(() => ({ status: 'pending', tries: 0 }))),
    again: [0, /No dead mail/],
  },
]

/** The same for all of them: what lies in the house when the order comes. */
let house: Premises
beforeAll(async () => {
  house = await Premises.open()
  await writeLists(house)
  const orders = [
    ['campaign', 'import', house.file('first.csv'), '--campaign', 'orders'],
    ['dnc', 'add', OFF_LIST],
    ['meeting', 'on', 'o2'],
  ]
  for (const words of orders) {
    const { code, said } = await give(house, words)
    if (code !== 0) throw new Error(said)
  }
  await losses(house.prisma)
  // nobody reads any more: now the one file is all of it
  await house.prisma.$queryRaw`PRAGMA wal_checkpoint(TRUNCATE)`
})
afterAll(() => house[Symbol.asyncDispose]())

describe.concurrent.each(stories)('$name', (story) => {
  /** The world after the order if nobody is killed. */
  let unharmed: Promise<World> | null = null
  const whole = () =>
    (unharmed ??= (async () => {
      await using premises = await scene(story)
      expect(await carryOut(premises, story)).toMatchObject({ code: 0 })
      await story.done(premises.prisma)
      return await world(premises.prisma)
    })())

  it.each(story.dies)('killed at %s: %s of it is there', async (point, left) => {
    const expected = timeless(await whole(), story)
    await using premises = await scene(story)
    const { prisma } = premises
    const before = await world(prisma)
    await premises.dieAt(point)
    expect(await premises.order(...story.order((name) => premises.file(name)))).toMatchObject({ signal: 'SIGKILL' })

    const found = await world(prisma)
    const asMuchAs = {
      nothing: () => expect(found).toEqual(before),
      part: () => story.part!(prisma, point),
      whole: () => expect(timeless(found, story)).toEqual(expected),
    }
    await asMuchAs[left]()

    const wasDone = left === 'whole'
    const [code, said] = (wasDone && story.again) || [0, /./]
    const answer = await carryOut(premises, story)
    expect(answer).toEqual({ code, said: expect.stringMatching(said) as string })
    await story.done(prisma)
    const after = await world(prisma)
    expect(timeless(after, story)).toEqual(expected)
    // what was done already is left alone, to the millisecond
    expect(after).toEqual(wasDone && !story.renews ? found : after)
  })
})

/** Not of the command line: the daemon that carries out what was asked of it there. */
it.concurrent.each(['store.update-OperatorOrder.before', 'store.update-OperatorOrder.after'])(
  'the daemon is killed over the wish for an operator: %s: it is done once',
  async (point) => {
    await using premises = await Premises.open(house.databaseFile)
    const { prisma } = premises
    await orderOperator(prisma, { id: 'order-1', person: 'o1', wish: 'pause', reason: 'lunch', at: Date.now() })
    await premises.dieAt(point)
    expect(await premises.daemon().end).toMatchObject({ signal: 'SIGKILL' })
    const ofO1 = () => prisma.operatorEvent.findMany({ where: { person: 'o1', by: 'command' } })
    expect(await ofO1()).toMatchObject([{ standing: 'paused', reason: 'lunch' }])
    expect(await prisma.operatorOrder.count({ where: { doneAt: null } })).toBe(point.endsWith('.before') ? 1 : 0)
    const { child, end } = premises.daemon()
    await until(async () => (await prisma.operatorOrder.count({ where: { result: 'done' } })) === 1)
    child.kill('SIGTERM')
    await end
    expect(await ofO1()).toHaveLength(1)
  },
)

function around(effect: string): Story['dies'] {
  return [
    [`${effect}.before`, 'nothing'],
    [`${effect}.after`, 'whole'],
  ]
}

/** The house anew, as it is when the order of the story comes. */
async function scene(story: Story): Promise<Premises> {
  const premises = await Premises.open(house.databaseFile)
  await writeLists(premises)
  await story.before?.(premises)
  return premises
}

/** Gives an order in this process, as the command line would. */
async function give({ env }: Premises, words: string[]): Promise<{ code: number; said: string }> {
  let said = ''
  const hear = (text: string) => void (said += text)
  const code = await perezvon(['node', 'perezvon', ...words], env, { write: hear, writeError: hear })
  return { code, said }
}

async function carryOut(premises: Premises, story: Story): Promise<{ code: number; said: string }> {
  const at = Date.now()
  const given = give(
    premises,
    story.order((name) => premises.file(name)),
  )
  const [answer] = await Promise.all([given, story.daemon?.(premises, at)])
  return answer
}

/** The daemon was away when the first was asked for, and comes when the second has been. */
async function placesTestCalls({ prisma }: Premises, at: number): Promise<void> {
  await until(async () => (await prisma.testCall.count({ where: { requestedAt: { gte: new Date(at) } } })) > 0)
  for (let test = await claimTestCall(prisma, at); test; test = await claimTestCall(prisma, at))
    await endTestCall(prisma, test, true, 'completed', Date.now())
}

async function carriesWishesOut({ prisma, config }: Premises, at: number): Promise<void> {
  const loaded = loadConfig(config)
  if (!loaded.ok) throw new Error('the configuration does not load')
  const journal = new Journal(prisma, silentLogger)
  const written = () => journal.drain()
  const operators = new Operators(
    () => loaded.config,
    new FakeTelephony(),
    systemClock,
    (row) => journal.note({ op: 'operator.event', row }),
  )
  const orders = new OperatorOrders({ prisma, operators, clock: systemClock, log: silentLogger, written })
  await until(async () => (await prisma.operatorOrder.count({ where: { at: { gte: new Date(at) } } })) > 0)
  await orders.pass()
  operators.stop()
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; !(await isSo()); await sleep(20))
    if (Date.now() > end) throw new Error('it did not come to be')
}

type World = Record<string, Record<string, unknown>[]>

/** Every row of every table. */
async function world(prisma: Prisma): Promise<World> {
  const tables = await prisma.$queryRaw<{ name: string }[]>`
    SELECT "name" FROM sqlite_master WHERE "type" = 'table' AND "name" NOT LIKE 'sqlite_%' ORDER BY "name"`
  const found: World = {}
  for (const { name } of tables) found[name] = await prisma.$queryRawUnsafe(`SELECT * FROM "${name}" ORDER BY rowid`)
  return found
}

/** Without the times, and ids that are made of them: what two that did the same have in common. */
function timeless(of: World, { each }: Story): World {
  const text = JSON.stringify(of, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
    .replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"|\b1\d{12}\b/g, '"time"')
    .replaceAll(/\b(order|test|cb|op)-[0-9A-Z]{26}\b/gi, '$1')
  const found = JSON.parse(text) as World
  if (each) found[each] = found[each]!.filter((row, i, all) => JSON.stringify(row) !== JSON.stringify(all[i - 1]))
  return found
}

async function rounds(prisma: Prisma): Promise<string[]> {
  return (await prisma.campaign.findMany({ orderBy: { round: 'asc' } })).map(({ status }) => status)
}

async function contacts(prisma: Prisma, campaignId: string): Promise<Record<string, number>> {
  const rows = await prisma.contact.groupBy({ by: ['status'], where: { campaignId }, _count: true })
  return Object.fromEntries(rows.map(({ status, _count }) => [status, _count]))
}

async function numbersOf(prisma: Prisma): Promise<string[]> {
  return (await prisma.contact.findMany({ orderBy: { number: 'asc' } })).map(({ number }) => number)
}

async function listed(prisma: Prisma): Promise<string[]> {
  return (await prisma.doNotCall.findMany({ orderBy: { number: 'asc' } })).map(({ number }) => number)
}

async function writeLists(premises: Premises): Promise<void> {
  const lists = { first: FIRST, other: OTHER, long: LONG }
  for (const [name, numbers] of Object.entries(lists))
    await writeFile(premises.file(`${name}.csv`), ['Phone', ...numbers].join('\n'))
}

/** One who waits for his call-back, one whom the rules have given up, one who called on two lines; and two notices that could not be delivered. */
async function losses(prisma: Prisma): Promise<void> {
  const journal = new Journal(prisma, silentLogger)
  const at = Date.now() - HOUR
  const lost = (callId: string, caller: string, line: string) => ({
    op: 'case.loss' as const,
    row: { id: `case-${callId}`, caller, line, group: 'sales', callId, at },
  })
  const callback = (callId: string, number: string, line: string) => ({
    op: 'callback.new' as const,
    row: {
      id: `cb-${callId}`,
      callId,
      number,
      line,
      group: 'sales',
      at,
      dueAt: at + 2 * HOUR,
      expiresAt: at + 24 * HOUR,
    },
  })
  const notice = (id: string) => ({
    op: 'notice' as const,
    row: {
      id,
      kind: 'missed' as const,
      callId: null,
      caseId: null,
      recipient: 'office@example.ru',
      language: 'en',
      payload: {},
      threadKey: null,
      dueAt: at,
      createdAt: at,
    },
  })
  const [one, two] = ['+73432000001', '+73432000002'] as const
  await journal.commit([
    lost('c1', WAITS, one),
    callback('c1', WAITS, one),
    lost('c2', GIVEN_UP, one),
    lost('c3', TWICE, one),
    callback('c3', TWICE, one),
    lost('c4', TWICE, two),
    notice('n1'),
    notice('n2'),
  ])
  await prisma.notice.updateMany({ data: { status: 'dead', tries: 9, lastError: 'no such mailbox' } })
}
