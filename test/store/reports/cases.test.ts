import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLogger } from '../../../src/runtime/logger.ts'
import { closeCase } from '../../../src/store/cases.ts'
import { type CaseSums, caseSums } from '../../../src/store/reports/cases.ts'
import { ReportDatabase } from '../../../src/store/reports/connection.ts'
import { Journal } from '../../../src/store/journal.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../../support/throw-away-database.ts'

const MINUTE = 60_000

let database: ThrowAwayDatabase
beforeEach(async () => void (database = await throwAwayDatabase()))
afterEach(() => database.close())

async function sums(from: number, to: number): Promise<CaseSums[]> {
  const reports = new ReportDatabase(database.file)
  try {
    return await caseSums(reports, { from, to, zone: 'UTC' }, 'total')
  } finally {
    await reports.close()
  }
}

type Fate = Exclude<keyof CaseSums, 'key' | 'cases'>
it.each<[string | null, number, Fate]>([
  ['called-back', 0, 'within20m'],
  ['called-back', 20 * MINUTE, 'within20m'],
  ['called-out', 20 * MINUTE + 1, 'within24h'],
  ['called-out', 24 * 60 * MINUTE, 'within24h'],
  // twelve hours are no end: who is called a day later was called
  ['called-back', 24 * 60 * MINUTE + 1, 'later'],
  ['came-back', MINUTE, 'cameBack'],
  ['by-hand', MINUTE, 'byHand'],
  ['unreachable', MINUTE, 'notReturned'],
  [null, 0, 'notReturned'],
])('%s after %i ms is %s', async (how, after, fate) => {
  const closedAt = how === null ? null : 1_000 + after
  await database.prisma.$executeRaw`
    INSERT INTO "Case" ("id", "caller", "line", "openedAt", "lastCallId", "lastLossAt", "closedAt", "closedHow")
    VALUES ('k', '+79120000001', '+73432001122', 1000, 'c', 1000, ${closedAt}, ${how})`
  const [row] = await sums(0, 2_000)
  const fates = ['within20m', 'within24h', 'later', 'cameBack', 'byHand', 'notReturned'] as const
  expect(fates.filter((one) => row![one] === 1)).toEqual([fate])
})

it('counts the cases that were opened in the time asked for, each once', async () => {
  const { prisma } = database
  const journal = new Journal(prisma, silentLogger)
  const open = (id: string, at: number, slaDueAt: number | null = at + 20 * MINUTE) => {
    const row = { id, caller: `+7912000000${id}`, line: '+73432001122', group: null, callId: id, at, slaDueAt }
    return { op: 'case.loss' as const, row }
  }
  const day = 24 * 60 * MINUTE
  await journal.commit([
    open('1', day),
    open('2', day + 1),
    { op: 'case.loss', row: { ...open('2', day + 2).row, callId: '2 again' } },
    open('3', day + 3),
    open('4', day + 4, null),
    open('5', 2 * day),
    open('6', day - 1),
  ])
  await closeCase(prisma, '1', { how: 'called-out', by: 'anna', note: null, at: day + 10 * MINUTE })
  await closeCase(prisma, '2', { how: 'by-hand', by: 'anna', note: null, at: day + 30 * MINUTE })
  await closeCase(prisma, '3', { how: 'unreachable', by: 'anna', note: null, at: day + MINUTE })
  expect(await sums(day, 2 * day)).toEqual([
    {
      key: 0,
      cases: 4,
      within20m: 1,
      within24h: 0,
      later: 0,
      cameBack: 0,
      byHand: 1,
      notReturned: 2,
      inTime: 1,
      withSla: 3,
    },
  ])
})
