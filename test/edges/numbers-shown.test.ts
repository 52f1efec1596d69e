/**
 * Which number people see on their phones, for every kind of call that we place: the client who is called back, the mobile of one of us, the contact
 * of a campaign, whoever tries one. Two lines and two trunks, because with one of each every mistake shows the right number.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { requestTestCall } from '../../src/store/test-calls.ts'
import { CampaignWorld, KEY } from '../support/campaign-world.ts'
import { configOf } from '../support/config-of.ts'
import { FakeAsterisk } from '../support/fake-asterisk.ts'
import type { FarEnd, FarPhone } from '../support/fake-telephony.ts'
import { House } from '../support/house.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const FIRST = '+73432001122'
const SECOND = '+73432001133'
const GSM = '+79122000000'
const NOWHERE = '+73432001144'
const OLGA = '+79121234567'

const firm = (callFirst: 'staff' | 'client' = 'staff', director = '[{ ring: sales }, { hangup: normal }]'): Config =>
  configOf(
    `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101 }
  olga: { name: Ольга, rings: "${OLGA}" }
groups:
  sales: { name: Продажи, members: [anna], each: 2s, total: 2s }
  mobiles: { members: [olga], each: 2s, total: 2s }
  operators: { members: [anna] }
trunks:
  city: { endpoint: PJSIP/city, lines: 9, caller_id: ["${FIRST}", "${SECOND}"] }
  gsm: { endpoint: PJSIP/gsm, lines: 9, caller_id: ["${GSM}"] }
lines:
  "${FIRST}": { name: Главный, flow: main }
  "${SECOND}": { name: Директор, flow: director }
  "${GSM}": { name: Мобильный, flow: main }
  "${NOWHERE}": { name: Чужой, flow: main }
flows:
  main: [{ ring: sales }, { hangup: normal }]
  director: ${director}
missed_calls:
  mail: { to: [office@example.ru], wait: 0s }
  callback: { call_first: ${callFirst}, every: [1s], success: 2s, per_minute: 1000, trunk_per_minute: 1000 }
`,
    ['offer'],
  )

let database: ThrowAwayDatabase
let clients = 0
beforeAll(async () => {
  database = await throwAwayDatabase()
})
afterAll(() => database.close())

/** What each phone showed, in the order in which they rang. */
class Screens {
  readonly seen: { phone: string; number: string; name: string }[] = []
  /** Notes what is shown, then behaves like this. */
  on(asterisk: FakeAsterisk, phone: string, ...behaviours: FarEnd[]) {
    asterisk.on(
      phone,
      ...behaviours.map((behave) => (far: FarPhone) => {
        this.seen.push({ phone, ...far.callerId })
        return behave(far)
      }),
    )
  }
  of = (phone: string) => this.seen.flatMap((one) => (one.phone === phone ? one.number : []))
}
const newClient = () => `+7913${1_000_000 + clients++}`
const answers: FarEnd = (phone) => phone.answer()
const talks: FarEnd = async (phone) => {
  phone.answer()
  await phone.wait(60_000)
  phone.hangup()
}
const declines: FarEnd = (phone) => phone.refuse('rejected')
const ringsOut: FarEnd = (phone) => phone.refuse('no-answer')

/** Somebody is lost on this line, and a pass is made for the call-back. */
async function lostAndCalledBack(
  did: string,
  config: Config,
  behave: (screens: Screens, asterisk: FakeAsterisk, client: string) => void,
  passes = 1,
) {
  let now = Date.now()
  const asterisk = new FakeAsterisk({ speed: 200 })
  const house = new House(database.prisma, config, asterisk, { now: () => now })
  const client = newClient()
  asterisk.on('PJSIP/101', declines)
  const { leg, over } = house.call(client, { did, at: now })
  leg.phone.answer()
  await over
  asterisk.dialled.length = 0
  const screens = new Screens()
  behave(screens, asterisk, client)
  for (let i = 0; i < passes; i++) {
    await house.callbacks.due.pass()
    await house.callbacks.due.whenIdle()
    now += 120_000
  }
  await house.callbacks.due.stop(1_000)
  return { screens, client, dialled: asterisk.dialled.map(({ endpoint }) => endpoint), house }
}

