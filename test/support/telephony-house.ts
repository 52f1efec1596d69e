/** The real AriTelephony on a line that stands, to an Asterisk that is a few answers. */
import { silentLogger } from '../../src/runtime/logger.ts'
import type { AriOperation } from '../../src/telephony/ari-operations.ts'
import type { AriMessage, AriSocketOptions } from '../../src/telephony/ari-socket.ts'
import { AriTelephony } from '../../src/telephony/ari-telephony.ts'
import { AriError } from '../../src/telephony/ari-transport.ts'
import type { Arrival } from '../../src/telephony/link.ts'

export function telephonyHouse() {
  const asterisk = {
    /** Has it our application? */
    knowsUs: true,
    reconnects: 0,
    /** Minus ours. */
    clockMs: 0,
    /** Asked before anything else; undefined: as always. */
    answer: (_operation: AriOperation, _parameters: Record<string, unknown>): unknown => undefined,
    send: (_message: AriMessage): void => {},
    /** The Stasis application of this connection. */
    app: (): string => '',
  }
  const arrivals: Arrival[] = []
  const request = async (operation: AriOperation, parameters: Record<string, unknown>): Promise<unknown> => {
    const answer = asterisk.answer(operation, parameters)
    if (answer !== undefined) return answer
    if (operation.startsWith('applications.') && !asterisk.knowsUs) throw new AriError(operation, 404, 'not found')
    if (operation === 'channels.list') return []
    if (operation === 'asterisk.getInfo') return { status: { startup_time: '2026-01-01T00:00:00.000+0000' } }
    if (parameters['variable'] === 'EPOCH') return { value: String(Math.floor((Date.now() + asterisk.clockMs) / 1000)) }
    return { value: '0' }
  }
  const socket = ({ app, onOpen, onClose, onMessage }: AriSocketOptions) => {
    Object.assign(asterisk, { app, send: onMessage })
    return {
      isOpen: true,
      start: onOpen,
      stop: () => {},
      reconnect: () => {
        asterisk.reconnects++
        asterisk.knowsUs = true // a new connection makes the application anew
        onClose()
        onOpen()
      },
    }
  }
  const telephony = new AriTelephony({
    address: { url: 'http://127.0.0.1:8088/ari', user: 'perezvon', password: 'secret', app: 'perezvon' },
    transport: { open: async () => {}, request, close: () => {} },
    log: silentLogger,
    events: {
      arrival: (call) => void arrivals.push(call),
      transferred: () => {},
      desk: () => {},
      feature: () => {},
      stranger: () => {},
      doorbell: async () => 'ack',
      connected: async () => ({ goOn: () => {} }),
      fenced: () => {},
    },
    socket,
  })
  return { asterisk, telephony, arrivals }
}
