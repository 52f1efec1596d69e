/**
 * Story 29: ordinary signalling of phones and trunks: early sound, hold, re-INVITE and UPDATE, session timers, late offers; from our scripted phone, from
 * SIPp and from baresip. The call lives, both hear each other, and the verdict is right.
 */
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Baresip } from '../../scripts/rig/baresip.ts'
import { tone } from '../../scripts/rig/sounds.ts'
import { playSipp } from '../../scripts/rig/sipp.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { newCaller } from '../support/missed-mail.ts'
import { SHORTEST_TALK_MS, SipHouse } from '../support/sip-house.ts'
import { hears, speaks, talkTogether, told, voiceOf } from '../support/told-sound.ts'
import { OUR_NUMBER } from '../support/world.ts'

const DIRECTOR = '+73432001133'
const MOBILE = '+79121112233'
const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru, outbound: true }
  boris: { name: Борис, rings: PJSIP/102, email: boris@example.ru }
  olga: { name: Ольга, rings: PJSIP/103, email: olga@example.ru }
groups:
  sales: { name: Продажи, members: [anna], ring: all, each: 6s, total: 6s }
  operators: { members: [anna] }
trunks:
  sip: { endpoint: PJSIP/sip-trunk, lines: 10, caller_id: "+7 343 200-11-22" }
lines:
  "+7 343 200-11-22": { name: Главный, flow: main, cases: office }
  "+7 343 200-11-33": { name: Директор, flow: director, cases: office }
flows:
  main: [{ ring: sales }, { hangup: normal }]
  director: [{ ring: { to: olga, for: 20s } }, { hangup: normal }]
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

const answered = { verdict: 'answered', reason: null, operator: 'anna', mails: 0 }

describe('before the answer', () => {
  it('an operator’s phone speaks by itself (181, 183 with sound) and never answers: the caller hears music, and is told of', async () => {
    house.phones['101'].ringsAtOnce = false
    const { caller, number } = await house.call()
    const ringing = await house.phones['101'].rings()
    ringing.progress(181)
    ringing.progress(183, { early: true })
    await speaks(ringing.call, 'elsewhere')
    await ringing.call.ended(10_000)
    await caller.ended(5_000)
    expect(told(caller)).toEqual(['sound'])
    expect(await house.ended(number)).toMatchObject({ verdict: 'missed', reason: 'ring_no_answer', mails: 1 })
  })

  it('183 with sound, then an answer: they talk', async () => {
    house.phones['101'].ringsAtOnce = false
    const { caller, number } = await house.call()
    const ringing = await house.phones['101'].rings()
    ringing.progress(183, { early: true })
    await sleep(500)
    await speaks(caller, 'caller')
    const operator = await ringing.answer()
    await speaks(operator, '101')
    await talkTogether([caller, 'caller'], [operator, '101'])
    await house.saidEnough(operator)
    await operator.hangUp()
    await caller.ended(3_000)
    expect(await house.ended(number)).toMatchObject(answered)
  })

  it('a caller whose INVITE has no offer: they talk', async () => {
    const { caller, operator, number } = await house.talk({ lateOffer: true })
    await caller.hangUp()
    await operator.ended(3_000)
    expect(await house.ended(number)).toMatchObject(answered)
  })

  it('a desk phone whose INVITE has no offer: to a colleague, and to the outside', async () => {
    const inside = await house.phones['101'].call('102', { lateOffer: true })
    const boris = await house.answers(house.phones['102'], '102')
    await inside.answered()
    await speaks(inside, '101')
    await talkTogether([inside, '101'], [boris, '102'])
    await inside.hangUp()
    await boris.ended(3_000)
    const outside = await house.phones['101'].call(`8${MOBILE.slice(2)}`, { lateOffer: true })
    const client = await house.answers(house.trunk, 'outside')
    await outside.answered()
    await speaks(outside, '101')
    await talkTogether([outside, '101'], [client, 'outside'])
    await house.saidEnough(client)
    await client.hangUp()
    await outside.ended(3_000)
    const talk = { caller: MOBILE, direction: 'outbound', endedAt: { not: null } }
    expect(await house.daemon.until((db) => db.call.findFirst({ where: talk }), 'the talk')).toMatchObject({
      verdict: 'answered',
      operator: 'anna',
    })
  })
})

