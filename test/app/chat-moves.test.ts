/** A group that became a supergroup, on a real database: the new number survives a restart, and is told once. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { chatMoves } from '../../src/app/chat-moves.ts'
import type { Ground } from '../../src/app/ground.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { Journal } from '../../src/store/journal.ts'
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/throw-away-database.ts'

let database: ThrowAwayDatabase
beforeEach(async () => void (database = await throwAwayDatabase()))
afterEach(() => database.close())

function life(people = [{ address: 'admin@example.ru', language: 'en' as const }]) {
  const ground = {
    prisma: database.prisma,
    journal: new Journal(database.prisma, silentLogger),
    clock: { now: () => 1_000 },
    log: silentLogger,
    config: () => ({ company: { name: 'F', timezone: 'UTC', language: 'ru' } }),
  } as unknown as Ground
  return chatMoves(
    ground,
    () => people,
    () => {},
  )
}
const alarms = () => database.prisma.notice.findMany({ where: { kind: 'alarm' } })

test('the number is kept, told once, and forgotten when the configuration has another', async () => {
  await life().moved('telegram:sales', '-100', '-100123')
  expect(await life().movedTo('telegram:sales', '-100')).toBe('-100123')
  expect(await life().movedTo('telegram:sales', '-100123')).toBeNull()
  expect(await life().movedTo('telegram:other', '-100')).toBeNull()
  // dead after the word and before the note: the same word, not a second
  await life().moved('telegram:sales', '-100', '-100123')
  const [row, ...more] = await alarms()
  expect(more).toEqual([])
  expect(row).toMatchObject({ recipient: 'admin@example.ru', lane: 'mail', status: 'pending' })
  expect(JSON.parse(row!.payload)).toMatchObject({ what: 'moved-chat', channel: 'telegram:sales', why: '-100123' })
})

test('where nobody else can be told, the chat is', async () => {
  await life([]).moved('telegram:sales', '-100', '-100123')
  expect(await alarms()).toMatchObject([{ recipient: 'telegram:sales', lane: 'telegram:sales', language: 'ru' }])
})
