/**
 * Story 25: an operator transfers a caller with a second call (REFER with Replaces, answered or still ringing), or a colleague takes a talk over. Each
 * case says what caller, operator and colleague have heard, and what became of the call.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { tone } from '../../scripts/rig/sounds.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { DIRECTOR, SipHouse, TRANSFERRING_COMPANY } from '../support/sip-house.ts'
import { hears, speaks, talkTogether, told } from '../support/told-sound.ts'

let house: SipHouse
beforeAll(async () => {
  house = await SipHouse.start({
    config: TRANSFERRING_COMPANY,
    prompts: { 'prompts/recorded': await tone(1500, 0.5) },
  })
})
beforeEach(() => house.begin())
afterEach(() => house.quiet())
afterAll(() => house?.stop())

const answered = { verdict: 'answered', reason: null, mails: 0 }
const lost = { verdict: 'missed', reason: 'transfer_unanswered', mails: 1 }

describe('attended: the colleague has answered', () => {
  it('the caller hears music, then the colleague; the operator is free; the colleague hangs up', async () => {
    const { caller, operator, number } = await house.talk()
    const from = caller.heard.seconds
    await operator.hold()
    await hears(caller, 'sound')
    const second = await house.consults('102')
    const colleague = await house.answers(house.phones['102'], '102')
    await talkTogether([second, '101'], [colleague, '102'])
    expect(await house.refer(operator, second)).toMatchObject({ accepted: 202, final: 200 })
    await talkTogether([caller, 'caller'], [colleague, '102'])
    await second.ended(3_000)
    await house.saidEnough(colleague)
    await colleague.hangUp()
    await caller.ended(3_000)
    expect(told(caller, from)).toEqual(['sound', 'voice 102'])
    expect(told(colleague).filter((what) => what.startsWith('voice'))).toEqual(['voice 101', 'voice caller'])
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
    expect(await house.openCase(number)).toBeNull()
  })

  it('the caller leaves right after', async () => {
    const { caller, operator, number } = await house.talk()
    await operator.hold()
    const second = await house.consults('102')
    const colleague = await house.answers(house.phones['102'], '102')
    await second.answered()
    expect(await house.refer(operator, second)).toMatchObject({ accepted: 202, final: 200 })
    await caller.hangUp()
    await colleague.ended(3_000)
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
  })

  it('the caller leaves during the consultation: the two of ours talk on, and the call is over', async () => {
    const { caller, operator, number } = await house.talk()
    await operator.hold()
    const second = await house.consults('102')
    const colleague = await house.answers(house.phones['102'], '102')
    await caller.hangUp()
    await operator.ended(3_000)
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
    await talkTogether([second, '101'], [colleague, '102'])
    await second.hangUp()
    await colleague.ended(3_000)
  })

  it('the consultation comes to nothing: the operator takes the caller back', async () => {
    const { caller, operator, number } = await house.talk()
    await operator.hold()
    house.phones['102'].always((ringing) => ringing.refuse(486))
    const second = await house.consults('102')
    await hears(second, 'tone').catch(() => {})
    await second.hangUp()
    await operator.resume()
    await talkTogether([caller, 'caller'], [operator, '101'])
    await operator.hangUp()
    await caller.ended(3_000)
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
  })
})

describe('attended: the operator’s second call is to one of our own lines', () => {
  it('where somebody is rung: the caller is rung for in its place, and talks', async () => {
    const { caller, operator, number } = await house.talk()
    await operator.hold()
    const second = await house.consults(DIRECTOR)
    const ringing = await house.phones['103'].rings()
    await house.refer(operator, second)
    const olga = await house.answers(house.phones['103'], '103')
    expect(ringing.isOver).toBe(true) // the consultation is over; she is rung for the caller
    await talkTogether([caller, 'caller'], [olga, '103'])
    await house.saidEnough(olga)
    await olga.hangUp()
    await caller.ended(3_000)
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'olga' })
  })

  it('where somebody has answered: the two talk', async () => {
    const { caller, operator, number } = await house.talk()
    await operator.hold()
    const second = await house.consults(DIRECTOR)
    const olga = await house.answers(house.phones['103'], '103')
    await talkTogether([second, '101'], [olga, '103'])
    await house.saidEnough(olga)
    await house.refer(operator, second)
    await talkTogether([caller, 'caller'], [olga, '103'])
    await olga.hangUp()
    await caller.ended(3_000)
    expect(await house.ended(number)).toMatchObject(answered)
  })
})

describe('semi-attended: the colleague’s phone still rings', () => {
  /** Returns with Boris's phone ringing for the caller. */
  async function semiAttended() {
    const talk = await house.talk()
    await talk.operator.hold()
    const second = await house.consults('102')
    const ringing = await house.phones['102'].rings()
    await second.ringing()
    expect(await house.refer(talk.operator, second)).toMatchObject({ accepted: 202, final: 200 })
    await second.ended(3_000)
    return { ...talk, ringing }
  }

  it('and is answered: the caller hears it ring, then the colleague', async () => {
    const { caller, number, ringing } = await semiAttended()
    const from = await hears(caller, 'tone')
    const colleague = await ringing.answer()
    await speaks(colleague, '102')
    await talkTogether([caller, 'caller'], [colleague, '102'])
    await house.saidEnough(colleague)
    await colleague.hangUp()
    await caller.ended(3_000)
    expect(told(caller, from)).toEqual(['tone', 'voice 102'])
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
  })

  it('is busy: the caller hears music and is back with the operator', async () => {
    const { caller, number, ringing } = await semiAttended()
    await ringing.refuse(486)
    const again = await house.answers(house.phones['101'], '101')
    await talkTogether([caller, 'caller'], [again, '101'])
    await house.saidEnough(again)
    await again.hangUp()
    await caller.ended(3_000)
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
  })

  it('is answered and dropped at once: back with the operator', async () => {
    const { caller, number, ringing } = await semiAttended()
    await (await ringing.answer()).hangUp()
    const again = await house.answers(house.phones['101'], '101')
    await talkTogether([caller, 'caller'], [again, '101'])
    await house.saidEnough(again)
    await caller.hangUp()
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
  })

  it('and nobody takes the caller, there or back: a missed call that says so', async () => {
    const { caller, number, ringing } = await semiAttended()
    house.phones['101'].always((back) => back.refuse(480))
    await ringing.refuse(603)
    await caller.ended(30_000)
    expect(await house.ended(number)).toMatchObject({ ...lost })
    expect(await house.openCase(number)).not.toBeNull()
  })

  it('the caller leaves while it rings: a missed call, and it rings no more', async () => {
    const { caller, number, ringing } = await semiAttended()
    await sleep(500)
    await caller.hangUp()
    await ringing.call.ended(2_000)
    expect(await house.ended(number)).toMatchObject({ ...lost })
    expect(await house.openCase(number)).not.toBeNull()
  })

  it('never answers: after the time of the dialplan the operator has the caller again', async () => {
    const { caller, number, ringing } = await semiAttended()
    await ringing.call.ended(65_000)
    const again = await house.answers(house.phones['101'], '101')
    await talkTogether([caller, 'caller'], [again, '101'])
    await house.saidEnough(again)
    await again.hangUp()
    await caller.ended(3_000)
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
  })
})

describe('a third phone takes the talk over (INVITE with Replaces)', () => {
  it('the caller hears it, the operator is free', async () => {
    const { caller, operator, number } = await house.talk()
    const { callId, from, to } = operator.exchange.dialog
    const tag = (header: string) => /;tag=([^;>]+)/.exec(header)![1]
    const replaces = `Replaces: ${callId};to-tag=${tag(to)};from-tag=${tag(from)}`
    const third = await house.phones['103'].call('101', { headers: [replaces] })
    await third.answered()
    await speaks(third, '103')
    await operator.ended(3_000)
    await talkTogether([caller, 'caller'], [third, '103'])
    await expect.poll(() => house.busyOperators(), { timeout: 5_000 }).not.toContain('anna talking')
    await house.saidEnough(third)
    await third.hangUp()
    await caller.ended(3_000)
    expect(await house.ended(number)).toMatchObject(answered)
  })
})
