/** Story 22: a mobile that is off. Its carrier refuses at once, and is not asked again and again; desk phones ring round by round. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ringsForEver } from '../../scripts/rig/far-people.ts'
import { QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, newCaller } from '../support/missed-mail.ts'
import { startWorld, type World } from '../support/world.ts'

/** As the carrier says it, over the gateway: Q.850 of what becomes SIP 480, 408, 500 and 503. */
const REFUSALS = [
  { sip: 480, cause: 19, result: 'unreachable' },
  { sip: 408, cause: 18, result: 'unreachable' },
  { sip: 500, cause: 38, result: 'failed' },
  { sip: 503, cause: 34, result: 'congestion' },
]
const mobileOf = (sip: number) => `+792200${sip}00`
const lineOf = (sip: number) => `+73432001${sip}`
const BOTH = '+73432001122'
const BOTH_MOBILE = '+79220099900'

const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  inna: { name: Инна, rings: [PJSIP/101, "${BOTH_MOBILE}"] }
${REFUSALS.map(({ sip }) => `  p${sip}: { name: P${sip}, rings: "${mobileOf(sip)}" }`).join('\n')}
groups:
  operators: { members: [inna], each: 3s, total: 11s }
trunks:
  gsm: { endpoint: PJSIP/gsm-gateway, lines: 20 }
lines:
  "${BOTH}": { name: Инна, flow: inna }
${REFUSALS.map(({ sip }) => `  "${lineOf(sip)}": { name: L${sip}, flow: f${sip} }`).join('\n')}
flows:
  inna: [{ ring: operators }, { unanswered: { hangup: normal } }]
${REFUSALS.map(({ sip }) => `  f${sip}: [{ ring: { to: p${sip}, for: 12s } }, { unanswered: { hangup: normal } }]`).join('\n')}
missed_calls:
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
`

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld({ phones: ['101'] })
  daemon = await startDaemon(world, { config: CONFIG, env: QUIET })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

describe.concurrent('a mobile whose carrier says', () => {
  it.each(REFUSALS)(
    '$sip at once is dialled once, and the caller is not kept waiting',
    async ({ sip, cause, result }) => {
      const number = newCaller()
      world.far.on(mobileOf(sip), (leg) => leg.hangup(cause))
      const caller = await world.far.call(lineOf(sip), { number })
      await caller.ended(8_000)
      const { id } = await endedCall(daemon, number)
      expect(world.far.rung(mobileOf(sip))).toHaveLength(1)
      const rung = await daemon.prisma.pathStep.findMany({ where: { callId: id, kind: 'rung' } })
      expect(rung.map(({ detail }) => (JSON.parse(detail) as { result: string }).result)).toEqual([result])
    },
  )

  it('480, beside a desk phone: the desk phone rings three times meanwhile', async () => {
    const number = newCaller()
    world.far.on('101', ringsForEver)
    world.far.on(BOTH_MOBILE, (leg) => leg.hangup(19))
    const caller = await world.far.call(BOTH, { number })
    await caller.ended(30_000)
    await endedCall(daemon, number)
    expect(world.far.rung(BOTH_MOBILE)).toHaveLength(1)
    expect(world.far.rung('101').length).toBeGreaterThanOrEqual(3)
  })
})
