import { expect, test, vi } from 'vitest'
import { telephonyHouse } from '../support/telephony-house.ts'

test('Asterisk ends our application while we connect: we connect anew instead of asking for ever', async () => {
  const { asterisk, telephony } = telephonyHouse()
  asterisk.knowsUs = false
  telephony.start()
  await expect.poll(() => telephony.ready).toBe(true)
  expect(asterisk.reconnects).toBe(1)
  await telephony.stop()
})

test('Asterisk ends our application later, and the line stands: the next look finds out', async () => {
  vi.useFakeTimers()
  try {
    const { asterisk, telephony } = telephonyHouse()
    telephony.start()
    await vi.waitFor(() => expect(telephony.ready).toBe(true))
    asterisk.knowsUs = false
    await vi.advanceTimersByTimeAsync(10_000)
    expect(asterisk.reconnects).toBe(1)
    await vi.waitFor(() => expect(telephony.ready).toBe(true))
    await telephony.stop()
  } finally {
    vi.useRealTimers()
  }
})
