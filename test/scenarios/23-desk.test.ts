/** Story 23: somebody dials from a desk phone. Nothing goes outside past the guard, and nobody hears our own greeting who wanted a client. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { answers, busy, ringsForEver } from '../../scripts/rig/far-people.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, newCaller } from '../support/missed-mail.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const SECOND = '+73432001133'

const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru, outbound: true, line: "+7 343 200-11-33" }
  boris: { name: Борис, rings: PJSIP/102, email: boris@example.ru }
groups:
  operators: { members: [anna, boris], ring: all, each: 4s, total: 4s }
trunks:
  provider: { endpoint: PJSIP/provider, lines: 10 }
lines:
  "+7 343 200-11-22": { name: Главный, flow: main }
  "+7 343 200-11-33": { name: Второй, flow: main }
flows:
  main: [{ ring: operators }, { hangup: normal }]
missed_calls:
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
`

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld()
  daemon = await startDaemon(world, { config: CONFIG, env: QUIET })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})
afterEach(async () => {
  for (const phone of ['101', '102']) world.far.on(phone, busy)
  await daemon.startUnlessRunning()
})

it('who may dial outside reaches the client, shows her line, and the talk closes the case', async () => {
  const { far } = world
  const number = newCaller()
  for (const phone of ['101', '102']) far.on(phone, ringsForEver)
  const lost = await far.call(OUR_NUMBER, { number })
  await lost.ringing()
  await lost.hangup()
  await endedCall(daemon, number)
  expect(await daemon.prisma.case.findFirst({ where: { caller: number } })).toMatchObject({ closedHow: null })
  far.on(number, answers({ afterMs: 300 }))
  const rung = far.nextCallTo(number)
  const desk = await far.call(`8${number.slice(2)}`, { phone: '101' })
  const client = await rung
  expect(client.callerNumber).toBe(SECOND)
  await Promise.all([desk.answered(), client.answered()])
  await sleep(6_000)
  await desk.hangup()
  await client.ended(5_000)
  const talk = await daemon.until(
    (db) => db.call.findFirst({ where: { caller: number, direction: 'outbound', endedAt: { not: null } } }),
    'the end of the talk',
  )
  expect(talk).toMatchObject({ verdict: 'answered', operator: 'anna', line: SECOND, notice: 'none' })
  const closed = await daemon.until(
    (db) => db.case.findFirst({ where: { caller: number, closedHow: { not: null } } }),
    'that the case is closed',
  )
  expect(closed).toMatchObject({ closedHow: 'called-out', closedBy: 'anna' })
  expect(await daemon.prisma.dialLedger.findFirst({ where: { number } })).toMatchObject({ purpose: 'desk' })
})

it.each([
  ['is there again before its end', true],
  ['comes back after its end', false],
])('the daemon dies in such a talk and %s: the talk is not cut, and counts', async (_, backBefore) => {
  const { far } = world
  const number = newCaller()
  far.on(number, answers({ afterMs: 100 }))
  const rung = far.nextCallTo(number)
  const desk = await far.call(`8${number.slice(2)}`, { phone: '101' })
  const client = await rung
  await Promise.all([desk.answered(), client.answered()])
  await daemon.until(
    (db) => db.call.findFirst({ where: { caller: number, answeredAt: { not: null } } }),
    'that they talk',
  )
  await sleep(1_000)
  await daemon.kill()
  if (backBefore) await daemon.start()
  await sleep(2_000)
  expect([desk.state, client.state]).toEqual(['up', 'up'])
  await client.hangup()
  await desk.ended(5_000)
  if (!backBefore) await daemon.start()
  const talk = await daemon.until(
    (db) => db.call.findFirst({ where: { caller: number, direction: 'outbound', endedAt: { not: null } } }),
    'the end of the talk',
  )
  expect(talk).toMatchObject({ verdict: 'answered', operator: 'anna' })
  expect(talk.talkMs).toBeGreaterThan(2_000)
})

it.each([
  ['who may not, hears a tone', '102', '89121234500'],
  ['a number that the guard refuses is a tone', '101', '88098001122'],
  ['what is no number is a tone', '101', '12345'],
])('%s, and no phone of ours rings', async (_, phone, dialled) => {
  const { far } = world
  const calls = await daemon.prisma.call.count({ where: { direction: 'inbound' } })
  let rang = 0
  for (const other of ['101', '102'])
    far.on(other, async (leg) => {
      rang++
      await leg.ring()
    })
  const desk = await far.call(dialled, { phone })
  await desk.ended(12_000)
  expect([desk.times.up, rang]).toEqual([undefined, 0])
  expect(await daemon.prisma.call.count({ where: { direction: 'inbound' } })).toBe(calls)
})

it('one of our own numbers is a caller’s way through its flow', async () => {
  const { far } = world
  far.on('102', answers({ afterMs: 100 }))
  const rung = far.nextCallTo('102')
  const desk = await far.call(OUR_NUMBER, { phone: '101' })
  const boris = await rung
  await Promise.all([desk.answered(), boris.answered()])
  expect(boris.callerNumber).toBe('101')
  await desk.hangup()
  await boris.ended(5_000)
})

it('without the daemon a number is a tone, and nothing goes outside', async () => {
  const { far } = world
  await daemon.kill()
  const desk = await far.call('89121234501', { phone: '101' })
  await desk.ended(15_000)
  expect(desk.times.up).toBeUndefined()
})
