import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLogger } from '../../src/runtime/logger.ts'
import { Journal } from '../../src/store/journal.ts'
import { lastOperatorEvents } from '../../src/store/operators.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

let database: ThrowAwayDatabase
beforeEach(async () => {
  database = await throwAwayDatabase()
})
afterEach(() => database.close())

it('what was written last is what he is, also where the clock was set back before', async () => {
  const journal = new Journal(database.prisma, silentLogger)
  const event = (id: string, at: number, standing: string) => {
    const row = { id, person: 'anna', at, state: standing, standing, reason: null, by: 'command', callId: null }
    return journal.commit([{ op: 'operator.event', row }])
  }
  await event('op-9', 90_000, 'available')
  await event('op-1', 10_000, 'paused')
  expect(await lastOperatorEvents(database.prisma, ['anna', 'boris'])).toMatchObject([
    { id: 'op-1', standing: 'paused' },
  ])
})
