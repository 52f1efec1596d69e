/** Asterisk has carried a request out, and its answer comes late or never: what has become of the talk is told by its events. */
import { expect, test, vi } from 'vitest'
import { silentLogger } from '../../src/runtime/logger.ts'
import { CallEnded, TakenAway } from '../../src/telephony/api.ts'
import type { AriChannel } from '../../src/telephony/ari-events.ts'
import { AriLeg, type LegPort } from '../../src/telephony/ari-leg.ts'
import { AriError } from '../../src/telephony/ari-transport.ts'
import { sleep } from '../../src/runtime/abort.ts'

vi.setConfig({ testTimeout: 5_000 })

const never = new Promise(() => {})
/** A leg on a port that answers everything; `port`: what is different. */
function legOn(id: string, port: Partial<LegPort>): AriLeg {
  const usual: LegPort = {
    request: () => Promise.resolve({ id, name: `PJSIP/${id}`, state: 'Up' }),
    whenReady: () => Promise.resolve(),
    follow: () => Promise.resolve(),
    recording: () => Promise.reject(new Error('there is none')),
    holds: () => false,
    ended: () => {},
  }
  return new AriLeg({ id, name: `PJSIP/${id}`, state: 'Up' } as AriChannel, { ...usual, ...port }, silentLogger)
}
/** One that is with us. `answer`: what becomes of the request that hands a caller over. */
function leg(id: string, answer: Promise<unknown> = never): AriLeg {
  return legOn(id, {
    request: (operation) => (operation === 'channels.continueInDialplan' ? answer : Promise.resolve(undefined)),
    holds: () => true,
  })
}
const event = (type: string) => ({ type, cause: 16 })

test('a talk that is over before the answer comes is one', async () => {
  const [caller, operator] = [leg('1.1'), leg('leg-1')]
  const talk = caller.talkWith(operator)
  caller.receive(event('StasisEnd'))
  await sleep(1_050)
  for (const one of [caller, operator])
    for (const type of ['ChannelHangupRequest', 'ChannelDestroyed']) one.receive(event(type))
  const result = await talk
  expect(result).toMatchObject({ kind: 'talked', endedBy: 'this' })
  expect(result.kind === 'talked' && result.ms).toBeGreaterThanOrEqual(1_000)
})

test.each([
  ['before we have seen that they live on', 100],
  ['when the talk has been told of, and nobody has looked yet what comes after it', 1_200],
])('a caller who leaves while a colleague’s phone rings has not been taken there: %s', async (_when, ms) => {
  const away = { holds: () => false }
  const [caller, operator] = [legOn('1.1', away), legOn('leg-1', away)]
  const talk = caller.talkWith(operator)
  await sleep(400)
  caller.isConnectedWith('a ringing phone')
  operator.receive(event('ChannelDestroyed'))
  await sleep(ms)
  for (const type of ['ChannelHangupRequest', 'ChannelDestroyed']) caller.receive(event(type))
  expect(await talk).toMatchObject({ kind: 'talked' })
  expect(caller.passedOn).toBe(true)
  expect(await caller.untilBack()).toBe('unanswered')
})

test('a caller whom the colleague gave back, or who talks with somebody anew, is passed on no more', async () => {
  const caller = legOn('1.1', {})
  void caller.talkWith(legOn('leg-1', {})).catch(() => {})
  await sleep(20)
  caller.isConnectedWith('a ringing phone')
  caller.returned('transfer-failed', ['', '101'])
  caller.receive(event('ChannelDestroyed'))
  expect(caller.passedOn).toBe(false)
})

test('who hangs up before he leaves our application has not talked', async () => {
  const gone = sleep(20).then(() => Promise.reject(new AriError('channels.continueInDialplan', 404, 'not found')))
  const [caller, operator] = [leg('1.1', gone), leg('leg-1')]
  const talk = caller.talkWith(operator)
  for (const type of ['ChannelHangupRequest', 'StasisEnd', 'ChannelDestroyed']) caller.receive(event(type))
  await expect(talk).rejects.toThrow(CallEnded)
})

test('who is taken by the dialplan while our hang-up waits for the connection has not ended', async () => {
  const caller = legOn('1.1', { whenReady: () => new Promise(() => {}) })
  void caller.hangup()
  caller.receive(event('StasisEnd'))
  await expect.poll(() => caller.signal.reason as unknown).toBeInstanceOf(TakenAway)
})

test('who was taken by the dialplan before our order came has not talked, however long he talks there', async () => {
  const caller = legOn('1.1', {
    request: async (operation) => {
      if (operation === 'channels.continueInDialplan') {
        await sleep(400)
        throw new AriError(operation, 409, 'Channel not in Stasis application')
      }
      return { id: '1.1', name: 'PJSIP/1.1', state: 'Up' }
    },
  })
  const talk = caller.talkWith(leg('leg-1'))
  caller.receive(event('StasisEnd'))
  await expect(talk).rejects.toThrow(TakenAway)
})

test('who was taken by the dialplan is not hung up by us while Asterisk does not say so', async () => {
  const asked: string[] = []
  const caller = legOn('1.1', {
    request: (operation) => {
      asked.push(operation)
      return never
    },
  })
  caller.receive(event('StasisEnd'))
  const hungUp = caller.hangup()
  for (const type of ['ChannelHangupRequest', 'ChannelDestroyed']) caller.receive(event(type))
  await hungUp
  expect(caller.signal.reason).toBeInstanceOf(TakenAway)
  expect(asked).toEqual(['channels.get'])
})
