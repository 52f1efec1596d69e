/** We look at all channels of Asterisk now and then; what is done while we look is not on the list that comes back. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { silentLogger } from '../../src/runtime/logger.ts'
import { telephonyHouse } from '../support/telephony-house.ts'

const AUDIT_MS = 10_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A call whose phone rings for long, and looks that do not see it. Returns how it ended, if it did. */
async function dialled(asked: 'long before' | 'just before the list') {
  const { asterisk, telephony } = telephonyHouse()
  telephony.start()
  await vi.waitFor(() => expect(telephony.ready).toBe(true))
  const later = (ms: number, answer: unknown) => new Promise((resolve) => setTimeout(resolve, ms, answer))
  const ends: string[] = []
  const dial = async () => {
    const callerId = { number: '+73432001122', name: 'Company' }
    const target = { endpoint: 'PJSIP/101' }
    const request = { channelId: 'leg-1', target, callerId, timeoutMs: 30_000, log: silentLogger }
    ends.push((await telephony.dial(request)).kind)
  }
  if (asked === 'long before') void dial()
  asterisk.answer = (operation) => {
    if (operation === 'channels.list') return later(50, [])
    if (operation === 'channels.originateWithId') return later(25, {})
    if (operation === 'applications.get' && asked !== 'long before') void dial()
    return undefined
  }
  await vi.advanceTimersByTimeAsync(AUDIT_MS + 100)
  await telephony.stop()
  return ends
}

test('a call that Asterisk does not know any more has ended, and nobody knows how', async () => {
  expect(await dialled('long before')).toEqual(['unknown'])
})

test('a call that is placed while Asterisk tells what lives goes on', async () => {
  expect(await dialled('just before the list')).toEqual([])
})

test('a caller who leaves while Asterisk tells what lives does not come a second time', async () => {
  const { asterisk, telephony, arrivals } = telephonyHouse()
  telephony.start()
  await vi.waitFor(() => expect(telephony.ready).toBe(true))
  const dialplan = { app_name: 'Stasis', app_data: `${asterisk.app()},inbound` }
  const creationtime = new Date(Date.now() + AUDIT_MS).toISOString()
  const channel = { id: '1.1', name: 'PJSIP/provider-1', state: 'Ring', creationtime, dialplan }
  asterisk.answer = (operation) => {
    if (operation !== 'channels.list') return undefined
    asterisk.send({ type: 'StasisStart', args: ['inbound', '+73432001122', '+79120000001', 'provider'], channel })
    for (const type of ['ChannelHangupRequest', 'StasisEnd', 'ChannelDestroyed'])
      asterisk.send({ type, cause: 16, channel })
    return [channel]
  }
  await vi.advanceTimersByTimeAsync(AUDIT_MS + 100)
  await telephony.stop()
  expect(arrivals).toHaveLength(1)
})
