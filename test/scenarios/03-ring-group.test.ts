/** Story 3: several phones ring for one caller, and one of them gets him. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FarLeg } from '../../scripts/rig/far-leg.ts'
import { answers, rejects, ringsForEver } from '../../scripts/rig/far-people.ts'
import { tone } from '../../scripts/rig/sounds.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { talkingPhones } from '../support/busy-phones.ts'
import { QUIET } from '../support/company.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { endedCall, mailAbout, mailsAbout, newCaller } from '../support/missed-mail.ts'
import { hearsTone, heardTone } from '../support/tones.ts'
import { startWorld, type World } from '../support/world.ts'

const FOUR = '+73432001101'
const PAIR = '+73432001102'
const LEAVING = '+73432001103'
const IN_TURN = '+73432001104'
const LONGEST_IDLE = '+73432001105'
const REJECTING = '+73432001106'
const BUSY = '+73432001107'
const GROUPS: Record<string, { phones: number[]; ring: string }> = {
  [FOUR]: { phones: [101, 102, 103, 104], ring: 'ring: all, each: 20s, total: 20s' },
  [PAIR]: { phones: [111, 112], ring: 'ring: all, each: 20s, total: 20s' },
  [LEAVING]: { phones: [121], ring: 'ring: all, each: 20s, total: 20s' },
  [IN_TURN]: { phones: [131, 132, 133], ring: 'ring: in-turn, each: 2s, total: 20s' },
  [LONGEST_IDLE]: { phones: [141, 142], ring: 'ring: longest-idle, each: 20s, total: 20s' },
  [REJECTING]: { phones: [151, 152], ring: 'ring: all, each: 1500ms, total: 20s' },
  [BUSY]: { phones: [161, 162], ring: 'ring: all, each: 20s, total: 20s' },
}
const phones = Object.values(GROUPS).flatMap((group) => group.phones)

const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
${phones.map((phone) => `  p${phone}: { name: Сотрудник ${phone}, rings: PJSIP/${phone} }`).join('\n')}
groups:
  operators: { members: [p101] }
${each(([did, { phones, ring }]) => `  g${did.slice(-2)}: { members: [${phones.map((phone) => `p${phone}`).join(', ')}], ${ring} }`)}
lines:
${each(([did]) => `  "${did}": { name: Линия ${did.slice(-2)}, flow: f${did.slice(-2)} }`)}
flows:
${each(([did]) => `  f${did.slice(-2)}: [{ ring: g${did.slice(-2)} }, { unanswered: { hangup: normal } }]`)}
missed_calls:
  shortest_talk: 0s
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
`

function each(line: (group: (typeof GROUPS)[string] extends infer G ? [string, G] : never) => string): string {
  return Object.entries(GROUPS).map(line).join('\n')
}

/** What each of the people says: a tone of his own, in hertz. */
const CALLER = 500
const FIRST = 900
const SECOND = 1300
/** The second phone is picked up so much later than the first. */
const OFFSETS_MS = [0, 0, 0, 2, 5, 10, 30, 80]

