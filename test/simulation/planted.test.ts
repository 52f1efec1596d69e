/** A check that cannot fail proves nothing: each planted bug breaks the promise that it should, within some random days. */
import { beforeAll, expect, test, vi } from 'vitest'
import { playDay } from './day.ts'
import { planted } from './planted.ts'
import { openPlayedDatabase, type PlayedDatabase } from './played-database.ts'

vi.setConfig({ testTimeout: 900_000 })

/** A planted bug that so many days do not show is not caught. */
const MOST_DAYS = 100

let database: PlayedDatabase
beforeAll(async () => {
  database = openPlayedDatabase()
  await database.prisma.callback.findMany()
})

test.each(planted.map((bug) => [bug.name, bug] as const))('%s', async (_name, bug) => {
  const verdicts: string[] = []
  const from = bug.from ?? 1
  for (let seed = from; seed < from + MOST_DAYS && !verdicts.some((line) => bug.breaks.test(line)); seed++)
    verdicts.push(...(await playDay({ seed, database, faults: bug.faults ?? true, planted: bug })).broken)
  expect(verdicts).toContainEqual(expect.stringMatching(bug.breaks))
})
