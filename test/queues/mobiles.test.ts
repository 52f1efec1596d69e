/** A firm whose whole team sits on mobiles behind a gateway with few lines, as its callers live it: the house on a fake telephone, the real ledger. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sleep } from '../../src/runtime/abort.ts'
import { configOf } from '../support/config-of.ts'
import type { FarEnd } from '../support/fake-telephony.ts'
import { House } from '../support/house.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const LINE = '+79122000000'
const [IVAN, PETR, ROMAN] = ['+79121000001', '+79121000002', '+79121000003'] as const

const firm = (ring: string, trunk: string, ivan: string = IVAN) =>
  configOf(`
version: 1
company: { name: Мастер на час, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  ivan: { name: Иван, rings: "${ivan}" }
  petr: { name: Пётр, rings: "${PETR}" }
  roman: { name: Роман, rings: "${ROMAN}" }
groups: { operators: { members: [ivan, petr, roman], ring: ${ring}, each: 25s, total: 75s } }
trunks: { gsm: { endpoint: PJSIP/provider, ${trunk}, caller_id: "${LINE}" } }
lines: { "${LINE}": { name: Мастер на час, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [office@example.ru] } }
`)

let database: ThrowAwayDatabase
let callers = 0
beforeEach(async () => {
  database = await throwAwayDatabase()
})
afterEach(() => database.close())

function house(ring = 'in-turn', trunk = 'lines: 4, reserve_inbound: 1', ivan?: string) {
  const firmHouse = new House(database.prisma, firm(ring, trunk, ivan))
  const { asterisk } = firmHouse
  return {
    asterisk,
    house: firmHouse,
    call: () => firmHouse.call(`+7916000000${++callers}`, { did: LINE }),
    /** Mobiles of ours in the order in which they were dialled. */
    dialled: () => asterisk.dialled.map(({ number }) => number),
    /** Reserved and not ended. */
    lines: () => database.prisma.dialLedger.count({ where: { endedAt: null } }),
  }
}
const rings: FarEnd = () => {}
/** Who picks up, hears what is asked, and presses the key. */
const accepts: FarEnd = async (phone) => {
  phone.answer()
  await phone.hears('accept')
  phone.press('1')
}
/** Picks up and presses nothing. */
const mailbox: FarEnd = (phone) => phone.answer()
async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 10_000; !(await so()); await sleep(10))
    if (Date.now() > deadline) throw new Error('not within 10 s')
}

describe('a caller', () => {
  it('comes over the gateway and is put through to a mobile over the same one, which takes a key', async () => {
    const { asterisk, call, house: firmHouse, lines } = house()
    asterisk.on(IVAN, accepts)
    const { leg, over } = call()
    await leg.talking
    expect(asterisk.dialled).toMatchObject([{ endpoint: `PJSIP/${IVAN}@provider` }])
    expect(asterisk.legs.at(-1)!.phone.callerId.number).toBe(LINE)
    expect(await lines()).toBe(1)
    leg.phone.hangup()
    await over
    expect(await firmHouse.row(leg.id)).toMatchObject({ verdict: 'answered', operator: 'ivan' })
    await until(async () => (await lines()) === 0)
  })

  it('is not put through to a voicemail: it presses nothing, and the next is rung', async () => {
    const { asterisk, call, dialled, house: firmHouse } = house()
    asterisk.on(IVAN, mailbox)
    asterisk.on(PETR, accepts)
    const { leg, over } = call()
    await leg.talking
    expect(dialled()).toEqual([IVAN, PETR])
    leg.phone.hangup()
    await over
    const { steps } = await firmHouse.row(leg.id)
    expect(steps.filter(({ kind }) => kind === 'rung').map(({ detail }) => JSON.parse(detail) as object)).toMatchObject(
      [{ person: 'ivan', result: 'not-accepted' }],
    )
  })
})

