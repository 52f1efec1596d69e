/** Story 21: a desk phone forwards its calls (SIP 302). A redirect is never followed: no phantom calls, no call past the guard, no circle. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Behaviour } from '../../scripts/rig/far-end.ts'
import { answers, busy } from '../../scripts/rig/far-people.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, mailAbout, newCaller } from '../support/missed-mail.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const OUTSIDE = '+79121112244'

const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102, email: boris@example.ru }
groups:
  sales: { name: Продажи, members: [anna], ring: all, each: 6s, total: 6s }
  operators: { members: [anna] }
trunks:
  provider: { endpoint: PJSIP/provider, lines: 10, caller_id: "+7 343 200-11-22" }
lines:
  "+7 343 200-11-22": { name: Главный, flow: main }
flows:
  main: [{ ring: sales }, { hangup: normal }]
missed_calls:
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
`

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld({ operators: ['101'] })
  daemon = await startDaemon(world, { config: CONFIG, env: QUIET })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})
afterEach(async () => {
  for (const phone of ['101', '102', OUTSIDE]) world.far.on(phone, busy)
  await daemon.startUnlessRunning()
})

/** `to`: what the contact of the redirect names. */
function forwards(to: string): { behaviour: Behaviour; times: () => number } {
  let times = 0
  const behaviour: Behaviour = async (leg) => {
    times++
    const endpoint = `PJSIP/sip:${to}@127.0.0.1:${world.sipPort}`
    await world.far.asterisk.request('POST', `/channels/${leg.id}/redirect`, { endpoint })
  }
  return { behaviour, times: () => times }
}

const targets: [string, string][] = [
  ['to a number outside', OUTSIDE],
  ['to our own number', OUR_NUMBER],
  ['to a colleague', '102'],
  ['to five digits', '12345'],
]

describe.each(targets)('%s', (_, to) => {
  it('the daemon rings it: refused with its own reason, one call, one mail', async () => {
    const { far } = world
    const { behaviour, times } = forwards(to)
    far.on('101', behaviour)
    far.on('102', answers({ afterMs: 100 }))
    const began = new Date()
    const number = newCaller()
    const caller = await far.call(OUR_NUMBER, { number })
    await caller.ended(15_000)
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'missed', reason: 'phone_forwarded' })
    expect((await mailAbout(world, call.id)).parsed.text).toContain('переадресация')
    await sleep(1_000)
    const calls = await daemon.prisma.call.count({ where: { arrivedAt: { gte: began } } })
    expect([times(), calls]).toEqual([1, 1])
    await nothingLeft()
  })

  it('the plain dialplan rings it while the daemon is away: nothing is dialled, nothing goes round', async () => {
    const { far } = world
    await daemon.kill()
    const { behaviour, times } = forwards(to)
    far.on('101', behaviour)
    far.on('102', answers({ afterMs: 100 }))
    const caller = await far.call(OUR_NUMBER, { number: newCaller() })
    await sleep(2_000)
    expect(times()).toBeLessThanOrEqual(1)
    await caller.hangup()
    await nothingLeft()
  })
})

/** No channel goes on; the watch over waiting callers needs a second to see that nobody waits. */
async function nothingLeft(): Promise<void> {
  const channels = async () => (await world.asterisk.request<unknown[]>('GET', '/channels')).length
  await expect.poll(channels, { timeout: 3_000 }).toBe(0)
}
