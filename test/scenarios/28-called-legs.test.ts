/**
 * Story 28: what phones do by themselves in calls that we began: a call-back (the operator first, then the client), and a campaign whose contact wants to
 * speak with a person. Redirects are not followed; a transfer brings client or contact to somebody, or back; the operator is told what came of it.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SipCall } from '../../scripts/rig/sip/call.ts'
import type { SipRinging } from '../../scripts/rig/sip/ringing.ts'
import { spoken } from '../../scripts/rig/sounds.ts'
import { newCaller } from '../support/missed-mail.ts'
import { perezvon } from '../support/perezvon-command.ts'
import { SHORTEST_TALK_MS, SipHouse } from '../support/sip-house.ts'
import { hears, speaks, talkTogether, told } from '../support/told-sound.ts'
import { workingZone } from '../support/working-zone.ts'
import { OUR_NUMBER } from '../support/world.ts'

const SECOND = '+73432001133'
const OUTSIDE = '+79121112244'
const CONFIG = `
version: 1
company: { name: Цветочный двор, language: ru, timezone: ${workingZone()}, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boris: { name: Борис, rings: PJSIP/102, email: boris@example.ru }
  olga: { name: Ольга, rings: PJSIP/103, email: olga@example.ru }
groups:
  sales: { name: Продажи, members: [anna], ring: all, each: 6s, total: 6s }
  others: { name: Другие, members: [boris, olga], ring: all, each: 6s, total: 6s }
  operators: { members: [anna] }
hours:
  always: { week: { mon-sun: "24h" } }
trunks:
  sip: { endpoint: PJSIP/sip-trunk, lines: 10, caller_id: ["+7 343 200-11-22", "+7 343 200-11-33"] }
lines:
  "+7 343 200-11-22": { name: Главный, flow: main }
  "+7 343 200-11-33": { name: Второй, flow: second }
flows:
  main: [{ ring: sales }, { hangup: normal }]
  second: [{ ring: others }, { hangup: normal }]
missed_calls:
  mail: { to: [office@example.ru], wait: 0s, digest: { over: 100000 } }
  shortest_talk: ${SHORTEST_TALK_MS}ms
  callback: { tries: 1, success: 1s, ring_client: 8s }
campaigns:
  orders:
    name: Заказ готов
    kind: reminder
    line: "+7 343 200-11-22"
    trunk: sip
    hours: always
    lines: 1
    ring_for: 8s
    heard: 1s
    retry: { unreachable: { tries: 1, every: 1s } }
    script:
      - play: prompts/intro
      - menu: { play: prompts/menu, wait: 8s, tries: 1, keys: { 1: { ring: sales } }, else: { hangup: normal } }
`
const WORDS = {
  'call-back-ended': 'Клиент не ответил на наш звонок.',
  'call-back-busy': 'У клиента сейчас занято, попробуем позже.',
  'call-back-unallocated': 'Такого номера не существует вообще.',
  'call-back-unreachable': 'Телефон выключен или находится вне сети.',
  'call-back-forwarded': 'Включена переадресация, соединить не удалось.',
}

let house: SipHouse
beforeAll(async () => {
  const words = Object.entries(WORDS).map(async ([name, text]) => [`prompts/perezvon/${name}`, await spoken(text)])
  house = await SipHouse.start({
    config: CONFIG,
    prompts: {
      ...(Object.fromEntries(await Promise.all(words)) as Record<string, string>),
      'prompts/intro': await spoken('Здравствуйте, ваш заказ готов.'),
      'prompts/menu': await spoken('Нажмите один.'),
    },
  })
})
beforeEach(() => house.begin())
afterEach(() => house.quiet())
afterAll(() => house?.stop())

/** A caller is lost, and Anna's phone rings for the call-back; resolves with Anna's answered leg. */
async function calledBack(line = OUR_NUMBER): Promise<{ number: string; operator: SipCall }> {
  const number = await lost(line)
  const operator = await house.answers(house.phones['101'], '101')
  return { number, operator }
}

async function lost(line = OUR_NUMBER): Promise<string> {
  const { caller, number } = await house.call({ line })
  await house.phones[line === OUR_NUMBER ? '101' : '102'].rings()
  if (line !== OUR_NUMBER) await house.phones['103'].rings()
  await caller.hangUp()
  return number
}

/** Of the call-back to this client, once it has come to this. */
const task = (number: string, status: string) =>
  house.daemon.until((db) => db.callback.findFirst({ where: { number, status } }), `a call-back ${status}`, 20_000)

/** The next call to the outside is answered by this client. */
async function clientAnswers(number: string): Promise<SipCall> {
  const ringing = await house.trunk.rings()
  expect(ringing.dialled).toBe(number)
  const client = await ringing.answer()
  await speaks(client, 'outside')
  return client
}

