/** One leg of a call as the far end lives it: a caller outside, or a phone that was rung. It listens from its first moment. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { unlessGone, type AriRequest } from './ari-requests.ts'
import { findPrompt, type Heard } from './hearing.ts'
import { LiveRecording } from './live-recording.ts'
import { media } from './sounds.ts'
import { Waiting } from './waiting.ts'
import { readWav, type Sound } from './wav.ts'

export type LegState = 'new' | 'ringing' | 'up' | 'ended'

const OVERSAMPLED = 6
const RECORDING_FORMAT = 'sln48'

export class FarLeg {
  readonly id: string
  /** The number that was dialled, or the phone that rings. */
  readonly who: string
  readonly direction: 'calling' | 'called'
  /** Where it came in or went out: a trunk's or a phone's name. */
  readonly via: string
  /** What a rung phone shows. */
  callerNumber = ''
  callerName = ''
  state: LegState = 'new'
  /** Q.850, once it has ended. */
  cause: number | null = null
  /** Before this it takes no commands. */
  inStasis = false
  /** Keys that arrived. */
  digits = ''
  /** Milliseconds since 1970. */
  readonly times: Partial<Record<LegState, number>> = { new: Date.now() }
  readonly #request: AriRequest
  readonly #waiting = new Waiting()
  readonly #playing = new Map<string, (state: string) => void>()
  readonly #recording: LiveRecording
  #earInStasis = false
  #speaking = false
  #breathing: Promise<void> = Promise.resolve()

  constructor(options: {
    id: string
    who: string
    direction: FarLeg['direction']
    via: string
    request: AriRequest
    spoolDir: string
  }) {
    this.id = options.id
    this.who = options.who
    this.direction = options.direction
    this.via = options.via
    this.#request = options.request
    this.#recording = new LiveRecording(
      join(options.spoolDir, 'recording', `${this.#ear}.${RECORDING_FORMAT}`),
      OVERSAMPLED,
    )
  }

  async ring(): Promise<void> {
    await this.#request('POST', `/channels/${this.id}/ring`)
  }

  async answer(): Promise<void> {
    await this.#request('POST', `/channels/${this.id}/answer`)
  }

  /** `cause` is Q.850: 16 normal, 17 busy, 1 unallocated, 21 rejected, 34 congestion. Nothing happens if it is over already. */
  async hangup(cause = 16): Promise<void> {
    await unlessGone(this.#request('DELETE', `/channels/${this.id}`, { reason_code: cause }))
  }

  /** The phone's own button: passes the other side on, blindly, and is out of the call (REFER). */
  async transfer(to: string): Promise<void> {
    await this.#request('POST', `/channels/${this.id}/continue`, { context: 'refer', extension: to, priority: 1 })
  }

  /** Presses keys, one after another. A key needs 120 ms, and some 100 more until the other side has it. */
  async press(keys: string): Promise<void> {
    await this.#request('POST', `/channels/${this.id}/dtmf`, { dtmf: keys, duration: 120, between: 120 })
  }

  /** Speaks a sound file; resolves when it was played or the leg has ended. */
  async say(wav: string): Promise<void> {
    const id = randomUUID()
    const done = new Promise<string>((resolve) => this.#playing.set(id, resolve))
    this.#speaking = true
    await this.#breath('DELETE')
    await this.#request('POST', `/channels/${this.id}/play/${id}`, { media: media(wav) })
    const state = await done
    this.#speaking = false
    if (state === 'failed' && this.cause === null) throw new Error(`${this.who}: ${wav} could not be played`)
    await this.#breath('POST')
  }

  /**
   * A real phone sends sound all the time; Asterisk sends none while it plays nothing. Without this the other side sees missing frames
   * where it waits for silence. One after another: a breath that comes late would cut off what is being said.
   */
  #breath(method: 'POST' | 'DELETE'): Promise<void> {
    this.#breathing = this.#breathing.then(async () => {
      if (this.state !== 'up' || (method === 'POST' && this.#speaking)) return
      await unlessGone(this.#request(method, `/channels/${this.id}/silence`)).catch(() => {}) // it ended meanwhile
    })
    return this.#breathing
  }

  /** Keeps what this leg hears, on a channel of its own: recording on the leg itself would block playing and keys. */
  async listen(): Promise<void> {
    await this.#request('POST', `/channels/${this.id}/snoop/${this.#ear}`, { spy: 'in', app: 'far', appArgs: 'ear' })
    await this.until(() => this.#earInStasis || this.state === 'ended', 5_000, 'ear')
    if (this.state === 'ended') return
    await this.#request('POST', `/channels/${this.#ear}/record`, {
      name: this.#ear,
      format: RECORDING_FORMAT,
      ifExists: 'overwrite',
    })
  }

  /** Waits until the prompt was heard up to its second `upTo`, else to its end. Some 0.3 s late. */
  async hears(wav: string, options: { ms?: number; upTo?: number; after?: number } = {}): Promise<Heard> {
    const what = () => `${this.who} (${this.state}) and ${wav}`
    return this.#recording.hears(await readWav(wav), { ms: 20_000, ...options, what })
  }

  /** How much of the prompt was heard until now. The last third of a second may not be written yet; after the end all is. */
  async heard(wav: string): Promise<Heard> {
    return findPrompt(await this.sound(), await readWav(wav))
  }

  /** All that was heard until now. */
  sound(): Promise<Sound> {
    return this.#recording.sound()
  }

  ringing(ms = 15_000): Promise<this> {
    return this.until(() => this.state !== 'new', ms, 'ringing')
  }

  /** Rejects when it ends unanswered. */
  async answered(ms = 20_000): Promise<this> {
    await this.until(() => this.times.up !== undefined || this.state === 'ended', ms, 'answer')
    if (this.times.up === undefined) throw new Error(`${this.who}: ended unanswered, cause ${this.cause}`)
    return this
  }

  ended(ms = 60_000): Promise<this> {
    return this.until(() => this.state === 'ended', ms, 'end')
  }

  gotKeys(pattern: RegExp, ms = 20_000): Promise<this> {
    return this.until(() => pattern.test(this.digits), ms, `keys ${pattern}`)
  }

  /** Waits for something that an event of this leg makes true. */
  async until(isSo: () => boolean, ms: number, what: string): Promise<this> {
    const now = () => `${this.who} (${this.state}, cause ${this.cause}, keys "${this.digits}"): no ${what}`
    await this.#waiting.until(isSo, ms, now)
    return this
  }

  /** Called by the far end for its events. */
  mark(change: { state?: LegState; cause?: number; digit?: string; inStasis?: true; earInStasis?: true }): void {
    if (change.inStasis) this.inStasis = true
    if (change.earInStasis) this.#earInStasis = true
    if (change.state && this.state !== 'ended') {
      this.state = change.state
      this.times[change.state] ??= Date.now()
      if (change.state === 'up') void this.#breath('POST')
    }
    if (change.cause !== undefined) this.cause = change.cause
    if (change.digit) this.digits += change.digit
    if (this.state === 'ended') for (const finish of this.#playing.values()) finish('ended')
    this.#waiting.wake()
  }

  /** Called by the far end for its events. */
  playbackFinished(id: string, state: string): void {
    this.#playing.get(id)?.(state)
    this.#playing.delete(id)
  }

  async close(): Promise<void> {
    await this.#recording.close()
  }

  get #ear(): string {
    return `ear-${this.id}`
  }
}
