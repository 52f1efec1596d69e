import { afterEach, beforeEach, expect, it } from 'vitest'
import { callerRecord, spokenLater } from '../../src/store/call-records.ts'
import { addDoNotCall } from '../../src/store/do-not-call.ts'
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/throw-away-database.ts'

const CALLER = '+79123456789'
const NOW = 100_000
let database: ThrowAwayDatabase
beforeEach(async () => {
  database = await throwAwayDatabase()
})
afterEach(() => database.close())

function call(id: string, arrivedAt: number, more: object = {}) {
  return {
    id,
    direction: 'inbound',
    node: 'main',
    caller: CALLER,
    callerShown: CALLER,
    configVersion: '1',
    arrivedAt: new Date(arrivedAt),
    ...more,
  }
}
const talk = (at: number, operator: string | null) => ({
  verdict: 'answered',
  answeredAt: new Date(at),
  operator,
  talkMs: 40_000,
})

it('knows nothing of a number that never called', async () => {
  expect(await callerRecord(database.prisma, CALLER, 0, 0, NOW)).toEqual({
    calls: 0,
    lastTalk: null,
    doNotCall: false,
    calledLately: false,
  })
})

it('counts the calls to us since then, and finds the last talk in either direction', async () => {
  const { prisma } = database
  await prisma.call.createMany({
    data: [
      call('yesterday', 1_000, talk(1_500, 'anna')),
      call('morning', 10_000),
      call('ours', 20_000, { direction: 'callback', ...talk(21_000, 'boris') }),
      call('now', 30_000),
      call('somebody-else', 30_000, { caller: '+79990001122', ...talk(31_000, 'anna') }),
    ],
  })
  expect(await callerRecord(prisma, CALLER, 10_000, 0, NOW)).toEqual({
    calls: 2,
    lastTalk: { at: 21_000, operator: 'boris', ms: 40_000, began: 20_000 },
    doNotCall: false,
    calledLately: false,
  })
})

it('knows who does not want to be called', async () => {
  await addDoNotCall(database.prisma, [CALLER], { source: 'opt-out', detail: null, at: 1 })
  expect(await callerRecord(database.prisma, CALLER, 0, 0, NOW)).toMatchObject({ doNotCall: true })
})

it('a talk that a wrong clock has put into the future is neither later than a loss nor the last', async () => {
  const { prisma } = database
  await prisma.call.createMany({ data: [call('wrong', 500_000, talk(501_000, 'anna')), call('lost', 90_000)] })
  expect(await spokenLater(prisma, { id: 'lost', number: CALLER }, 90_000, 5_000, NOW)).toBeNull()
  expect((await callerRecord(prisma, CALLER, 0, 0, NOW)).lastTalk).toBeNull()
  await prisma.call.create({ data: call('right', 95_000, talk(96_000, 'boris')) })
  expect(await spokenLater(prisma, { id: 'lost', number: CALLER }, 90_000, 5_000, NOW)).toBe('right')
  expect((await callerRecord(prisma, CALLER, 0, 0, NOW)).lastTalk).toMatchObject({ operator: 'boris' })
})

it('a talk before a loss is none after it, also when the clock was set between the two', async () => {
  const { prisma } = database
  const later = (id: string) => spokenLater(prisma, { id, number: CALLER }, 60_000, 5_000, NOW)
  // spoken with by the right clock; then it is set back, and set right before the loss is decided
  await prisma.call.create({ data: call('spoken', 90_000, talk(91_000, 'anna')) })
  await prisma.call.create({ data: call('lost', 55_000) })
  expect(await later('lost')).toBeNull()
  await prisma.call.create({ data: call('again', 95_000, talk(96_000, 'boris')) })
  expect(await later('lost')).toBe('again')
  // written down when it was long over: its row is later than those of the talks
  await prisma.call.create({ data: call('restored', 55_000, { restored: true }) })
  expect(await later('restored')).toBe('spoken')
})