describe('a call-back', () => {
  it.each([
    ['the first line', FIRST, FIRST, 'city'],
    ['the second line of a trunk', SECOND, SECOND, 'city'],
    ['the line of another trunk', GSM, GSM, 'gsm'],
    ['a line that no trunk may show: a number of ours all the same', NOWHERE, FIRST, 'city'],
  ])('shows the client the number that they rang: %s', async (_, did, shown, trunk) => {
    const { screens, client, dialled } = await lostAndCalledBack(did, firm(), (phones, asterisk, number) => {
      phones.on(asterisk, 'PJSIP/101', answers)
      phones.on(asterisk, number, talks)
    })
    expect(screens.seen).toMatchObject([
      { phone: 'PJSIP/101', number: client, name: 'Обратный звонок' },
      { phone: client, number: shown, name: 'Цветочный двор' },
    ])
    expect(dialled).toEqual(['PJSIP/101', `PJSIP/${client}@${trunk}`])
  })

  it('is named on the phone of an operator in the operator’s own language', async () => {
    const company = firm()
    const config = {
      ...company,
      people: { ...company.people, anna: { ...company.people['anna']!, language: 'en' as const } },
    }
    const { screens } = await lostAndCalledBack(FIRST, config, (phones, asterisk, number) => {
      phones.on(asterisk, 'PJSIP/101', answers)
      phones.on(asterisk, number, talks)
    })
    expect(screens.seen[0]).toMatchObject({ phone: 'PJSIP/101', name: 'Call back' })
  })

  it('shows it also where the client is called first', async () => {
    const { screens, client } = await lostAndCalledBack(SECOND, firm('client'), (phones, asterisk, number) => {
      phones.on(asterisk, number, talks)
      phones.on(asterisk, 'PJSIP/101', answers)
    })
    expect(screens.seen).toMatchObject([
      { phone: client, number: SECOND },
      { phone: 'PJSIP/101', number: client },
    ])
  })

  it('shows it with each further try', async () => {
    const { screens, client } = await lostAndCalledBack(
      SECOND,
      firm(),
      (phones, asterisk, number) => {
        phones.on(asterisk, 'PJSIP/101', answers)
        phones.on(asterisk, number, ringsOut, ringsOut, talks)
      },
      3,
    )
    expect(screens.of(client)).toEqual([SECOND, SECOND, SECOND])
  })

  it('shows it on the other number that a caller has asked to be called on', async () => {
    const other = newClient()
    const config = firm('staff', '[{ offer_callback: { key: 1, play: offer, wait: 1s } }, { hangup: normal }]')
    const now = Date.now()
    const asterisk = new FakeAsterisk({ speed: 200 })
    const house = new House(database.prisma, config, asterisk, { now: () => now })
    const { leg, over } = house.call(newClient(), { did: SECOND, at: now })
    leg.phone.answer()
    await leg.phone.hears('offer')
    leg.phone.press('1')
    await leg.phone.hears('spoken')
    leg.phone.press(`2${other.replace('+7', '8')}#1`)
    await over
    const screens = new Screens()
    screens.on(asterisk, 'PJSIP/101', answers)
    screens.on(asterisk, other, talks)
    await house.callbacks.due.pass()
    await house.callbacks.due.whenIdle()
    await house.callbacks.due.stop(1_000)
    expect(screens.seen).toMatchObject([
      { phone: 'PJSIP/101', number: other },
      { phone: other, number: SECOND },
    ])
  })

  it('shows the mobile of one of us the line, and not the client', async () => {
    const config = firm('staff', '[{ ring: mobiles }, { hangup: normal }]')
    const { screens } = await lostAndCalledBack(SECOND, config, (phones, asterisk, number) => {
      phones.on(asterisk, OLGA, async (phone) => {
        phone.answer()
        await phone.hears('accept')
        phone.press('1')
      })
      phones.on(asterisk, number, talks)
    })
    expect(screens.of(OLGA)).toEqual([SECOND])
  })
})

describe('while a caller waits', () => {
  it.each([
    [FIRST, FIRST],
    [SECOND, SECOND],
    [GSM, FIRST],
  ])(
    'the mobile of one of us shows the line that was called, %s, or what its trunk may show: %s',
    async (did, shown) => {
      const asterisk = new FakeAsterisk({ speed: 200 })
      const flow = '[{ ring: mobiles }, { hangup: normal }]'
      const config = firm('staff', flow)
      const lines = Object.fromEntries(
        Object.entries(config.lines).map(([number, line]) => [number, { ...line, flow: 'director' }]),
      )
      const house = new House(database.prisma, { ...config, lines }, asterisk)
      const screens = new Screens()
      screens.on(asterisk, OLGA, ringsOut)
      const { over } = house.call(newClient(), { did })
      await over
      expect(screens.seen).toMatchObject([{ number: shown, name: 'Цветочный двор' }])
    },
  )

  it.each([
    ['a caller with a number', '+79135550001', '+79135550001', 'Директор'],
    ['one without', 'anonymous', '', 'Директор'],
  ])('a desk phone shows %s, and the line', async (_, from, number, name) => {
    const asterisk = new FakeAsterisk({ speed: 200 })
    const house = new House(database.prisma, firm(), asterisk)
    const screens = new Screens()
    screens.on(asterisk, 'PJSIP/101', declines)
    const { over } = house.call(from, { did: SECOND })
    await over
    expect(screens.seen[0]).toMatchObject({ number, name })
  })
})

describe('a campaign', () => {
  const edits = { [`campaigns.${KEY}.line`]: SECOND, 'trunks.gsm.caller_id': [FIRST, SECOND] }
  const CONTACT = '+79123334455'

  it('shows its own line to its contacts', async () => {
    const world = await CampaignWorld.open(edits)
    const shown: string[] = []
    world.telephony.on(CONTACT, (phone) => {
      shown.push(phone.callerId.number)
      phone.answer()
    })
    await world.start([CONTACT])
    await world.runToTheEnd(world.dialer())
    expect(shown).toEqual([SECOND])
    await world.close()
  })

  it.each([
    ['a desk phone', 'PJSIP/101', 'PJSIP/101'],
    ['an outside number', '+79121112233', '+79121112233'],
  ])('shows the same to who tries it from %s', async (_, to, phone) => {
    const world = await CampaignWorld.open(edits)
    const shown: string[] = []
    world.telephony.on(phone, (far) => {
      shown.push(far.callerId.number)
      far.answer()
    })
    await world.import(['Телефон', CONTACT].join('\n'))
    const { id } = await world.campaign()
    await requestTestCall(world.prisma, { id: 'test-1', campaignId: id, to, row: 2, at: world.now })
    const dialer = world.dialer()
    await dialer.pass()
    await dialer.idle()
    expect(shown).toEqual([SECOND])
    await world.close()
  })
})
