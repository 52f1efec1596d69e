/** A missed call of a line belongs to the people of that line, wherever the caller was lost. In the house, on a fake telephone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { FakeAsterisk } from '../support/fake-asterisk.ts'
import type { FakeLeg } from '../support/fake-telephony.ts'
import { configOf } from '../support/config-of.ts'
import { House } from '../support/house.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const MAIN = '+73432001122'
const DIRECTOR = '+73432001133'
const SHOP = '+73432001144'

/** The director's line is hers by its flow, the shop's by its `callback:`; the main line is of two groups. */
const firm = (): Config =>
  configOf(
    `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102, email: boris@example.ru }
  olga: { name: Ольга, rings: PJSIP/103, email: olga@example.ru }
groups:
  sales: { name: Продажи, members: [boris], email: sales@example.ru }
  operators: { name: Секретарь, members: [anna], email: office@example.ru }
trunks: { provider: { endpoint: PJSIP/provider } }
hours: { never: { week: {} } }
lines:
  "${MAIN}": { name: Главный, flow: main, max_calls: 1 }
  "${DIRECTOR}": { name: Директор, flow: director, max_calls: 1 }
  "${SHOP}": { name: Магазин, flow: shop, callback: sales, max_calls: 1, on_full: [{ play: full }, { hangup: busy }] }
flows:
  main: [{ play: hello }, { menu: { play: menu, keys: { 1: { ring: sales } }, else: { ring: operators } } }, { unanswered: { hangup: normal } }]
  director:
    - play: hello
    - when: { meeting: olga }
      do: { menu: { play: menu, keys: { 1: { callback_after_meeting: olga }, 2: { ring: operators } }, else: { hangup: normal } } }
    - when: { closed: never }
      do: [{ play: closed }, { offer_callback: { key: 1, play: offer } }]
    - ring: olga
    - unanswered: { hangup: normal }
  shop: [{ play: hello }, { offer_callback: { key: 1, play: offer } }, { menu: { play: menu, keys: { 1: { ring: operators } }, else: { ring: sales } } }, { unanswered: { hangup: normal } }]
missed_calls:
  mail: { to: [group], wait: 0s }
  callback: {}
  escalate: [{ after: 10m, to: [group] }]
`,
    ['hello', 'menu', 'closed', 'offer', 'full'],
  )

let database: ThrowAwayDatabase
let numbers = 0
beforeAll(async () => {
  database = await throwAwayDatabase()
})
afterAll(() => database.close())

/** A call that is over; what became of it. */
async function lost(
  did: string,
  how: (leg: FakeLeg) => Promise<unknown>,
  house = new House(database.prisma, firm(), new FakeAsterisk({ speed: 100 })),
) {
  const caller = `+7912${1_000_000 + numbers++}`
  const { leg, over } = house.call(caller, { did })
  leg.phone.answer()
  await how(leg)
  leg.phone.hangup()
  await over
  await house.journal.drain()
  const { prisma } = house
  const notices = await house.notices(caller)
  const { id, group } = await prisma.case.findFirstOrThrow({ where: { caller } })
  const task = await prisma.callback.findFirstOrThrow({ where: { number: caller } })
  const escalation = await prisma.escalation.findFirstOrThrow({ where: { caseId: id } })
  const [notice] = await prisma.notice.findMany({ where: { kind: 'missed', threadKey: { startsWith: caller } } })
  return {
    answersGoTo: (JSON.parse(notice!.payload) as { replyTo: string }).replyTo,
    told: notices.map(({ recipient }) => recipient),
    reminded: (JSON.parse(escalation.recipients) as { address: string }[]).map(({ address }) => address),
    case: group,
    callsBack: task.group,
  }
}
const OLGA = {
  answersGoTo: 'olga@example.ru',
  told: ['olga@example.ru'],
  reminded: ['olga@example.ru'],
  case: 'olga',
  callsBack: 'olga',
}
const SALES = {
  answersGoTo: 'sales@example.ru',
  told: ['sales@example.ru'],
  reminded: ['sales@example.ru'],
  case: 'sales',
  callsBack: 'sales',
}
const OFFICE = {
  answersGoTo: 'office@example.ru',
  told: ['office@example.ru'],
  reminded: ['office@example.ru'],
  case: 'operators',
  callsBack: 'operators',
}
const gone = (leg: FakeLeg) => new Promise<void>((resolve) => leg.signal.addEventListener('abort', () => resolve()))

describe('a caller is lost', () => {
  it.each<[string, string, object]>([
    ['the director’s', DIRECTOR, OLGA],
    ['the shop’s', SHOP, SALES],
    ['the line of two groups', MAIN, OFFICE],
  ])('in the greeting of %s', async (_, did, whose) => {
    expect(await lost(did, (leg) => leg.phone.hears('hello'))).toEqual(whose)
  })

  it.each<[string, string, object]>([
    ['the director’s hears busy', DIRECTOR, OLGA],
    ['the shop’s hears so', SHOP, SALES],
    ['the line of two groups', MAIN, OFFICE],
  ])('because the line is full: %s', async (_, did, whose) => {
    const house = new House(database.prisma, firm(), new FakeAsterisk({ speed: 100 }))
    const first = house.call('+79129999999', { did })
    await first.leg.phone.hears('hello')
    expect(await lost(did, gone, house)).toEqual(whose)
    first.leg.phone.hangup()
    await first.over
  })

  it('after hours, at the offer of a call-back', async () => {
    expect(await lost(DIRECTOR, (leg) => leg.phone.hears('offer'))).toEqual(OLGA)
  })

  it('and asks for a call-back before anybody was rung', async () => {
    const asks = async (leg: FakeLeg) => {
      await leg.phone.hears('offer')
      leg.phone.press('1')
      await leg.phone.hears('spoken')
      leg.phone.press('1')
      await gone(leg)
    }
    expect(await lost(SHOP, asks)).toEqual(SALES)
  })

  it('while the director is in a meeting', async () => {
    const house = new House(database.prisma, firm(), new FakeAsterisk({ speed: 100 }))
    await house.callbacks.meetings.begin('olga', null, 'test')
    expect(await lost(DIRECTOR, (leg) => leg.phone.hears('menu'), house)).toEqual(OLGA)
    await house.callbacks.meetings.end('olga')
  })

  it('while phones rang: whoever was rung last', async () => {
    const asterisk = new FakeAsterisk({ speed: 100 })
    const rung = new Promise<void>((resolve) => asterisk.on('PJSIP/101', () => resolve()))
    const rings = async (leg: FakeLeg) => {
      await leg.phone.hears('menu')
      leg.phone.press('1')
      await rung
    }
    expect(await lost(SHOP, rings, new House(database.prisma, firm(), asterisk))).toEqual(OFFICE)
  })
})
