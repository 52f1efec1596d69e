/** Story 27: no talk is longer than `dialling: max_call`, and nobody is cut off without a word: both sides hear a tone a minute before. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { answers, ringsForEver } from '../../scripts/rig/far-people.ts'
import { toneSpans } from '../../scripts/rig/hearing.ts'
import { companyConfig, companyPrompts, QUIET } from '../support/company.ts'
import { inTheBookAsTalk } from '../support/conversation.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const LONGEST_SEC = 66
/** Hertz, of the sound `beep`. */
const BEEP = 700
/** A phone rings so long before it is picked up: a limit that is counted from the dialling would come before its tone. */
const RINGS_MS = 5_000
/** Seconds that the machine may be late. */
const LATE_SEC = 4

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld({
    phones: ['101', '102'],
    operators: ['102'],
    limits: { fallbackRingSec: 20, maxCallSec: LONGEST_SEC },
  })
  daemon = await startDaemon(world, {
    config: companyConfig({
      flow: '    - ring: operators\n    - unanswered: { hangup: normal }',
      callback: '{ tries: 2, every: [1s], success: 1s, ring_client: 20s }',
      more: `dialling: { max_call: ${LONGEST_SEC}s }`,
    }),
    prompts: await companyPrompts(),
    env: QUIET,
  })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

/** Ends at the limit of the talk, and has heard the tone a minute before. `began`: when the second of the two picked up. */
async function isToldAndCut(leg: FarLeg, began: number): Promise<void> {
  await leg.ended((LONGEST_SEC + 20) * 1_000)
  const talkSec = (leg.times.ended! - began) / 1_000
  expect(talkSec).toBeGreaterThan(LONGEST_SEC - 1)
  expect(talkSec).toBeLessThan(LONGEST_SEC + LATE_SEC)
  const { samples, rate } = await leg.sound()
  const first = toneSpans({ samples, rate }, BEEP, 0.1)[0]
  expect(first, `${leg.who} heard the tone`).toBeDefined()
  const beforeTheEnd = samples.length / rate - first![0]
  expect(beforeTheEnd).toBeGreaterThan(60 - LATE_SEC)
  expect(beforeTheEnd).toBeLessThan(60 + LATE_SEC)
}

it('a caller, a client who is called back, and a caller of the fallback', async () => {
  const { far } = world
  const slowly = answers({ afterMs: RINGS_MS })
  // the client of a call-back, whose phone rings while the operator listens
  const client = '+79120002701'
  far.on('101', ringsForEver)
  const rings = far.nextCallTo('101')
  const lost = await far.call(OUR_NUMBER, { number: client })
  await rings
  far.on('101', answers({ afterMs: 100 }))
  far.on(client, slowly)
  const [operator, called] = [far.nextCallTo('101'), far.nextCallTo(client, 30_000)]
  await lost.hangup()
  const calledBack = await called
  const anna = await operator
  await calledBack.answered()
  await Promise.all([calledBack, anna].map((leg) => isToldAndCut(leg, calledBack.times.up!)))
  expect([calledBack.state, anna.state]).toEqual(['ended', 'ended'])

  // a caller who is put through by the daemon, and one while it is away
  far.on('101', slowly)
  const rung = far.nextCallTo('101')
  const caller = await far.call(OUR_NUMBER, { number: '+79120002702' })
  const phone = await rung
  await phone.answered()
  const { id } = await daemon.until((db) => db.call.findFirst({ where: { caller: '+79120002702' } }), 'the row')
  await inTheBookAsTalk(world, daemon, id)
  await daemon.kill()
  far.on('102', slowly)
  const plainly = far.nextCallTo('102', 20_000)
  const plain = await far.call(OUR_NUMBER, { number: '+79120002703' })
  const boris = await plainly
  await boris.answered()
  await Promise.all([
    ...[caller, phone].map((leg) => isToldAndCut(leg, phone.times.up!)),
    ...[plain, boris].map((leg) => isToldAndCut(leg, boris.times.up!)),
  ])
}, 300_000)
