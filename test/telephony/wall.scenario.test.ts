/** The wall against a real Asterisk, over each of the two transports: what the house relies on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answers, busy, congested, rejects, ringsForEver, unallocated } from '../../scripts/rig/far-people.ts'
import { media, spoken } from '../../scripts/rig/sounds.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { AnsweredElsewhere, CallEnded, type DialRequest, type DialResult } from '../../src/telephony/api.ts'
import { AriTelephony } from '../../src/telephony/ari-telephony.ts'
import type { Arrival } from '../../src/telephony/link.ts'
import { TALK_CONTEXT } from '../../src/telephony/contexts.ts'
import { HttpTransport } from '../../src/telephony/http-transport.ts'
import { WebsocketTransport } from '../../src/telephony/websocket-transport.ts'
import { hearEachOther } from '../support/conversation.ts'
import { OUR_NUMBER, startWorld, type World } from '../support/world.ts'

const log = silentLogger

describe.each(['websocket', 'http'] as const)('over %s', (kind) => {
  let world: World
  let telephony: AriTelephony
  const arrivals: Arrival[] = []
  const waiting: ((arrival: Arrival) => void)[] = []
  let dialled = 0

  beforeAll(async () => {
    world = await startWorld()
    const address = { ...world.asterisk.ari, app: world.app }
    const transport =
      kind === 'http' ? new HttpTransport({ address, log }) : new WebsocketTransport({ address, sockets: 4, log })
    const connected = new Promise<void>((resolve) => {
      telephony = new AriTelephony({
        address,
        transport,
        log,
        limits: () => ({ longestCallMs: 43_200_000, shortestTalkMs: 0 }),
        events: {
          arrival: (arrival) => {
            const next = waiting.shift()
            if (next) next(arrival)
            else arrivals.push(arrival)
          },
          transferred: () => {},
          desk: () => {},
          feature: () => {},
          stranger: () => {},
          doorbell: () => Promise.resolve('ack'),
          connected: () => Promise.resolve({ goOn: resolve }),
          fenced: () => {},
        },
      })
    })
    await telephony.watchPhones(['PJSIP/101', 'PJSIP/102'])
    telephony.start()
    await connected
    await until(() => telephony.ready, 'the telephony')
    await until(
      async () => Number(await world.asterisk.cli('dialplan show globals').then(heartbeatOf)) > 0,
      'the heartbeat',
    )
  })
  afterAll(async () => {
    await telephony?.stop()
    await world?.stop()
  })

  const arrival = (): Promise<Arrival> => {
    const here = arrivals.shift()
    return here ? Promise.resolve(here) : new Promise((resolve) => waiting.push(resolve))
  }
  const dial = (
    endpoint: string,
    options: Pick<Partial<DialRequest>, 'timeoutMs' | 'signal' | 'onRinging'> = {},
  ): Promise<DialResult> =>
    telephony.dial({
      channelId: `leg-${kind}-${++dialled}`,
      target: { endpoint },
      callerId: { number: '+79123456789', name: 'Иван "Hacker" <x>\r\nX: y' },
      timeoutMs: 5_000,
      log,
      ...options,
    })

  it('tells an arrival with its number and when it came', async () => {
    const before = Date.now()
    const caller = await world.far.call(OUR_NUMBER, { number: '+79123456789', name: 'Иван' })
    const { did, callerNumber, callerName, trunk, arrivedAt, leg } = await arrival()
    expect({ did, callerNumber, callerName, trunk }).toEqual({
      did: OUR_NUMBER,
      callerNumber: '+79123456789',
      callerName: 'Иван',
      trunk: 'provider',
    })
    expect(Math.abs(arrivedAt - before)).toBeLessThan(5_000)
    await caller.hangup()
    await ended(leg.signal)
    expect(leg.signal.reason).toBeInstanceOf(CallEnded)
    expect((leg.signal.reason as CallEnded).causeCode).toBe(16)
  })

  it('a withheld number is none', async () => {
    const caller = await world.far.call(OUR_NUMBER, {})
    expect((await arrival()).callerNumber).toBe('')
    await caller.hangup()
  })

  it('answers, plays to the end, stops in the middle, and says when a sound is missing', async () => {
    const hello = await spoken('Добрый день, вас слушает Цветочный двор')
    const long = await spoken(
      'Это очень длинное сообщение, которое никто не дослушает до самого конца, потому что его прервут',
    )
    const caller = await world.far.call(OUR_NUMBER, { number: '+79123456789' })
    const { leg } = await arrival()
    expect(await leg.play([media(hello)])).toBe('done')
    await caller.hears(hello)
    const stop = new AbortController()
    const playing = leg.play([media(long)], { signal: stop.signal })
    await caller.hears(long, { upTo: 1 })
    stop.abort()
    expect(await playing).toBe('interrupted')
    expect(await leg.play(['sound:no/such/sound'])).toBe('failed')
    expect(await leg.play([])).toBe('done')
    const cutOff = leg.play([media(long)]).catch((error: unknown) => error)
    await caller.hangup()
    expect(await cutOff).toBeInstanceOf(CallEnded)
    await expect(leg.play([media(hello)])).rejects.toThrow(CallEnded)
  })

  it('hears keys, also those typed ahead', async () => {
    const caller = await world.far.call(OUR_NUMBER, { number: '+79123456789' })
    const { leg } = await arrival()
    await leg.answer()
    await caller.answered()
    await caller.press('12')
    expect([await leg.keys.next(3_000), await leg.keys.next(3_000), await leg.keys.next(1)]).toEqual(['1', '2', null])
    await caller.hangup()
  })

  it('records until the caller hangs up, and gives the sound', async () => {
    const words = await spoken('Перезвоните мне, пожалуйста, сегодня до шести часов вечера')
    const caller = await world.far.call(OUR_NUMBER, { number: '+79123456789' })
    const { leg } = await arrival()
    const options = { name: `wall-${kind}`, maxMs: 30_000, silenceMs: 10_000, beep: false, endOn: '#' as const }
    const recording = leg.record(options)
    await caller.answered()
    await caller.say(words)
    await caller.hangup()
    const done = await recording
    expect(done.ms).toBeGreaterThanOrEqual(1_000)
    expect((await done.fetch()).length).toBeGreaterThan(16_000)
    await done.remove()
    await done.remove()
    await expect(done.fetch()).rejects.toThrow('404')
  })

  it.each([
    ['busy', busy],
    ['rejected', rejects()],
    ['unallocated', unallocated],
    ['congestion', congested],
  ] as const)('a dialled number that is %s', async (result, behaviour) => {
    world.far.on('+79990000001', behaviour)
    expect(await dial('PJSIP/+79990000001@provider')).toMatchObject({ kind: result })
  })

  it('nobody answers in time, and the phone stops ringing; it has shown who calls, as one line of text', async () => {
    world.far.on('101', ringsForEver)
    const ringing = world.far.nextCallTo('101')
    expect(await dial('PJSIP/101', { timeoutMs: 1_000 })).toMatchObject({ kind: 'no-answer' })
    const phone = await ringing
    expect([phone.callerNumber, phone.callerName]).toEqual(['+79123456789', 'Иван Hacker x X: y'])
    await phone.ended(2_000)
  })

  it('a cancelled call stops ringing; answered elsewhere is told to the phone', async () => {
    world.far.on('101', ringsForEver)
    const signal = new AbortController()
    const phone = world.far.nextCallTo('101')
    let rings = () => {}
    const ringing = new Promise<void>((resolve) => (rings = resolve))
    const result = dial('PJSIP/101', { signal: signal.signal, onRinging: () => rings() })
    const leg = await phone
    await ringing
    signal.abort(new AnsweredElsewhere())
    expect(await result).toMatchObject({ kind: 'cancelled' })
    await leg.ended(2_000)
    expect(leg.cause).toBe(26)
  })

  it('an endpoint that does not exist was not placed', async () => {
    expect(await dial('PJSIP/nobody')).toMatchObject({ kind: 'not-placed' })
  })

  it('watches phones, also in calls that we did not place', async () => {
    world.far.on('102', answers({ staysMs: 300 }))
    await until(() => telephony.phoneState('PJSIP/101') === 'idle', 'phone 101')
    const caller = await world.far.call('102', { phone: '101' })
    await until(() => telephony.phoneState('PJSIP/102') === 'busy', 'phone 102 in a talk')
    await caller.ended()
    await until(() => telephony.phoneState('PJSIP/102') === 'idle', 'phone 102 free again')
    expect(telephony.phoneState('PJSIP/nobody')).toBe('offline')
  })

  it.each(['caller', 'operator'])('a talk ends for both when the %s hangs up', async (who) => {
    const words = await spoken('Слушаю вас')
    world.far.on('101', answers({ afterMs: 100, says: words }))
    const caller = await world.far.call(OUR_NUMBER, { number: '+79123456789' })
    const { leg } = await arrival()
    const phone = world.far.nextCallTo('101')
    const result = await dial('PJSIP/101')
    if (result.kind !== 'answered') throw new Error(result.kind)
    const talk = leg.talkWith(result.leg)
    await caller.hears(words)
    await (who === 'caller' ? caller : await phone).hangup()
    expect(await talk).toMatchObject({ kind: 'talked', endedBy: who === 'caller' ? 'this' : 'other' })
    await Promise.all([caller.ended(2_000), (await phone).ended(2_000)])
    await Promise.all([ended(leg.signal), ended(result.leg.signal)])
  })

  it('a talk of two whom we rang stands in the doorbell book, as a call-back needs it', async () => {
    for (const phone of ['101', '102']) world.far.on(phone, answers({ afterMs: 100 }))
    const phones = [world.far.nextCallTo('101'), world.far.nextCallTo('102')] as const
    const [operator, client] = [await dial('PJSIP/101'), await dial('PJSIP/102')]
    if (operator.kind !== 'answered' || client.kind !== 'answered') throw new Error('both answer')
    const talk = operator.leg.talkWith(client.leg)
    const book = () => world.asterisk.cli(`database get pzdoor ${operator.leg.id}`)
    await until(async () => (await book()).includes('|talked|'), 'the talk in the book')
    const [one, other] = await Promise.all(phones)
    await hearEachOther(one, other)
    await other.hangup()
    expect(await talk).toMatchObject({ kind: 'talked' })
  })

  it('gives the caller back when the operator is gone before the two are joined', async () => {
    world.far.on('101', answers({ afterMs: 100 }))
    const hello = await spoken('Добрый день, вас слушает Цветочный двор')
    const caller = await world.far.call(OUR_NUMBER, { number: '+79123456789' })
    const { leg } = await arrival()
    const phone = world.far.nextCallTo('101')
    const result = await dial('PJSIP/101')
    if (result.kind !== 'answered') throw new Error(result.kind)
    await leg.answer()
    await (await phone).hangup()
    await ended(result.leg.signal)
    expect(await leg.talkWith(result.leg)).toEqual({ kind: 'not-bridged' })
    // where we do not know it yet, Asterisk finds nobody to join him with, and gives him back
    await leg.continueInDialplan(TALK_CONTEXT, result.leg.id)
    await expect.poll(() => leg.play([media(hello)]).catch(() => null), { timeout: 5_000 }).toBe('done')
    await caller.hears(hello)
    await caller.hangup()
    await ended(leg.signal)
  })

  it('two originates with one id: the second finds the first and places nothing', async () => {
    world.far.on('101', ringsForEver)
    const request = { target: { endpoint: 'PJSIP/101' }, callerId: { number: '1', name: '' }, timeoutMs: 1_500, log }
    const first = telephony.dial({ ...request, channelId: `leg-twice-${kind}` })
    const rung = world.far.rung('101').length
    const phone = await world.far.nextCallTo('101')
    const second = await world.asterisk
      .request('POST', `/channels/leg-twice-${kind}`, { endpoint: 'PJSIP/101', app: world.app })
      .catch((error: Error) => error.message)
    expect(second).toContain('409')
    await first
    await phone.ended(2_000)
    expect(world.far.rung('101').length).toBe(rung + 1)
  })
})

function heartbeatOf(globals: string): string {
  return /PEREZVON_HB=(\d+)/.exec(globals)?.[1] ?? '0'
}

function ended(signal: AbortSignal): Promise<void> {
  return until(() => signal.aborted, 'the end of a leg')
}

async function until(isSo: () => boolean | Promise<boolean>, what: string, ms = 10_000): Promise<void> {
  for (const end = Date.now() + ms; !(await isSo());) {
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
