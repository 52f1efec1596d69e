/** Story 14: a code pauses an operator, the whisper is his alone, and a talk is recorded with both voices but for what must not be. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answers, ringsForEver } from '../../scripts/rig/far-people.ts'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { toneSpans } from '../../scripts/rig/hearing.ts'
import { tone } from '../../scripts/rig/sounds.ts'
import { readWav } from '../../scripts/rig/wav.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, newCaller } from '../support/missed-mail.ts'
import { hearsTone, heardTone } from '../support/tones.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101 }
  boris: { name: Борис, rings: PJSIP/102 }
groups:
  operators: { members: [anna, boris], ring: in-turn, each: 20s, total: 20s, whisper: prompts/whisper, record: true }
lines:
  "${OUR_NUMBER}": { name: Главный, flow: main }
flows:
  main: [{ announce_recording: prompts/recorded }, { ring: operators }, { hangup: normal }]
missed_calls:
  shortest_talk: 0s
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
`
const ANNOUNCED = 600
const WHISPER = 1100
const CALLER = 500
const OPERATOR = 900
const CARD = 1500
const AFTER = 1900
/** Asterisk's `beep`. */
const BEEP = 700

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld()
  daemon = await startDaemon(world, {
    config: CONFIG,
    prompts: { 'prompts/recorded': await tone(ANNOUNCED, 0.5), 'prompts/whisper': await tone(WHISPER, 0.5) },
    env: QUIET,
  })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

it('who has dialled *13 is not rung; his colleague hears the whisper, the caller does not, and both are recorded', async () => {
  const { far } = world
  far.on('101', ringsForEver)
  far.on('102', answers({ afterMs: 100 }))
  const dialled = await far.call('*132', { phone: '101' })
  await dialled.ended(10_000)
  const paused = await daemon.prisma.operatorEvent.findFirst({ where: { person: 'anna' }, orderBy: { id: 'desc' } })
  expect(paused).toMatchObject({ standing: 'paused', reason: '2' })

  const before = far.rung('101').length
  const number = newCaller()
  const rings = far.nextCallTo('102')
  const caller = await far.call(OUR_NUMBER, { number })
  const phone = await rings
  await hearsTone(phone, WHISPER)
  expect(await heardTone(caller, ANNOUNCED)).toBe(true)
  const voices = await Promise.all([CALLER, OPERATOR, CARD, AFTER].map((hertz) => tone(hertz, 0.5)))
  await daemon.until((db) => db.call.findFirst({ where: { caller: number, answeredAt: { not: null } } }), 'the answer')
  await caller.say(voices[0]!)
  await hearsTone(phone, CALLER)
  await phone.say(voices[1]!)
  await hearsTone(caller, OPERATOR)
  await phone.press('*91')
  await hearsTone(phone, BEEP, 0.1)
  await caller.say(voices[2]!)
  await hearsTone(phone, CARD)
  await phone.press('*92')
  await hearsTones(phone, BEEP, 3)
  await caller.say(voices[3]!)
  await hearsTone(phone, AFTER)
  await caller.hangup()
  expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: 'boris' })
  expect(await heardTone(caller, WHISPER)).toBe(false)
  expect(far.rung('101').length).toBe(before)

  expect(caller.digits).toBe('') // the codes are not his to hear
  expect(await heardTone(caller, BEEP, 0.1)).toBe(false)

  const kept = await daemon.until((db) => db.talkRecording.findFirst({ where: { status: 'kept' } }), 'the recording')
  const sound = await readWav(join(daemon.dataFolder, 'recordings', kept.file!))
  for (const voice of [CALLER, OPERATOR, AFTER]) expect(toneSpans(sound, voice, 0.2).length).toBeGreaterThan(0)
  expect(toneSpans(sound, CARD, 0.1)).toEqual([])
  expect(await readdir(join(world.asterisk.dir, 'spool/recording'))).not.toContain(`${kept.name}.wav`)
})

it('who dials *21 is in a meeting until he dials *22', async () => {
  const dials = async (code: string) => (await world.far.call(code, { phone: '101' })).ended(10_000)
  await dials('*21')
  expect(await daemon.prisma.meeting.findMany()).toMatchObject([{ person: 'anna', until: null, by: 'phone' }])
  await dials('*22')
  expect(await daemon.prisma.meeting.findMany()).toEqual([])
})

/** So many of them, until now or soon. */
async function hearsTones(leg: FarLeg, hertz: number, count: number): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(100))
    if (toneSpans(await leg.sound(), hertz, 0.1).length >= count) return
  throw new Error(`${leg.who}: less than ${count} tones of ${hertz} Hz`)
}