describe('the lines', () => {
  it('of four one is kept for callers: of three mobiles two ring at once beside the caller’s own, the third after them', async () => {
    const { asterisk, call, dialled } = house('all', 'lines: 4, reserve_inbound: 2')
    for (const mobile of [IVAN, PETR]) asterisk.on(mobile, rings)
    asterisk.on(ROMAN, accepts)
    const { leg, over } = call()
    await until(() => dialled().length === 2)
    expect(dialled()).toEqual([IVAN, PETR])
    await leg.talking
    expect(dialled().at(2)).toBe(ROMAN)
    leg.phone.hangup()
    await over
  })

  it('all are taken: he waits, nobody is given up, and the first line that is free is his', async () => {
    const { asterisk, call, dialled, house: firmHouse } = house('in-turn', 'lines: 3')
    for (const mobile of [IVAN, PETR, ROMAN]) asterisk.on(mobile, accepts)
    const first = call()
    await first.leg.talking
    const second = call() // two callers and a mobile: the gateway is full
    await sleep(100)
    expect(dialled()).toEqual([IVAN])
    first.leg.phone.hangup()
    await first.over
    await second.leg.talking
    second.leg.phone.hangup()
    await second.over
    const { steps, ...row } = await firmHouse.row(second.leg.id)
    expect(row).toMatchObject({ verdict: 'answered' })
    const rung = steps.filter(({ kind }) => kind === 'rung').map(({ detail }) => JSON.parse(detail) as object)
    expect(new Set(rung.map((step) => JSON.stringify(step))).size).toBe(rung.length)
    for (const step of rung) expect(step).toMatchObject({ result: 'congestion' })
  })

  it('who has waited longest for one has it, whoever asks first when it is free', async () => {
    const { asterisk, call, dialled } = house('in-turn', 'lines: 5')
    for (const mobile of [IVAN, PETR, ROMAN]) asterisk.on(mobile, accepts)
    const first = call()
    await first.leg.talking
    const waiting = []
    for (let i = 0; i < 3; i++) {
      waiting.push(call()) // four callers and a mobile: the gateway is full
      await sleep(600)
    }
    await sleep(1_400) // the first two have just asked again, the last will do so next
    const served: number[] = []
    for (const [i, { leg }] of waiting.entries()) void leg.talking.then(() => served.push(i))
    first.leg.phone.hangup()
    await until(() => served.length === 2)
    expect(served).toEqual([0, 1])
    expect(dialled()).toHaveLength(3)
    for (const { leg } of waiting.slice(0, 2)) leg.phone.hangup()
    await until(() => served.length === 3)
    waiting[2]!.leg.phone.hangup()
    await Promise.all(waiting.map(({ over }) => over))
  })

  it('who waits for one has not lost his turn with those who need none', async () => {
    const { asterisk, call } = house('all', 'lines: 2', 'PJSIP/101')
    asterisk.setPhoneState('PJSIP/101', 'idle')
    asterisk.on('PJSIP/101', (phone) => phone.answer())
    const first = call()
    await first.leg.talking
    asterisk.setPhoneState('PJSIP/101', 'busy')
    const second = call() // two callers: the gateway is full
    await sleep(1_000)
    const third = call()
    await sleep(1_500) // the second has asked again, the third will do so next
    const served: string[] = []
    for (const { leg } of [second, third]) void leg.talking.then(() => served.push(leg.id))
    first.leg.phone.hangup()
    asterisk.setPhoneState('PJSIP/101', 'idle')
    await until(() => served.length > 0)
    expect(served).toEqual([second.leg.id])
    for (const { leg } of [second, third]) leg.phone.hangup()
    await Promise.all([first, second, third].map(({ over }) => over))
  })

  it('a caller may have the kept line for the mobile that answers him', async () => {
    const { asterisk, call, dialled } = house('all', 'lines: 2, reserve_inbound: 1')
    for (const mobile of [IVAN, PETR, ROMAN]) asterisk.on(mobile, accepts)
    const { leg, over } = call()
    await leg.talking
    expect(dialled()).toEqual([IVAN])
    leg.phone.hangup()
    await over
  })
})
