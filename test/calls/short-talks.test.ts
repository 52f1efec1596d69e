/** A caller who leaves in the moment in which somebody picks up: the book of the doorbell tells it from a talk. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { doorbell, readDoorbellEntry } from '../../src/calls/doorbell.ts'
import { LiveCalls } from '../../src/calls/live-calls.ts'
import { verdictOf } from '../../src/missed-calls/verdict.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { Journal } from '../../src/store/journal.ts'
import { outboundConfig } from '../support/outbound-config.ts'
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/throw-away-database.ts'

let calls = 0
let database: ThrowAwayDatabase
beforeAll(async () => {
  database = await throwAwayDatabase()
})
afterAll(() => database.close())

const entry = (state: string, answered: string, ended: string) =>
  readDoorbellEntry(`+79120000001|+73432001122|1795635759|${state}|2001|${answered}|${ended}`)

test.each([
  ['answered', '1795635759.665', '1795635759.668', 1_795_635_759_665, 1_795_635_759_668],
  ['talked', '1795635759', '1795635762', 1_795_635_759_000, 1_795_635_762_000],
  ['talked', '1795635759.5', '', 1_795_635_759_500, null],
  ['talked', '1795635759.5.1', 'x', null, null],
])('%s from %s to %s', (state, answered, ended, answeredAt, endedAt) => {
  expect(entry(state, answered, ended)).toMatchObject({ state, answeredAt, endedAt })
})

test.each([
  ['answered', '.668', 'missed'],
  ['answered', '.990', 'answered'],
  ['talked', '.668', 'missed'],
  ['talked', '.990', 'answered'],
])('restored from %s, over at %s: %s', async (state, ended, verdict) => {
  const verdicts: string[] = []
  const take = doorbell({
    node: 'test',
    prisma: database.prisma,
    journal: new Journal(database.prisma, silentLogger),
    clock: { now: () => 1_795_635_800_000 },
    log: silentLogger,
    live: new LiveCalls(),
    snapshot: () => ({ config: outboundConfig(), version: 'v' }),
    endOfCall: async ({ path: { steps }, arrivedAt, endedAt = 0 }) => {
      const journey = { steps, arrivedAt, endedAt, direction: 'inbound' as const, caller: null, internal: false }
      verdicts.push(verdictOf(journey).verdict)
    },
    callbackTalk: async () => {},
    outsideTalk: async () => {},
  })
  const text = `+79120000001|+73432001122|1795635759|${state}|2001|1795635759.665|1795635759${ended}`
  expect(await take(`1795635759.${++calls}`, text, 0)).toBe('ack')
  expect(verdicts).toEqual([verdict])
})

test('the times of an entry are told by our clock', () => {
  const text = '+79120000001|+73432001122|1795635759|answered|2001|1795635760.5|1795635770.5'
  expect(readDoorbellEntry(text, 7_200_000)).toMatchObject({
    arrivedAt: 1_795_628_559_000,
    answeredAt: 1_795_628_560_500,
    endedAt: 1_795_628_570_500,
  })
})
