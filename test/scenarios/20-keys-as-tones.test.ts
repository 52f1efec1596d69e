/** Story 20: a gateway that sends keys as tones in the sound, and offers no telephone-event, is heard like every other. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ringsForEver } from '../../scripts/rig/far-people.ts'
import { keyTones, spoken, tone } from '../../scripts/rig/sounds.ts'
import { QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, newCaller } from '../support/missed-mail.ts'
import { hearsTone } from '../support/tones.ts'
import { startWorld, type World } from '../support/world.ts'

const LINE = '+73432001122'
const MOBILE_LINE = '+73432001133'
const OLGA = '+79220000001'
/** Hertz, of no key. */
const TALK = 1100

const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101 }
  boris: { name: Борис, rings: PJSIP/102 }
  olga: { name: Ольга, rings: "${OLGA}" }
groups:
  sales: { members: [anna], each: 20s, total: 20s }
  operators: { members: [boris], each: 20s, total: 20s }
trunks:
  tones: { endpoint: PJSIP/tone-gateway, lines: 4 }
lines:
  "${LINE}": { name: Главный, flow: main }
  "${MOBILE_LINE}": { name: Ольга, flow: olga }
flows:
  main:
    - menu: { play: prompts/menu, wait: 10s, extension: allowed, keys: { 1: { ring: sales } }, else: { hangup: normal } }
    - unanswered: { hangup: normal }
  olga: [{ ring: { to: olga, for: 20s } }, { unanswered: { hangup: normal } }]
missed_calls: { mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } } }
`

let world: World
let daemon: Daemon
let menu: string
let accept: string
beforeAll(async () => {
  menu = await spoken('Один, продажи. Ноль, оператор. Или наберите добавочный номер.')
  accept = await spoken('Звонок с работы. Ответить: один.')
  world = await startWorld()
  daemon = await startDaemon(world, {
    config: CONFIG,
    prompts: { 'prompts/menu': menu, 'prompts/perezvon/accept-call': accept },
    env: QUIET,
  })
  for (const who of ['101', '102', OLGA]) world.far.on(who, ringsForEver)
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

const overTones = () => ({ number: newCaller(), trunk: 'tone-gateway' as const })
/** What callers pressed, as it came. */
const keysOf = async (caller: string) => {
  const steps = await daemon.prisma.pathStep.findMany({ where: { call: { caller } }, orderBy: { seq: 'asc' } })
  return steps.flatMap(({ kind, detail }) => (/key/.test(kind) ? (JSON.parse(detail) as { key: string }).key : []))
}

describe('tones in the sound', () => {
  it.each([
    ['1', '101'],
    ['0', '102'],
    ['102', '102'],
  ])('%s in the middle of the menu rings %s', async (keys, phone) => {
    const from = overTones()
    const rung = world.far.nextCallTo(phone)
    const caller = await world.far.call(LINE, from)
    await caller.hears(menu, { upTo: 1 })
    await caller.say(await keyTones(keys))
    await rung
    await caller.hangup()
    await endedCall(daemon, from.number)
    expect(await keysOf(from.number)).toEqual([keys])
  })

  it('a mobile behind such a gateway takes the call with its key', async () => {
    const from = overTones()
    const rings = world.far.nextCallTo(OLGA)
    const caller = await world.far.call(MOBILE_LINE, from)
    const mobile = await rings
    expect(mobile.via).toBe('tone-gateway')
    await mobile.answer()
    await mobile.hears(accept, { upTo: 1.5 })
    await mobile.say(await keyTones('1'))
    await daemon.until(
      (db) => db.call.findFirst({ where: { caller: from.number, answeredAt: { not: null } } }),
      'the answer',
    )
    await mobile.say(await tone(TALK, 1))
    await hearsTone(caller, TALK, 0.5)
    await caller.hangup()
    await mobile.ended(2_000)
    expect(await endedCall(daemon, from.number)).toMatchObject({ verdict: 'answered', operator: 'olga' })
  })
})

it('where the other side offers telephone-event, tones in the sound are no keys', async () => {
  const number = newCaller()
  const caller = await world.far.call(LINE, { number })
  await caller.hears(menu, { upTo: 1 })
  await caller.say(await keyTones('7'))
  const rung = world.far.nextCallTo('101')
  await caller.press('1')
  await rung
  await caller.hangup()
  await endedCall(daemon, number)
  expect(await keysOf(number)).toEqual(['1'])
})
