import { afterEach, beforeEach, expect, it } from 'vitest'
import { featureCodes } from '../../src/app/feature-codes.ts'
import { Meetings } from '../../src/callbacks/meetings.ts'
import { Operators } from '../../src/queues/operators.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { meetings as rows } from '../../src/store/meetings.ts'
import { configOf } from '../support/config-of.ts'
import { FakeTelephony } from '../support/fake-telephony.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const CONFIG = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  olga: { name: Ольга, rings: PJSIP/100 }
groups: { operators: { members: [olga] } }
lines: { "+7 343 200-11-22": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [office@example.ru] } }
`)

let database: ThrowAwayDatabase
let meetings: Meetings
let operators: Operators
const phones = new FakeTelephony()
let called = 0
/** Who asked for a call may be called now. */
let freed = 0
/** Resolves when what was said is on disk. */
let drain: () => Promise<void>
beforeEach(async () => {
  database = await throwAwayDatabase()
  freed = 0
  drain = () => Promise.resolve()
  meetings = new Meetings({
    prisma: database.prisma,
    clock: systemClock,
    log: silentLogger,
    onEnd: () => freed++,
  })
  operators = new Operators(() => CONFIG, phones, systemClock)
})
afterEach(() => database.close())

/** What the phone says. */
async function dials(code: string, endpoint = 'PJSIP/100', without: string[] = []): Promise<string[]> {
  const leg = phones.incoming(`code-${++called}`)
  const sounds = (sound: string) => (without.includes(sound) ? [] : [sound])
  const ground = { config: () => CONFIG, log: silentLogger, journal: { drain } }
  await featureCodes(ground, { operators, meetings, sounds })(leg, code, endpoint)
  expect(leg.signal.aborted).toBe(true)
  return leg.heard
}

it('*21 and *22: her callers hear that she is in a meeting, and those who asked for a call get it when it is over', async () => {
  expect(await dials('*21')).toEqual(['prompts/perezvon/meeting-on'])
  expect(meetings.isOn('olga')).toBe(true)
  expect(meetings.untilOf('olga')).toBeNull()
  expect(await rows(database.prisma)).toMatchObject([{ person: 'olga', until: null, by: 'phone' }])
  expect(operators.presence('olga')).toBe('free') // she has not signed out

  expect(await dials('*22')).toEqual(['prompts/perezvon/meeting-off'])
  expect(meetings.isOn('olga')).toBe(false)
  expect(freed).toBe(1)
  expect(await dials('*22')).toEqual(['prompts/perezvon/meeting-off'])
  expect(freed).toBe(1)
})

it('codes of operators go on as before', async () => {
  expect(await dials('*132')).toEqual(['prompts/perezvon/operator-paused'])
  expect(operators.state('olga')).toMatchObject({ name: 'paused', reason: '2' })
})

it.each([
  ['a phone that is nobody’s', '*21', 'PJSIP/999'],
  ['no code of ours', '*23', 'PJSIP/100'],
])('%s: the tone of a mistake', async (_, code, endpoint) => {
  expect(await dials(code, endpoint)).toEqual(['sound:beeperr'])
  expect(await rows(database.prisma)).toEqual([])
})

it('a prompt that was never spoken is a tone', async () => {
  expect(await dials('*21', 'PJSIP/100', ['prompts/perezvon/meeting-on'])).toEqual(['sound:beep'])
})

it('what is not on disk is not said to be done', async () => {
  drain = () => Promise.reject(new Error('disk full'))
  expect(await dials('*12')).toEqual(['sound:beeperr'])
})

it('what the database refuses is not said to be done', async () => {
  meetings.begin = () => Promise.reject(new Error('disk full'))
  expect(await dials('*21')).toEqual(['sound:beeperr'])
})
