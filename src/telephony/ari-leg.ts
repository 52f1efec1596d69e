/** A channel of Asterisk as the house sees it. Waiters are registered before the request, so an event that overtakes its reply finds them. */
import { SHORTEST_TALK_MS } from '../model/call-outcome.ts'
import { sleep, untilAborted } from '../runtime/abort.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import type { Logger } from '../runtime/logger.ts'
import {
  CallEnded,
  type Leg,
  type Media,
  type PlayOptions,
  type PlayResult,
  type RecordOptions,
  type Recording,
  TakenAway,
  type TalkOptions,
  type TalkResult,
} from './api.ts'
import { type AriChannel, readChannel, record, text } from './ari-events.ts'
import type { AriMessage } from './ari-socket.ts'
import { AriError, saysGone, wasNotAnswered } from './ari-transport.ts'
import { AMD_CONTEXT, RECORDED_TALK_CONTEXT, RECORDING_CODES, RETURNS, TALK_CONTEXT } from './contexts.ts'
import { cause } from './hangup-cause.ts'
import { Keys } from './key-buffer.ts'
import { LegRecordings } from './leg-recordings.ts'
import { LegRequests, type RequestPort } from './leg-requests.ts'
import { LegSounds } from './leg-sounds.ts'
import { LostEvents } from './lost-events.ts'

/** What a leg needs of the connection. */
export interface LegPort extends RequestPort {
  /** Keeps events of a channel coming after it left Stasis. */
  follow(channelId: string, lane: string): Promise<unknown>
  recording(name: string, talkedMs: number | null): Promise<Recording>
  /** Is the channel in our application now? */
  holds(channel: AriChannel): boolean
  /** The leg is gone: forget it. */
  ended(leg: AriLeg): void
}

/** When one hangs up Asterisk releases the other within milliseconds. Who is still there after this has been passed on. */
const RELEASE_MS = 1_000

/** An event and an answer come over two sockets. */
const TOLD_MS = 300

export class AriLeg implements Leg {
  readonly id: string
  readonly channelName: string
  readonly log: Logger
  readonly keys: Keys
  #port: LegPort
  #answered: boolean
  #ending = new AbortController()
  #sounds: LegSounds
  #recordings: LegRecordings
  #requests: LegRequests
  /** In Asterisk's hands (a talk, the dialplan): leaving Stasis is not the end. */
  handedOver = false
  #passedOn = false
  #onReturn: ((args: string[]) => void) | null = null
  /** It has left Stasis, and nobody has hung up. */
  #onLeft: (() => void) | null = null
  /** It has left Stasis, and not by our order: it is gone or with the dialplan, which a look will show, and not ours to end. */
  #hasLeft = false
  #lost: LostEvents
  #lastCause = 0
  #hangupRequestedAt = Infinity
  #endedAt = Infinity
  #hangingUp: Promise<void> | null = null

