/** Random days of a small company with deaths, lost lines and sick mail servers: every promise is kept on each of them, and a seed is a story. */
import { beforeAll, expect, test, vi } from 'vitest'
import { playDay } from './day.ts'
import { openPlayedDatabase, type PlayedDatabase } from './played-database.ts'

vi.setConfig({ testTimeout: 900_000 })

/** Days in CI; `npm run simulate-days -- --days 20000` plays more. */
const DAYS = Number(process.env['SIMULATED_DAYS'] ?? 25)

let database: PlayedDatabase
beforeAll(async () => {
  database = openPlayedDatabase()
  // Prisma's engine is loaded with the first question, from a disk: no part of a day
  await database.prisma.callback.findMany()
})

test('days without misfortune keep every promise', async () => {
  for (let seed = 1; seed <= DAYS / 5; seed++)
    expect(await playDay({ seed, database })).toMatchObject({ seed, broken: [] })
})

test('days with deaths, lost lines and sick mail servers keep every promise', async () => {
  for (let seed = 1; seed <= DAYS; seed++)
    expect(await playDay({ seed, database, faults: true })).toMatchObject({ seed, broken: [] })
})

test('the same seed is the same story to the millisecond, whatever was played before', async () => {
  const first = await playDay({ seed: 7, database, faults: true, traced: true })
  await playDay({ seed: 8, database, faults: true })
  const again = await playDay({ seed: 7, database, faults: true, traced: true })
  expect(first.trace.length).toBeGreaterThan(20)
  expect(again.trace).toEqual(first.trace)
  expect(again.figures).toEqual(first.figures)
})
