/** Story 5: somebody was not answered. The first operator who is free is rung, hears whom, and is connected. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answers, busy, rejects, ringsForEver } from '../../scripts/rig/far-people.ts'
import { asteriskCache } from '../../scripts/rig/local-asterisk.ts'
import { spoken, tone } from '../../scripts/rig/sounds.ts'
import { russian } from '../../src/prompts/speak-numbers/ru.ts'
import { companyConfig, companyPrompts, QUIET } from '../support/company.ts'
import { hearEachOther } from '../support/conversation.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { hearsTone } from '../support/tones.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

/** Of the tone `ring` in asterisk-config/indications.conf. */
const RINGING_HERTZ = 425
/** Rings both operators; the first number only Anna. */
const SECOND_NUMBER = '+73432001133'

/** Of the numbers below; the others are in Asterisk's set. */
const missingWords = ['900', 'pause']
async function wordSound(word: string): Promise<string> {
  const [kind, id = ''] = word.split(':')
  if (kind === 'sound') return join(asteriskCache(), `root/usr/share/asterisk/sounds/ru/${id}.wav`)
  return id === 'pause' ? tone(20, 0.2) : spoken(id)
}

let world: World
let daemon: Daemon
beforeAll(async () => {
  world = await startWorld()
  const config = companyConfig({
    flow: `
    - ring: operators
    - unanswered: { hangup: normal }
  both:
    - ring: sales
    - unanswered: { hangup: normal }`,
    callback: '{ tries: 2, every: [1s], success: 1s, ring_client: 3s }',
  }).replace('flows:', `  "${SECOND_NUMBER}": { name: Второй, flow: both }\nflows:`)
  daemon = await startDaemon(world, {
    config: config.replace('caller_id: "+7 343 200-11-22"', `caller_id: ["${OUR_NUMBER}", "${SECOND_NUMBER}"]`),
    prompts: {
      ...(await companyPrompts()),
      'prompts/perezvon/call-back-to': await spoken('Перезваниваем клиенту, который звонил нам и не дождался ответа.'),
      ...Object.fromEntries(
        await Promise.all(missingWords.map(async (word) => [`prompts/words/${word}`, await wordSound(`word:${word}`)])),
      ),
      'prompts/perezvon/call-back-ended': await spoken('Не ответил.'),
    },
    env: QUIET,
  })
})
afterAll(async () => {
  await daemon?.close()
  await world?.stop()
})

const mailAbout = (number: string, word: RegExp) =>
  world.mail.mail(({ parsed }) => word.test(parsed.text ?? '') && (parsed.text ?? '').includes(number), 30_000)
const tel = (number: string) =>
  `${number.slice(0, 2)} ${number.slice(2, 5)} ${number.slice(5, 8)}-${number.slice(8, 10)}-${number.slice(10)}`
const task = (number: string, status: string, ms?: number) =>
  daemon.until((db) => db.callback.findFirst({ where: { number, status } }), `a call-back ${status}`, ms)
const caseOf = (caller: string) => daemon.prisma.case.findFirstOrThrow({ where: { caller } })

/** Anna talks with somebody; resolves with how to end that. */
async function annaTalks(number: string): Promise<() => Promise<void>> {
  const { far } = world
  far.on('101', answers({ afterMs: 100 }))
  const rung = far.nextCallTo('101')
  const other = await far.call(OUR_NUMBER, { number })
  await hearEachOther(other, await rung)
  return () => other.hangup()
}

/** Calls, and hangs up once he waits. */
async function callsInVain(number: string, line = OUR_NUMBER): Promise<void> {
  const caller = await world.far.call(line, { number })
  await caller.answered() // the music
  await caller.hangup()
  await daemon.until(
    (db) => db.call.findFirst({ where: { caller: number, line, verdict: 'missed' } }),
    `the loss of ${number}`,
  )
}

it('rings the operator who becomes free, says whom, shows the line that was rung, connects, closes the case', async () => {
  const { far } = world
  const number = '+79120000501'
  const hangUp = await annaTalks('+79120000599')
  await callsInVain(number)
  const missed = await mailAbout(tel(number), /перезвоним|перезвонит/i)
  expect(far.rung(number)).toEqual([])

  const operator = far.nextCallTo('101')
  const client = far.nextCallTo(number)
  far.on(number, answers({ afterMs: 500 }))
  await hangUp()
  const phone = await operator
  expect(phone.callerNumber).toBe(number)
  expect(phone.callerName).toBe('Обратный звонок')
  expect(far.rung(number)).toEqual([]) // he first
  await phone.hears(await spoken('Перезваниваем клиенту, который звонил нам и не дождался ответа.'))
  const clientPhone = await client
  expect(clientPhone.callerNumber.replace(/^\+/, '')).toBe(OUR_NUMBER.slice(1))
  const longWords = russian.phone(number).filter((word) => ['word:900', 'sound:digits/12'].includes(word))
  expect(longWords).toHaveLength(2)
  for (const word of longWords)
    expect({ word, heard: (await phone.heard(await wordSound(word))).share >= 0.5 }).toEqual({ word, heard: true })
  await hearEachOther(clientPhone, phone)
  await clientPhone.hangup()
  await phone.ended(2_000)
  expect(await task(number, 'done')).toMatchObject({ tries: 1, operator: 'anna', outcome: 'talked' })
  expect(await caseOf(number)).toMatchObject({ openKey: null, closedHow: 'called-back', closedBy: 'anna' })
  const closed = await mailAbout(tel(number), /Закрыто/)
  expect(closed.parsed.inReplyTo).toBe(missed.parsed.messageId)
  expect(closed.parsed.subject).toBe(`Re: ${missed.parsed.subject}`)
  expect(far.rung(number)).toHaveLength(1)
  const rows = await daemon.prisma.call.findMany({ where: { caller: number, direction: 'callback' } })
  expect(rows).toMatchObject([{ verdict: 'answered', operator: 'anna' }])
  expect(rows[0]!.endedAt).not.toBeNull()
})

