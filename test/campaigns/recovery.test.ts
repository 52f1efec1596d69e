/** The daemon dies at each point of an attempt; what the next one finds is a database, and perhaps a channel that still lives. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Dialer } from '../../src/campaigns/dialer.ts'
import { recoverCampaigns } from '../../src/campaigns/recovery.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { endLostDials } from '../../src/store/dial-ledger.ts'
import { listDoNotCall } from '../../src/store/do-not-call.ts'
import { CampaignWorld } from '../support/campaign-world.ts'
import type { FarEnd } from '../support/fake-telephony.ts'
import { interceptSql } from '../support/intercept-sql.ts'

// real files and real waits on a shared machine
vi.setConfig({ testTimeout: 30_000 })

const NUMBER = '+79161230001'
let world: CampaignWorld
let hungUp: string[]

beforeEach(async () => {
  world = await CampaignWorld.open()
  hungUp = []
  await world.start([NUMBER])
})
afterEach(() => world.close())

const confirms: FarEnd = async (phone) => {
  phone.answer()
  await phone.hears('prompts/confirm')
  phone.press('1')
}

/** Everything the old life does from now on is lost: it neither dials nor writes. */
class Dead extends Error {}
function dieAt(statement: RegExp): { prisma: CampaignWorld['prisma']; died: Promise<void> } {
  let dead = false
  let tell = () => {}
  const died = new Promise<void>((resolve) => (tell = resolve))
  const prisma = interceptSql(world.prisma, (sql) => {
    dead ||= statement.test(sql)
    if (!dead) return
    tell()
    throw new Dead('killed')
  })
  return { prisma, died }
}

/** One life of the daemon that ends at a statement. */
async function liveUntil(statement: RegExp): Promise<void> {
  const { prisma, died } = dieAt(statement)
  const dialer = world.dialer({ prisma, guard: { ...world.guard, prisma } })
  await dialer.pass().catch((error: unknown) => {
    if (!(error instanceof Dead)) throw error
  })
  await died
  await dialer.idle()
}

async function nextLife(live: { id: string; talking: boolean }[] = []): Promise<Dialer> {
  const { prisma, config } = world
  const hangup = async (id: string) => void hungUp.push(id)
  await endLostDials(
    prisma,
    live.map(({ id }) => id),
    world.now,
  )
  await recoverCampaigns({ prisma, config, node: 'test', live, hangup, log: silentLogger, at: world.now })
  return world.dialer()
}
const channels = () => world.telephony.dialled.map((call) => call.channelId)

test('between claim and reservation: nothing was dialled, so he is called as if nothing had been', async () => {
  world.telephony.on(NUMBER, confirms)
  await liveUntil(/INSERT INTO "DialLedger"/)
  expect(channels()).toEqual([])
  await world.runToTheEnd(await nextLife())
  expect(await world.attempts(NUMBER)).toMatchObject([{ no: 1, result: 'completed' }])
})

test('between reservation and attempt row: likewise, and the reservation is freed', async () => {
  world.telephony.on(NUMBER, confirms)
  await liveUntil(/INSERT INTO "Attempt"/)
  expect(channels()).toEqual([])
  await world.runToTheEnd(await nextLife())
  expect(await world.attempts(NUMBER)).toMatchObject([{ no: 1, result: 'completed' }])
})

test('between the attempt row and the call: it counts as made, the next is a new attempt an hour later', async () => {
  world.telephony.dial = () => new Promise(() => {})
  const dialer = world.dialer()
  await dialer.pass()
  await expect.poll(() => world.prisma.attempt.count()).toBe(1)

  world.telephony = Object.assign(world.telephony, { dial: Object.getPrototypeOf(world.telephony).dial })
  world.telephony.on(NUMBER, confirms)
  const second = await nextLife()
  await second.pass()
  await second.idle()
  expect(channels()).toEqual([])
  const contact = await world.prisma.contact.findFirstOrThrow()
  expect(contact.status).toBe('queued')
  expect(contact.dueAt.getTime()).toBe(world.now + 3_600_000)
  await world.runToTheEnd(second)
  expect(await world.attempts(NUMBER)).toMatchObject([
    { no: 1, result: 'interrupted' },
    { no: 2, result: 'completed' },
  ])
  expect(world.telephony.callsTo(NUMBER)).toBe(1)
})