/** A call-back in which the two talk. */
async function talkWithClient() {
  const { number, operator } = await calledBack()
  const client = await clientAnswers(number)
  await talkTogether([operator, '101'], [client, 'outside'])
  await house.saidEnough(client)
  return { number, operator, client }
}

describe('a call-back is transferred', () => {
  it('blindly to a colleague: the client hears music, then the colleague', async () => {
    const { number, operator, client } = await talkWithClient()
    const from = client.heard.seconds
    const referring = house.refer(operator, '102')
    const boris = await house.answers(house.phones['102'], '102')
    await talkTogether([client, 'outside'], [boris, '102'])
    expect(await house.busyOperators()).toEqual(['boris talking'])
    await house.saidEnough(boris)
    await boris.hangUp()
    await client.ended(3_000)
    await referring
    expect(told(client, from)).not.toContain('silence')
    expect(await task(number, 'done')).toMatchObject({ outcome: 'talked' })
    expect(await house.openCase(number)).toBeNull()
  })

  it('blindly to one who is busy: back with the operator', async () => {
    const { number, operator, client } = await talkWithClient()
    house.phones['102'].always((ringing) => ringing.refuse(486))
    const referring = house.refer(operator, '102')
    const again = await house.answers(house.phones['101'], '101')
    await talkTogether([client, 'outside'], [again, '101'])
    await house.saidEnough(again)
    await client.hangUp()
    await referring
    expect(await task(number, 'done')).toMatchObject({ outcome: 'talked' })
  })

  it('blindly, and nobody takes the client, there or back: not done, the case stays open', async () => {
    const { number, operator, client } = await talkWithClient()
    for (const desk of ['101', '102'] as const) house.phones[desk].always((ringing) => ringing.refuse(603))
    await house.refer(operator, '102').catch(() => {})
    await client.ended(20_000)
    expect(await task(number, 'failed')).toMatchObject({ outcome: 'transfer-unanswered' })
    expect(await house.openCase(number)).not.toBeNull()
  })

  it('attended: the client hears music, then the colleague', async () => {
    const { number, operator, client } = await talkWithClient()
    await operator.hold()
    const from = await hears(client, 'sound')
    const second = await house.consults('102')
    const boris = await house.answers(house.phones['102'], '102')
    await talkTogether([second, '101'], [boris, '102'])
    await house.refer(operator, second)
    await talkTogether([client, 'outside'], [boris, '102'])
    expect(told(client, from)).toEqual(['sound', 'voice 102'])
    await house.saidEnough(boris)
    await boris.hangUp()
    await client.ended(3_000)
    expect(await task(number, 'done')).toMatchObject({ outcome: 'talked' })
  })

  it('semi-attended, and the colleague refuses: back with the operator', async () => {
    const { number, operator, client } = await talkWithClient()
    await operator.hold()
    const second = await house.consults('102')
    const ringing = await house.phones['102'].rings()
    await second.ringing()
    await house.refer(operator, second)
    await ringing.refuse(486)
    const again = await house.answers(house.phones['101'], '101')
    await talkTogether([client, 'outside'], [again, '101'])
    await house.saidEnough(again)
    await again.hangUp()
    await client.ended(3_000)
    expect(await task(number, 'done')).toMatchObject({ outcome: 'talked' })
  })

  it('the client’s own REFER is refused', async () => {
    const { number, operator, client } = await talkWithClient()
    expect((await client.refer('103')).accepted).toBe(603)
    await talkTogether([operator, '101'], [client, 'outside'])
    await client.hangUp()
    await operator.ended(3_000)
    expect(await task(number, 'done')).toMatchObject({ outcome: 'talked' })
  })
})

describe('the client of a call-back is not reached: the operator hears a ringing tone, then why', () => {
  it.each<[string, keyof typeof WORDS, string, (ringing: SipRinging) => unknown]>([
    ['300 to a colleague', 'call-back-forwarded', 'forwarded', (r) => r.redirect(300, '102')],
    ['301 to a number outside', 'call-back-forwarded', 'forwarded', (r) => r.redirect(301, OUTSIDE)],
    ['302 to our own number', 'call-back-forwarded', 'forwarded', (r) => r.redirect(302, OUR_NUMBER)],
    ['305 to five digits', 'call-back-forwarded', 'forwarded', (r) => r.redirect(305, '12345')],
    ['380 to itself', 'call-back-forwarded', 'forwarded', (r) => r.redirect(380, r.dialled)],
    ['302 to *', 'call-back-forwarded', 'forwarded', (r) => r.refuse(302, ['Contact: *'])],
    ['busy', 'call-back-busy', 'busy', (r) => r.refuse(486)],
    [
      'the network says that the number does not exist (183), then 404',
      'call-back-unallocated',
      'unallocated',
      async (r) => {
        r.progress(183, { early: true })
        await speaks(r.call, 'elsewhere')
        await hearsTone()
        await r.refuse(404)
      },
    ],
  ])('%s', async (_, words, outcome, plays) => {
    const { number, operator } = await calledBack()
    const ringing = await house.trunk.rings()
    expect(ringing.dialled).toBe(number)
    const before = house.trunk.rung.length
    ring = operator
    await plays(ringing)
    await operator.heard.hears(await spoken(WORDS[words]))
    await operator.ended(5_000)
    expect(await task(number, 'failed')).toMatchObject({ outcome })
    expect([await house.arrivals(), house.trunk.rung.length - before]).toEqual([1, 0])
    expect(
      [house.phones['102'], house.phones['103']].flatMap(({ rung }) => rung.filter(({ isOver }) => !isOver)),
    ).toEqual([])
  })
})

