/** Story 18: a caller waits, is told where he stands and that he need not wait, and asks for a call by a key; another is answered in the middle of that. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { answers, ringsForEver } from '../../scripts/rig/far-people.ts'
import { toneSpans } from '../../scripts/rig/hearing.ts'
import { tone } from '../../scripts/rig/sounds.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { QUIET } from '../support/company.ts'
import { hearEachOther } from '../support/conversation.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, newCaller } from '../support/missed-mail.ts'
import { hearsTone } from '../support/tones.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const TOKEN = 'a-token-of-the-scenarios-that-is-long-enough'
const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101 }
groups:
  operators: { members: [anna], each: 40s, total: 40s }
music:
  branded: { files: music }
trunks:
  provider: { endpoint: PJSIP/provider, lines: 10, caller_id: "${OUR_NUMBER}" }
lines:
  "${OUR_NUMBER}": { name: Главный, flow: main }
flows:
  main: [{ ring: { to: operators, offer_callback: { every: 2s, key: 5, play: prompts/offer } } }, { hangup: normal }]
missed_calls:
  shortest_talk: 0s
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
  callback: {}
`
const MUSIC = 440
const NEXT = 700
const OFFER = 950
const CONFIRM = 1300
const PROMISED = 1700

let world: World
let daemon: Daemon
let music: string
beforeAll(async () => {
  music = await mkdtemp(join(tmpdir(), 'perezvon-music-'))
  await copyFile(await tone(MUSIC, 3), join(music, 'tone.wav'))
  world = await startWorld({ phones: ['101'], music: [{ name: 'branded', directory: music, order: 'alpha' }] })
  daemon = await startDaemon(world, {
    config: CONFIG,
    prompts: {
      'music/tone': await tone(MUSIC, 3),
      'prompts/offer': await tone(OFFER, 0.6),
      'prompts/perezvon/you-are-next': await tone(NEXT, 0.6),
      'prompts/perezvon/call-back-number': await tone(CONFIRM, 0.4),
      'prompts/perezvon/call-back-confirm': await tone(CONFIRM, 0.4),
      'prompts/perezvon/call-back-promised': await tone(PROMISED, 0.4),
    },
    env: { ...QUIET, PEREZVON_API_TOKEN: TOKEN },
  })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
  await rm(music, { recursive: true, force: true })
})

/** When each piece of this tone began, in seconds of what the leg has heard. */
const begins = async (leg: FarLeg, hertz: number) => toneSpans(await leg.sound(), hertz, 0.3).map(([from]) => from)

it('music, his place, the offer, music again; the key ends the waiting, and what he asked for is on disk when it is promised', async () => {
  const { far } = world
  far.on('101', ringsForEver)
  const number = newCaller()
  const rings = far.nextCallTo('101')
  const caller = await far.call(OUR_NUMBER, { number })
  const phone = await rings
  const twice = async () => (await begins(caller, OFFER)).length >= 2
  for (const deadline = Date.now() + 20_000; !(await twice()) && Date.now() < deadline;) await sleep(200)
  const [first, place, offer, second] = await Promise.all([
    begins(caller, MUSIC).then((starts) => starts[0]),
    begins(caller, NEXT).then((starts) => starts[0]),
    begins(caller, OFFER).then((starts) => starts[0]),
    begins(caller, OFFER).then((starts) => starts[1]),
  ])
  expect(first).toBeLessThan(place!)
  expect(place).toBeLessThan(offer!)
  const between = (await begins(caller, MUSIC)).filter((start) => start > offer! && start < second!)
  expect(between).not.toEqual([])

  await caller.press('5')
  await phone.ended(5_000)
  await hearsTone(caller, CONFIRM)
  await caller.press('1')
  await hearsTone(caller, PROMISED)
  const step = await daemon.prisma.pathStep.findFirst({ where: { kind: 'callback-asked' } })
  expect(JSON.parse(step!.detail)).toMatchObject({ number, to: 'operators' })
  await caller.ended()
  expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'missed', reason: 'callback_requested' })
  expect(await daemon.prisma.callback.findFirst()).toMatchObject({ kind: 'requested', number })
  await daemon.prisma.callback.updateMany({ data: { status: 'cancelled', openNumber: null } })
})

it('who is answered while he is told talks, and hears no more of it', async () => {
  const { far } = world
  const number = newCaller()
  far.on('101', answers({ afterMs: 2_600 }))
  const rings = far.nextCallTo('101')
  const caller = await far.call(OUR_NUMBER, { number })
  await hearEachOther(caller, await rings)
  const before = (await begins(caller, OFFER)).length
  await sleep(3_000) // longer than from one offer to the next: nothing may come
  expect((await begins(caller, OFFER)).length).toBe(before)
  await caller.hangup()
  expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: 'anna' })
})

it('an operator is moved over HTTP, and the daemon rings him no more', async () => {
  const ask = (method: string, path: string, token = TOKEN) =>
    fetch(`${daemon.url}/api/operators${path}`, { method, headers: { authorization: `Bearer ${token}` } })
  expect((await ask('POST', '/anna/dnd', 'wrong')).status).toBe(401)
  expect(await (await ask('POST', '/anna/dnd')).json()).toEqual({ result: 'done' })
  const number = newCaller()
  await world.far.call(OUR_NUMBER, { number })
  expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'missed', reason: 'none_online' })
  expect(await (await ask('POST', '/anna/in')).json()).toEqual({ result: 'done' })
  const { operators } = (await (await ask('GET', '')).json()) as { operators: object[] }
  expect(operators).toMatchObject([{ person: 'anna', name: 'Анна', state: 'available' }])
})
