/** Story 16: a caller need not wait. He asks to be called back, at his number or at another, and is. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answers, busy } from '../../scripts/rig/far-people.ts'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { spoken } from '../../scripts/rig/sounds.ts'
import { companyConfig, QUIET } from '../support/company.ts'
import { hearEachOther } from '../support/conversation.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, mailAbout, newCaller } from '../support/missed-mail.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const HOUSE = {
  'offer-call-back': 'Чтобы мы вам перезвонили, нажмите один.',
  'call-back-number': 'Перезвоним на номер.',
  'call-back-confirm': 'Верно: один. Другой номер: два.',
  'call-back-enter': 'Наберите номер и решётку.',
  'call-back-promised': 'Спасибо, до скорого разговора.',
} as const
type Phrase = keyof typeof HOUSE

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld({ phones: ['101'] })
  const phrases = await Promise.all(
    Object.entries(HOUSE).map(async ([name, text]) => [`prompts/perezvon/${name}`, await spoken(text)]),
  )
  daemon = await startDaemon(world, {
    config: companyConfig({
      flow: `
    - ring: operators
    - unanswered:
        - offer_callback: { key: 1, wait: 10s }
        - hangup: normal`,
      members: '[anna]',
      callback: '{ tries: 2, every: [1s], success: 1s, ring_client: 8s }',
    }).replace('each: 8s, total: 8s', 'each: 3s, total: 3s'),
    prompts: Object.fromEntries(phrases),
    env: QUIET,
  })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

/** Up to where each leg has been listened to: the phrases are short and one is much like another. */
const listened = new WeakMap<FarLeg, number>()
const hears = async (leg: FarLeg, phrase: Phrase) => {
  const { start, to } = await leg.hears(await spoken(HOUSE[phrase]), { after: listened.get(leg) ?? 0 })
  listened.set(leg, start + to)
}

/** Anna refuses him; he hears that he may ask, and does. */
async function asks(number: string): Promise<FarLeg> {
  const { far } = world
  far.on('101', busy)
  const caller = await far.call(OUR_NUMBER, { number })
  await hears(caller, 'offer-call-back')
  await caller.press('1')
  await hears(caller, 'call-back-confirm')
  return caller
}

/** From now on Anna takes what comes, and the client answers. */
function isCalledAt(client: string): Promise<[phone: FarLeg, client: FarLeg]> {
  const { far } = world
  far.on(client, answers({ afterMs: 200 }))
  far.on('101', answers({ afterMs: 100 }))
  return Promise.all([far.nextCallTo('101', 40_000), far.nextCallTo(client, 40_000)])
}

/** They talk, and the case is closed. */
async function talk(client: string, callId: string, legs: Promise<[FarLeg, FarLeg]>): Promise<void> {
  const [phone, clientPhone] = await legs
  await hearEachOther(clientPhone, phone)
  await clientPhone.hangup()
  const task = await daemon.until((db) => db.callback.findFirst({ where: { callId, status: 'done' } }), 'the talk')
  expect(task).toMatchObject({ kind: 'requested', number: client, operator: 'anna', outcome: 'talked', tries: 1 })
  const closed = await daemon.until(
    (db) => db.case.findFirst({ where: { lastCallId: callId, openKey: null } }),
    'the end of the case',
  )
  expect(closed.closedHow).toBe('called-back')
  expect(world.far.rung(client)).toHaveLength(1)
}

it('he confirms his number, hears the promise when it is on disk, and is called back', async () => {
  const number = newCaller()
  const caller = await asks(number)
  const legs = isCalledAt(number)
  await caller.press('1')
  await hears(caller, 'call-back-promised')
  const task = await daemon.prisma.callback.findFirst({ where: { number } })
  expect(task).toMatchObject({ kind: 'requested' })
  await caller.ended()
  const call = await endedCall(daemon, number)
  expect(call).toMatchObject({ verdict: 'missed', notice: 'fired' })
  const mail = await mailAbout(world, call.id)
  expect(mail.parsed.text).toMatch(/просил/i)
  await talk(number, call.id, legs)
})

it('he dials another number, and is called there', async () => {
  const [number, other] = [newCaller(), newCaller()]
  const caller = await asks(number)
  await caller.press('2')
  await hears(caller, 'call-back-enter')
  await caller.press(`8${other.slice(2)}#`)
  await hears(caller, 'call-back-confirm')
  const legs = isCalledAt(other)
  await caller.press('1')
  await hears(caller, 'call-back-promised')
  await caller.ended()
  const call = await endedCall(daemon, number)
  await talk(other, call.id, legs)
  expect(world.far.rung(number)).toEqual([])
})
