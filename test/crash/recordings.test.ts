/** The daemon dies while it fetches the recording of a talk, marks it or takes it out of Asterisk, and as a caller leaves his message for a person. */
import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { answers, ringsForEver } from '../../scripts/rig/far-people.ts'
import { toneSpans } from '../../scripts/rig/hearing.ts'
import { tone } from '../../scripts/rig/sounds.ts'
import { readWav } from '../../scripts/rig/wav.ts'
import type { CrashPoint } from '../../src/runtime/crash-point.ts'
import { QUIET } from '../support/company.ts'
import { inTheBookAsTalk } from '../support/conversation.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, mailsAbout, newCaller } from '../support/missed-mail.ts'
import { hearsTone } from '../support/tones.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const SECOND_NUMBER = '+73432001133'
const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: Анна, rings: PJSIP/101 } }
groups: { operators: { members: [anna], each: 20s, total: 20s, record: true } }
operator: { ring: operators }
trunks: { provider: { endpoint: PJSIP/provider, caller_id: "${OUR_NUMBER}" } }
lines:
  "${OUR_NUMBER}": { name: Главный, flow: main }
  "${SECOND_NUMBER}": { name: Ночной, flow: night }
flows:
  main: [{ announce_recording: prompts/leave }, { ring: operators }, { hangup: normal }]
  night: [{ voicemail: { to: operators, play: prompts/leave, silence: 10s, max: 60s } }]
missed_calls: { shortest_talk: 0s, mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } } }
`
const CALLER = 500
const OPERATOR = 900
/** Asterisk's `beep`. */
const BEEP = 700

let world: World
let daemon: Daemon
let crashFile: string
beforeAll(async () => {
  // in these stories the dialplan leaves him to us, however long a busy machine takes for a start
  world = await startWorld({ phones: ['101'], limits: { heartbeatStaleSec: 40 } })
  crashFile = join(world.dir, 'crash')
  daemon = await startDaemon(world, {
    config: CONFIG,
    prompts: { 'prompts/leave': await tone(600, 0.3) },
    env: { ...QUIET, CRASH_FILE: crashFile },
  })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})
afterEach(async () => {
  await world.far.hangupAll()
  await daemon.startUnlessRunning()
})

/** It dies there, and is started again. */
async function diesAt(point: CrashPoint, deed: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
  await writeFile(crashFile, point)
  await deed()
  await daemon.died()
  await daemon.start()
}

/** Both say something, and the caller leaves. Resolves with the number of the talk's call. */
async function aTalk(whileItBegins?: CrashPoint): Promise<string> {
  const { far } = world
  far.on('101', answers({ afterMs: 100 }))
  const number = newCaller()
  let caller: FarLeg | undefined
  const calls = async () => (caller = await far.call(OUR_NUMBER, { number }))
  await (whileItBegins ? diesAt(whileItBegins, calls) : calls())
  const call = await daemon.until((db) => db.call.findFirst({ where: { caller: number } }), 'his row')
  await inTheBookAsTalk(world, daemon, call.id)
  const operator = far.rung('101').findLast(({ callerNumber, state }) => callerNumber === number && state !== 'ended')
  if (!caller || !operator) throw new Error('they are not on the line')
  await caller.say(await tone(CALLER, 0.5))
  await hearsTone(operator, CALLER)
  await operator.say(await tone(OPERATOR, 0.5))
  await hearsTone(caller, OPERATOR)
  await caller.hangup()
  expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: 'anna' })
  return call.id
}

/** The recording of his talk is in our folder, once, with both voices. */
async function isKept(callId: string): Promise<string> {
  const kept = await daemon.until(
    (db) => db.talkRecording.findFirst({ where: { callId, status: 'kept' } }),
    'the recording',
    30_000,
  )
  const sound = await readWav(join(folder(), kept.file!))
  for (const voice of [CALLER, OPERATOR]) expect(toneSpans(sound, voice, 0.2).length).toBeGreaterThan(0)
  expect((await readdir(folder())).filter((file) => file.startsWith(callId.replace('.', '-')))).toEqual([kept.file])
  return kept.name
}

const folder = () => join(daemon.dataFolder, 'recordings')
const isInAsterisk = (name: string) => existsSync(join(world.asterisk.dir, 'spool/recording', `${name}.wav`))

describe('the recording of a talk', () => {
  it.each(['ari.channels.setChannelVar.before', 'ari.channels.setChannelVar.after'] as const)(
    'is kept when we died as it began: %s',
    async (point) => {
      const name = await isKept(await aTalk(point))
      await vi.waitFor(() => expect(isInAsterisk(name)).toBe(false), 5_000)
    },
  )

  it('is fetched again when we died before it was marked, and is gone from Asterisk then', async () => {
    const callId = await aTalk()
    await diesAt('store.update-TalkRecording.before')
    await diesAt('ari.recordings.deleteStored.before')
    const name = await isKept(callId)
    // its row says that it is ours; Asterisk's copy goes when its time is over
    expect(isInAsterisk(name)).toBe(true)
    expect(await daemon.prisma.talkRecording.findUnique({ where: { name } })).toMatchObject({ status: 'kept' })
  })

  it.each(['store.update-TalkRecording.after', 'ari.recordings.deleteStored.after'] as const)(
    'is kept once: %s',
    async (point) => {
      const callId = await aTalk()
      await diesAt(point)
      const name = await isKept(callId)
      expect(isInAsterisk(name)).toBe(point === 'store.update-TalkRecording.after')
    },
  )
})

describe('who leaves a message and presses for a person', () => {
  it.each(['ari.recordings.stop.before', 'ari.recordings.stop.after'] as const)(
    'is told of, with what he has said: %s',
    async (point) => {
      const { far, mail } = world
      far.on('101', ringsForEver)
      const number = newCaller()
      const caller = await far.call(SECOND_NUMBER, { number })
      await caller.answered()
      await hearsTone(caller, BEEP, 0.1)
      await caller.say(await tone(CALLER, 2))
      await diesAt(point, () => caller.press('0'))
      await caller.hangup()
      const call = await endedCall(daemon, number)
      expect(call).toMatchObject({ verdict: 'missed', notice: 'fired' })
      const told = await mail.mail(({ raw }) => raw.includes(`X-Perezvon-Call: ${call.id}`))
      expect(told.parsed.attachments).toHaveLength(1)
      expect(mailsAbout(world, call.id)).toHaveLength(1)
    },
  )
})
