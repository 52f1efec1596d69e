/** Story 26: a trunk that forwards our number to itself. A circle makes a bounded number of rows, mails and channels, and hurts nobody else. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { answers, busy } from '../../scripts/rig/far-people.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { companyConfig, companyPrompts, QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, newCaller } from '../support/missed-mail.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

/** `PEREZVON_MAX_SAME`, and three times as many of callers who hide; twice that where the ten seconds end in between. */
const MOST = 30
const CIRCLE_MS = 10_000

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld({ phones: ['101'], operators: ['101'], limits: { fallbackRingSec: 3, maxSame: MOST } })
  const config = companyConfig({ flow: '    - ring: operators\n    - unanswered: { hangup: busy }' })
  daemon = await startDaemon(world, {
    config: config.replace('digest: { over: 100000 }', 'digest: { over: 10, within: 10m }'),
    prompts: await companyPrompts(),
    env: QUIET,
  })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})
afterEach(() => daemon.startUnlessRunning())

/** As soon as one has ended the next one comes, in eight rounds side by side. Resolves with how many there were. */
async function goesRound(number: string | undefined): Promise<number> {
  const until = Date.now() + CIRCLE_MS
  let calls = 0
  const round = async () => {
    while (Date.now() < until) {
      const leg = await world.far.call(OUR_NUMBER, number === undefined ? {} : { number })
      calls++
      await Promise.race([leg.ended(20_000), sleep(100)])
      await leg.hangup()
    }
  }
  await Promise.all(Array.from({ length: 8 }, round))
  return calls
}

const rowsOf = (caller: string | null) => daemon.prisma.call.count({ where: { caller } })
const channels = async () => (await world.asterisk.request<unknown[]>('GET', '/channels')).length

/** Somebody else calls meanwhile, and reaches Anna. */
async function otherCallerIsServed(): Promise<void> {
  world.far.on('101', answers({ afterMs: 100 }))
  const number = newCaller()
  const rung = world.far.nextCallTo('101')
  const caller = await world.far.call(OUR_NUMBER, { number })
  const phone = await rung
  await caller.answered()
  await phone.answered()
  await sleep(500)
  await caller.hangup()
  expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered' })
}

it('with the daemon there: the first calls are told, the others are one row, and the circle is named', async () => {
  world.far.on('101', busy)
  const number = newCaller()
  const calls = await goesRound(number)
  expect(calls).toBeGreaterThan(2 * MOST)
  const started = Date.now()
  expect((await fetch(`${daemon.url}/ready`)).status).toBe(200)
  expect(Date.now() - started).toBeLessThan(1_000)
  await otherCallerIsServed()
  const circle = await daemon.until(
    (db) => db.call.findFirst({ where: { caller: number, reason: 'looping' } }),
    'the row of the circle',
    40_000,
  )
  expect(circle).toMatchObject({ verdict: 'missed', notice: 'fired' })
  expect(await rowsOf(number)).toBeLessThanOrEqual(2 * MOST + 1)
  expect(await daemon.prisma.case.count({ where: { caller: number } })).toBe(1)
  await daemon.until(async () => (await channels()) <= 4, 'that no channel stays')
  expect(await daemon.log()).toContain('calls of one caller come in a circle')
  await daemon.until(
    async (db) => (await db.notice.count({ where: { callId: circle.id } })) > 0,
    'the notice of the circle',
  )
})

it('with the daemon away: the fallback does not go round either, and afterwards it is the same', async () => {
  await daemon.kill()
  world.far.on('101', busy)
  const number = newCaller()
  const calls = await goesRound(number)
  expect(calls).toBeGreaterThan(2 * MOST)
  await daemon.start()
  await daemon.until(
    (db) => db.call.findFirst({ where: { caller: number, reason: 'looping' } }),
    'the row of the circle',
    40_000,
  )
  expect(await rowsOf(number)).toBeLessThanOrEqual(2 * MOST + 1)
  expect(await daemon.prisma.case.count({ where: { caller: number } })).toBe(1)
})

it('without a number: bounded, too', async () => {
  world.far.on('101', busy)
  const calls = await goesRound(undefined)
  const rows = await rowsOf(null)
  expect(calls).toBeGreaterThan(6 * MOST)
  expect(rows).toBeLessThanOrEqual(6 * MOST + 1)
})

it('ten people of one company, and one who hammers redial, are all let in', async () => {
  world.far.on('101', busy)
  const head = newCaller()
  const ten = await Promise.all(Array.from({ length: 10 }, () => world.far.call(OUR_NUMBER, { number: head })))
  await Promise.all(ten.map((leg) => leg.ended(20_000)))
  await daemon.until(async () => (await rowsOf(head)) === 10, 'ten rows')
  expect(await daemon.prisma.call.count({ where: { caller: head, reason: 'looping' } })).toBe(0)
  const hammering = newCaller()
  for (let i = 0; i < 15; i++) {
    const leg = await world.far.call(OUR_NUMBER, { number: hammering })
    await Promise.race([leg.ended(5_000), sleep(300)])
    await leg.hangup()
  }
  await daemon.until(async () => (await rowsOf(hammering)) === 15, 'fifteen rows')
  expect(await daemon.prisma.case.count({ where: { caller: hammering } })).toBe(1)
})
