/** Story 21: /ready is green, and the very next caller reaches the daemon, also where every word to Asterisk takes its time. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ringsForEver } from '../../scripts/rig/far-people.ts'
import { companyConfig, companyPrompts, QUIET, SOUNDS } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { FaultLine } from '../support/fault-line.ts'
import { endedCall, newCaller } from '../support/missed-mail.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

/** Each way. */
const LATE_MS = 150

let world: World
let daemon: Daemon
let line: FaultLine
let greeting: string
beforeAll(async () => {
  greeting = await SOUNDS.greeting()
  world = await startWorld()
  line = await FaultLine.to(Number(new URL(world.asterisk.ari.url).port))
  line.delayMs = LATE_MS
  for (const phone of ['101', '102']) world.far.on(phone, ringsForEver)
  daemon = await startDaemon(world, {
    config: companyConfig(),
    prompts: await companyPrompts(),
    env: { ...QUIET, PEREZVON_ARI_URL: `http://127.0.0.1:${line.port}` },
  })
})
afterAll(async () => {
  await daemon?.close()
  await line?.close()
  await world?.stop()
})

it.each(['the first start', 'a start after an orderly end', 'a start after a death'])(
  'after %s a caller hears the greeting at once, and no phone rings',
  async (round) => {
    if (round.includes('orderly')) {
      await daemon.stop()
      await daemon.start()
    } else if (round.includes('death')) {
      await daemon.kill()
      // the last word of the dead one is fresh yet: without it the dialplan knows nobody
      await world.asterisk.cli('dialplan set global PEREZVON_HB 0')
      await daemon.start()
    }
    const number = newCaller()
    const caller = await world.far.call(OUR_NUMBER, { number })
    await caller.hears(greeting, { upTo: 1.5 })
    await caller.hangup()
    expect(await endedCall(daemon, number)).toMatchObject({ restored: false, reason: 'hangup_greeting' })
    expect([...world.far.rung('101'), ...world.far.rung('102')]).toEqual([])
  },
)