  constructor(channel: AriChannel, port: LegPort, log: Logger) {
    this.id = channel.id
    this.channelName = channel.name
    this.log = log
    this.#port = port
    this.#answered = channel.state === 'Up'
    this.keys = new Keys(this.#ending.signal)
    this.#lost = new LostEvents((...request) => port.request(...request), this.id)
    this.#requests = new LegRequests(this, port)
    const fetch = (name: string, talkedMs: number | null) => port.recording(name, talkedMs)
    this.#sounds = new LegSounds(this.#requests, this.#lost, this.signal, () => this.#untilHangupIsTold())
    this.#recordings = new LegRecordings(this.#requests, this.#lost, this.signal, fetch)
  }

  get signal(): AbortSignal {
    return this.#ending.signal
  }

  async answer(): Promise<void> {
    if (this.#answered) return
    this.#answered = true
    await this.#requests.do('channels.answer')
  }

  startRinging(): Promise<void> {
    return this.#requests.do('channels.ring')
  }

  stopRinging(): Promise<void> {
    return this.#requests.do('channels.ringStop')
  }

  play(media: Media[], options: PlayOptions = {}): Promise<PlayResult> {
    return this.#sounds.play(media, options, () => this.answer())
  }

  async startMusic(musicClass: string): Promise<void> {
    await Promise.all([this.answer(), this.#requests.do('channels.startMoh', { mohClass: musicClass })])
  }

  stopMusic(): Promise<void> {
    return this.#requests.do('channels.stopMoh')
  }

  record(options: RecordOptions): Promise<Recording> {
    return this.#recordings.record(options, () => this.answer())
  }

  async continueInDialplan(context: string, extension = 's'): Promise<void> {
    await this.#handOver(context, extension)
  }

  async packetsReceived(): Promise<number | null> {
    this.#requests.throwIfEnded()
    if (!this.#answered) return null
    const statistics = this.#port.request('channels.rtpstatistics', { channelId: this.id }, { lane: this.id })
    const { rxcount } = record(await statistics.catch(() => null))
    this.#requests.throwIfEnded()
    return typeof rxcount === 'number' ? rxcount : null
  }

  async detectMachine(): Promise<'person' | 'machine'> {
    this.#requests.throwIfEnded()
    const returned = new Promise<string[]>((resolve) => (this.#onReturn = resolve))
    await this.#handOver(AMD_CONTEXT, 's')
    const judged = await Promise.race([untilAborted(this.signal), returned])
    if (!judged) throw this.signal.reason as CallEnded
    const [status = '', why = ''] = judged
    this.log.info('listened who picked up', { status, why })
    // who says nothing at all is no machine: they all begin to talk
    return status === 'MACHINE' && !why.startsWith('INITIALSILENCE') ? 'machine' : 'person'
  }

  async talkWith(other: Leg, { record: recording }: TalkOptions = {}): Promise<TalkResult> {
    if (!(other instanceof AriLeg)) throw new Error('a leg can only talk with a leg of the same telephony')
    this.#requests.throwIfEnded()
    if (other.signal.aborted) return { kind: 'not-bridged' }
    const returned = new Promise<'returned'>((resolve) => (this.#onReturn = () => resolve('returned')))
    other.handedOver = true
    // the dialplan bridges the two: see perezvon-talk in asterisk-config/
    const [context, extension] = recording
      ? [RECORDED_TALK_CONTEXT, `${other.id}~${recording}`]
      : [TALK_CONTEXT, other.id]
    // they talk from when Asterisk has taken the order, however late the other answers are
    const [, , , began] = await Promise.all([
      this.answer(),
      other.#follow(this.id),
      recording && other.#mayPauseRecording(this.id),
      this.#handOver(context, extension),
    ])
    crashPoint('talk.handed-over')
    // only our own end is waited for: when the other hangs up, the dialplan releases us or gives us back, or he has passed us on
    const end = await Promise.race([untilAborted(this.signal), returned, this.#untilPassedOn(other)])
    if (end === 'returned') return { kind: 'not-bridged' }
    const ms = (end?.leftAt ?? this.#endedAt) - began
    if (!end) {
      if (ms < SHORTEST_TALK_MS || this.signal.reason instanceof TakenAway) throw this.signal.reason as CallEnded
      await other.#releasedOrPassedOn()
    }
    const endedBy = end || other.#hangupRequestedAt < this.#hangupRequestedAt ? 'other' : 'this'
    return { kind: 'talked', ms, endedBy }
  }

  /** Asterisk reads it as the two are joined, so it goes the way of what joins them. Without the codes the talk is recorded whole. */
  async #mayPauseRecording(lane: string): Promise<void> {
    const parameters = { channelId: this.id, variable: 'DYNAMIC_FEATURES', value: RECORDING_CODES }
    try {
      await this.#port.request('channels.setChannelVar', parameters, { lane })
    } catch (error) {
      if (!this.signal.aborted) this.log.warn('an operator cannot pause the recording of his talk', { error })
    }
  }

  get passedOn(): boolean {
    return this.#passedOn
  }

  /** Once: the end of the channel is told later than the answer to this, and who asks again in between is refused. */
  hangup(code: number = cause.normal): Promise<void> {
    if (this.signal.aborted || this.#passedOn) return Promise.resolve()
    this.#hangingUp ??= this.#askForHangup(code)
    return this.#hangingUp
  }

  /** One event of this channel. */
  receive(message: AriMessage): void {
    switch (message.type) {
      case 'ChannelDtmfReceived':
        this.keys.press(text(message['digit']))
        break
      case 'PlaybackFinished':
        this.#sounds.receive(message)
        break
      case 'RecordingFinished':
      case 'RecordingFailed':
        this.#recordings.receive(message)
        break
      case 'ChannelHangupRequest':
        this.#lastCause = Number(message['cause'] ?? 0)
        this.#hangupRequestedAt = Math.min(this.#hangupRequestedAt, performance.now())
        break
      case 'ChannelDestroyed':
        if (this.#hasLeft) this.vanished()
        else this.gone(Number(message['cause'] ?? this.#lastCause))
        break
      case 'StasisEnd':
        if (this.handedOver) {
          if (this.#hangupRequestedAt === Infinity) this.#onLeft?.()
          break
        }
        if (this.#hangupRequestedAt < Infinity) this.gone(this.#lastCause)
        else {
          this.#hasLeft = true
          void this.look()
        }
        break
    }
  }

  /** Events may have been lost: asks Asterisk what has become of the channel. Never rejects; without an answer all stays as it is. */
  async look(): Promise<void> {
    this.#lost.resync()
    try {
      const channel = readChannel(await this.#port.request('channels.get', { channelId: this.id }, { lane: this.id }))
      if (!channel || this.signal.aborted) return
      if (!this.#port.holds(channel)) {
        if (!this.handedOver) this.taken()
      } else if (this.handedOver) {
        const [, word = '', ...args] = channel.applicationData.split(',')
        if (RETURNS.has(word)) this.returned(args)
      }
    } catch (error) {
      if (error instanceof AriError && error.status === 404) await this.#endUntold()
      else if (!wasNotAnswered(error)) this.log.warn('a channel could not be looked at', { channel: this.id, error })
    }
  }

  /** For a channel that is outside Stasis already: its end is told from now on. */
  followOutside(): Promise<void> {
    this.handedOver = true
    return this.#follow(this.id)
  }

  /** There is no such channel. The event of its end may be a moment behind; without one the dialplan may have had it last. */
  async #endUntold(): Promise<void> {
    if (this.#hangupRequestedAt === Infinity && !this.handedOver) await sleep(TOLD_MS, this.signal).catch(() => {})
    if (this.#hangupRequestedAt < Infinity) this.gone(this.#lastCause)
    else this.vanished()
  }

  /** The dialplan has given it back to us, with what it has to say: it could not bridge it, or has listened long enough. */
  returned(args: string[]): void {
    this.handedOver = false
    this.#hasLeft = false
    this.#onReturn?.(args)
  }

  /** Gone while nobody told us: it may have ended in the hands of the dialplan, whose book knows. A talk that we began is ours to tell. */
  vanished(): void {
    if (this.handedOver) this.gone(0)
    else this.taken()
  }

  /** The dialplan has it, and will tell how it ended. */
  taken(): void {
    this.#end(new TakenAway())
  }

  /** The channel does not exist any more. */
  gone(causeCode: number): void {
    this.#end(new CallEnded(causeCode))
  }

  #end(reason: CallEnded): void {
    if (this.signal.aborted) return
    this.#endedAt = performance.now()
    this.#ending.abort(reason)
    this.#port.ended(this)
  }

  async #askForHangup(code: number): Promise<void> {
    try {
      // the dialplan may have taken it while we were not there: a talk that it began is not ours to end, nor is its leaving us an end
      await this.#port.whenReady(this.signal)
      if (this.#hasLeft) return await untilAborted(this.signal)
      this.#hangupRequestedAt = Math.min(this.#hangupRequestedAt, performance.now())
      await this.#requests.ask('channels.hangup', { channelId: this.id, reason_code: code })
    } catch (error) {
      if (saysGone(error) || this.signal.aborted) return
      this.#hangingUp = null
      this.log.warn('a channel could not be hung up', { channel: this.id, error })
    }
  }

  /** Asterisk tells the end of a channel a moment later than what ended with it. */
  async #untilHangupIsTold(): Promise<void> {
    await this.look()
    if (this.#hangupRequestedAt < Infinity) await Promise.race([untilAborted(this.signal), this.#pause(RELEASE_MS)])
  }

  /** Resolves when the other has left the talk and this one lives on without him; not at all when this one ends. */
  async #untilPassedOn(other: AriLeg): Promise<{ leftAt: number }> {
    await untilAborted(other.signal)
    const leftAt = performance.now()
    for (;;) {
      await this.#pause(RELEASE_MS)
      if (await this.#livesElsewhere()) return { leftAt }
    }
  }

  /** After a talk whose other side has ended. */
  async #releasedOrPassedOn(): Promise<void> {
    await Promise.race([untilAborted(this.signal), this.#pause(RELEASE_MS)])
    if (!this.signal.aborted) await this.#livesElsewhere()
  }

  /** Never resolves when the leg ends: whoever waits for that waits for the signal. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void sleep(ms, this.signal).then(resolve, () => {}))
  }

  async #livesElsewhere(): Promise<boolean> {
    const channel = await this.#port
      .request('channels.get', { channelId: this.id }, { lane: this.id })
      .then(readChannel, () => null)
    if (!channel || this.signal.aborted || this.#port.holds(channel)) return false
    this.log.info('a caller was passed on with the phone', { channel: this.id })
    return (this.#passedOn = true)
  }

  /**
   * Resolves with the time at which Asterisk took it over, on performance.now(): by its answer or by the event, whichever comes first. A talk
   * may be over before an answer that is late.
   */
  async #handOver(context: string, extension: string): Promise<number> {
    this.handedOver = true
    const left = new Promise<void>((resolve) => (this.#onLeft = resolve))
    const told = this.#requests.do('channels.continueInDialplan', { context, extension, priority: 1 })
    const taken = Promise.race([left, told]).then(() => performance.now())
    const [, takenAt] = await Promise.all([this.#follow(this.id), taken])
    return takenAt
  }

  /** Outside Stasis a channel's end is told only to who asked for it; a channel that cannot be followed is gone. */
  async #follow(lane: string): Promise<void> {
    try {
      await this.#requests.persist(() => this.#port.follow(this.id, lane))
    } catch (error) {
      if (this.signal.aborted) return
      if (error instanceof AriError && !wasNotAnswered(error)) this.gone(this.#lastCause)
      else throw error
    }
  }
}
