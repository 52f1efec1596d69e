/** Story 19: a company shows its head number for all its people. Two of them call at the same time; they are two callers. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answers, ringsForEver } from '../../scripts/rig/far-people.ts'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { mailAbout, mailsAbout, newCaller } from '../support/missed-mail.ts'
import { startWorld, type World } from '../support/world.ts'

const SALES = '+73432001122'
const REPAIRS = '+73432001133'

/** `cases`: the two departments share their cases, or each has its own. */
const config = (cases: string) => `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102, email: boris@example.ru }
groups:
  sales: { name: Продажи, members: [anna], ring: all, each: 30s, total: 60s }
  repairs: { name: Ремонт, members: [boris], ring: all, each: 30s, total: 60s }
  operators: { members: [anna] }
trunks:
  provider: { endpoint: PJSIP/provider, lines: 10, caller_id: "+7 343 200-11-22" }
lines:
  "+7 343 200-11-22": { name: Продажи, flow: sales${cases} }
  "+7 343 200-11-33": { name: Ремонт, flow: repairs${cases} }
flows:
  sales: [{ ring: sales }, { hangup: normal }]
  repairs: [{ ring: repairs }, { hangup: normal }]
missed_calls:
  mail: { to: [group], wait: 1s, digest: { over: 100000 } }
`

let world: World
let daemon: Daemon
beforeAll(async () => void (world = await startWorld()))
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

/** The two wait at the same time; Boris takes the later one. */
async function twoCallers(): Promise<{ earlier: FarLeg; later: FarLeg; earlierId: string; laterId: string }> {
  const { far } = world
  const number = newCaller()
  far.on('101', ringsForEver)
  far.on('102', answers({ afterMs: 300 }))
  const rung = far.nextCallTo('101')
  const earlier = await far.call(SALES, { number })
  await rung
  const later = await far.call(REPAIRS, { number })
  const found = (line: string) =>
    daemon.until((db) => db.call.findFirst({ where: { caller: number, line } }), `the call on ${line}`)
  const [{ id: earlierId }, { id: laterId }] = await Promise.all([found(SALES), found(REPAIRS)])
  await daemon.until(
    (db) => db.call.findFirst({ where: { id: laterId, answeredAt: { not: null } } }),
    'that the later one is answered',
  )
  return { earlier, later, earlierId, laterId }
}

async function ended(id: string) {
  return daemon.until((db) => db.call.findFirst({ where: { id, endedAt: { not: null } } }), `the end of ${id}`)
}

it.each([
  ['each department has its own cases', ''],
  ['the departments share their cases', ', cases: all'],
])('%s: who gives up while the other talks is told of, and stays open when that talk is over', async (_, cases) => {
  await daemon?.close()
  daemon = await startDaemon(world, { config: config(cases), env: QUIET })
  const { earlier, later, earlierId, laterId } = await twoCallers()
  await sleep(1_000)
  await earlier.hangup()
  expect(await ended(earlierId)).toMatchObject({ verdict: 'missed', reason: 'queue_abandon' })
  await sleep(4_000)
  await later.hangup()
  expect(await ended(laterId)).toMatchObject({ verdict: 'answered', operator: 'boris' })
  await mailAbout(world, earlierId)
  expect(mailsAbout(world, laterId)).toEqual([])
  expect(await daemon.prisma.case.findFirst({ where: { lastCallId: earlierId } })).toMatchObject({ closedHow: null })
})

it('who gives up after the talk of the other is told of as well', async () => {
  const { earlier, later, earlierId, laterId } = await twoCallers()
  await sleep(1_000)
  await later.hangup()
  expect(await ended(laterId)).toMatchObject({ verdict: 'answered' })
  await sleep(1_000)
  await earlier.hangup()
  expect(await ended(earlierId)).toMatchObject({ verdict: 'missed', linkedid: earlierId })
  await mailAbout(world, earlierId)
  expect(await daemon.prisma.case.findFirst({ where: { lastCallId: earlierId } })).toMatchObject({ closedHow: null })
})
