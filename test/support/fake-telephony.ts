/**
 * The telephony wall without Asterisk: the outside world is a function for each number, and hours pass in milliseconds.
 *
 * Faithful where the house depends on it: results as values, own channel ids, keys queued and watched, sounds that take their time and
 * can be interrupted, a signal that aborts with CallEnded when either side hangs up. `speed` divides every duration.
 */
import { childController, sleep, untilAborted } from '../../src/runtime/abort.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import {
  type Back,
  CallEnded,
  type DialFailure,
  type DialRequest,
  type DialResult,
  type KeyBuffer,
  type Leg,
  type Media,
  type PhoneState,
  type PlayOptions,
  type PlayResult,
  type Recording,
  type RecordOptions,
  type TalkOptions,
  TakenAway,
  type TalkResult,
  type Transfer,
  type Telephony,
} from '../../src/telephony/api.ts'

/** What the far end of a dialled call does. Until it calls `answer`, it rings. */
export type FarEnd = (phone: FarPhone) => Promise<void> | void

/** The called person's side. */
export interface FarPhone {
  /** `PJSIP/+79161234567@gsm` as it was dialled. */
  readonly endpoint: string
  readonly callerId: { number: string; name: string }
  answer(): void
  /** Ends the dialling without an answer; after an answer it is a hang-up. */
  refuse(kind: Exclude<DialFailure, 'not-placed'>, cause?: number): void
  press(keys: string): void
  hangup(cause?: number): void
  /** Resolves when this sound begins; rejects when the call ends first. Sounds that were heard already count. */
  hears(media: Media): Promise<void>
  readonly heard: Media[]
  /** So long in the time of the call. */
  wait(ms: number): Promise<void>
}

const CAUSES: Record<Exclude<DialFailure, 'not-placed'>, number> = {
  'busy': 17,
  'no-answer': 19,
  'rejected': 21,
  'unreachable': 20,
  'unallocated': 1,
  'congestion': 34,
  'failed': 38,
  'forwarded': 23,
  'cancelled': 0,
}

export interface FakeTelephonyOptions {
  /** 100: a second passes in 10 ms. */
  speed?: number
  /** Length of a sound in ms; a second if missing. */
  lengthOf?: (media: Media) => number
}

export class FakeTelephony implements Telephony {
  ready = true
  /** Every call that was placed, in order. */
  readonly dialled: { channelId: string; endpoint: string; number: string; at: number }[] = []
  readonly legs: FakeLeg[] = []
  /** The most calls that were up or ringing at once. */
  peak = 0
  #live = 0
  #farEnds = new Map<string, FarEnd[]>()
  #states = new Map<string, PhoneState>()
  #stateListeners = new Set<(endpoint: string, state: PhoneState) => void>()
  #speed: number
  #lengthOf: (media: Media) => number

  constructor(options: FakeTelephonyOptions = {}) {
    this.#speed = options.speed ?? 100
    this.#lengthOf = options.lengthOf ?? (() => 1_000)
  }

  /** Who answers at a number (`+79161234567`) or a phone (`PJSIP/101`). Several: one for each call in turn, the last for all further ones. */
  on(numberOrEndpoint: string, ...farEnds: FarEnd[]): void {
    this.#farEnds.set(numberOrEndpoint, farEnds)
  }

  /** How often a number was rung. */
  callsTo(number: string): number {
    return this.dialled.filter((call) => call.number === number).length
  }

  /** A clock for durations, in the time of the calls. */
  monotonic = (): number => performance.now() * this.#speed

