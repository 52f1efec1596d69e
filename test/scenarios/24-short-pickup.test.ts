/** Story 24: an operator picks up and puts the phone down again. That is no talk: the caller is rung on, or told of, whoever was on watch then. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { answers, busy, rejects, ringsForEver } from '../../scripts/rig/far-people.ts'
import { importContacts } from '../../src/campaigns/import-contacts.ts'
import { loadConfig } from '../../src/config/load.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { startCampaign } from '../../src/store/campaigns.ts'
import { QUIET } from '../support/company.ts'
import { inTheBookAsTalk } from '../support/conversation.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, mailAbout, mailsAbout, newCaller } from '../support/missed-mail.ts'
import { workingZone } from '../support/working-zone.ts'
import { startWorld, type World } from '../support/world.ts'

const MAIN = '+73432001122'
const CALLED_BACK = '+73432001133'
/** Longer than a start of the daemon takes, so that a phone can be put down after one. */
const SHORTEST_MS = 8_000

const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: ${workingZone()}, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102, email: boris@example.ru }
groups:
  sales: { name: Продажи, members: [anna, boris], ring: in-turn, each: 6s, total: 12s }
  operators: { members: [anna] }
hours: { always: { week: { mon-sun: "24h" } } }
trunks:
  provider: { endpoint: PJSIP/provider, lines: 10, caller_id: ["${MAIN}", "${CALLED_BACK}"] }
lines:
  "${MAIN}": { name: Главный, flow: main }
  "${CALLED_BACK}": { name: Второй, flow: direct }
flows:
  main: [{ ring: sales }, { hangup: normal }]
  direct: [{ ring: operators }, { hangup: normal }]
campaigns:
  orders:
    name: Заказ готов
    kind: reminder
    line: "${MAIN}"
    trunk: provider
    hours: always
    heard: 1s
    retry: { busy: { tries: 1 }, no_answer: { tries: 1 }, unreachable: { tries: 1 }, trouble: { tries: 1 } }
    script: [{ ring: sales }]
missed_calls:
  shortest_talk: ${SHORTEST_MS / 1000}s
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
  callback: { tries: 3, every: [1s], success: 1500ms, ring_client: 8s }