it('does not call back who rang again and was answered', async () => {
  const { far } = world
  const number = '+79120000502'
  const hangUp = await annaTalks('+79120000599')
  await callsInVain(number)
  await task(number, 'waiting')
  const again = await far.call(OUR_NUMBER, { number })
  await again.answered()
  const rung = far.nextCallTo('101')
  await hangUp()
  const phone = await rung
  await hearEachOther(again, phone)
  await again.hangup()
  expect(await task(number, 'cancelled')).toMatchObject({ outcome: 'came-back', tries: 0 })
  await daemon.until(
    (db) => db.case.findFirst({ where: { caller: number, closedHow: 'came-back', closedBy: 'anna' } }),
    'the end of the case',
  )
  expect(far.rung(number)).toEqual([])
})

it('a client who does not answer is tried again by the rule, then people are told; the case stays open', async () => {
  const { far } = world
  const number = '+79120000503'
  const hangUp = await annaTalks('+79120000599')
  await callsInVain(number)
  const missed = await mailAbout(tel(number), /перезвоним|перезвонит/i)
  far.on(number, ringsForEver)
  const [operator, first] = [far.nextCallTo('101'), far.nextCallTo(number)]
  await hangUp()
  const client = await first
  far.on(number, busy)
  await hearsTone(await operator, RINGING_HERTZ) // the phone at the client's end
  await client.ended(5_000)
  expect(client.times.up).toBeUndefined()
  expect(await task(number, 'failed', 30_000)).toMatchObject({ tries: 2 })
  expect(far.rung(number)).toHaveLength(2)
  const failed = await mailAbout(tel(number), /Не дозвонились/)
  expect(failed.parsed.inReplyTo).toBe(missed.parsed.messageId)
  expect(failed.parsed.text).toMatch(/нет ответа.*занято/s)
  expect(await caseOf(number)).toMatchObject({ closedAt: null, openKey: `${number} ${OUR_NUMBER}` })
})

it('an operator who does not take it costs no try: the next is asked at once', async () => {
  const { far } = world
  const number = '+79120000504'
  for (const phone of ['101', '102']) far.on(phone, ringsForEver)
  far.on(number, answers({ afterMs: 100 }))
  const caller = await far.call(SECOND_NUMBER, { number })
  const rings = [far.nextCallTo('101'), far.nextCallTo('102')]
  await Promise.all(rings)
  far.on('101', rejects({ afterMs: 100 }))
  far.on('102', rejects({ afterMs: 100 }))
  const refused = Promise.race([far.nextCallTo('101'), far.nextCallTo('102')])
  await caller.hangup()
  const first = (await refused).who
  const second = first === '101' ? '102' : '101'
  far.on(second, answers({ afterMs: 100 }))
  const taken = far.nextCallTo(second)
  const client = await far.nextCallTo(number, 30_000)
  await hearEachOther(client, await taken)
  await client.hangup()
  expect(await task(number, 'done')).toMatchObject({ tries: 1, operator: second === '101' ? 'anna' : 'boris' })
})

it('calls a number back once, although it was lost on two lines and two operators are free', async () => {
  const { far } = world
  const number = '+79120000505'
  for (const phone of ['101', '102']) far.on(phone, ringsForEver)
  far.on(number, answers({ afterMs: 100 }))
  const [one, two] = await Promise.all([far.call(OUR_NUMBER, { number }), far.call(SECOND_NUMBER, { number })])
  await Promise.all([one.answered(), two.answered()])
  for (const phone of ['101', '102']) far.on(phone, answers({ afterMs: 100 }))
  const client = far.nextCallTo(number, 30_000)
  await Promise.all([one.hangup(), two.hangup()])
  const leg = await client
  await leg.answered()
  await daemon.until((db) => db.callback.findFirst({ where: { number, status: 'talking' } }), 'the talk')
  expect(await daemon.prisma.callback.count({ where: { number } })).toBe(1)
  expect(far.rung(number)).toHaveLength(1)
  await hearEachOther(
    leg,
    [...far.rung('101'), ...far.rung('102')].findLast(({ state }) => state === 'up')!,
  )
  await leg.hangup()
  await task(number, 'done')
  const cases = await daemon.prisma.case.findMany({ where: { caller: number } })
  expect(cases).toHaveLength(2)
  expect(cases.every(({ closedHow }) => closedHow === 'called-back')).toBe(true)
  expect(far.rung(number)).toHaveLength(1)
})

it.each([
  ['withheld', undefined, /номер скрыт|скрыл/i],
  ['of a satellite telephone', '+881612345678', /tel:\+881612345678/],
])('does not call back a number that is %s', async (_, number, said) => {
  const { far, mail } = world
  for (const phone of ['101', '102']) far.on(phone, ringsForEver)
  const tasks = await daemon.prisma.callback.count()
  const caller = await far.call(SECOND_NUMBER, number ? { number } : {})
  await caller.answered()
  await caller.hangup()
  const { parsed } = await mail.mail((each) => said.test(each.parsed.text ?? ''))
  expect(parsed.text).toMatch(/Перезвонить некуда|система не звонит/)
  expect(await daemon.prisma.callback.count()).toBe(tasks)
})
