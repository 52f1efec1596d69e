/**
 * Story 26: an operator transfers a caller blindly (REFER). Each case says what caller, operator and target have heard, and what became of the call: it
 * reaches somebody, comes back, or is told of.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SipCall } from '../../scripts/rig/sip/call.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { endedCall } from '../support/missed-mail.ts'
import { SHORTEST_TALK_MS, SipHouse } from '../support/sip-house.ts'
import { hears, type Speaker, speaks, talkTogether, told } from '../support/told-sound.ts'
import { OUR_NUMBER } from '../support/world.ts'

const DIRECTOR = '+73432001133'
const MOBILE = '+79121112233'
const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102, email: boris@example.ru }
  olga: { name: Ольга, rings: PJSIP/103, email: olga@example.ru }
groups:
  sales: { name: Продажи, members: [anna], ring: all, each: 6s, total: 6s }
  operators: { members: [anna] }
trunks:
  sip: { endpoint: PJSIP/sip-trunk, lines: 10, caller_id: "+7 343 200-11-22" }
lines:
  "+7 343 200-11-22": { name: Главный, flow: main }
  "+7 343 200-11-33": { name: Директор, flow: director }
flows:
  main: [{ ring: sales }, { hangup: normal }]
  director: [{ ring: olga }, { hangup: normal }]
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

const answered = { verdict: 'answered', reason: null, mails: 0 }
const lost = { verdict: 'missed', reason: 'transfer_unanswered', mails: 1 }

/** They talk long enough, then this one hangs up. */
async function talkToTheEnd(caller: SipCall, other: SipCall, who: Speaker, ends: SipCall = other): Promise<void> {
  await talkTogether([caller, 'caller'], [other, who])
  await house.saidEnough(other)
  await ends.hangUp()
  await (ends === other ? caller : other).ended(3_000)
}

