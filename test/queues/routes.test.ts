/** What a group says should happen with callers whom nobody took: another group, a route, a line that is full. In the house, on a fake telephone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import type { StepRow } from '../../src/model/call-outcome.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { FakeAsterisk } from '../support/fake-asterisk.ts'
import type { FarEnd } from '../support/fake-telephony.ts'
import { configOf } from '../support/config-of.ts'
import { House } from '../support/house.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const LINE = '+73432001122'
const VIP = '+79120000777'

const firm = (
  sales: string,
  { flow = '[{ ring: sales }, { play: after }, { hangup: normal }]', line = '' } = {},
): Config =>
  configOf(
    `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101 }
  boris: { name: Борис, rings: PJSIP/102 }
  vera: { name: Вера, rings: PJSIP/103 }
groups:
  sales: { name: Продажи, members: [anna, { person: boris, skills: [german] }], each: 5s, total: 5s, ${sales} }
  operators: { name: Операторы, members: [vera], each: 5s, total: 5s }
vip: ["${VIP}"]
lines: { "${LINE}": { name: Главный, flow: main ${line} } }
flows: { main: ${flow} }
missed_calls: { mail: { to: [office@example.ru], wait: 0s } }
`,
    ['after', 'none', 'busy', 'late', 'full'],
  )

let database: ThrowAwayDatabase
let numbers = 0
beforeAll(async () => {
  database = await throwAwayDatabase()
})
afterAll(() => database.close())

function house(config: Config, phones: Record<string, 'idle' | 'busy' | 'offline'> = {}) {
  const asterisk = new FakeAsterisk({ speed: 100 })
  for (const [phone, state] of Object.entries(phones)) asterisk.setPhoneState(`PJSIP/${phone}`, state)
  const home = new House(database.prisma, config, asterisk)
  const call = (from = `+7912${1_000_000 + numbers++}`) => home.call(from)
  /** A whole call of somebody who waits for what comes. */
  const walks = async () => {
    const { leg, over } = call()
    await over
    const { steps, ...row } = await home.row(leg.id)
    const path = steps.map(({ kind, detail }) => ({ ...(JSON.parse(detail) as object), kind }) as StepRow)
    return { row, path, heard: path.flatMap((step) => (step.kind === 'played' ? step.sounds : [])) }
  }
  const dialled = () => asterisk.dialled.map(({ endpoint }) => endpoint)
  return { home, asterisk, call, walks, dialled }
}
const rings: FarEnd = () => {}
const answers: FarEnd = (phone) => phone.answer()
const ringsOf = (path: StepRow[]) => path.flatMap((step) => (step.kind === 'ring' ? step.to : []))

describe('a group that nobody answers for', () => {
  const routes = 'on_none_online: { play: none }, on_all_busy: { play: busy }, on_timeout: { play: late }'

  it.each<[string, Record<string, 'busy' | 'offline'>, string, string]>([
    ['nobody is there', { 101: 'offline', 102: 'offline' }, 'none', 'none_online'],
    ['everybody is busy all the time', { 101: 'busy', 102: 'busy' }, 'busy', 'all_busy'],
    ['somebody is busy, the others are away', { 101: 'busy', 102: 'offline' }, 'busy', 'all_busy'],
    ['nobody picks up', {}, 'late', 'ring_no_answer'],
  ])('%s: its route, then the next step of the flow', async (_, phones, sound, reason) => {
    const { asterisk, walks } = house(firm(`${routes}, wait_busy: 1s`), phones)
    for (const phone of ['PJSIP/101', 'PJSIP/102']) asterisk.on(phone, rings)
    const { heard, row } = await walks()
    expect(heard).toEqual([sound, 'after'])
    expect(row).toMatchObject({ verdict: 'missed', reason })
  })

  it('a route may ring others, and who talks there is answered', async () => {
    const { asterisk, call, home } = house(firm('on_none_online: { ring: operators }'), {
      101: 'offline',
      102: 'offline',
    })
    asterisk.on('PJSIP/103', answers)
    const { leg, over } = call()
    await leg.talking
    leg.phone.hangup()
    await over
    expect(await home.row(leg.id)).toMatchObject({ verdict: 'answered', operator: 'vera', group: 'operators' })
  })

  it('without a route the flow goes on', async () => {
    expect((await house(firm('wrap_up: 0s'), { 101: 'offline', 102: 'offline' }).walks()).heard).toEqual(['after'])
  })
})

