/** The door that asterisk-config promises, with a stand-in for the daemon behind it. */
import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { answers, busy, rejects, ringsForEver, unallocated } from '../../scripts/rig/far-people.ts'
import { media, spoken } from '../../scripts/rig/sounds.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'
import { doorbellBook, eventually, StandIn } from './stand-in.ts'

const CALLER = '+79161234567'
/** As the dialplan keeps what is more than digits. */
const encoded = (text: string) => `=${Buffer.from(text).toString('base64')}`
let world: World
let daemon: StandIn
let greeting: string
let hello: string
let question: string

beforeAll(async () => {
  ;[greeting, hello, question] = await Promise.all([
    spoken('Цветочный двор. Радуем каждый день!'),
    spoken('Алло, Анна слушает!'),
    spoken('Я по поводу заказа.'),
  ])
  world = await startWorld({ operators: ['101'], limits: { heartbeatStaleSec: 3, fallbackRingSec: 3, maxCalls: 2 } })
  daemon = new StandIn(world.asterisk, world.app)
})
afterEach(async () => {
  await daemon.retire()
  await daemon.cleanUp()
})
afterAll(() => world?.stop())

it('hands a call to the daemon and writes it into the book first', async () => {
  await daemon.wake()
  const caller = await world.far.call(OUR_NUMBER, { number: CALLER })
  const call = await daemon.started('inbound')
  expect(call.args).toEqual(['inbound', OUR_NUMBER, CALLER, 'provider'])
  const [number, did, arrived, state] = (await doorbellBook(world.asterisk)).get(call.id) ?? []
  expect([number, did, state]).toEqual([CALLER, OUR_NUMBER, 'new'])
  expect(Math.abs(parseInt(arrived ?? '') - Date.now() / 1000)).toBeLessThan(5)
  await daemon.answer(call.id)
  await daemon.request('POST', `/channels/${call.id}/play`, { media: media(greeting) })
  expect(await caller.hears(greeting)).toMatchObject({ toEnd: true })
  await daemon.acknowledge(call.id)
  expect((await doorbellBook(world.asterisk)).size).toBe(0)
  await caller.press('1')
  await daemon.event((e) => e.type === 'ChannelDtmfReceived' && e.channel?.id === call.id, 'the key')
  await caller.hangup()
  await daemon.event((e) => e.type === 'StasisEnd' && e.channel?.id === call.id, 'the end')
})

it.each([
  ['nobody beats the heart', async () => {}],
  ['the heart beats but nobody listens', () => daemon.beat()],
])('rings the operators plainly when %s', async (_, prepare) => {
  await prepare()
  world.far.on('101', answers({ says: hello }))
  const ringing = world.far.nextCallTo('101')
  const caller = await world.far.call(OUR_NUMBER, { number: CALLER })
  const phone = await ringing
  await caller.hears(hello)
  await caller.say(question)
  await phone.hears(question)
  await phone.hangup()
  await caller.ended(2_000)
  const entries = await eventually(async () => {
    const book = [...(await doorbellBook(world.asterisk)).values()]
    return book[0]?.[6] ? book : null
  }, 'the end of the call in the book')
  expect(entries).toEqual([
    [
      CALLER,
      OUR_NUMBER,
      expect.any(String),
      'answered',
      '101',
      expect.stringMatching(/^\d+\.\d{3}$/),
      expect.stringMatching(/^\d+\.\d{3}$/),
    ],
  ])
})

it('moves a caller who waits for a frozen daemon to the operators', async () => {
  await daemon.wake()
  world.far.on('101', answers({ says: hello }))
  const caller = await world.far.call(OUR_NUMBER, { number: CALLER })
  const call = await daemon.started('inbound')
  await daemon.answer(call.id)
  daemon.freeze()
  await caller.hears(hello)
  expect(world.far.rung('101').at(-1)?.callerNumber).toBe(CALLER)
  await caller.hangup()
  const line = await eventually(async () => {
    const fields = (await doorbellBook(world.asterisk)).get(call.id)
    return fields?.[6] ? fields : null
  }, 'the end of the call in the book')
  expect(line.slice(3, 5)).toEqual(['answered', '101'])
})

it('tells the caller when no operator answers either', async () => {
  world.far.on('101', ringsForEver)
  const caller = await world.far.call(OUR_NUMBER, { number: CALLER })
  const sounds = `${world.asterisk.dir}/data/sounds/ru`
  await caller.hears(`${sounds}/pls-try-call-later.wav`)
  await caller.ended()
  const [entry] = [...(await doorbellBook(world.asterisk)).values()]
  expect(entry?.slice(3)).toEqual(['unanswered', '', '', expect.stringMatching(/^\d+$/)])
})

it('hands over the book of the time when nobody listened', async () => {
  world.far.on('101', busy)
  const callers = await Promise.all([CALLER, '+79160000002'].map((number) => world.far.call(OUR_NUMBER, { number })))
  await Promise.all(callers.map((caller) => caller.ended()))
  await daemon.wake()
  await daemon.drain()
  const first = await daemon.started('doorbell')
  expect(first.args[2]).toMatch(/^\+7916\d{7}\|\+73432001122\|\d+@provider\|unanswered\|\|\|\d+$/)
  await daemon.continue(first.id, 'ack')
  const second = await daemon.started('doorbell')
  await daemon.continue(second.id, 'keep')
  await daemon.request('DELETE', `/channels/${(await daemon.started('doorbell-end')).id}`)
  expect([...(await doorbellBook(world.asterisk)).keys()]).toEqual([second.args[1]])
})

