/** Story 20: an operator transfers a caller with the phone. Transferred is not forgotten: the call reaches somebody, comes back, or is told of. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { answers, busy, rejects, ringsForEver } from '../../scripts/rig/far-people.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, mailAbout, mailsAbout, newCaller } from '../support/missed-mail.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const DIRECTOR = '+73432001133'
const MOBILE = '+79121112233'

const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102, email: boris@example.ru }
  olga: { name: Ольга, rings: PJSIP/103, email: olga@example.ru }
groups:
  sales: { name: Продажи, members: [anna], ring: all, each: 20s, total: 20s }
  operators: { members: [anna] }
trunks:
  provider: { endpoint: PJSIP/provider, lines: 10, caller_id: "+7 343 200-11-22" }
lines:
  "+7 343 200-11-22": { name: Главный, flow: main }
  "+7 343 200-11-33": { name: Директор, flow: director }
flows:
  main: [{ ring: sales }, { hangup: normal }]
  director: [{ ring: olga }, { hangup: normal }]
missed_calls:
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
`

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld({ phones: ['101', '102', '103'] })
  daemon = await startDaemon(world, { config: CONFIG, env: QUIET })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})
afterEach(async () => {
  for (const phone of ['101', '102', '103', MOBILE]) world.far.on(phone, busy)
  await daemon.startUnlessRunning()
})

/** A caller talks with Anna for a second. */
async function talking(number = newCaller()): Promise<{ caller: FarLeg; anna: FarLeg; number: string; id: string }> {
  const { far } = world
  far.on('101', answers({ afterMs: 100 }))
  const rung = far.nextCallTo('101')
  const caller = await far.call(OUR_NUMBER, { number })
  const anna = await rung
  await Promise.all([caller.answered(), anna.answered()])
  const { id } = await daemon.until(
    (db) => db.call.findFirst({ where: { caller: number, answeredAt: { not: null } } }),
    'that they talk',
  )
  await sleep(4_000)
  return { caller, anna, number, id }
}

async function steps(id: string): Promise<string[]> {
  const rows = await daemon.prisma.pathStep.findMany({ where: { callId: id }, orderBy: { seq: 'asc' } })
  return rows.map(({ kind, detail }) => {
    const { person, by, result, to } = JSON.parse(detail) as Record<string, string | undefined>
    return [
      kind,
      person,
      kind === 'transfer' ? by : undefined,
      result,
      kind === 'transfer' || kind === 'ring' ? to : undefined,
    ]
      .filter(Boolean)
      .join(' ')
  })
}

describe('to a colleague', () => {
  it('who answers: they talk, one answered call, no mail', async () => {
    const { far } = world
    const { caller, anna, number, id } = await talking()
    far.on('102', answers({ afterMs: 300 }))
    const rung = far.nextCallTo('102')
    await anna.transfer('102')
    const boris = await rung
    await boris.answered()
    await sleep(3_500)
    expect([caller.state, boris.state]).toEqual(['up', 'up'])
    await boris.hangup()
    await caller.ended(5_000)
    expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: 'boris' })
    expect(await steps(id)).toEqual([
      'arrived',
      'flow',
      'ring sales',
      'talk anna',
      'transfer anna 102',
      'ring boris',
      'talk boris',
      'hung-up',
    ])
    expect(mailsAbout(world, id)).toEqual([])
  })

  it('who does not answer, is busy, or does not exist: the caller comes back to Anna', async () => {
    const { far } = world
    const { caller, anna, number, id } = await talking()
    far.on('102', rejects({ afterMs: 300 }))
    const back = far.nextCallTo('101')
    await anna.transfer('102')
    const again = await back
    await again.answered()
    await sleep(3_500)
    expect([caller.state, again.state]).toEqual(['up', 'up'])
    await again.transfer('199') // nobody has it
    const third = await far.nextCallTo('101')
    await third.answered()
    await sleep(3_500)
    await third.hangup()
    await caller.ended(5_000)
    expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: 'anna' })
    expect((await steps(id)).filter((step) => step.startsWith('transfer'))).toEqual([
      'transfer anna 102',
      'transfer anna 199',
    ])
    expect(mailsAbout(world, id)).toEqual([])
  })

  it('and nobody takes the caller back: a missed call with its reason, a mail, an open case', async () => {
    const { far } = world
    const { caller, anna, number, id } = await talking()
    far.on('102', ringsForEver)
    far.on('101', rejects({ afterMs: 100 }))
    const rung = far.nextCallTo('102')
    await anna.transfer('102')
    await rung
    await sleep(1_000)
    await caller.hangup()
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'missed', reason: 'transfer_unanswered', notice: 'fired' })
    const mail = await mailAbout(world, id)
    expect(mail.parsed.text).toContain('Анна: звонок переведён на 102')
    expect(await daemon.prisma.case.findFirst({ where: { caller: number } })).toMatchObject({ closedHow: null })
  })
})

it('to one of our own numbers: the caller goes the way of that line', async () => {
  const { far } = world
  const { caller, anna, number, id } = await talking()
  far.on('103', answers({ afterMs: 300 }))
  const rung = far.nextCallTo('103')
  await anna.transfer(DIRECTOR)
  const olga = await rung
  await olga.answered()
  await sleep(3_500)
  await olga.hangup()
  await caller.ended(5_000)
  expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: 'olga' })
  expect(mailsAbout(world, id)).toEqual([])
})

it('to a number outside: through the guard, showing our line, and the two talk', async () => {
  const { far } = world
  const { caller, anna, number } = await talking()
  far.on(MOBILE, answers({ afterMs: 300 }))
  const rung = far.nextCallTo(MOBILE)
  await anna.transfer('89121112233')
  const partner = await rung
  await partner.answered()
  expect(partner.callerNumber).toBe(OUR_NUMBER)
  await sleep(3_500)
  await partner.hangup()
  await caller.ended(5_000)
  expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: MOBILE })
})

it('to a number that the guard refuses: back to Anna', async () => {
  const { far } = world
  const { caller, anna, number } = await talking()
  const back = far.nextCallTo('101')
  await anna.transfer('88098001122')
  const again = await back
  await again.answered()
  await sleep(3_500)
  await again.hangup()
  await caller.ended(5_000)
  expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: 'anna' })
  expect(await daemon.prisma.dialLedger.count({ where: { purpose: 'transfer', number: '+78098001122' } })).toBe(0)
})

it('the daemon is away: the colleague is rung plainly, and the end is known afterwards', async () => {
  const { far } = world
  const { caller, anna, number, id } = await talking()
  await daemon.kill()
  far.on('102', answers({ afterMs: 300 }))
  const rung = far.nextCallTo('102')
  await anna.transfer('102')
  const boris = await rung
  await boris.answered()
  await sleep(3_500)
  expect([caller.state, boris.state]).toEqual(['up', 'up'])
  await caller.hangup()
  await boris.ended(5_000)
  await daemon.start()
  expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered' })
  expect(mailsAbout(world, id)).toEqual([])
})
