import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { CallPath } from '../../src/calls/call-path.ts'
import { type EndedCall, type EndOfCallDeps, endOfCall } from '../../src/calls/end-of-call.ts'
import { callOpened } from '../../src/calls/inbound.ts'
import { followUps } from '../../src/missed-calls/follow-ups.ts'
import { ignoreRules } from '../../src/missed-calls/ignore-rules.ts'
import { verdictOf } from '../../src/missed-calls/verdict.ts'
import type { Step } from '../../src/model/call-outcome.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { lastTalks } from '../../src/store/call-records.ts'
import { Journal } from '../../src/store/journal.ts'
import { configOf } from '../support/config-of.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const CONFIG = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru } }
groups: { operators: { members: [anna] } }
lines: { "+7 343 200-11-22": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [group], wait: 0s } }
`)
const NOW = 100_000
const clock = { now: () => NOW }

let database: ThrowAwayDatabase
let journal: Journal
beforeAll(async () => {
  database = await throwAwayDatabase()
  journal = new Journal(database.prisma, silentLogger)
})
afterAll(() => database.close())

async function openCall(id: string, caller: string, ...steps: Step[]): Promise<EndedCall> {
  const path = new CallPath(id, journal, clock)
  const call = {
    id,
    direction: 'inbound' as const,
    line: { number: '+73432001122', name: 'Главный' },
    caller: { number: caller, shown: caller, name: null },
    arrivedAt: 60_000,
    snapshot: { config: CONFIG, version: '1' },
    path,
  }
  await journal.commit([callOpened(call, 'test', 'armed')])
  for (const step of steps) path.add(step)
  return call
}

/** How often `commit` is refused, after how many the process is dead, and how often the history of the caller cannot be read. */
function ending({ refusals = 0, unreadable = 0, commits = Infinity } = {}, more: Partial<EndOfCallDeps> = {}) {
  const ended: string[] = []
  const breakable = Object.assign(Object.create(journal) as Journal, {
    commit: (...args: Parameters<Journal['commit']>) => {
      if (refusals-- > 0) return Promise.reject(new Error('disk full'))
      return commits-- > 0 ? journal.commit(...args) : new Promise<void>(() => {})
    },
  })
  const end = endOfCall({
    journal: breakable,
    clock,
    log: silentLogger,
    verdict: (journey, config) => verdictOf(journey, ignoreRules(config)),
    followUps: (call, verdict) => {
      if (unreadable-- > 0) return Promise.reject(new Error('database is locked'))
      const history = { callsToday: 1, lastTalk: null, doNotCall: false, diallable: true }
      return Promise.resolve(followUps(call, verdict, history, NOW))
    },
    onEnd: (call, { verdict }) => ended.push(`${call.id} ${verdict}`),
    ...more,
  })
  return { end, ended }
}
const row = (id: string) => database.prisma.call.findUniqueOrThrow({ where: { id } })

it('a loss fires its notice and opens a case, together with the verdict', async () => {
  const { end, ended } = ending()
  const gone: Step = { kind: 'hung-up', by: 'caller', cause: 16 }
  await end(await openCall('lost', '+79120000001', { kind: 'menu' }, gone))
  expect(await row('lost')).toMatchObject({ verdict: 'missed', reason: 'hangup_menu', notice: 'fired', cause: 16 })
  expect(await database.prisma.notice.count({ where: { callId: 'lost', recipient: 'anna@example.ru' } })).toBe(1)
  expect(await database.prisma.case.count({ where: { lastCallId: 'lost', closedAt: null } })).toBe(1)
  expect(ended).toEqual(['lost missed'])
})

it('a loss and its notice are one commit: no death lies between them', async () => {
  const { end } = ending({ commits: 1 })
  void end(await openCall('dying', '+79120000006'))
  await vi.waitFor(async () => expect(await row('dying')).toMatchObject({ verdict: 'missed', notice: 'fired' }))
  expect(await database.prisma.notice.count({ where: { callId: 'dying' } })).toBe(1)
  expect(await database.prisma.case.count({ where: { lastCallId: 'dying' } })).toBe(1)
})

it('a talk tells nobody', async () => {
  const { end } = ending()
  await end(await openCall('talked', '+79120000002', { kind: 'talk', person: 'anna', name: 'Анна', ms: 5_000 }))
  expect(await row('talked')).toMatchObject({ verdict: 'answered', notice: 'disarmed', talkMs: 5_000 })
  expect(await database.prisma.notice.count({ where: { callId: 'talked' } })).toBe(0)
})

it.each([
  ['the database refuses it', { refusals: 1 }],
  ['the history cannot be read', { unreadable: 1 }],
])('the end is tried again when %s, and is told once', async (what, faults) => {
  const { end, ended } = ending(faults)
  const call = await openCall(what, '+79120000003')
  const written = end(call)
  await journal.drain()
  expect(await row(what)).toMatchObject({ verdict: null, notice: 'armed' }) // a crash now would be seen
  await written
  expect(await row(what)).toMatchObject({ verdict: 'missed', notice: 'fired' })
  expect(await database.prisma.notice.count({ where: { callId: what } })).toBe(1)
  expect(ended).toEqual([`${what} missed`])
})

it('whoever is told learns the name, and what came later is looked for when nothing is waited for any more', async () => {
  const done: string[] = []
  const learnName = async ({ caller }: EndedCall) => {
    await new Promise((resolve) => setImmediate(resolve)) // a CRM answers
    caller.name = 'Иван Петров'
    done.push('the name is known')
  }
  const spokenLater = () => {
    done.push('looked for a later talk')
    return Promise.resolve(null)
  }
  const { end } = ending({}, { learnName, spokenLater })
  await end(await openCall('named', '+79120000009'))
  expect(done).toEqual(['the name is known', 'looked for a later talk'])
  const { payload } = await database.prisma.notice.findFirstOrThrow({ where: { callId: 'named' } })
  expect(JSON.parse(payload)).toMatchObject({ caller: { name: 'Иван Петров' } })
})

it('the same end twice, by two lives of a daemon, is one end', async () => {
  const { end } = ending()
  const call = await openCall('twice', '+79120000004')
  await end(call)
  await end({ ...call, endedAt: NOW + 50_000 })
  expect(await row('twice')).toMatchObject({ endedAt: new Date(NOW) })
  expect(await database.prisma.notice.count({ where: { callId: 'twice' } })).toBe(1)
  expect(await database.prisma.case.findFirst({ where: { lastCallId: 'twice' } })).toMatchObject({ count: 1 })
})

it('who picked up when the caller was gone has not talked', async () => {
  const { end } = ending()
  const call = await openCall('too-late', '+79120000006')
  await journal.commit([
    { op: 'call.answered', row: { id: call.id, at: 90_000, operator: 'late', peer: 'leg-1', group: 'operators' } },
  ])
  await end(call)
  expect(await row('too-late')).toMatchObject({ verdict: 'missed', answeredAt: null, notice: 'fired' })
  expect((await lastTalks(database.prisma)).has('late')).toBe(false)
})

it('a call of our own tells nobody, however it ended', async () => {
  const { end } = ending()
  const call = await openCall('ours', '+79120000005')
  await end({ ...call, direction: 'campaign' })
  expect(await row('ours')).toMatchObject({ notice: 'none' })
  expect(await database.prisma.notice.count({ where: { callId: 'ours' } })).toBe(0)
})