test('between the call and its result: the phone rang, so it is never placed again within the attempt', async () => {
  world.telephony.on(NUMBER, (phone) => phone.refuse('no-answer'), confirms)
  await liveUntil(/UPDATE "Attempt" SET "status" = 'ended'/)
  expect(channels()).toHaveLength(1)
  const second = await nextLife()
  await second.pass()
  await second.idle()
  expect(channels()).toHaveLength(1)
  await world.runToTheEnd(second)
  expect(await world.attempts(NUMBER)).toMatchObject([
    { no: 1, result: 'interrupted' },
    { no: 2, result: 'completed' },
  ])
  expect(new Set(channels()).size).toBe(2)
})

test('between the attempt’s end and the contact’s: the rule is applied to what is known', async () => {
  world.telephony.on(NUMBER, (phone) => phone.refuse('unallocated'))
  await liveUntil(/UPDATE "Contact" SET "status" = \?, "dueAt"/)
  await nextLife()
  expect(await world.statuses()).toEqual({ [NUMBER]: 'invalid' })
})

test('while he listened: he is not called again to hear the same, the orphaned channel is hung up', async () => {
  world.telephony.on(NUMBER, confirms)
  await liveUntil(/UPDATE "Contact" SET "answers"/)
  await nextLife(channels().map((id) => ({ id, talking: false })))
  expect(hungUp).toEqual(channels())
  expect(await world.statuses()).toEqual({ [NUMBER]: 'unknown' })
})

test('while he talked with one of us: the talk goes on, he was reached', async () => {
  world.telephony.on(NUMBER, confirms)
  await liveUntil(/UPDATE "Contact" SET "answers"/)
  await nextLife(channels().map((id) => ({ id, talking: true })))
  expect(hungUp).toEqual([])
  expect(await world.statuses()).toEqual({ [NUMBER]: 'completed' })
})

test('while he opted out: no word was written, so he is not called again either', async () => {
  world.telephony.on(NUMBER, async (phone) => {
    phone.answer()
    await phone.hears('prompts/reminder')
    phone.press('9')
  })
  await liveUntil(/INSERT INTO "DoNotCall"/)
  const second = await nextLife()
  expect(await listDoNotCall(world.prisma)).toEqual([])
  expect(await world.statuses()).toEqual({ [NUMBER]: 'unknown' })
  await world.runToTheEnd(second)
  expect(channels()).toHaveLength(1)
})

test('the attempts of another node are its own', async () => {
  await world.prisma.$executeRaw`UPDATE "Contact" SET "status" = 'dialing', "claimedBy" = 'other', "claimedAt" = 0`
  await nextLife()
  expect(await world.statuses()).toEqual({ [NUMBER]: 'dialing' })
})

test('without a restart: a call that broke off is mended at the next look', async () => {
  world.telephony.on(NUMBER, (phone) => phone.refuse('busy'))
  let broken = true
  const flaky = interceptSql(world.prisma, (sql) => {
    if (broken && sql.includes(`UPDATE "Attempt" SET "status" = 'ended'`)) throw new Error('disk full')
  })
  const dialer = world.dialer({ prisma: flaky })
  await dialer.pass()
  await dialer.idle()
  expect(await world.statuses()).toEqual({ [NUMBER]: 'dialing' })
  broken = false
  await dialer.pass()
  expect(await world.statuses()).toEqual({ [NUMBER]: 'queued' })
  expect(await world.attempts(NUMBER)).toMatchObject([{ result: 'interrupted' }])
})
