/** What a caller says is recorded until he stops, is stopped, or hangs up. */
import { sleep } from '../runtime/abort.ts'
import type { Recording, RecordOptions } from './api.ts'
import { record, text } from './ari-events.ts'
import type { AriMessage } from './ari-socket.ts'
import type { LegRequests } from './leg-requests.ts'
import type { LostEvents } from './lost-events.ts'

/** A recording's end is told within milliseconds of the hang-up. */
const GRACE_MS = 2_000

/** `ms: null`: it ended, and nobody told how long it is. */
type RecordingEnd = { ms: number | null }

export class LegRecordings {
  #requests: LegRequests
  #lost: LostEvents
  #signal: AbortSignal
  #fetch: (name: string, talkedMs: number | null) => Promise<Recording>
  #waiting = new Map<string, (end: RecordingEnd) => void>()

  /** `signal`: of the call. `fetch`: brings what was recorded under a name. */
  constructor(
    requests: LegRequests,
    lost: LostEvents,
    signal: AbortSignal,
    fetch: (name: string, talkedMs: number | null) => Promise<Recording>,
  ) {
    this.#requests = requests
    this.#lost = lost
    this.#signal = signal
    this.#fetch = fetch
  }

  /** Throws CallEnded if he is gone before it begins: who hangs up after his message has left it nonetheless. */
  async record(options: RecordOptions, answer: () => Promise<void>): Promise<Recording> {
    this.#requests.throwIfEnded()
    const ended = new Promise<RecordingEnd>((resolve) => this.#waiting.set(options.name, resolve))
    const over = new AbortController()
    try {
      await Promise.all([
        answer(),
        this.#requests.do('channels.record', {
          name: options.name,
          format: 'wav',
          maxDurationSeconds: Math.ceil(options.maxMs / 1000),
          maxSilenceSeconds: Math.ceil(options.silenceMs / 1000),
          ifExists: 'fail',
          beep: String(options.beep),
          terminateOn: options.endOn,
        }),
      ])
      const unheard = this.#lost.untilUnknown('recordings.getLive', { recordingName: options.name }, over.signal)
      unheard.catch(() => {})
      const stop = () => this.#requests.send('recordings.stop', { recordingName: options.name })
      if (options.signal?.aborted) stop()
      options.signal?.addEventListener('abort', stop, { once: true })
      const end = await Promise.race([ended, this.#sometimeAfterTheCall(), unheard])
      options.signal?.removeEventListener('abort', stop)
      return await this.#fetch(options.name, end?.ms ?? null)
    } finally {
      this.#waiting.delete(options.name)
      over.abort()
    }
  }

  /** RecordingFinished, RecordingFailed. */
  receive(message: AriMessage): void {
    const recording = record(message['recording'])
    const failed = message.type === 'RecordingFailed'
    const seconds = failed ? 0 : Number(recording['duration'] ?? 0) - Number(recording['silence_duration'] ?? 0)
    this.#waiting.get(text(recording['name']))?.({ ms: Math.max(0, seconds * 1000) })
  }

  /** The end of the call is the usual end of a recording. */
  #sometimeAfterTheCall(): Promise<RecordingEnd> {
    return new Promise((resolve) => {
      const onEnd = () => void sleep(GRACE_MS).then(() => resolve({ ms: null }))
      if (this.#signal.aborted) onEnd()
      else this.#signal.addEventListener('abort', onEnd, { once: true })
    })
  }
}
