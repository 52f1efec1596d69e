/** What a caller hears: one sound after another, until it ends, is stopped, or he hangs up. */
import { ulid } from '../model/ulid.ts'
import { childController } from '../runtime/abort.ts'
import type { Media, PlayOptions, PlayResult } from './api.ts'
import { record, text } from './ari-events.ts'
import type { AriMessage } from './ari-socket.ts'
import type { LegRequests } from './leg-requests.ts'
import type { LostEvents } from './lost-events.ts'

type SoundEnd = 'done' | 'failed'

export class LegSounds {
  #requests: LegRequests
  #lost: LostEvents
  #signal: AbortSignal
  #untilHangupIsTold: () => Promise<void>
  #waiting = new Map<string, (end: SoundEnd) => void>()

  /** `signal`: of the call. `untilHangupIsTold`: if it is ending. */
  constructor(requests: LegRequests, lost: LostEvents, signal: AbortSignal, untilHangupIsTold: () => Promise<void>) {
    this.#requests = requests
    this.#lost = lost
    this.#signal = signal
    this.#untilHangupIsTold = untilHangupIsTold
  }

  async play(media: Media[], options: PlayOptions, answer: () => Promise<void>): Promise<PlayResult> {
    this.#requests.throwIfEnded()
    if (media.length === 0) return 'done'
    if (options.signal?.aborted) return 'interrupted'
    const answering = answer() // not awaited: the sound follows in the same turn, on the same socket
    const playbackId = `play-${ulid()}`
    const finished = new Promise<SoundEnd>((resolve) => this.#waiting.set(playbackId, resolve))
    const started = this.#requests.do('channels.playWithId', { playbackId, media: media.join(',') })
    const { controller, unlink } = childController(this.#signal, ...(options.signal ? [options.signal] : []))
    const stopped = new Promise<'interrupted'>((resolve) => {
      if (controller.signal.aborted) resolve('interrupted')
      controller.signal.addEventListener('abort', () => resolve('interrupted'), { once: true })
    })
    try {
      const sound = Promise.all([answering, started]).then(() =>
        Promise.race([finished, this.#lost.untilUnknown('playbacks.get', { playbackId }, controller.signal)]),
      )
      sound.catch(() => {})
      const end = (await Promise.race([sound, stopped])) ?? 'done'
      this.#requests.throwIfEnded()
      if (end === 'interrupted') this.#requests.send('playbacks.stop', { playbackId })
      if (end === 'failed') {
        // a sound that the hang-up has cut off fails, too
        await this.#untilHangupIsTold()
        this.#requests.throwIfEnded()
      }
      return end
    } finally {
      this.#waiting.delete(playbackId)
      controller.abort()
      unlink()
    }
  }

  /** PlaybackFinished. */
  receive(message: AriMessage): void {
    const playback = record(message['playback'])
    this.#waiting.get(text(playback['id']))?.(playback['state'] === 'failed' ? 'failed' : 'done')
  }
}