/** The operator who waits for the client. */
let ring: SipCall
const hearsTone = () => hears(ring, 'tone')

it('the operators’ phones forward a call-back: nobody else is rung, the client neither, and no call is born of it', async () => {
  house.phones['102'].always((ringing) => ringing.progress(180))
  const number = await lost(SECOND)
  house.phones['102'].always((ringing) => ringing.redirect(302, OUTSIDE))
  house.phones['103'].always((ringing) => ringing.redirect(300, OUR_NUMBER, '101'))
  const before = [house.phones['101'].rung.length, house.trunk.rung.length]
  const rungBefore = [house.phones['102'].rung.length, house.phones['103'].rung.length]
  await expect
    .poll(() => [house.phones['102'].rung.length, house.phones['103'].rung.length], { timeout: 15_000 })
    .toEqual(rungBefore.map((count) => count + 1))
  expect(await task(number, 'waiting')).toMatchObject({ outcome: 'operator-did-not-answer', tries: 0 })
  expect([house.phones['101'].rung.length, house.trunk.rung.length]).toEqual(before)
  expect(await house.arrivals()).toBe(1)
})

describe('a campaign', () => {
  let list = 0
  async function starts(numbers: string[]): Promise<void> {
    const file = join(house.world.dir, `list-${++list}.csv`)
    await writeFile(file, ['Телефон', ...numbers].join('\n'))
    const imported = await perezvon(house.daemon, 'campaign', 'import', file, '--campaign', 'orders')
    expect(imported).toMatchObject({ code: 0 })
    expect(await perezvon(house.daemon, 'campaign', 'start', 'orders', '--waive-test')).toMatchObject({ code: 0 })
  }
  const contact = (number: string) =>
    house.daemon.until(
      (db) => db.contact.findFirst({ where: { number, status: { notIn: ['queued', 'dialing'] } } }),
      `the result of ${number}`,
      30_000,
    )

  it('a contact’s phone forwards, whatever it names: unreachable, nobody else is rung', async () => {
    const statuses = [300, 301, 302, 305, 380]
    const names = [['102'], [OUTSIDE], [OUR_NUMBER], ['12345'], ['101', OUTSIDE]]
    const numbers = statuses.map(() => newCaller())
    const before = house.trunk.rung.length
    house.trunk.always((ringing) => {
      const n = numbers.indexOf(ringing.dialled)
      return ringing.redirect(statuses[n]!, ...names[n]!)
    })
    await starts(numbers)
    for (const number of numbers) expect(await contact(number)).toMatchObject({ status: 'unreachable' })
    expect([await house.arrivals(), house.trunk.rung.length - before]).toEqual([0, numbers.length])
  })

  it('a contact talks with an operator, who transfers: to a colleague, who is busy at first', async () => {
    const number = newCaller()
    await starts([number])
    const contactCall = await (await house.trunk.rings()).answer()
    await contactCall.heard.hears(await spoken('Нажмите один.'))
    await contactCall.press('1')
    const operator = await house.answers(house.phones['101'], '101')
    await speaks(contactCall, 'outside')
    await talkTogether([contactCall, 'outside'], [operator, '101'])
    await house.saidEnough(operator)
    house.phones['102'].always((ringing) => ringing.refuse(486))
    const referring = house.refer(operator, '102')
    const again = await house.answers(house.phones['101'], '101')
    await talkTogether([contactCall, 'outside'], [again, '101'])
    await house.saidEnough(again)
    await referring
    house.phones['102'].always(null)
    const once = house.refer(again, '103')
    const olga = await house.answers(house.phones['103'], '103')
    await talkTogether([contactCall, 'outside'], [olga, '103'])
    await house.saidEnough(olga)
    await olga.hangUp()
    await contactCall.ended(5_000)
    await once
    const call = await house.daemon.until(
      (db) => db.call.findFirst({ where: { caller: number, direction: 'campaign', endedAt: { not: null } } }),
      'the end of the talk',
    )
    expect(call).toMatchObject({ verdict: 'answered', operator: 'olga' })
    expect(['answered', 'completed']).toContain((await contact(number)).status)
  })
})
