/** What is called off when nobody needs to be told or called any more: by a talk in time, by hand, by our own call. And what is not. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { outsideTalk } from '../../src/calls/outside-talk.ts'
import { closedByOutsideTalk } from '../../src/missed-calls/follow-ups.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { closeCase } from '../../src/store/cases.ts'
import { Outbox } from '../../src/store/outbox.ts'
import { configOf } from '../support/config-of.ts'
import { FakeAsterisk } from '../support/fake-asterisk.ts'
import type { FarEnd } from '../support/fake-telephony.ts'
import { House } from '../support/house.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const MAIN = '+73432001122'
const OTHER = '+73432001133'
const WAIT_MS = 10_000
const CONFIG = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: Анна, rings: PJSIP/101 } }
groups: { operators: { members: [anna], each: 2s, total: 2s } }
trunks: { city: { endpoint: PJSIP/provider, lines: 9 } }
lines:
  "${MAIN}": { name: Главный, flow: main }
  "${OTHER}": { name: Второй, flow: main }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls:
  shortest_talk: 0s
  mail: { to: [office@example.ru], wait: 10s }
  escalate: [{ after: 30m, to: [lead@example.ru] }]
  callback: { success: 5s, every: [1m] }
`)

let database: ThrowAwayDatabase
let callers = 0
beforeEach(async () => void (database = await throwAwayDatabase()))
afterEach(() => database.close())

const declines: FarEnd = (phone) => phone.refuse('rejected')
const answers: FarEnd = (phone) => phone.answer()

function firm() {
  const start = Date.now()
  let later = 0
  const now = () => start + later
  const asterisk = new FakeAsterisk({ speed: 100 })
  const house = new House(database.prisma, CONFIG, asterisk, { now })
  const caller = `+7915${1_000_000 + callers++}`
  const { prisma } = house
  /** Calls, and nobody takes it. */
  const isLost = async (did = MAIN): Promise<string> => {
    asterisk.on('PJSIP/101', declines)
    const { leg, over } = house.call(caller, { did, at: now() })
    await expect.poll(() => house.live.size).toBe(0)
    house.live.settleNow()
    await over
    return leg.id
  }
  /** Calls, and somebody speaks with them; `whileTalking` is asked before they hang up. */
  const isAnswered = async <T>(whileTalking: () => Promise<T>, did = MAIN): Promise<T> => {
    asterisk.on('PJSIP/101', answers)
    const { leg, over } = house.call(caller, { did, at: now() })
    await leg.talking
    await house.journal.drain()
    const seen = await whileTalking()
    leg.phone.hangup()
    await over
    return seen
  }
  /** What stands on disk about this caller. */
  const stands = async () => {
    await house.journal.drain()
    const notices = await prisma.notice.findMany({
      where: { kind: 'missed', threadKey: { startsWith: caller } },
      orderBy: { createdAt: 'asc' },
    })
    const cases = await prisma.case.findMany({ where: { caller } })
    const tasks = await prisma.callback.findMany({ where: { number: caller } })
    const ids = cases.map(({ id }) => id)
    const escalations = await prisma.escalation.findMany({ where: { caseId: { in: ids } } })
    return {
      notices: notices.map(({ status }) => status),
      due: notices.map(({ dueAt }) => dueAt.getTime()),
      cases: cases.map(({ closedHow, openKey }) => closedHow ?? (openKey === null ? 'gone' : 'open')),
      tasks: tasks.map(({ status, outcome }) => (status === 'waiting' ? status : `${status} ${outcome}`)),
      escalations: escalations.map(({ status }) => status),
      /** Closings that those who were told must hear of. */
      closings: await prisma.closing.count({ where: { caseId: { in: ids } } }),
    }
  }
  return { house, asterisk, caller, now, pass: (ms: number) => (later += ms), isLost, isAnswered, stands }
}

const LOST = { notices: ['pending'], cases: ['open'], tasks: ['waiting'], escalations: ['pending'] }

