/**
 * Story 30: an operator transfers a caller while the daemon dies, is away, or comes back. The caller reaches somebody all the same, and afterwards the
 * record says what became of the call.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { tone } from '../../scripts/rig/sounds.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { endedCall } from '../support/missed-mail.ts'
import { SipHouse, TRANSFERRING_COMPANY } from '../support/sip-house.ts'
import { speaks, talkTogether, told } from '../support/told-sound.ts'

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

it('the daemon dies while it rings there, and is back at once: the caller is rung for again', async () => {
  const { caller, operator, number } = await house.talk()
  void house.refer(operator, '102').catch(() => {})
  const ringing = await house.phones['102'].rings()
  await house.daemon.kill()
  await house.daemon.start()
  const again = ringing.isOver ? await house.phones['102'].rings() : ringing
  const boris = await again.answer().catch(async () => (await house.phones['102'].rings()).answer())
  await speaks(boris, '102')
  await house.talkToTheEnd(caller, boris, '102')
  expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'boris' })
})

it('the daemon dies while it rings there, and stays away: the phones of the fallback ring', async () => {
  const { caller, operator, number } = await house.talk()
  void house.refer(operator, '102').catch(() => {})
  await house.phones['102'].rings()
  await house.daemon.kill()
  const anna = await (await house.phones['101'].rings(40_000)).answer()
  await speaks(anna, '101')
  await house.talkToTheEnd(caller, anna, '101')
  await house.daemon.start()
  expect(await house.ended(number)).toMatchObject(answered)
})

it('the daemon is away, and was in the talk: the colleague is rung plainly', async () => {
  const { caller, operator, number } = await house.talk()
  await house.daemon.kill()
  const from = caller.heard.seconds
  const referring = house.refer(operator, '102')
  const boris = await house.answers(house.phones['102'], '102')
  await house.talkToTheEnd(caller, boris, '102')
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
])('the daemon is away from the beginning: %s', async (_, who) => {
  const { caller, operator, number } = await withoutTheDaemon()
  if (who === 'anna') house.phones['102'].always((r) => r.refuse(486))
  const referring = house.refer(operator, '102')
  if (who === 'boris') await house.talkToTheEnd(caller, await house.answers(house.phones['102'], '102'), '102')
  else if (who === 'anna') await house.backWithAnna(caller)
  else {
    await house.phones['102'].rings()
    await sleep(500)
    await caller.hangUp()
  }
  await referring.catch(() => {})
  await house.daemon.start()
  expect(await house.ended(number)).toMatchObject(who ? { ...answered, operator: who } : lost)
})

it('the daemon is away from the beginning, attended: they talk, and it is one answered call', async () => {
  const { caller, operator, number } = await withoutTheDaemon()
  await operator.hold()
  const second = await house.consults('102')
  const boris = await house.answers(house.phones['102'], '102')
  await talkTogether([second, '101'], [boris, '102'])
  await house.refer(operator, second)
  await house.talkToTheEnd(caller, boris, '102')
  await house.daemon.start()
  expect(await house.ended(number)).toMatchObject(answered)
})

it('the daemon is away from the beginning, semi-attended, and the colleague refuses: back with the operator', async () => {
  const { caller, operator, number } = await withoutTheDaemon()
  await operator.hold()
  const second = await house.consults('102')
  const ringing = await house.phones['102'].rings()
  await second.ringing()
  await house.refer(operator, second)
  await ringing.refuse(486)
  await house.backWithAnna(caller)
  await house.daemon.start()
  expect(await house.ended(number)).toMatchObject({ ...answered, operator: 'anna' })
})

it('the daemon comes back during a talk that began without it, which is then transferred: the daemon does it', async () => {
  const { caller, operator, number } = await withoutTheDaemon()
  await house.daemon.start()
  const referring = house.refer(operator, '102')
  const boris = await house.answers(house.phones['102'], '102')
  await house.talkToTheEnd(caller, boris, '102')
  await referring
  const call = await endedCall(house.daemon, number)
  expect(call).toMatchObject({ verdict: 'answered', operator: 'boris' })
})