let world: World
let daemon: Daemon
let says: (hertz: number) => Promise<string>
beforeAll(async () => {
  world = await startWorld({ phones: phones.map(String), operators: ['101'] })
  daemon = await startDaemon(world, { config: CONFIG, env: QUIET })
  says = (hertz) => tone(hertz, 0.5)
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

/** Rings the group and resolves with the legs of its phones once all of them ring. */
async function callGroup(line: string): Promise<{ number: string; caller: FarLeg; legs: FarLeg[] }> {
  const number = newCaller()
  const arriving = Promise.all(GROUPS[line]!.phones.map((phone) => world.far.nextCallTo(`${phone}`)))
  return { number, caller: await world.far.call(line, { number }), legs: await arriving }
}

describe.concurrent('a group', () => {
  it('of four: the third answers, the others stop as answered elsewhere, talk, hang up, no mail', async () => {
    const { far } = world
    for (const phone of ['101', '102', '104']) far.on(phone, ringsForEver)
    far.on('103', ringsForEver)
    const { number, caller, legs } = await callGroup(FOUR)
    const [, , third] = legs as [FarLeg, FarLeg, FarLeg, FarLeg]
    await third.answer()
    const losers = legs.filter((leg) => leg !== third)
    await Promise.all(losers.map((leg) => leg.ended(2_000)))
    expect(losers.map((leg) => leg.cause)).toEqual([26, 26, 26])
    await Promise.all([third.say(await says(FIRST)), caller.say(await says(CALLER))])
    await Promise.all([hearsTone(caller, FIRST), hearsTone(third, CALLER)])
    await caller.hangup()
    await third.ended(2_000)
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'answered', operator: 'p103', notice: 'disarmed' })
    expect(await daemon.prisma.notice.count({ where: { callId: call.id } })).toBe(0)
    expect(await daemon.prisma.case.count({ where: { caller: number } })).toBe(0)
  })

  it('whose two phones are picked up in the same moment: one gets him, the other is released', async () => {
    const { far } = world
    const [first, second] = [await says(FIRST), await says(SECOND)]
    far.on('111', ringsForEver)
    far.on('112', ringsForEver)
    for (const offset of OFFSETS_MS) {
      const { number, caller, legs } = await callGroup(PAIR)
      const [a, b] = legs as [FarLeg, FarLeg]
      const pickUp = async (leg: FarLeg, afterMs: number, sound: string) => {
        await sleep(afterMs)
        if (leg.state === 'ended') return
        await leg.answer().catch(() => {}) // the other was quicker
        await leg.say(sound).catch(() => {})
      }
      const both = Promise.all([pickUp(a, 0, first), pickUp(b, offset, second)])
      await caller.answered()
      const loser = await Promise.race([a.ended(3_000), b.ended(3_000)])
      const winner = loser === a ? b : a
      expect(loser.times.ended! - (loser.times.up ?? winner.times.up!)).toBeLessThan(1_000)
      expect(winner.state).toBe('up')
      await caller.say(await says(CALLER))
      await Promise.all([hearsTone(winner, CALLER), hearsTone(caller, winner === a ? FIRST : SECOND), both])
      expect(await heardTone(caller, winner === a ? SECOND : FIRST)).toBe(false)
      expect(await heardTone(loser, CALLER)).toBe(false)
      await caller.hangup()
      await winner.ended(2_000)
      expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: `p${winner.who}` })
    }
  })

  it('in turn: one after another, in their order', async () => {
    const { far } = world
    for (const phone of ['131', '132']) far.on(phone, ringsForEver)
    far.on('133', answers({ afterMs: 100 }))
    const { number, caller, legs } = await callGroup(IN_TURN)
    const [first, second, third] = legs as [FarLeg, FarLeg, FarLeg]
    await third.answered()
    await caller.say(await says(CALLER))
    await hearsTone(third, CALLER)
    expect(first.times.ended).toBeLessThanOrEqual(second.times.new!)
    expect(second.times.ended).toBeLessThanOrEqual(third.times.new!)
    await caller.hangup()
    expect(await endedCall(daemon, number)).toMatchObject({ verdict: 'answered', operator: 'p133' })
  })

  it('by longest idle: who has talked last is rung last', async () => {
    const { far } = world
    for (const phone of ['141', '142']) far.on(phone, answers({ afterMs: 100 }))
    const rung: string[] = []
    for (let round = 0; round < 3; round++) {
      const number = newCaller()
      const arrives = Promise.race([far.nextCallTo('141'), far.nextCallTo('142')])
      const caller = await far.call(LONGEST_IDLE, { number })
      const phone = await arrives
      rung.push(phone.who)
      await phone.answered()
      await sleep(700) // shorter is no talk
      await caller.hangup()
      await endedCall(daemon, number)
      await phone.ended(2_000)
    }
    expect(rung[1]).not.toBe(rung[0])
    expect(rung[2]).toBe(rung[0])
  })

  it('rings who has rejected the call no more for this caller', async () => {
    const { far } = world
    far.on('151', rejects({ afterMs: 100 }))
    far.on('152', ringsForEver)
    const before = far.rung('151').length
    const { number, caller } = await callGroup(REJECTING)
    const again = await far.nextCallTo('152')
    await again.answer()
    await caller.say(await says(CALLER))
    await hearsTone(again, CALLER)
    expect(far.rung('151').length - before).toBe(1)
    await caller.hangup()
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'answered', operator: 'p152' })
    const rung = await daemon.prisma.pathStep.findMany({ where: { callId: call.id, kind: 'rung' } })
    expect(rung.map(({ detail }) => JSON.parse(detail) as unknown)).toMatchObject([
      { person: 'p151', result: 'rejected' },
      { person: 'p152', result: 'no-answer' },
    ])
  })

  it('where all are busy: who becomes free in time is rung', async () => {
    const { far } = world
    const between = await talkingPhones(world, '161', '162')
    const told = far.rung('162').length
    const number = newCaller()
    const caller = await far.call(BUSY, { number })
    await caller.answered() // by the music
    await daemon.until(
      (db) => db.pathStep.findFirst({ where: { kind: 'ring', call: { caller: number } } }),
      'the ring step',
    )
    expect(far.rung('162').length).toBe(told)
    far.on('162', ringsForEver)
    far.on('161', answers({ afterMs: 100 }))
    const rings = far.nextCallTo('161')
    await between.hangup()
    const phone = await rings // also if the other was free a moment before and rings already
    await phone.answered()
    await caller.say(await says(CALLER))
    await hearsTone(phone, CALLER)
    await caller.hangup()
    const call = await endedCall(daemon, number)
    expect(call).toMatchObject({ verdict: 'answered', operator: 'p161' })
    expect(mailsAbout(world, call.id)).toEqual([])
  })
})

it('a caller leaves in the moment of the answer: no phone keeps ringing, and he is not forgotten', async () => {
  const { far } = world
  far.on('121', ringsForEver)
  const calls: Awaited<ReturnType<typeof endedCall>>[] = []
  for (const lead of [0, 0, 5, 15, 40]) {
    const { number, caller, legs } = await callGroup(LEAVING)
    const phone = legs[0]!
    const left = caller.hangup()
    await sleep(lead)
    await phone.answer().catch(() => {}) // it has stopped ringing already
    await left
    await phone.ended(2_000)
    calls.push(await endedCall(daemon, number))
  }
  // on a slow machine the answer may win: then they were together for a moment
  const lost = calls.filter(({ verdict, talkMs }) => verdict === 'missed' || !talkMs)
  expect(lost.length).toBeGreaterThan(0)
  for (const call of lost) {
    expect(call).toMatchObject({ verdict: 'missed', reason: 'queue_abandon', notice: 'fired', answeredAt: null })
    await mailAbout(world, call.id)
    expect(await daemon.prisma.case.count({ where: { caller: call.caller!, closedAt: null } })).toBe(1)
  }
})
