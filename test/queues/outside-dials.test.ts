/** A mobile that is off is refused within a second: for one caller it is dialled once, and not again for half a minute. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Call } from '../../src/calls/call.ts'
import type { Person } from '../../src/config/sections/people.ts'
import { OutsideDials, outsideDialsOf, PAUSE_MS } from '../../src/queues/outside-dials.ts'
import type { OutsideRequest } from '../../src/dialling/ring-devices.ts'
import type { DialResult } from '../../src/telephony/api.ts'
import { configOf } from '../support/config-of.ts'
import type { FarPhone } from '../support/fake-telephony.ts'
import { FakeAsterisk } from '../support/fake-asterisk.ts'
import { House } from '../support/house.ts'
import { throwAwayDatabase, type ThrowAwayDatabase } from '../support/throw-away-database.ts'

const MOBILE = '+79121000001'
const OTHER = '+79121000002'

describe('a number', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const mobile: Person['rings'][number] = { kind: 'outside', number: MOBILE }
  const desk: Person['rings'][number] = { kind: 'phone', endpoint: 'PJSIP/101', extension: '101' }
  const person = (...rings: Person['rings']) => ({ name: 'Anna', rings }) as Person
  const phones = (state: 'idle' | 'ringing' | 'offline') => ({ phoneState: () => state }) as const
  const dial = (dials: OutsideDials, result: DialResult | { kind: 'refused' }, number = MOBILE) =>
    dials.remembering(async () => result)(number, {} as OutsideRequest)

  it('that was dialled is left alone for the pause, counted from that', async () => {
    const dials = new OutsideDials()
    expect(dials.pauseMs(person(mobile), phones('idle'))).toBe(0)
    await dial(dials, { kind: 'unreachable', cause: 19 })
    expect(dials.pauseMs(person(mobile), phones('idle'))).toBe(PAUSE_MS)
    vi.advanceTimersByTime(PAUSE_MS - 1)
    expect(dials.pauseMs(person(mobile), phones('idle'))).toBe(1)
    vi.advanceTimersByTime(1)
    expect(dials.pauseMs(person(mobile), phones('idle'))).toBe(0)
    expect(dials.rested(person(mobile)).rings).toEqual([mobile])
  })

  it.each<[string, DialResult | { kind: 'refused' }]>([
    ['the guard refused', { kind: 'refused' }],
    ['Asterisk did not place', { kind: 'not-placed', why: 'no trunk' }],
  ])('that %s was not dialled', async (_, result) => {
    const dials = new OutsideDials()
    await dial(dials, result)
    expect(dials.pauseMs(person(mobile), phones('idle'))).toBe(0)
    // nor does it shorten the pause of a dial before
    await dial(dials, { kind: 'congestion', cause: 34 })
    vi.advanceTimersByTime(1_000)
    await dial(dials, result)
    expect(dials.pauseMs(person(mobile), phones('idle'))).toBe(PAUSE_MS - 1_000)
  })

  it('leaves the desk phone and the other number of the same person to be rung', async () => {
    const dials = new OutsideDials()
    await dial(dials, { kind: 'unreachable', cause: 19 })
    expect(dials.pauseMs(person(desk, mobile), phones('idle'))).toBe(0)
    expect(dials.rested(person(desk, mobile)).rings).toEqual([desk])
    // one that rang a moment ago is idle again in a moment
    expect(dials.pauseMs(person(desk, mobile), phones('ringing'))).toBe(0)
    // a desk phone that is off is no way to the person
    expect(dials.pauseMs(person(desk, mobile), phones('offline'))).toBe(PAUSE_MS)
    expect(dials.pauseMs(person(mobile, { kind: 'outside', number: OTHER }), phones('idle'))).toBe(0)
  })

  it('is left alone for one caller, not for the next', async () => {
    const [one, other] = [{} as Call, {} as Call]
    await dial(outsideDialsOf(one), { kind: 'unreachable', cause: 19 })
    expect(outsideDialsOf(one).pauseMs(person(mobile), phones('idle'))).toBe(PAUSE_MS)
    expect(outsideDialsOf(other).pauseMs(person(mobile), phones('idle'))).toBe(0)
  })
})

describe('a caller who waits', () => {
  const LINE = '+73432001122'
  const config = configOf(`
version: 1
company: { name: Мастер на час, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  ivan: { name: Иван, rings: "${MOBILE}" }
  petr: { name: Пётр, rings: PJSIP/102 }
  both: { name: Роман, rings: [PJSIP/103, "${OTHER}"] }
groups:
  mobile: { members: [ivan], each: 1s, total: 3s }
  mixed: { members: [ivan, petr], each: 1s, total: 4s }
  operators: { members: [both], each: 1s, total: 4s }
trunks: { gsm: { endpoint: PJSIP/provider, lines: 9 } }
lines:
  "${LINE}": { name: Mobile, flow: mobile }
  "+73432001133": { name: Mixed, flow: mixed }
  "+73432001144": { name: Both, flow: both }
  "+73432001155": { name: Groups, flow: groups }
flows:
  mobile: [{ ring: mobile }, { hangup: normal }]
  mixed: [{ ring: mixed }, { hangup: normal }]
  both: [{ ring: operators }, { hangup: normal }]
  groups: [{ ring: mobile }, { ring: mixed }, { hangup: normal }]
missed_calls: { mail: { to: [office@example.ru], wait: 0s } }
`)
  let database: ThrowAwayDatabase
  let callers = 0
  beforeAll(async () => {
    database = await throwAwayDatabase()
  })
  afterAll(() => database.close())

  async function waits(did: string, refusal: Parameters<FarPhone['refuse']>[0]) {
    const asterisk = new FakeAsterisk({ speed: 1 })
    const house = new House(database.prisma, config, asterisk)
    for (const number of [MOBILE, OTHER]) asterisk.on(number, (phone) => phone.refuse(refusal))
    for (const phone of ['PJSIP/102', 'PJSIP/103']) asterisk.on(phone, () => {})
    const { leg, over } = house.call(`+7916000000${++callers}`, { did })
    const began = performance.now()
    await over
    const { steps, reason } = await house.row(leg.id)
    const results = steps.flatMap(({ kind, detail }) =>
      kind === 'rung'
        ? `${(JSON.parse(detail) as { person: string; result: string }).person} ${(JSON.parse(detail) as { result: string }).result}`
        : [],
    )
    return {
      dialled: asterisk.dialled.map(({ number }) => number),
      reason,
      results,
      waitedMs: performance.now() - began,
    }
  }

  it.each(['unreachable', 'no-answer', 'congestion'] as const)(
    'for a mobile that is %s at once: it is dialled once',
    async (refusal) => {
      const { dialled, waitedMs } = await waits(LINE, refusal)
      expect(dialled).toEqual([MOBILE])
      // nothing can become of it while the caller may wait
      expect(waitedMs).toBeLessThan(2_500)
    },
  )

  it.each(['unreachable', 'no-answer', 'congestion'] as const)(
    'for it and a desk phone: the desk phone rings round by round (%s)',
    async (refusal) => {
      const { dialled } = await waits('+73432001133', refusal)
      expect(dialled.filter((number) => number === MOBILE)).toHaveLength(1)
      expect(dialled.filter((number) => number === 'PJSIP/102').length).toBeGreaterThanOrEqual(3)
    },
  )

  it('for somebody with a desk phone and a mobile: the same', async () => {
    const { dialled, results } = await waits('+73432001144', 'unreachable')
    expect(dialled.filter((number) => number === OTHER)).toHaveLength(1)
    expect(dialled.filter((number) => number === 'PJSIP/103').length).toBeGreaterThanOrEqual(3)
    expect(new Set(results)).toEqual(new Set(['both no-answer']))
  })

  it('in one group after another: the pause goes along', async () => {
    const { dialled } = await waits('+73432001155', 'congestion')
    expect(dialled.filter((number) => number === MOBILE)).toHaveLength(1)
    expect(dialled).toContain('PJSIP/102')
  })
})