it('hands over a book that is longer than a variable, each entry once', async () => {
  await daemon.wake()
  const ids = Array.from({ length: 600 }, (_, n) => `1795700000.${1000 + n}`)
  const entry = `${CALLER}|${OUR_NUMBER}|1795700000@provider|unanswered|||1795700009`
  for (let n = 0; n < ids.length; n += 20)
    await Promise.all(ids.slice(n, n + 20).map((id) => world.asterisk.cli(`database put pzdoor ${id} "${entry}"`)))
  await daemon.drain()
  const handed: string[] = []
  while (handed.length < ids.length) {
    const { id, args } = await daemon.started('doorbell')
    handed.push(args[1]!)
    await daemon.continue(id, 'ack')
  }
  await daemon.request('DELETE', `/channels/${(await daemon.started('doorbell-end')).id}`)
  expect(handed.toSorted()).toEqual(ids)
  expect((await doorbellBook(world.asterisk)).size).toBe(0)
  expect(await readFile(`${world.asterisk.dir}/log/full`, 'utf8')).not.toContain('trailing parenthesis')
})

it('turns away more calls than it may carry, and remembers them', async () => {
  await daemon.wake()
  const callers = await Promise.all(['1', '2'].map((n) => world.far.call(OUR_NUMBER, { number: `+7916000000${n}` })))
  await Promise.all([daemon.started('inbound'), daemon.started('inbound')])
  const third = await world.far.call(OUR_NUMBER, { number: CALLER })
  await third.ended()
  expect(third.cause).toBe(17)
  const shed = [...(await doorbellBook(world.asterisk)).values()].filter((fields) => fields[3] === 'shed')
  expect(shed.map((fields) => fields[0])).toEqual([CALLER])
  await Promise.all(callers.map((caller) => caller.hangup()))
})

it.each([
  ['withheld', {}, ''],
  ['with letters in it', { number: '7916call' }, encoded('7916call')],
  ['that would be a header', { number: '1\r\nBcc: v@example.ru' }, encoded('1\r\nBcc: v@example.ru')],
  ['that would be an expression', { number: '1" = "1', name: '${SHELL(id)}",$[1]|x&PJSIP/999' }, encoded('1" = "1')],
  ['of two numbers', { number: '79161234567#73432001122' }, encoded('79161234567#73432001122')],
  ['with separators', { number: '+7-916-123.45.67' }, CALLER],
])('lets no number %s into the dialplan as it is', async (_, from, expected) => {
  await daemon.wake()
  const caller = await world.far.call(OUR_NUMBER, from)
  const call = await daemon.started('inbound')
  expect(call.args).toEqual(['inbound', OUR_NUMBER, expected.slice(0, 20), 'provider'])
  expect(call.args[2]).toMatch(/^(\+?\d*|=[A-Za-z0-9+/=]*)$/)
  expect((await doorbellBook(world.asterisk)).get(call.id)?.slice(0, 2)).toEqual([expected, OUR_NUMBER])
  await caller.hangup()
})

it('tells trunks apart, and a caller who calls himself 101 from our phone 101', async () => {
  await daemon.wake()
  const gateway = await world.far.call(OUR_NUMBER, { number: '101', trunk: 'gsm-gateway' })
  expect((await daemon.started('inbound')).args.at(-1)).toBe('gsm-gateway')
  await gateway.hangup()
  const desk = await world.far.call(OUR_NUMBER, { phone: '101' })
  const asked = await daemon.started('desk')
  expect(asked.args).toEqual(['desk', OUR_NUMBER, '101'])
  await daemon.continue(asked.id, 'line', 'perezvon-desk')
  expect((await daemon.started('inbound')).args).toEqual(['inbound', OUR_NUMBER, '101', '101'])
  await desk.hangup()
})

it('lets phones call each other and nobody outside', async () => {
  world.far.on('102', answers({ says: hello }))
  const talk = await world.far.call('102', { phone: '101' })
  await talk.hears(hello)
  await talk.hangup()
  const nobody = await world.far.call('199', { phone: '101' })
  await nobody.ended()
  expect(nobody.times.up).toBeUndefined()
  const outside = await world.far.call('provider', { phone: '101' })
  await outside.ended()
  expect(world.far.rung('provider')).toEqual([])
})

it.each([
  ['busy', busy, 17],
  ['rejected', rejects(), 21],
  ['unallocated', unallocated, 1],
])('sees why a number outside was not reached: %s', async (who, behaviour, cause) => {
  await daemon.wake()
  world.far.on(`+7999${cause}`, behaviour)
  await daemon.dial(`PJSIP/+7999${cause}@gsm-gateway`, `attempt-${who}`)
  const end = await daemon.event((e) => e.type === 'ChannelDestroyed' && e.channel?.id === `attempt-${who}`, 'the end')
  expect(end.cause).toBe(cause)
  expect(world.far.rung(`+7999${cause}`).map((leg) => leg.via)).toEqual(['gsm-gateway'])
})

it('keeps the book over the death of Asterisk', async () => {
  await daemon.wake()
  await world.far.call(OUR_NUMBER, { number: CALLER })
  const call = await daemon.started('inbound')
  const file = `${world.asterisk.dir}/db/astdb.sqlite3` // committed about once a second
  await eventually(async () => (await readFile(file)).includes(call.id), 'the entry on disk')
  await world.asterisk.kill()
  await world.asterisk.start()
  expect((await doorbellBook(world.asterisk)).get(call.id)?.[0]).toBe(CALLER)
  world.far.on('101', answers({ says: hello }))
  const next = await world.far.call(OUR_NUMBER, { number: CALLER })
  await next.hears(hello) // 101 is registered still
  await next.hangup()
})
