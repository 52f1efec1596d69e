/**
 * Story 26: an operator transfers a caller blindly (REFER). Each case says what caller, operator and target have heard, and what became of the call: it
 * reaches somebody, comes back, or is told of.
 */
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { toneSpans } from '../../scripts/rig/hearing.ts'
import type { SipCall } from '../../scripts/rig/sip/call.ts'
import { tone } from '../../scripts/rig/sounds.ts'
import { readWav } from '../../scripts/rig/wav.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { DIRECTOR, RECORDED, SipHouse, TRANSFERRING_COMPANY } from '../support/sip-house.ts'
import { hears, type Speaker, speaks, talkTogether, told, voiceOf } from '../support/told-sound.ts'
import { OUR_NUMBER } from '../support/world.ts'

const MOBILE = '+79121112233'

let house: SipHouse
beforeAll(async () => {
  house = await SipHouse.start({ config: TRANSFERRING_COMPANY, prompts: { 'prompts/recorded': await tone(1500, 0.5) } })
})
beforeEach(() => house.begin())
afterEach(() => house.quiet())
afterAll(() => house?.stop())

const answered = { verdict: 'answered', reason: null, mails: 0 }
const lost = { verdict: 'missed', reason: 'transfer_unanswered', mails: 1 }

/** For a moment only this one is heard: of two voices at once a recording tells neither. */
async function alone({ voice }: SipCall, other: SipCall): Promise<void> {
  other.voice.stop()
  voice.speak()
  await sleep(700)
  other.voice.speak()
}

describe('somebody takes the call', () => {
  it('a colleague: the caller hears the operator, music, the colleague', async () => {
    const { caller, operator, number } = await house.talk()
    const from = caller.heard.seconds
    const referring = house.refer(operator, '102')
    const ringing = await house.phones['102'].rings()
    expect(ringing.callerNumber).toBe(number)
    await hears(caller, 'sound')
    const boris = await ringing.answer()
    await speaks(boris, '102')
    await house.talkToTheEnd(caller, boris, '102')
    expect(await referring).toMatchObject({ accepted: 202, final: 200 })
    expect(told(caller, from)).toEqual(['sound', 'voice 102'])
    expect(told(boris)).toEqual(['voice caller'])
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'boris' })
  })

  it('from the hold: the music goes on, then the colleague; who transfers further', async () => {
    const { caller, operator, number } = await house.talk()
    await operator.hold()
    const from = await hears(caller, 'sound')
    const referring = house.refer(operator, '102')
    const boris = await house.answers(house.phones['102'], '102')
    await talkTogether([caller, 'caller'], [boris, '102'])
    expect(told(caller, from)).toEqual(['sound', 'voice 102'])
    await house.saidEnough(boris)
    await referring
    const further = house.refer(boris, '103')
    const olga = await house.answers(house.phones['103'], '103')
    await house.talkToTheEnd(caller, olga, '103', caller)
    await further
    const { steps, ...call } = await house.ended(number)
    expect(call).toMatchObject({ ...answered, operator: 'olga' })
    expect(steps.filter((step) => /^(talk|transfer)/.test(step))).toEqual([
      'talk anna',
      'transfer anna 102',
      'talk boris',
      'transfer boris 103',
      'talk olga',
    ])
  })

  it('from a talk that is recorded: the recording is of that talk alone', async () => {
    const { caller, operator, number } = await house.talk({ line: RECORDED })
    await alone(operator, caller)
    await alone(caller, operator)
    const referring = house.refer(operator, '102')
    const boris = await house.answers(house.phones['102'], '102')
    await talkTogether([caller, 'caller'], [boris, '102'])
    await alone(boris, caller)
    await house.saidEnough(boris)
    await boris.hangUp()
    await caller.ended(3_000)
    await referring
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'boris' })
    const kept = await house.daemon.until(
      (db) => db.talkRecording.findFirst({ where: { status: 'kept' } }),
      'the recording',
      20_000,
    )
    const sound = await readWav(join(house.daemon.dataFolder, 'recordings', kept.file!))
    const heard = (who: Speaker) => toneSpans(sound, voiceOf(who), 0.2).length > 0
    expect([heard('101'), heard('caller'), heard('102')]).toEqual([true, true, false])
  })

  it('one of our own lines', async () => {
    const { caller, operator, number } = await house.talk()
    const referring = house.refer(operator, DIRECTOR)
    const olga = await house.answers(house.phones['103'], '103')
    await house.talkToTheEnd(caller, olga, '103')
    await referring
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'olga' })
    expect(await house.arrivals()).toBe(1)
  })

  it('a mobile, through the guard and with our number shown; its early sound does not end the music', async () => {
    const { caller, operator, number } = await house.talk()
    const from = caller.heard.seconds
    const referring = house.refer(operator, '89121112233')
    const ringing = await house.trunk.rings()
    expect([ringing.dialled, ringing.callerNumber]).toEqual([MOBILE, OUR_NUMBER])
    ringing.progress(183, { early: true })
    await speaks(ringing.call, 'elsewhere')
    await hears(caller, 'sound')
    await ringing.answer()
    await house.talkToTheEnd(caller, ringing.call, 'elsewhere')
    await referring
    expect(told(caller, from)).toEqual(['sound', 'voice elsewhere'])
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: MOBILE })
    expect(await house.daemon.prisma.dialLedger.findFirst({ where: { number: MOBILE } })).toMatchObject({
      purpose: 'transfer',
    })
  })
})

