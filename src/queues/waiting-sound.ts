/**
 * What a caller hears while he waits: music or the ringing tone, and now and then a word, his place in the line and that he may be called back instead.
 * Nobody is left unanswered because of it, so it never fails.
 */
import type { Call } from '../calls/call.ts'
import type { WaitingOffer } from '../model/call-outcome.ts'
import { sleep } from '../runtime/abort.ts'
import type { Media } from '../telephony/api.ts'

export interface WaitingSound {
  start(): void
  /** Also in the middle of a word. */
  stop(): Promise<void>
}

/** `words`: what is said now, empty when nothing can be; asked anew each time, because his place changes. */
export function waitingSound(
  { leg, log }: Pick<Call, 'leg' | 'log'>,
  music: string | null,
  offer: WaitingOffer | undefined,
  words: () => Promise<Media[]>,
): WaitingSound {
  const unlessOver = (error: unknown) => {
    if (!leg.signal.aborted) log.warn('what a caller hears while he waits did not start or stop', { error })
  }
  const on = () => void (music === null ? leg.startRinging() : leg.startMusic(music)).catch(unlessOver)
  const off = async () => {
    if (!leg.signal.aborted) await (music === null ? leg.stopRinging() : leg.stopMusic()).catch(unlessOver)
  }
  let talking = new AbortController()

  async function speakEvery(ms: number, { signal }: AbortController): Promise<void> {
    for (;;) {
      await sleep(ms, signal)
      const media = await words()
      if (signal.aborted) return
      if (media.length === 0) continue
      await off()
      await leg.play(media, { signal }).catch(unlessOver)
      if (signal.aborted) return
      on()
    }
  }
  return {
    start() {
      on()
      const own = (talking = new AbortController())
      if (offer) speakEvery(offer.every, own).catch((error: unknown) => own.signal.aborted || unlessOver(error))
    },
    stop() {
      talking.abort()
      return off()
    },
  }
}
