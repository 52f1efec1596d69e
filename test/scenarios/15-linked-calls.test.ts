/** Story 15: one call of many channels. An operator passes a caller on with his phone; an operator dials a client himself. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { answers, ringsForEver } from '../../scripts/rig/far-people.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { companyConfig, QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, newCaller } from '../support/missed-mail.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld({ operators: ['101'] })
  const flow = `
    - ring: operators
    - hangup: normal`
  daemon = await startDaemon(world, { config: companyConfig({ flow }), env: QUIET })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})
afterEach(() => daemon.startUnlessRunning())

/** A caller talks with Anna. */
async function talking(number: string): Promise<{ caller: FarLeg; phone: FarLeg; id: string }> {
  const { far } = world
  far.on('101', answers({ afterMs: 100 }))
  const rung = far.nextCallTo('101')
  const caller = await far.call(OUR_NUMBER, { number })
  const phone = await rung
  await Promise.all([caller.answered(), phone.answered()])
  const open = await daemon.until(
    (db) => db.call.findFirst({ where: { caller: number, peer: { not: null }, endedAt: null } }),
    'that they talk',
  )
  await until(async () => (await inOneBridge(open.id)) === 2, 'the two in one bridge')
  return { caller, phone, id: open.id }
}

/** How many channels are in the bridge of this one. */
async function inOneBridge(channelId: string): Promise<number> {
  const bridges = await world.asterisk.request<{ channels: string[] }[]>('GET', '/bridges')
  return bridges.find(({ channels }) => channels.includes(channelId))?.channels.length ?? 0
}

async function passedOn(number: string) {
  const { far } = world
  far.on('102', answers({ afterMs: 100 }))
  const { caller, phone, id } = await talking(number)
  const second = far.nextCallTo('102')
  await phone.transfer('102')
  const colleague = await second
  await colleague.answered()
  await until(async () => (await inOneBridge(id)) === 2, 'the caller and the colleague in one bridge')
  return { caller, colleague, id }
}

it('an operator passes the caller on to a colleague: the talk goes on, one answered call, no mail', async () => {
  const number = newCaller()
  const { caller, colleague, id } = await passedOn(number)
  await sleep(2_500) // longer than the daemon takes to see that he lives on
  expect([caller.state, colleague.state, await inOneBridge(id)]).toEqual(['up', 'up', 2])
  expect((await daemon.prisma.call.findUniqueOrThrow({ where: { id } })).endedAt).toBeNull()
  await caller.hangup()
  await colleague.ended(3_000)
  const call = await endedCall(daemon, number)
  expect(call).toMatchObject({ verdict: 'answered', operator: 'boris', notice: 'disarmed', trunk: 'provider' })
  const steps = await daemon.prisma.pathStep.findMany({ where: { callId: id }, orderBy: { seq: 'asc' } })
  expect(steps.map(({ kind }) => kind)).toEqual([
    'arrived',
    'flow',
    'ring',
    'talk',
    'transfer',
    'ring',
    'talk',
    'hung-up',
  ])
  expect(await daemon.prisma.notice.count({ where: { callId: id } })).toBe(0)
})

it('she is free for the next caller at once, while the first talks on', async () => {
  const first = await passedOn(newCaller())
  await sleep(1_500)
  const second = await talking(newCaller())
  await sleep(1_000) // a word is said
  expect([first.caller.state, first.colleague.state]).toEqual(['up', 'up'])
  for (const caller of [first.caller, second.caller]) await caller.hangup()
  for (const { id } of [first, second]) {
    const call = await daemon.until((db) => db.call.findFirst({ where: { id, endedAt: { not: null } } }), 'the end')
    expect(call.verdict).toBe('answered')
  }
})

it('the daemon dies while a transferred caller talks on: the talk is not cut, and its end is known afterwards', async () => {
  const number = newCaller()
  const { caller, colleague, id } = await passedOn(number)
  await daemon.kill()
  await sleep(1_000)
  expect([caller.state, colleague.state, await inOneBridge(id)]).toEqual(['up', 'up', 2])
  await daemon.start()
  await sleep(1_000)
  expect([caller.state, colleague.state, await inOneBridge(id)]).toEqual(['up', 'up', 2])
  await caller.hangup()
  expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: 'boris', restored: false })
  expect(await daemon.prisma.notice.count({ where: { callId: id } })).toBe(0)
})

it('an operator dials a lost client himself, past the daemon: his case is closed, and nobody calls him back', async () => {
  const { far, asterisk } = world
  const number = newCaller()
  far.on('101', ringsForEver)
  const lost = await far.call(OUR_NUMBER, { number })
  await lost.ringing()
  await lost.hangup()
  await endedCall(daemon, number)
  const open = await daemon.prisma.case.findFirstOrThrow({ where: { caller: number } })
  expect(open.openKey).not.toBeNull()

  // the way outside of a site that has one
  const route = (priority: number, deed: string) =>
    asterisk.cli(`dialplan add extension ${number},${priority},${deed} into from-phone`)
  await route(1, 'Gosub(perezvon-seen-outside,s,1(${EXTEN}))')
  await route(2, 'Dial(PJSIP/${EXTEN}@provider,30)')
  far.on(number, answers({ afterMs: 100 }))
  const client = far.nextCallTo(number)
  const desk = await far.call(number, { phone: '101' })
  await Promise.all([desk.answered(), (await client).answered()])
  await sleep(6_000) // a moment would be no talk
  await desk.hangup()
  const closed = await daemon.until(
    (db) => db.case.findFirst({ where: { id: open.id, openKey: null } }),
    'that the case is closed',
  )
  expect(closed).toMatchObject({ closedHow: 'called-out', closedBy: 'anna' })
  expect(closed.talkMs).toBeGreaterThanOrEqual(5_000)
  expect(await daemon.prisma.call.findFirst({ where: { caller: number, direction: 'outbound' } })).toMatchObject({
    operator: 'anna',
    verdict: 'answered',
  })
})

async function until(so: () => Promise<boolean>, what: string): Promise<void> {
  for (const deadline = Date.now() + 10_000; !(await so()); await sleep(100))
    if (Date.now() > deadline) throw new Error(`${what}: not within 10 s`)
}
