/**
 * The connection to a mail server before a word is said, with a deadline of its own: nodemailer's covers the greeting
 * as well.
 */
import { connect, type Socket } from 'node:net'
import { TimeoutError } from '../../runtime/abort.ts'

/** One address of several that does not answer (IPv6 without a way, say) gets so long. */
const ONE_ADDRESS_MS = 2_000

/** Resolves when TCP is there. Rejects with the system's error, a TimeoutError after `ms`, or the signal's reason. */
export function openSocket(host: string, port: number, ms: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error)
    const socket = connect({
      host,
      port,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: Math.min(ONE_ADDRESS_MS, ms),
    })
    const settle = (end: () => void) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', calledOff)
      socket.off('connect', connected).off('error', failed)
      end()
    }
    const fail = (error: Error) =>
      settle(() => {
        // what it still has to say is of no interest
        socket.on('error', () => {}).destroy()
        reject(error)
      })
    const connected = () => settle(() => resolve(socket))
    const failed = (error: Error) => fail(firstOf(error))
    const calledOff = () => fail(signal.reason instanceof Error ? signal.reason : new Error('called off'))
    const late = () => fail(new TimeoutError(`${host}:${port} took longer than ${ms} ms to take the connection`))
    const timer = setTimeout(late, ms)
    signal.addEventListener('abort', calledOff, { once: true })
    socket.on('connect', connected).on('error', failed)
  })
}

/** Of a host with several addresses each has failed in its way; the first says enough. */
function firstOf(error: Error): Error {
  const [first] = error instanceof AggregateError ? (error.errors as Error[]) : []
  return first ?? error
}