describe('within a talk', () => {
  it.each(['sendonly', 'inactive'] as const)('the operator holds (%s): music, then the operator again', async (how) => {
    const { caller, operator, number } = await house.talk()
    expect(await operator.hold(how)).toBe(200)
    const from = await hears(caller, 'sound')
    await sleep(4_000)
    expect([await operator.resume(), caller.state]).toEqual([200, 'up'])
    await talkTogether([caller, 'caller'], [operator, '101'])
    expect(told(caller, from)).toEqual(['sound', 'voice 101'])
    await operator.hangUp()
    await caller.ended(3_000)
    expect(await house.ended(number)).toMatchObject(answered)
  })

  it('the caller holds: the operator hears music, then the caller again', async () => {
    const { caller, operator, number } = await house.talk()
    expect(await caller.hold()).toBe(200)
    const from = await hears(operator, 'sound')
    await sleep(4_000)
    expect(await caller.resume()).toBe(200)
    await talkTogether([caller, 'caller'], [operator, '101'])
    expect(told(operator, from)).toEqual(['sound', 'voice caller'])
    await caller.hangUp()
    await operator.ended(3_000)
    expect(await house.ended(number)).toMatchObject(answered)
  })

  it('re-INVITE with and without an offer, UPDATE with and without a description, by either: the talk goes on', async () => {
    const { caller, operator, number } = await house.talk()
    for (const [one, other] of [
      [caller, operator],
      [operator, caller],
    ] as const) {
      expect(await one.reinvite()).toBe(200)
      expect(await one.reinvite({ lateOffer: true })).toBe(200)
      expect(await one.update()).toBe(200)
      expect(await one.update({ withoutSdp: true })).toBe(200)
      await talkTogether([one, one === caller ? 'caller' : '101'], [other, one === caller ? '101' : 'caller'])
    }
    await operator.hangUp()
    await caller.ended(3_000)
    expect(await house.ended(number)).toMatchObject(answered)
  })

  it('the operator hangs up while on hold: over, answered', async () => {
    const { caller, operator, number } = await house.talk()
    await operator.hold()
    await hears(caller, 'sound')
    await operator.hangUp()
    await caller.ended(3_000)
    expect(await house.ended(number)).toMatchObject(answered)
  })
})

describe('session timers', () => {
  it('refreshed by the caller, by UPDATE and by re-INVITE: the talk goes on', async () => {
    const { caller, operator, number } = await house.talk({ timer: { expiresSec: 90, refresher: 'uac' } })
    expect([await caller.refresh('UPDATE'), await caller.refresh('INVITE')]).toEqual([200, 200])
    await talkTogether([caller, 'caller'], [operator, '101'])
    await caller.hangUp()
    await operator.ended(3_000)
    expect(await house.ended(number)).toMatchObject(answered)
  })

  it('a caller who stops refreshing is gone for Asterisk within the time, and the operator is free; one who refreshes stays', async () => {
    const talk = await house.talk({ timer: { expiresSec: 90, refresher: 'uac' } })
    const waiting = await house.call({ line: DIRECTOR, timer: { expiresSec: 90, refresher: 'uas' } })
    const olga = await house.answers(house.phones['103'], '103')
    await waiting.caller.answered()
    await speaks(waiting.caller, 'outside')
    talk.caller.timer.stop()
    talk.caller.voice.stop()
    await talk.operator.ended(95_000)
    await talk.caller.ended(3_000)
    expect(await house.ended(talk.number)).toMatchObject(answered)
    expect(waiting.caller.timer.theirs).toBeGreaterThan(0)
    await talkTogether([waiting.caller, 'outside'], [olga, '103'])
    await olga.hangUp()
    await waiting.caller.ended(3_000)
  }, 120_000)
})

