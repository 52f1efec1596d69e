/** A placed call whose request was answered wrongly, late or never: it is never placed twice, and no result is guessed. */
import { expect, test } from 'vitest'
import { silentLogger } from '../../src/runtime/logger.ts'
import type { DialResult, Leg } from '../../src/telephony/api.ts'
import type { AriChannel } from '../../src/telephony/ari-events.ts'
import type { AriOperation } from '../../src/telephony/ari-operations.ts'
import { AriError } from '../../src/telephony/ari-transport.ts'
import { PendingDial } from '../../src/telephony/pending-dial.ts'

type Reply = 'done' | number | null
const channel = { id: 'attempt-1' } as AriChannel

/** `originate` and `get` are what Asterisk answers; null: nothing. */
function dial(originate: Reply, get: Reply = 404) {
  const asked: AriOperation[] = []
  const request = async (operation: AriOperation) => {
    asked.push(operation)
    const reply = operation === 'channels.originateWithId' ? originate : operation === 'channels.get' ? get : 'done'
    if (reply !== 'done') throw new AriError(operation, reply, '')
  }
  const answered = (found: AriChannel) => ({ id: found.id }) as Leg
  const order = {
    channelId: 'attempt-1',
    target: { endpoint: 'PJSIP/+79120000001@provider' },
    callerId: { number: '+73432001122', name: 'Company' },
    timeoutMs: 30_000,
    log: silentLogger,
  }
  const pending = new PendingDial(order, 'perezvon', {
    request,
    longestCallSec: 3600,
    whenReady: async () => {},
    answered,
  })
  return { asked, pending, result: pending.run() }
}

test.each<[string, Reply, Reply, DialResult['kind']]>([
  ['Asterisk refuses it: nobody’s phone rang', 500, 404, 'not-placed'],
  ['the id was taken, and no such channel lives: an echo of another request', 409, 404, 'not-placed'],
  ['no answer, and no channel lives: it may have rung', null, 404, 'unknown'],
  ['no answer, and none to the question either', null, null, 'unknown'],
])('%s', async (_what, originate, get, kind) => {
  const { asked, result } = dial(originate, get)
  expect((await result).kind).toBe(kind)
  expect(asked.filter((operation) => operation === 'channels.originateWithId')).toHaveLength(1)
})

test.each<[string, Reply]>([
  ['the id was taken, and the channel lives: it is ours', 409],
  ['no answer, and the channel lives', null],
])('%s: the call goes on', async (_what, originate) => {
  const { asked, pending, result } = dial(originate, 'done')
  await expect.poll(() => asked).toContain('channels.get')
  pending.answered(channel)
  expect((await result).kind).toBe('answered')
  expect(asked.filter((operation) => operation === 'channels.originateWithId')).toHaveLength(1)
})
