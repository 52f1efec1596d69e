/**
 * The daemon dies at every named point that played days come to, and every promise is kept. Deaths in starts and
 * imports: test/crash/starts; in orders of the command line: test/crash/orders.
 */
import { beforeAll, expect, test, vi } from 'vitest'
import type { CrashPoint } from '../../src/runtime/crash-point.ts'
import { allPoints } from '../crash/effects/points.ts'
import { playDay } from './day.ts'
import { NOT_PLAYED } from './not-played.ts'
import { openPlayedDatabase, type PlayedDatabase } from './played-database.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const played = allPoints().filter((point) => !NOT_PLAYED.test(point))

/** Days that are looked through for who comes where. */
const DAYS = 60

let database: PlayedDatabase
/** The first day on which the daemon comes to a point. Until it dies there the day is the same. */
const comesTo = new Map<string, number>()
beforeAll(async () => {
  database = openPlayedDatabase()
  await database.prisma.callback.findMany()
  for (let seed = 1; seed <= DAYS; seed++) {
    const note = (point: CrashPoint) => {
      if (!comesTo.has(point)) comesTo.set(point, seed)
      return false
    }
    await playDay({ seed, database, diesAt: note })
  }
})

test.each(played)('%s', async (point) => {
  const seed = comesTo.get(point)
  if (!seed) throw new Error(`on none of ${DAYS} days the daemon came there`)
  let died = 0
  const once = (at: CrashPoint) => at === point && died++ === 0
  const { broken } = await playDay({ seed, database, diesAt: once })
  expect(broken, `seed ${seed}`).toEqual([])
  expect(died).toBeGreaterThan(0)
})