/** Anna is rung again, and the caller talks with her. */
async function backWithAnna(caller: SipCall): Promise<void> {
  const again = await house.answers(house.phones['101'], '101')
  await talkToTheEnd(caller, again, '101')
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
    await talkToTheEnd(caller, boris, '102')
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
    await talkToTheEnd(caller, olga, '103', caller)
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

  it('one of our own lines', async () => {
    const { caller, operator, number } = await house.talk()
    const referring = house.refer(operator, DIRECTOR)
    const olga = await house.answers(house.phones['103'], '103')
    await talkToTheEnd(caller, olga, '103')
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
    await talkToTheEnd(caller, ringing.call, 'elsewhere')
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
    await backWithAnna(caller)
    expect((await referring).accepted).toBe(202)
    const heard = told(caller, from).filter((what) => what !== 'sound' && what !== 'voice elsewhere')
    expect(heard.every((what) => what === 'voice 101' || what === 'voice 102')).toBe(true)
    const { steps, ...call } = await house.ended(number)
    expect(call).toMatchObject({ ...answered, operator: 'anna' })
    expect(steps.filter((step) => step.startsWith('talk'))).toEqual(['talk anna', 'talk anna'])
    expect([await house.arrivals(), house.phones['103'].rung.filter(({ isOver }) => !isOver).length]).toEqual([1, 0])
  })

  it('does not answer: after 30 s of music', async () => {
    const { caller, operator, number } = await house.talk()
    const referring = house.refer(operator, '102')
    const ringing = await house.phones['102'].rings()
    await ringing.call.ended(35_000)
    await backWithAnna(caller)
    await referring
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
  })

  it('what cannot be dialled at all is refused by the PBX: the talk goes on', async () => {
    const { caller, operator, number } = await house.talk()
    expect(await house.refer(operator, '*99')).toEqual({ accepted: 202, told: [100, 404], final: 404 })
    await talkToTheEnd(caller, operator, '101')
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
  })

  it('the caller’s own REFER is refused: the talk goes on', async () => {
    const { caller, operator, number } = await house.talk()
    expect((await caller.refer('102')).accepted).toBe(603)
    await talkToTheEnd(caller, operator, '101')
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

describe('the daemon', () => {
  it('dies while it rings there, and is back at once: the caller is rung for again', async () => {
    const { caller, operator, number } = await house.talk()
    void house.refer(operator, '102').catch(() => {})
    const ringing = await house.phones['102'].rings()
    await house.daemon.kill()
    await house.daemon.start()
    const again = ringing.isOver ? await house.phones['102'].rings() : ringing
    const boris = await again.answer().catch(async () => (await house.phones['102'].rings()).answer())
    await speaks(boris, '102')
    await talkToTheEnd(caller, boris, '102')
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'boris' })
  })

  it('dies while it rings there, and stays away: the phones of the fallback ring', async () => {
    const { caller, operator, number } = await house.talk()
    void house.refer(operator, '102').catch(() => {})
    await house.phones['102'].rings()
    await house.daemon.kill()
    const anna = await (await house.phones['101'].rings(40_000)).answer()
    await speaks(anna, '101')
    await talkToTheEnd(caller, anna, '101')
    await house.daemon.start()
    expect(await house.ended(number)).toMatchObject(answered)
  })

  it('is away, and was in the talk: the colleague is rung plainly', async () => {
    const { caller, operator, number } = await house.talk()
    await house.daemon.kill()
    const from = caller.heard.seconds
    const referring = house.refer(operator, '102')
    const boris = await house.answers(house.phones['102'], '102')
    await talkToTheEnd(caller, boris, '102')
    await referring
    expect(told(caller, from)).not.toContain('silence')
    await house.daemon.start()
    const { steps, ...call } = await house.ended(number)
    expect({ call, steps }).toMatchObject({ call: answered })
  })

  /** The plain dialplan has put a caller through to Anna. */
  async function withoutTheDaemon() {
    await house.daemon.kill()
    const { caller, number } = await house.call()
    const operator = await house.answers(house.phones['101'], '101')
    await caller.answered()
    await speaks(caller, 'caller')
    await talkTogether([caller, 'caller'], [operator, '101'])
    await house.saidEnough(operator)
    return { caller, operator, number }
  }

  it.each([
    ['the colleague takes it', 'boris'],
    ['the colleague is busy: back', 'anna'],
    ['the caller leaves while it rings: missed', null],
  ])('is away from the beginning: %s', async (_, who) => {
    const { caller, operator, number } = await withoutTheDaemon()
    if (who === 'anna') house.phones['102'].always((r) => r.refuse(486))
    const referring = house.refer(operator, '102')
    if (who === 'boris') await talkToTheEnd(caller, await house.answers(house.phones['102'], '102'), '102')
    else if (who === 'anna') await backWithAnna(caller)
    else {
      await house.phones['102'].rings()
      await sleep(500)
      await caller.hangUp()
    }
    await referring.catch(() => {})
    await house.daemon.start()
    expect(await house.ended(number)).toMatchObject(who ? { ...answered, operator: who } : lost)
  })

  it('is away from the beginning, attended: they talk, and it is one answered call', async () => {
    const { caller, operator, number } = await withoutTheDaemon()
    await operator.hold()
    const second = await house.consults('102')
    const boris = await house.answers(house.phones['102'], '102')
    await talkTogether([second, '101'], [boris, '102'])
    await house.refer(operator, second)
    await talkToTheEnd(caller, boris, '102')
    await house.daemon.start()
    expect(await house.ended(number)).toMatchObject(answered)
  })

  it('is away from the beginning, semi-attended, and the colleague refuses: back with the operator', async () => {
    const { caller, operator, number } = await withoutTheDaemon()
    await operator.hold()
    const second = await house.consults('102')
    const ringing = await house.phones['102'].rings()
    await second.ringing()
    await house.refer(operator, second)
    await ringing.refuse(486)
    await backWithAnna(caller)
    await house.daemon.start()
    expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
  })

  it('comes back during a talk that began without it, which is then transferred: the daemon does it', async () => {
    const { caller, operator, number } = await withoutTheDaemon()
    await house.daemon.start()
    const referring = house.refer(operator, '102')
    const boris = await house.answers(house.phones['102'], '102')
    await talkToTheEnd(caller, boris, '102')
    await referring
    const call = await endedCall(house.daemon, number)
    expect(call).toMatchObject({ verdict: 'answered', operator: 'boris' })
  })
})