describe('overflow', () => {
  const overflow = 'overflow: { to: operators, after: 1s }'

  it('after its time another group rings, and he keeps his place', async () => {
    const { asterisk, call, dialled, home } = house(firm(`${overflow}, wait_busy: 5s`))
    for (const phone of ['PJSIP/101', 'PJSIP/102']) asterisk.on(phone, rings)
    asterisk.on('PJSIP/103', answers)
    const { leg, over } = call()
    await leg.talking
    expect(dialled().at(-1)).toBe('PJSIP/103')
    leg.phone.hangup()
    await over
    const { steps, ...row } = await home.row(leg.id)
    expect(row).toMatchObject({ verdict: 'answered', group: 'operators' })
    expect(steps.filter(({ kind }) => kind === 'ring')).toHaveLength(2)
  })

  it('at once when nobody is there', async () => {
    const { asterisk, call, dialled } = house(firm(overflow), { 101: 'offline', 102: 'offline' })
    asterisk.on('PJSIP/103', answers)
    const began = performance.now()
    const { leg, over } = call()
    await leg.talking
    expect(performance.now() - began).toBeLessThan(900)
    expect(dialled()).toEqual(['PJSIP/103'])
    leg.phone.hangup()
    await over
  })

  it('nobody there either: the routes are those of the first, when the second has none', async () => {
    const away = { 101: 'offline', 102: 'offline', 103: 'offline' } as const
    const { path, heard } = await house(firm(`${overflow}, on_none_online: { play: none }`), away).walks()
    expect(ringsOf(path)).toEqual(['sales', 'operators'])
    expect(heard).toEqual(['none', 'after'])
  })
})

describe('a skill', () => {
  it('rings only those who have it, also when they are busy and others are free', async () => {
    const flow = '[{ ring: { to: sales, skill: german } }, { play: after }, { hangup: normal }]'
    const { asterisk, call, dialled } = house(firm('wait_busy: 5s', { flow }), { 102: 'busy' })
    asterisk.on('PJSIP/102', answers)
    const { leg, over } = call()
    await sleep(50)
    expect(dialled()).toEqual([])
    asterisk.setPhoneState('PJSIP/102', 'idle')
    await leg.talking
    expect(dialled()).toEqual(['PJSIP/102'])
    leg.phone.hangup()
    await over
  })
})

describe('a line', () => {
  it('that has all the callers it takes sends the next another way, until one has left', async () => {
    const line = ', max_calls: 1, on_full: [{ play: full }, { hangup: busy }]'
    const { asterisk, call, walks, home } = house(firm('wrap_up: 0s', { line }))
    asterisk.on('PJSIP/101', answers)
    const first = call()
    await first.leg.talking
    const second = await walks()
    expect(second.heard).toEqual(['full'])
    expect(second.row).toMatchObject({ verdict: 'missed', reason: 'congestion' })
    expect(await home.notices(second.row.caller)).toHaveLength(1)
    first.leg.phone.hangup()
    await first.over
    asterisk.on('PJSIP/101', (phone) => phone.refuse('rejected'))
    asterisk.on('PJSIP/102', (phone) => phone.refuse('rejected'))
    expect((await walks()).heard).toEqual(['after'])
  })

  it('says nothing and is busy where nothing else is said', async () => {
    const { asterisk, call, walks } = house(firm('wrap_up: 0s', { line: ', max_calls: 1' }))
    asterisk.on('PJSIP/101', answers)
    const first = call()
    await first.leg.talking
    const { path, heard } = await walks()
    expect(heard).toEqual([])
    expect(path.at(-1)).toMatchObject({ kind: 'hung-up', by: 'us', cause: 17 })
    first.leg.phone.hangup()
    await first.over
  })
})

it('a VIP who comes last is served first, the others in their order', async () => {
  const config = firm('wait_busy: 5s')
  const { asterisk, call } = house(config, { 101: 'busy', 102: 'busy' })
  asterisk.on('PJSIP/101', answers)
  const served: string[] = []
  const guests = ['+79120000001', '+79120000002', VIP].map((number) => {
    const { leg, over } = call(number)
    void leg.talking.then(() => {
      served.push(number)
      leg.phone.hangup()
    })
    return over
  })
  await sleep(100)
  asterisk.setPhoneState('PJSIP/101', 'idle')
  await Promise.all(guests)
  expect(served).toEqual([VIP, '+79120000001', '+79120000002'])
})