  async dial(request: DialRequest): Promise<DialResult> {
    if (!this.ready) return { kind: 'not-placed', why: 'not connected' }
    if (request.signal?.aborted) return { kind: 'cancelled', cause: 0 }
    const number = /^PJSIP\/(\+?\d{5,})@/.exec(request.target.endpoint)?.[1] ?? request.target.endpoint
    this.dialled.push({
      channelId: request.channelId,
      endpoint: request.target.endpoint,
      number,
      at: performance.now(),
    })
    this.#up(1)
    const far = this.#farEnds.get(number) ?? []
    const behave = (far.length > 1 ? far.shift() : far[0]) ?? ((phone) => phone.refuse('unallocated'))

    const { controller, unlink } = childController(...(request.signal ? [request.signal] : []))
    const leg = new FakeLeg(request, this.#speed, this.#lengthOf, () => this.#up(-1))
    this.legs.push(leg)
    const decided = new Promise<DialResult>((resolve) => {
      leg.onDecision = resolve
      controller.signal.addEventListener('abort', () => leg.phone.refuse('cancelled'), { once: true })
    })
    queueMicrotask(() => {
      request.onRinging?.()
      void (async () => behave(leg.phone))().catch((error: unknown) => {
        // the far end was waiting for something when the call ended
        if (!(error instanceof CallEnded)) throw error
      })
    })
    const timer = setTimeout(() => leg.phone.refuse('no-answer'), request.timeoutMs / this.#speed)
    try {
      return await decided
    } finally {
      clearTimeout(timer)
      unlink()
    }
  }

  /** Somebody outside calls us; `leg.phone` is his side. */
  incoming(channelId: string): FakeLeg {
    const request = {
      channelId,
      target: { endpoint: 'PJSIP/provider' },
      callerId: { number: '', name: '' },
      timeoutMs: 0,
    }
    const leg = new FakeLeg({ ...request, log: silentLogger }, this.#speed, this.#lengthOf, () => {})
    this.legs.push(leg)
    return leg
  }

  phoneState(endpoint: string): PhoneState {
    return this.#states.get(endpoint) ?? 'idle'
  }

  onPhoneState(listener: (endpoint: string, state: PhoneState) => void): () => void {
    this.#stateListeners.add(listener)
    return () => this.#stateListeners.delete(listener)
  }

  setPhoneState(endpoint: string, state: PhoneState): void {
    this.#states.set(endpoint, state)
    for (const listener of this.#stateListeners) listener(endpoint, state)
  }

  #up(by: number): void {
    this.#live += by
    this.peak = Math.max(this.peak, this.#live)
  }
}

export class FakeLeg implements Leg {
  readonly id: string
  readonly channelName: string
  readonly log = silentLogger
  passedOn = false
  #onTalk!: () => void
  readonly keys = new FakeKeys()
  readonly phone: FarPhone
  /** What the person on this leg has been played, with music as `music:<class>`. */
  readonly heard: Media[] = []
  /** Milliseconds of sound that were played, in the time of the call. */
  playedMs = 0
  /** What comes of a recording; nothing is said if a test does not replace it. */
  recording = async ({ name }: RecordOptions): Promise<Recording> => {
    return { name, ms: 0, fetch: async () => Buffer.alloc(0), remove: async () => {} }
  }
  /** Resolves when he talks with another leg for the first time. */
  readonly talking = new Promise<void>((resolve) => (this.#onTalk = resolve))
  /** Set by dial(): told once how the dialling came out. */
  onDecision: (result: DialResult) => void = () => {}
  #ended = new AbortController()
  #answered = false
  #decided = false
  #speed: number
  #lengthOf: (media: Media) => number
  #onEnd: () => void
  #listeners = new Set<() => void>()

  constructor(request: DialRequest, speed: number, lengthOf: (media: Media) => number, onEnd: () => void) {
    this.id = request.channelId
    this.channelName = `${request.target.endpoint}-fake`
    this.#speed = speed
    this.#lengthOf = lengthOf
    this.#onEnd = onEnd
    this.keys.signal = this.#ended.signal
    this.keys.speed = speed
    this.phone = this.#farPhone(request)
  }

  get signal(): AbortSignal {
    return this.#ended.signal
  }
  get answered(): boolean {
    return this.#answered
  }

  async answer(): Promise<void> {
    this.#mustLive()
    this.#answered = true
  }
  async startRinging(): Promise<void> {
    this.#mustLive()
    this.heard.push('ringing')
  }
  async stopRinging(): Promise<void> {
    this.#mustLive()
  }

  async play(media: Media[], options: PlayOptions = {}): Promise<PlayResult> {
    for (const one of media) {
      this.#mustLive()
      if (options.signal?.aborted) return 'interrupted'
      this.heard.push(one)
      for (const listener of this.#listeners) listener()
      const began = performance.now()
      const { controller, unlink } = childController(this.signal, ...(options.signal ? [options.signal] : []))
      try {
        await sleep(this.#lengthOf(one) / this.#speed, controller.signal)
      } catch {
        this.#mustLive()
        return 'interrupted'
      } finally {
        unlink()
        this.playedMs += (performance.now() - began) * this.#speed
      }
    }
    return 'done'
  }

  async startMusic(musicClass: string): Promise<void> {
    this.#mustLive()
    this.heard.push(`music:${musicClass}`)
  }
  async stopMusic(): Promise<void> {
    this.#mustLive()
  }

  async record(options: RecordOptions): Promise<Recording> {
    this.#mustLive()
    return this.recording(options)
  }
  async continueInDialplan(): Promise<void> {
    this.#mustLive()
  }

  /** Counts up while somebody is on the line; a test that plays a dead line stops it. */
  packets: () => number | null = () => Math.floor(performance.now() * this.#speed)
  async packetsReceived(): Promise<number | null> {
    this.#mustLive()
    return this.#answered ? this.packets() : null
  }

  /** Who picks up on this leg, as Asterisk would judge. */
  picksUp: 'person' | 'machine' = 'person'
  async detectMachine(): Promise<'person' | 'machine'> {
    this.#mustLive()
    await sleep(2_000 / this.#speed, this.signal)
    return this.picksUp
  }

  #transfer: Transfer | null = null
  takeTransfer(): Transfer | null {
    const transfer = this.#transfer
    this.#transfer = null
    return transfer
  }
  /** Its ends are all told. */
  leaveUntoldEndToBook(): void {}
  #comesBack: (back: Back) => void = () => {}
  /** The dialplan gives it back, out of a talk that the test says it is in. */
  readonly comesBack = (back: Back) => this.#comesBack(back)
  untilBack(): Promise<Back> {
    const back = new Promise<Back>((resolve) => (this.#comesBack = resolve))
    return Promise.race([back, untilAborted(this.signal).then(() => 'talked' as const)])
  }

  /** The name under which its last talk was recorded. */
  recordedAs: string | null = null

  async talkWith(other: Leg, { record }: TalkOptions = {}): Promise<TalkResult> {
    this.#mustLive()
    this.recordedAs = record ?? null
    if (other.signal.aborted) return { kind: 'not-bridged' }
    this.#onTalk()
    const began = performance.now()
    const endedBy = await new Promise<'this' | 'other'>((resolve) => {
      this.signal.addEventListener('abort', () => resolve('this'), { once: true })
      other.signal.addEventListener('abort', () => resolve('other'), { once: true })
    })
    // Asterisk's own bridge releases the other side, unless the one who left has passed it on
    if (endedBy === 'other' && this.passedOn)
      return { kind: 'talked', ms: (performance.now() - began) * this.#speed, endedBy }
    await (endedBy === 'this' ? other.hangup() : this.hangup())
    return { kind: 'talked', ms: (performance.now() - began) * this.#speed, endedBy }
  }

  async hangup(cause = 16): Promise<void> {
    if (!this.passedOn) this.#end(cause)
  }

  /** The dialplan has taken it, as it does when we cannot be heard. */
  takenAway(): void {
    this.#ended.abort(new TakenAway())
  }

  /** Whom he talks with transfers him with the phone, and is out of it; he goes on without us until `phone.hangup()`. */
  transferredBy(operator: FakeLeg): void {
    this.passedOn = true
    operator.phone.hangup()
  }

  #end(cause: number): void {
    if (this.#ended.signal.aborted) return
    this.#ended.abort(new CallEnded(cause))
    this.#onEnd()
  }

  #mustLive(): void {
    if (this.signal.aborted) throw this.signal.reason
  }

  #decide(result: DialResult): void {
    if (this.#decided) return
    this.#decided = true
    this.onDecision(result)
  }

  #farPhone(request: DialRequest): FarPhone {
    const answer = () => {
      if (this.#decided) return
      this.#answered = true
      this.#decide({ kind: 'answered', leg: this })
    }
    const refuse: FarPhone['refuse'] = (kind, cause = CAUSES[kind]) => {
      if (this.#answered) return
      this.#decide({ kind, cause })
      this.#end(cause)
    }
    const hears = (media: Media) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (!this.heard.includes(media)) return
          this.#listeners.delete(look)
          resolve()
        }
        this.#listeners.add(look)
        this.signal.addEventListener('abort', () => reject(this.signal.reason as Error), { once: true })
        look()
      })
    return {
      endpoint: request.target.endpoint,
      callerId: request.callerId,
      answer,
      refuse,
      press: (keys) => keys.split('').forEach((key) => this.keys.press(key)),
      hangup: (cause = 16) => (this.#answered ? this.#end(cause) : refuse('rejected', cause)),
      hears,
      heard: this.heard,
      wait: (ms) => sleep(ms / this.#speed, this.signal),
    }
  }
}

class FakeKeys implements KeyBuffer {
  signal: AbortSignal = new AbortController().signal
  speed = 1
  #queue: string[] = []
  #watchers: ((key: string) => boolean)[] = []
  #waiting: ((key: string) => void) | null = null

  /** The far end presses a key. */
  press(key: string): void {
    if (this.signal.aborted) return
    if (this.#watchers.some((watch) => watch(key))) return
    const waiting = this.#waiting
    this.#waiting = null // the next key is not his
    if (waiting) waiting(key)
    else this.#queue.push(key)
  }

  async next(timeoutMs: number, signal?: AbortSignal): Promise<string | null> {
    if (this.signal.aborted) throw this.signal.reason
    signal?.throwIfAborted()
    const typed = this.#queue.shift()
    if (typed !== undefined) return typed
    const { controller, unlink } = childController(this.signal, ...(signal ? [signal] : []))
    let waiting: ((key: string) => void) | null = null
    try {
      return await new Promise<string | null>((resolve, reject) => {
        this.#waiting = waiting = resolve
        sleep(timeoutMs / this.speed, controller.signal).then(() => resolve(null), reject)
      })
    } finally {
      if (this.#waiting === waiting) this.#waiting = null
      controller.abort()
      unlink()
    }
  }

  take(): string | null {
    return this.#queue.shift() ?? null
  }
  peek(): string | null {
    return this.#queue[0] ?? null
  }
  putBack(keys: string): void {
    this.#queue.unshift(...keys.split(''))
  }
  clear(): void {
    this.#queue = []
  }
  watch(onKey: (key: string) => boolean): () => void {
    this.#watchers.push(onKey)
    return () => {
      this.#watchers = this.#watchers.filter((watcher) => watcher !== onKey)
    }
  }
}