describe('nobody takes it there: back with the operator', () => {
  it.each<[string, string, ((h: SipHouse) => void)?]>([
    ['busy', '102', ({ phones }) => phones['102'].always((r) => r.refuse(486))],
    ['refuses', '102', ({ phones }) => phones['102'].always((r) => r.refuse(603))],
    ['forwards its calls', '102', ({ phones }) => phones['102'].always((r) => r.redirect(302, '103', MOBILE))],
    ['forwards to whom it came from', '102', ({ phones }) => phones['102'].always((r) => r.redirect(302, '101'))],
    [
      'drops at once',
      '102',
      ({ phones }) => phones['102'].always(async (r) => void (await (await r.answer()).hangUp())),
    ],
    ['is nobody’s', '199'],
    ['is a number that the guard refuses', '88098001122'],
    ['is no number', '12345'],
    ['a mobile that is busy', MOBILE, ({ trunk }) => trunk.always((r) => r.refuse(486))],
    [
      'a mobile that is off, which the network says (183)',
      MOBILE,
      ({ trunk }) =>
        trunk.always(async (r) => {
          r.progress(183, { early: true })
          await speaks(r.call, 'elsewhere')
          await sleep(1_500)
          await r.refuse(480)
        }),
    ],
    ['a mobile that is forwarded', MOBILE, ({ trunk }) => trunk.always((r) => r.redirect(302, '+79120000000'))],
  ])('%s', async (_, to, plays) => {
    const { caller, operator, number } = await house.talk()
    plays?.(house)
    const from = caller.heard.seconds
    const referring = house.refer(operator, to)
    await house.backWithAnna(caller)
    expect((await referring).accepted).toBe(202)
    const heard = told(caller, from).filter((what) => what !== 'sound' && what !== 'voice elsewhere')
    expect(heard.every((what) => what === 'voice 101' || what === 'voice 102')).toBe(true)
    const { steps, ...call } = await house.ended(number)
    expect(call).toMatchObject({ ...answered, operator: 'anna' })
    expect(steps.filter((step) => /^talk|^transferred/.test(step))).toEqual(['talk anna', 'talk anna'])
    expect([await house.arrivals(), house.phones['103'].rung.filter(({ isOver }) => !isOver).length]).toEqual([1, 0])
  })

  it('does not answer: after 30 s of music', async () => {
    const { caller, operator, number } = await house.talk()
    const referring = house.refer(operator, '102')
    const ringing = await house.phones['102'].rings()
    await ringing.call.ended(35_000)
    await house.backWithAnna(caller)
    await referring
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
  })

  it('what cannot be dialled at all is refused by the PBX: the talk goes on', async () => {
    const { caller, operator, number } = await house.talk()
    expect(await house.refer(operator, '*99')).toEqual({ accepted: 202, told: [100, 404], final: 404 })
    await house.talkToTheEnd(caller, operator, '101')
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
  })

  it('the caller’s own REFER is refused: the talk goes on', async () => {
    const { caller, operator, number } = await house.talk()
    expect((await caller.refer('102')).accepted).toBe(603)
    await house.talkToTheEnd(caller, operator, '101')
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
  })
})

describe('nobody takes the call at all: missed, with a mail and a case', () => {
  it('there, and back neither', async () => {
    const { caller, operator, number } = await house.talk()
    for (const desk of ['101', '102'] as const) house.phones[desk].always((r) => r.refuse(480))
    await house.refer(operator, '102')
    await caller.ended(30_000)
    expect(await house.ended(number)).toMatchObject(lost)
    expect(await house.openCase(number)).not.toBeNull()
  })

  it('the caller leaves while it rings there: it rings no more', async () => {
    const { caller, operator, number } = await house.talk()
    const referring = house.refer(operator, '102')
    const ringing = await house.phones['102'].rings()
    await hears(caller, 'sound')
    await caller.hangUp()
    await ringing.call.ended(2_000)
    await referring
    expect(await house.ended(number)).toMatchObject(lost)
  })
})
