/** Story 19: callers hang up in every place of a flow, and the report on the menus tells each of them as that place. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ringsForEver } from '../../scripts/rig/far-people.ts'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { spoken } from '../../scripts/rig/sounds.ts'
import { QUIET, SOUNDS } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, newCaller } from '../support/missed-mail.ts'
import { perezvon } from '../support/perezvon-command.ts'
import { hearsTone } from '../support/tones.ts'
import { startWorld, type World } from '../support/world.ts'

/** Hertz, of the Russian core sounds. */
const BEEP = 700
const LINE = (n: number) => `+734320011${n}`

const CONFIG = `
version: 1
company: { name: Flower Yard, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Anna, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Boris, rings: PJSIP/102, email: boris@example.ru }
groups:
  sales: { name: Sales, members: [anna], each: 60s, total: 60s }
  busy: { name: Advertising, members: [boris], each: 1s, total: 1s }
  operators: { members: [anna] }
hours:
  never: { week: {} }
lines:
  "${LINE(10)}": { name: Greeting, flow: greeting }
  "${LINE(11)}": { name: Menu, flow: menu }
  "${LINE(12)}": { name: Ring, flow: ring }
  "${LINE(13)}": { name: Tone, flow: tone }
  "${LINE(14)}": { name: After, flow: after }
  "${LINE(15)}": { name: Offer, flow: offer }
  "${LINE(16)}": { name: Night, flow: night }
  "${LINE(17)}": { name: Full, flow: tone, max_calls: 1, on_full: [{ play: prompts/long }, { hangup: busy }] }
flows:
  greeting: [{ play: prompts/long }, { ring: sales }, { unanswered: { hangup: normal } }]
  menu:
    - play: prompts/greeting
    - menu: { play: prompts/menu, wait: 20s, keys: { 1: { ring: sales } }, else: { hangup: normal } }
    - unanswered: { hangup: normal }
  ring: [{ play: prompts/greeting }, { ring: sales }, { unanswered: { hangup: normal } }]
  tone: [{ ring: { to: sales, music: ringing } }, { unanswered: { hangup: normal } }]
  after: [{ play: prompts/greeting }, { ring: busy }, { unanswered: [{ play: prompts/long }, { voicemail: { to: busy } }] }]
  offer: [{ offer_callback: { play: prompts/long, wait: 20s } }, { ring: sales }, { unanswered: { hangup: normal } }]
  night:
    - when: { closed: never }
      do: [{ play: prompts/long }, { voicemail: { to: sales, play: prompts/greeting } }]
    - unanswered: { hangup: normal }
missed_calls: { mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }, callback: {} }
trunks: { provider: { endpoint: PJSIP/provider } }
`

let world: World
let daemon: Daemon
let long: string
let menu: string

beforeAll(async () => {
  long = await spoken('Здравствуйте! Мы продаём розы, тюльпаны, ирисы, лилии, хризантемы, гвоздики и пионы.')
  menu = await SOUNDS.menu()
  world = await startWorld()
  const prompts = { 'prompts/greeting': await SOUNDS.greeting(), 'prompts/menu': menu, 'prompts/long': long }
  daemon = await startDaemon(world, { config: CONFIG, prompts, env: QUIET })
  for (const phone of ['101', '102']) world.far.on(phone, ringsForEver)
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

it('each of them is counted there', async () => {
  const { far } = world
  const leave = async (line: number, when: (caller: FarLeg) => Promise<unknown>): Promise<void> => {
    const number = newCaller()
    const caller = await far.call(LINE(line), { number })
    await when(caller)
    await caller.hangup()
    await endedCall(daemon, number)
  }
  const heard = (caller: FarLeg) => caller.hears(long, { upTo: 1.5 })
  const rings = (phone: string) => {
    const called = far.nextCallTo(phone)
    return () => called
  }
  await leave(10, heard)
  await leave(11, (caller) => caller.hears(menu, { upTo: 1 }))
  await leave(12, rings('101'))
  await leave(13, rings('101'))
  await leave(14, heard)
  await leave(15, heard)
  await leave(16, heard)
  await leave(16, (caller) => hearsTone(caller, BEEP))
  const ringing = rings('101')
  const patient = newCaller()
  const first = await far.call(LINE(17), { number: patient })
  await ringing()
  await leave(17, heard)
  await first.hangup()
  await endedCall(daemon, patient)
  const { out } = await perezvon(daemon, 'report', 'ivr', '--from', 'today', '--to', 'today', '--json')
  const { tables } = JSON.parse(out) as { tables: { table: string; rows: { place: string; calls: number }[] }[] }
  const left = tables.find(({ table }) => table === 'left')!.rows
  expect(Object.fromEntries(left.map(({ place, calls }) => [place.replace(/yaml:\d+/, 'yaml'), calls]))).toEqual({
    'in the greeting': 1,
    'in a menu, perezvon.yaml': 1,
    'while Sales was rung': 3,
    'in an announcement, perezvon.yaml': 1,
    'at the offer of a call-back, perezvon.yaml': 1,
    'after hours': 1,
    'at the answerphone': 1,
    'on a line that was full': 1,
  })
}, 90_000)