describe('a caller who was lost', () => {
  it('is told of when the wait is over, and not before', async () => {
    const { isLost, stands, now } = firm()
    await isLost()
    const { due, ...rest } = await stands()
    expect(rest).toMatchObject(LOST)
    expect(due[0]! - now()).toBe(WAIT_MS)
    const outbox = new Outbox(database.prisma)
    const claimed = async (at: number) => (await outbox.claimDueNotices(at, 50, 1_000)).map(({ id }) => id)
    expect(await claimed(now() + WAIT_MS - 1)).toEqual([])
    expect((await claimed(now() + WAIT_MS)).length).toBeGreaterThan(0)
  })

  it.each([
    ['the same line', MAIN],
    ['another line', OTHER],
  ])(
    'calls again on %s within the wait and is answered: nobody is told, nobody calls, from the first word on',
    async (_, did) => {
      const { isLost, isAnswered, stands, pass } = firm()
      await isLost()
      pass(WAIT_MS - 1_000)
      const meanwhile = await isAnswered(stands, did)
      expect(meanwhile).toMatchObject({ notices: ['cancelled'], tasks: ['cancelled came-back'] })
      expect(await stands()).toMatchObject({
        notices: ['cancelled'],
        cases: ['came-back'],
        tasks: ['cancelled came-back'],
        escalations: ['cancelled'],
      })
    },
  )

  it('calls again and is lost again: both are told of, in one case', async () => {
    const { isLost, stands, pass } = firm()
    await isLost()
    pass(WAIT_MS / 2)
    await isLost()
    expect(await stands()).toMatchObject({ notices: ['pending', 'pending'], cases: ['open'], tasks: ['waiting'] })
  })

  it('gets through when the mail is out: the mail stays, the case is closed, and its readers are told so', async () => {
    const { isLost, isAnswered, stands, house, caller } = firm()
    await isLost()
    await house.prisma.notice.updateMany({
      where: { threadKey: { startsWith: caller } },
      data: { status: 'sent', sentAt: new Date() },
    })
    await isAnswered(stands)
    expect(await stands()).toMatchObject({
      notices: ['sent'],
      cases: ['came-back'],
      tasks: ['cancelled came-back'],
      closings: 1,
    })
  })

  it.each(['by-hand', 'unreachable'] as const)(
    'whose case is closed %s: what was planned is called off',
    async (how) => {
      const { isLost, stands, house, caller, now } = firm()
      await isLost()
      const { id } = await house.prisma.case.findFirstOrThrow({ where: { caller } })
      expect(await closeCase(house.prisma, id, { how, by: 'anna', note: null, at: now() })).toBe(true)
      const { notices, cases, tasks, escalations } = await stands()
      expect({ notices, cases, escalations }).toEqual({
        notices: ['cancelled'],
        cases: [how],
        escalations: ['cancelled'],
      })
      expect(tasks[0]).toMatch(/^cancelled/)
    },
  )

  it.each([
    [4_999, LOST],
    [
      5_000,
      { notices: ['cancelled'], cases: ['called-out'], tasks: ['cancelled called-out'], escalations: ['cancelled'] },
    ],
  ])('whom an operator dials and speaks with for %i ms', async (ms, then) => {
    const { isLost, stands, house, caller, now, pass } = firm()
    await isLost()
    pass(2_000)
    const { journal } = house
    const talk = outsideTalk({
      node: 'test',
      journal,
      clock: { now },
      log: silentLogger,
      snapshot: () => ({ config: CONFIG, version: 't' }),
      closing: closedByOutsideTalk,
    })
    await talk({ id: `out-${caller}`, number: caller, operator: 'anna', ms, at: now() })
    expect(await stands()).toMatchObject(then)
  })

  it.each([
    ['long enough', 60_000, { cases: ['called-back'], tasks: ['done talked'] }],
    ['too short', 2_000, { cases: ['open'], tasks: ['waiting'] }],
  ])('who is called back and speaks with us, %s', async (_, ms, then) => {
    const { isLost, stands, house, asterisk, caller, pass } = firm()
    await isLost()
    pass(2_000)
    asterisk.on('PJSIP/101', answers)
    asterisk.on(caller, async (phone) => {
      phone.answer()
      await phone.wait(ms)
      phone.hangup()
    })
    await house.callbacks.due.pass()
    await house.callbacks.due.whenIdle()
    await house.callbacks.due.stop(1_000)
    expect(await stands()).toMatchObject(then)
  })

  it('is not called off by the talk of somebody else', async () => {
    const [one, other] = [firm(), firm()]
    await one.isLost()
    await other.isLost()
    await other.isAnswered(other.stands)
    expect(await one.stands()).toMatchObject(LOST)
    expect(await other.stands()).toMatchObject({ cases: ['came-back'] })
  })
})
