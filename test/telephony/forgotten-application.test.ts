import { expect, test, vi } from 'vitest'
import { silentLogger } from '../../src/runtime/logger.ts'
import type { AriOperation } from '../../src/telephony/ari-operations.ts'
import type { AriSocketOptions } from '../../src/telephony/ari-socket.ts'
import { AriTelephony } from '../../src/telephony/ari-telephony.ts'
import { AriError } from '../../src/telephony/ari-transport.ts'

/** A connection whose event socket stands. `knowsUs`: has Asterisk our application? */
function house() {
  const asterisk = { knowsUs: true, reconnects: 0 }
  const request = async (operation: AriOperation): Promise<unknown> => {
    if (operation.startsWith('applications.') && !asterisk.knowsUs) throw new AriError(operation, 404, 'not found')
    if (operation === 'channels.list') return []
    if (operation === 'asterisk.getInfo') return { status: { startup_time: '2026-01-01T00:00:00.000+0000' } }
    return { value: '0' }
  }
  const socket = ({ onOpen, onClose }: AriSocketOptions) => ({
    isOpen: true,
    start: onOpen,
    stop: () => {},
    reconnect: () => {
      asterisk.reconnects++
      asterisk.knowsUs = true // a new connection makes the application anew
      onClose()
      onOpen()
    },
  })
  const telephony = new AriTelephony({
    address: { url: 'http://127.0.0.1:8088/ari', user: 'perezvon', password: 'secret', app: 'perezvon' },
    transport: { open: async () => {}, request, close: () => {} },
    log: silentLogger,
    events: {
      arrival: () => {},
      feature: () => {},
      stranger: () => {},
      doorbell: async () => 'ack',
      connected: async () => ({ goOn: () => {} }),
      fenced: () => {},
    },
    socket,
  })
  return { asterisk, telephony }
}

test('Asterisk ends our application while we connect: we connect anew instead of asking for ever', async () => {
  const { asterisk, telephony } = house()
  asterisk.knowsUs = false
  telephony.start()
  await expect.poll(() => telephony.ready).toBe(true)
  expect(asterisk.reconnects).toBe(1)
  await telephony.stop()
})

test('Asterisk ends our application later, and the line stands: the next look finds out', async () => {
  vi.useFakeTimers()
  try {
    const { asterisk, telephony } = house()
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
