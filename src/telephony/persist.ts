/** A call does not end with our connection: a request on it that was not answered is asked again when we are back, if the call is. */
import { sleep } from '../runtime/abort.ts'
import { wasNotAnswered } from './ari-transport.ts'

/** So often, and not before the loss of the connection has been noticed. */
const MOST_TRIES = 5
const TRY_AGAIN_MS = 100

/** Only for requests that may be carried out twice. Rejects with the signal's reason when the call has ended. */
export async function persist(
  request: () => Promise<unknown>,
  whenReady: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    try {
      return await request()
    } catch (error) {
      if (!wasNotAnswered(error) || tries >= MOST_TRIES) throw error
      await sleep(TRY_AGAIN_MS * tries, signal)
      await whenReady(signal)
    }
  }
}
