/**
 * Story 27: what phones answer instead of ringing (SIP 300 to 380), whatever they name: never followed, no phantom call, one mail for the caller, which
 * names the person. From a leg that the daemon rang, and from the plain dialplan while it is away.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SipRinging } from '../../scripts/rig/sip/ringing.ts'
import { endedCall, mailsAbout } from '../support/missed-mail.ts'
import { SHORTEST_TALK_MS, SipHouse } from '../support/sip-house.ts'
import { hears, told } from '../support/told-sound.ts'
import { OUR_NUMBER } from '../support/world.ts'

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
  sip: { endpoint: PJSIP/sip-trunk, lines: 10, caller_id: "+7 343 200-11-22" }
lines:
  "+7 343 200-11-22": { name: Главный, flow: main }
flows:
  main: [{ ring: sales }, { hangup: normal }]
missed_calls:
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
  shortest_talk: ${SHORTEST_TALK_MS}ms
`

let house: SipHouse
beforeAll(async () => {
  house = await SipHouse.start({ config: CONFIG })
})
beforeEach(() => house.begin())
afterEach(() => house.quiet())
afterAll(() => house?.stop())

const OUTSIDE = '+79121112244'
const statuses = [300, 301, 302, 305, 380]
type Redirect = (ringing: SipRinging, status: number) => Promise<void>
const to =
  (...contacts: string[]): Redirect =>
  (ringing, status) =>
    ringing.redirect(status, ...contacts)
const targets: Record<string, Redirect> = {
  'a colleague': to('102'),
  'a number outside': to(OUTSIDE),
  'our own number': to(OUR_NUMBER),
  'five digits': to('12345'),
  'itself': to('101'),
  'a code of ours': to('*11'),
  'nothing (Contact: *)': (ringing, status) => ringing.refuse(status, ['Contact: *']),
  'no contact at all': (ringing, status) => ringing.refuse(status),
  'tel:': to(`tel:${OUTSIDE}`),
  'a name elsewhere': to('sip:bob@example.com'),
  'several': to('102', OUTSIDE, OUR_NUMBER),
}

/** How often each other phone and the trunk were rung so far. */
function rung(): number[] {
  return [house.phones['102'], house.phones['103'], house.trunk].map((phone) => phone.rung.length)
}

describe('of a leg that the daemon rang', () => {
  it.each(statuses)('%i to whatever: refused once each, one call, one mail that names Anna', async (status) => {
    const before = rung()
    for (const [name, redirect] of Object.entries(targets)) {
      const times = house.phones['101'].rung.length
      house.phones['101'].always((ringing) => redirect(ringing, status))
      const { caller, number } = await house.call()
      await caller.ended(6_000)
      const call = await endedCall(house.daemon, number)
      expect({ name, ...call }).toMatchObject({ name, verdict: 'missed', reason: 'phone_forwarded' })
      await expect.poll(() => mailsAbout(house.world, call.id).length, { timeout: 5_000 }).toBe(1)
      expect(mailsAbout(house.world, call.id)[0]!.parsed.text).toContain(
        'На телефоне сотрудника (Анна) включена переадресация',
      )
      expect([name, house.phones['101'].rung.length - times]).toEqual([name, 1])
    }
    expect([await house.arrivals(), rung()]).toEqual([Object.keys(targets).length, before])
  })

  it.each<[string, (ringing: SipRinging) => void]>([
    ['181', (ringing) => ringing.progress(181)],
    ['183 with sound', (ringing) => ringing.progress(183, { early: true })],
    ['182, 181, 180', (ringing) => [182, 181, 180].forEach((status) => ringing.progress(status))],
  ])('after %s: the same', async (_, first) => {
    house.phones['101'].ringsAtOnce = false
    house.phones['101'].always(async (ringing) => {
      first(ringing)
      await ringing.redirect(302, OUTSIDE)
    })
    const before = rung()
    const { caller, number } = await house.call()
    await caller.ended(6_000)
    expect(await house.ended(number)).toMatchObject({ verdict: 'missed', reason: 'phone_forwarded', mails: 1 })
    expect([await house.arrivals(), rung()]).toEqual([1, before])
  })

  it('a caller hears music before, and the call is over then: no ringing tone of somebody else', async () => {
    const { caller } = await house.call()
    const ringing = await house.phones['101'].rings()
    await hears(caller, 'sound')
    const from = caller.heard.seconds
    await ringing.redirect(302, '102')
    await caller.ended(6_000)
    expect(told(caller, from)).not.toContain('tone')
  })
})

describe('of the plain dialplan’s Dial(), while the daemon is away', () => {
  it('whatever is named: refused, nobody else rings, and afterwards each caller is told of once', async () => {
    await house.daemon.kill()
    const before = rung()
    const cases = [
      ...Object.values(targets).map((redirect) => [302, redirect] as const),
      ...statuses.map((status) => [status, to(OUTSIDE)] as const),
    ]
    const numbers: string[] = []
    for (const [status, redirect] of cases) {
      const times = house.phones['101'].rung.length
      house.phones['101'].always((ringing) => redirect(ringing, status))
      const { caller, number } = await house.call()
      numbers.push(number)
      await caller.answered(6_000) // by the recording that says sorry
      await hears(caller, 'sound')
      await caller.hangUp()
      expect(house.phones['101'].rung.length - times).toBe(1)
    }
    expect(rung()).toEqual(before)
    await house.daemon.start()
    for (const number of numbers)
      expect(await house.ended(number)).toMatchObject({ verdict: 'missed', operator: null, mails: 1 })
    expect(await house.arrivals()).toBe(numbers.length)
  })
})
