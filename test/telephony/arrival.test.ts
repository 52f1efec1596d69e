/** When a caller came is Asterisk's word, by our clock. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { telephonyHouse } from '../support/telephony-house.ts'

const HOUR = 3_600_000

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-11-24T10:00:00Z') }))
afterEach(() => void vi.useRealTimers())

test.each([
  ['our clock is put forward', HOUR, 0],
  ['our clock is put back', -HOUR, 0],
  ['the clock of Asterisk is set', 0, HOUR],
])('%s, and somebody calls before we have compared them: he came just now', async (_what, oursMs, theirsMs) => {
  const { asterisk, telephony, arrivals } = telephonyHouse()
  telephony.start()
  await vi.waitFor(() => expect(telephony.ready).toBe(true))
  vi.setSystemTime(Date.now() + oursMs)
  asterisk.clockMs = theirsMs - oursMs
  const creationtime = new Date(Date.now() + asterisk.clockMs).toISOString()
  const dialplan = { app_name: 'Stasis', app_data: `${asterisk.app()},inbound` }
  const channel = { id: '1.1', name: 'PJSIP/provider-1', state: 'Ring', creationtime, dialplan }
  asterisk.answer = (operation) => (operation === 'channels.get' ? channel : undefined)
  asterisk.send({ type: 'StasisStart', args: ['inbound', '+73432001122', '+79120000001', 'provider'], channel })
  await vi.waitFor(() => expect(arrivals).toHaveLength(1))
  expect(Math.abs(arrivals[0]!.arrivedAt - Date.now())).toBeLessThan(2_000)
  await telephony.stop()
})