describe('two people behind one number', () => {
  it('the first, who waits, has put us on hold and sends nothing: no dead line, and a missed call when that person gives up', async () => {
    const number = newCaller()
    const first = await house.call({ line: DIRECTOR, from: number })
    await first.caller.answered()
    expect(await first.caller.hold('inactive')).toBe(200)
    await sleep(1_000)
    const second = await house.talk({ from: number })
    await sleep(4_500) // longer than a line is looked at
    await second.operator.hangUp()
    await second.caller.ended(3_000)
    await first.caller.hangUp()
    const calls = await house.daemon.until(async (db) => {
      const rows = await db.call.findMany({
        where: { caller: number, endedAt: { not: null } },
        orderBy: { arrivedAt: 'asc' },
      })
      return rows.length === 2 && rows
    }, 'the end of both')
    expect(calls.map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ['missed', 'queue_abandon'],
      ['answered', null],
    ])
  })
})

describe('SIPp, a stack that others wrote', () => {
  beforeAll(() => house.trunk.close()) // it has its address

  const sipp = (scenario: string, keys: Record<string, string>) =>
    playSipp({
      scenario: join(import.meta.dirname, scenario),
      dir: join(house.world.dir, scenario.replaceAll(/\W/g, '-')),
      pbx: `127.0.0.1:${house.world.sipPort}`,
      address: house.world.sipTrunkAddress,
      keys,
    })

  it('calls with a late offer, holds and goes on by re-INVITE: the operator hears music meanwhile', async () => {
    const number = newCaller()
    const playing = sipp('sipp/late-offer.xml', { line: OUR_NUMBER, caller: number })
    const operator = await house.answers(house.phones['101'], '101')
    const from = await hears(operator, 'sound')
    await playing
    await operator.ended(3_000)
    expect(told(operator, from).filter((what) => what !== 'silence')).toEqual(['sound']) // SIPp itself says nothing
    expect(await house.ended(number)).toMatchObject(answered)
  })

  it('wants to transfer the operator: refused, the talk goes on', async () => {
    const number = newCaller()
    const playing = sipp('../rig/sip-phone-sipp/refers.xml', { line: OUR_NUMBER, caller: number, target: '102' })
    const operator = await house.answers(house.phones['101'], '101')
    await playing
    await operator.ended(3_000)
    expect(house.phones['102'].rung.filter(({ isOver }) => !isOver)).toEqual([])
    expect(await house.ended(number)).toMatchObject(answered)
  })

  it('is a client whom a desk phone dials, and redirects (302): the desk is told that it came to nothing, nobody else is rung', async () => {
    const playing = sipp('../rig/sip-phone-sipp/redirects.xml', { target: '102' })
    await sleep(300)
    const desk = await house.phones['101'].call(`8${MOBILE.slice(2)}`)
    await playing
    await desk.ended(10_000)
    expect(desk.ending).toMatchObject({ by: 'them', status: 503 })
    expect(house.phones['102'].rung.filter(({ isOver }) => !isOver)).toEqual([])
  })
})

describe('baresip, a desk phone that others wrote', () => {
  let phone: Baresip
  beforeAll(async () => {
    await house.phones['103'].close() // it takes its place
    phone = await Baresip.start({
      dir: join(house.world.dir, 'baresip'),
      pbx: `127.0.0.1:${house.world.sipPort}`,
      user: '103',
      password: house.world.sipPassword('103'),
      says: await tone(voiceOf('103'), 30),
    })
  })
  afterAll(() => phone?.stop())

  it('takes a caller, holds, goes on, and transfers blindly', async () => {
    const trunk = await house.world.sipTrunk()
    const number = newCaller()
    const caller = await trunk.call(DIRECTOR, { from: number })
    await phone.event('CALL_INCOMING')
    await phone.command('accept')
    await caller.answered()
    await speaks(caller, 'caller')
    await hears(caller, 'voice 103')
    await phone.command('hold')
    await hears(caller, 'sound')
    await phone.command('resume').catch(() => {}) // it does so, and says that it was refused
    await hears(caller, 'voice 103')
    await phone.command('transfer', `sip:102@127.0.0.1:${house.world.sipPort}`)
    const boris = await house.answers(house.phones['102'], '102')
    await talkTogether([caller, 'caller'], [boris, '102'])
    await phone.event('CALL_CLOSED')
    await house.saidEnough(boris)
    await boris.hangUp()
    await caller.ended(3_000)
    expect(await house.ended(number)).toMatchObject({ verdict: 'answered', operator: 'boris', mails: 0 })
    await trunk.close()
  })
})