`

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld({ limits: { fallbackRingSec: 4, shortestTalkMs: SHORTEST_MS } })
  daemon = await startDaemon(world, { config: CONFIG, env: QUIET })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})
afterEach(async () => {
  for (const phone of ['101', '102']) world.far.on(phone, busy)
  await world.far.hangupAll()
  await daemon.startUnlessRunning()
})

let satellites = 0
/** A satellite telephone is never called back, so its calls do not disturb the next story. */
const neverCalledBack = () => `+8816123460${String(++satellites).padStart(2, '0')}`
const dropsAfter = (staysMs: number) => answers({ afterMs: 100, staysMs })
const stays = answers({ afterMs: 100 })

/** Calls while Anna picks up and stays so long. */
async function callsAnna(staysMs: number | undefined): Promise<{ number: string; caller: FarLeg; anna: FarLeg }> {
  const { far } = world
  const number = neverCalledBack()
  far.on('101', answers({ afterMs: 100, ...(staysMs !== undefined && { staysMs }) }))
  const rung = far.nextCallTo('101')
  const caller = await far.call(MAIN, { number })
  const anna = await rung
  await anna.answered()
  return { number, caller, anna }
}

/** Until then a daemon that dies takes the phone that was picked up with it. */
async function talkIsHandedOver(number: string): Promise<void> {
  const { id } = await daemon.until((db) => db.call.findFirst({ where: { caller: number } }), 'the row')
  await inTheBookAsTalk(world, daemon, id)
}

async function rungSteps(callId: string): Promise<string[]> {
  const rows = await daemon.prisma.pathStep.findMany({ where: { callId, kind: 'rung' }, orderBy: { seq: 'asc' } })
  return rows.map(({ detail }) => {
    const { person, result } = JSON.parse(detail) as { person: string; result: string }
    return `${person} ${result}`
  })
}

describe('the daemon is there', () => {
  it.each([450, 2_500])('put down after %s ms: the next operator gets the caller', async (ms) => {
    const { far } = world
    far.on('102', stays)
    const second = far.nextCallTo('102')
    const { number, caller } = await callsAnna(ms)
    const boris = await second
    await boris.answered()
    expect([caller.state, boris.state]).toEqual(['up', 'up'])
    await sleep(1_000)
    await caller.hangup()
    await boris.ended(2_000)
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'answered', operator: 'boris' })
    expect(await rungSteps(call.id)).toEqual(['anna dropped'])
    expect(mailsAbout(world, call.id)).toEqual([])
  })

  it('put down by everybody: missed, with a mail that says so, and a case', async () => {
    const { far } = world
    far.on('102', dropsAfter(600))
    const { number, caller } = await callsAnna(600)
    await caller.ended(20_000)
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'missed', reason: 'operator_rejected', notice: 'fired', answeredAt: null })
    expect(new Set(await rungSteps(call.id))).toEqual(new Set(['anna dropped', 'boris dropped']))
    expect((await mailAbout(world, call.id)).parsed.text).toContain('трубку сняли и сразу положили')
    expect(await daemon.prisma.case.findFirst({ where: { caller: number } })).toMatchObject({ closedAt: null })
  })

  it('the caller leaves while the next phone rings: missed', async () => {
    const { far } = world
    far.on('102', ringsForEver)
    const second = far.nextCallTo('102')
    const { number, caller } = await callsAnna(600)
    await second
    await caller.hangup()
    expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'missed', reason: 'queue_abandon' })
  })

  it('the caller puts down first, a second after a person said hello: that is the caller’s own wish, and answered', async () => {
    const { number, caller, anna } = await callsAnna(undefined)
    await sleep(1_000)
    await caller.hangup()
    await anna.ended(2_000)
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'answered', operator: 'anna' })
    expect(mailsAbout(world, call.id)).toEqual([])
  })
})

describe('the daemon is away', () => {
  it('put down while it is dead: all phones are rung on, and who takes the call has answered it', async () => {
    const { far } = world
    const { number, caller, anna } = await callsAnna(undefined)
    await talkIsHandedOver(number)
    await daemon.kill()
    far.on('101', ringsForEver)
    far.on('102', stays)
    const second = far.nextCallTo('102')
    await anna.hangup()
    const boris = await second
    await boris.answered()
    await sleep(500)
    expect([caller.state, boris.state]).toEqual(['up', 'up'])
    await caller.hangup()
    await boris.ended(2_000)
    await daemon.start()
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'answered', operator: 'boris' })
    expect(mailsAbout(world, call.id)).toEqual([])
  })

  it('put down by everybody who is rung plainly: missed, told after the start', async () => {
    const { far } = world
    await daemon.kill()
    far.on('101', rejects({ afterMs: 100 }))
    far.on('102', dropsAfter(1_000))
    const number = neverCalledBack()
    const before = far.rung('102').length
    const caller = await far.call(MAIN, { number })
    await caller.answered()
    await daemon.until(async () => far.rung('102').length === before + 2, 'that Boris is rung once more')
    await caller.ended(30_000)
    await daemon.start()
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'missed', restored: true })
    await mailAbout(world, call.id)
  })

  it('put down after a start during the talk: rung on as if there had been none', async () => {
    const { far } = world
    const { number, caller, anna } = await callsAnna(undefined)
    await talkIsHandedOver(number)
    await daemon.kill()
    await daemon.start()
    far.on('101', busy)
    far.on('102', stays)
    const second = far.nextCallTo('102')
    await anna.hangup()
    const boris = await second
    await boris.answered()
    await sleep(500)
    expect([caller.state, boris.state]).toEqual(['up', 'up'])
    await caller.hangup()
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'answered', operator: 'boris' })
    expect(await rungSteps(call.id)).toContain('anna dropped')
    expect(mailsAbout(world, call.id)).toEqual([])
  })

  it('put down after a start, and nobody else takes the call: missed and told', async () => {
    const { number, caller, anna } = await callsAnna(undefined)
    await talkIsHandedOver(number)
    await daemon.kill()
    await daemon.start()
    for (const phone of ['101', '102']) world.far.on(phone, rejects({ afterMs: 100 }))
    await anna.hangup()
    await caller.ended(20_000)
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'missed', reason: 'operator_rejected', answeredAt: null })
    await mailAbout(world, call.id)
  })
})

describe('our own calls', () => {
  it.each(['client', 'operator'] as const)(
    'a call-back that the %s puts down at once is owed as before',
    async (who) => {
      const { far } = world
      const number = newCaller()
      far.on('101', ringsForEver)
      const rings = far.nextCallTo('101')
      const caller = await far.call(CALLED_BACK, { number })
      await rings
      far.on('101', stays)
      far.on(number, stays)
      const [first, rung] = [far.nextCallTo(number), far.nextCallTo('101')]
      await caller.hangup()
      const [client, operator] = await Promise.all([first, rung])
      await client.answered()
      const again = far.nextCallTo(number, 30_000)
      await sleep(700)
      await (who === 'client' ? client : operator).hangup()
      await Promise.all([client.ended(2_000), operator.ended(2_000)])
      await daemon.until(
        (db) => db.callback.findFirst({ where: { number, tries: 1, outcome: 'short' } }),
        'that it is owed',
      )
      expect(await daemon.prisma.case.findFirst({ where: { caller: number } })).toMatchObject({ closedAt: null })
      const reached = await again
      await reached.answered()
      await sleep(2_500)
      await reached.hangup()
      await daemon.until((db) => db.callback.findFirst({ where: { number, tries: 2, status: 'done' } }), 'the talk')
    },
  )

  it('the contact of a campaign, put down by Anna, is rung on to Boris', async () => {
    const { far } = world
    const number = newCaller()
    far.on(number, stays)
    far.on('101', dropsAfter(700))
    far.on('102', stays)
    const loaded = loadConfig(daemon.configFile)
    if (!loaded.ok) throw new Error('the configuration does not load')
    const order = {
      prisma: daemon.prisma,
      config: loaded.config,
      key: 'orders',
      listName: 'list.csv',
      takeFirst: false,
    }
    const bytes = new TextEncoder().encode(`Телефон\n${number}`)
    const { campaign } = await importContacts({ ...order, bytes, at: Date.now() })
    const [called, anna, boris] = [far.nextCallTo(number), far.nextCallTo('101'), far.nextCallTo('102', 20_000)]
    expect(await startCampaign(daemon.prisma, campaign.id, Date.now(), 'test')).toBe(true)
    const contact = await called
    await (await anna).ended(10_000)
    const second = await boris
    await second.answered()
    await sleep(500)
    expect([contact.state, second.state]).toEqual(['up', 'up'])
    await contact.hangup()
    await second.ended(2_000)
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ direction: 'campaign', verdict: 'answered', operator: 'boris' })
  })
})
