/** Story 8, the answerphone: the daemon is killed while a caller leaves his message. What he says is not lost. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { sleep } from '../../src/runtime/abort.ts'
import { companyConfig, companyPrompts, QUIET, SOUNDS } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, mailAbout, newCaller } from '../support/missed-mail.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld({ operators: [], limits: { heartbeatStaleSec: 20 } })
  const flow = `
    - voicemail: { to: sales, play: prompts/closed, silence: 2s }`
  daemon = await startDaemon(world, { config: companyConfig({ flow }), prompts: await companyPrompts(), env: QUIET })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})
afterEach(() => daemon.startUnlessRunning())

/** A caller who has begun to speak after the tone. */
async function speaking(number: string) {
  const caller = await world.far.call(OUR_NUMBER, { number })
  await caller.answered()
  await daemon.until(
    (db) => db.pathStep.findFirst({ where: { kind: 'voicemail', call: { caller: number } } }),
    'the answerphone',
  )
  const live = async () => {
    const folder = join(world.asterisk.dir, 'spool/recording')
    return (await readdir(folder).catch(() => [])).some((name) => name.startsWith('voicemail-'))
  }
  for (const deadline = Date.now() + 15_000; !(await live()); await sleep(100))
    if (Date.now() > deadline) throw new Error('the recording did not begin')
  const speech = caller.say(await SOUNDS.caller())
  await sleep(500)
  return { caller, speech }
}

it('and he speaks on: his message is kept whole and goes with the mail', async () => {
  const number = newCaller()
  const { caller, speech } = await speaking(number)
  await daemon.kill()
  await daemon.start()
  await speech
  await caller.ended(20_000)
  const call = await endedCall(daemon, number)
  expect(call).toMatchObject({ verdict: 'missed', reason: 'voicemail_left' })
  expect((await mailAbout(world, call.id)).parsed.attachments).toHaveLength(1)
})

it('and he has hung up before it is back: his message is fetched all the same', async () => {
  const number = newCaller()
  const { caller, speech } = await speaking(number)
  await daemon.kill()
  await speech
  await caller.hangup()
  await daemon.start()
  const call = await endedCall(daemon, number)
  expect(call).toMatchObject({ verdict: 'missed', reason: 'voicemail_left' })
  expect((await mailAbout(world, call.id)).parsed.attachments).toHaveLength(1)
})
