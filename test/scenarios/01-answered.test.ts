/** Story 1: a caller is answered. Told over each of the two ways in which requests reach Asterisk. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ringsForEver } from '../../scripts/rig/far-people.ts'
import { tone } from '../../scripts/rig/sounds.ts'
import { companyConfig, companyPrompts, QUIET, SOUNDS } from '../support/company.ts'
import { hearEachOther } from '../support/conversation.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, mailsAbout, newCaller } from '../support/missed-mail.ts'
import { heardTone, hearsTone } from '../support/tones.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

/** Hertz. */
const MUSIC = 640

let world: World
let musicFolder: string
beforeAll(async () => {
  musicFolder = await mkdtemp(join(tmpdir(), 'perezvon-music-'))
  await copyFile(await tone(MUSIC, 3), join(musicFolder, 'tone.wav'))
  world = await startWorld({ music: [{ name: 'branded', directory: musicFolder, order: 'alpha' }] })
})
afterAll(async () => {
  await world?.stop()
  await rm(musicFolder, { recursive: true, force: true })
})

describe.each(['websocket', 'http'])('over %s', (transport) => {
  let daemon: Daemon
  beforeAll(async () => {
    daemon = await startDaemon(world, {
      config: companyConfig({ more: 'music:\n  branded: { files: music }' }).replace(
        '1: { ring: sales }',
        '1: { ring: { to: sales, music: branded } }',
      ),
      prompts: { ...(await companyPrompts()), 'music/tone': await tone(MUSIC, 3) },
      env: { ...QUIET, PEREZVON_ARI_TRANSPORT: transport },
    })
  })
  afterAll(() => daemon?.close())

  it('hears the greeting, presses 1, waits with the company’s music, talks with the operator, hangs up: no mail', async () => {
    const { far } = world
    const number = newCaller()
    const greeting = await SOUNDS.greeting()
    for (const phone of ['101', '102']) far.on(phone, ringsForEver)
    const ringing = far.nextCallTo('101')
    const caller = await far.call(OUR_NUMBER, { number })
    onTestFinished(() => caller.hangup()) // a story that is told again needs a free phone
    await caller.hears(greeting)
    expect(await heardTone(caller, MUSIC)).toBe(false)
    await caller.press('1')
    const phone = await ringing
    expect(phone.callerNumber).toBe(number)
    await hearsTone(caller, MUSIC, 0.5)
    await phone.answer()
    const { id } = await daemon.until((db) => db.call.findFirst({ where: { caller: number } }), 'his row')
    const book = () => world.asterisk.cli(`database get pzdoor ${id}`)
    await daemon.until(async () => (await book()).includes('|talked|'), 'the two in a talk')
    await hearEachOther(caller, phone)
    await caller.hangup()
    await phone.ended(2_000)
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'answered', operator: 'anna', notice: 'disarmed' })
    expect(await daemon.prisma.notice.count({ where: { callId: call.id } })).toBe(0)
    expect(mailsAbout(world, call.id)).toEqual([])
  })
})
