/** An event may be lost on the way. What waits for one also asks Asterisk from time to time, and at once after a lost connection. */
import type { AriOperation, AriParameters } from './ari-operations.ts'
import { type AriTransport, saysGone } from './ari-transport.ts'

const CHECK_MS = 15_000

export class LostEvents {
  #request: AriTransport['request']
  #lane: string
  #onResync = new Set<() => void>()

  constructor(request: AriTransport['request'], lane: string) {
    this.#request = request
    this.#lane = lane
  }

  /** Events may have been lost: everybody asks now. */
  resync(): void {
    for (const check of this.#onResync) check()
  }

  /** Resolves when Asterisk does not know it any more: the end of a sound or of a recording was not told. */
  async untilUnknown(operation: AriOperation, parameters: AriParameters, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#pause(signal)
      try {
        await this.#request(operation, parameters, { lane: this.#lane })
      } catch (error) {
        if (saysGone(error)) return
      }
    }
  }

  /** Once for every sound that is played: no controller is made for it. Rejects with the signal's reason. */
  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer)
        this.#onResync.delete(goOn)
        signal.removeEventListener('abort', onAbort)
        settle()
      }
      const goOn = () => end(resolve)
      const onAbort = () => end(() => reject(signal.reason as Error))
      const timer = setTimeout(goOn, CHECK_MS)
      this.#onResync.add(goOn)
      if (signal.aborted) onAbort()
      else signal.addEventListener('abort', onAbort, { once: true })
    })
  }
}
