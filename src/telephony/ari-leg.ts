/**
 * A channel of Asterisk as the rest of the product sees it. Waiters are registered before the request, so an event that overtakes its reply finds
 * them. In whose hands the channel is stands in custody.ts, what it does outside of our application in leg-away.ts.
 */
import { sleep, untilAborted } from '../runtime/abort.ts'
import type { Logger } from '../runtime/logger.ts'
import {
  type Back,
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
  type Transfer,
} from './api.ts'
import { type AriChannel, readChannel, record, text } from './ari-events.ts'
import type { AriMessage } from './ari-socket.ts'
import { AriError, saysGone, wasNotAnswered } from './ari-transport.ts'
import { isReturnWord, type ReturnWord } from './contexts.ts'
import { type Custody, type CustodyEvent, isAway, transition } from './custody.ts'
import { cause } from './hangup-cause.ts'
import { Keys } from './key-buffer.ts'
import { LegAway } from './leg-away.ts'
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

/** An event and an answer come over two sockets. */
const TOLD_MS = 300
/** Asterisk tells the end of a channel a moment later than what ended with it. */
const END_TOLD_MS = 1_000

export class AriLeg implements Leg {
  readonly id: string
  readonly channelName: string
  readonly log: Logger
  readonly keys: Keys
  /** The number of ours that a caller rang; empty for a leg that we placed. */
  did = ''
  #port: LegPort
  #answered: boolean
  #ending = new AbortController()
  #custody: Custody = 'ours'
  #requests: LegRequests
  #sounds: LegSounds
  #recordings: LegRecordings
  #away: LegAway
  #lost: LostEvents
  #isBooked = false
  #lastCause = 0
  /** The far side has put us on hold, and may send nothing. */
  #isOnHold = false
  /** On performance.now(): when somebody asked for the hang-up first, and when the end was told. */
  hangupRequestedAt = Infinity
  endedAt = Infinity
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
    this.#away = new LegAway(this, this.#requests, port)
    const fetch = (name: string, talkedMs: number | null) => port.recording(name, talkedMs)
    this.#sounds = new LegSounds(this.#requests, this.#lost, this.signal, () => this.#untilHangupIsTold())
    this.#recordings = new LegRecordings(this.#requests, this.#lost, this.signal, fetch)
  }

  get signal(): AbortSignal {
    return this.#ending.signal
  }

  get custody(): Custody {
    return this.#custody
  }

  get passedOn(): boolean {
    // a caller who leaves at once is gone before it is seen that the call went on elsewhere
    return this.#custody === 'passed-on' || (this.#custody === 'ended' && this.#away.rings)
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
    await this.#away.inDialplan(context, extension)
  }

  async packetsReceived(): Promise<number | null> {
    this.#requests.throwIfEnded()
    if (!this.#answered || this.#isOnHold) return null
    const statistics = this.#port.request('channels.rtpstatistics', { channelId: this.id }, { lane: this.id })
    const { rxcount } = record(await statistics.catch(() => null))
    this.#requests.throwIfEnded()
    return typeof rxcount === 'number' ? rxcount : null
  }

  async detectMachine(): Promise<'person' | 'machine'> {
    this.#requests.throwIfEnded()
    const [status = '', why = ''] = await this.#away.listenedTo()
    this.log.info('listened who picked up', { status, why })
    // who says nothing at all is no machine: they all begin to talk
    return status === 'MACHINE' && !why.startsWith('INITIALSILENCE') ? 'machine' : 'person'
  }

  async talkWith(other: Leg, options: TalkOptions = {}): Promise<TalkResult> {
    if (!(other instanceof AriLeg)) throw new Error('a leg can only talk with a leg of the same telephony')
    this.#requests.throwIfEnded()
    if (other.signal.aborted) return { kind: 'not-bridged' }
    return this.#away.talk(other.#away, options)
  }

  takeTransfer(): Transfer | null {
    return this.#away.takeTransfer()
  }

  untilBack(): Promise<Back> {
    return this.#away.untilBack()
  }

  /** An operator has connected it with somebody else. */
  isConnectedWith(whom: 'a colleague' | 'a ringing phone'): void {
    this.#away.isWith(whom)
  }

  /** How the Dial() goes in which it waits, by DIALSTATUS. */
  dials(status: string): void {
    if (status === 'ANSWER') this.#away.isWith('a colleague')
  }

  /** Once: the end of the channel is told later than the answer to this, and a second request in between is refused. */
  hangup(code: number = cause.normal): Promise<void> {
    if (this.signal.aborted || this.passedOn) return Promise.resolve()
    this.#hangingUp ??= this.#askForHangup(code)
    return this.#hangingUp
  }

  /** One event of this channel. */
  receive(message: AriMessage): void {
    switch (message.type) {
      case 'ChannelDtmfReceived':
        this.keys.press(text(message['digit']))
        break
      case 'ChannelHold':
      case 'ChannelUnhold':
        this.#isOnHold = message.type === 'ChannelHold'
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
        this.#hangUpIsAsked()
        break
      case 'ChannelDestroyed':
        this.move('destroyed', Number(message['cause'] ?? this.#lastCause))
        break
      case 'StasisEnd':
        if (isAway(this.#custody) && !this.#isHangUpAsked) this.#away.hasLeft()
        this.move(this.#isHangUpAsked ? 'hung-up' : 'left')
        if (this.#custody === 'left') void this.look()
        break
    }
  }

  /** Something has happened to the channel that may put it into other hands. `causeCode`: of its end, Q.850. */
  move(event: CustodyEvent, causeCode = this.#lastCause): void {
    const next = transition(this.#custody, event)
    if (next === this.#custody) return
    this.log.debug('a channel is in other hands', { from: this.#custody, event, to: next })
    this.#custody = next
    if (next === 'taken') this.#end(new TakenAway())
    if (next === 'ended') this.#end(new CallEnded(causeCode))
  }

  /** Events may have been lost: asks Asterisk what has become of the channel. Never rejects; without an answer all stays as it is. */
  async look(): Promise<void> {
    this.#lost.resync()
    try {
      const channel = readChannel(await this.#port.request('channels.get', { channelId: this.id }, { lane: this.id }))
      if (!channel || this.signal.aborted) return
      if (!this.#port.holds(channel)) return this.move('seen-elsewhere')
      const [, word = '', ...args] = channel.applicationData.split(',')
      // Asterisk may not have begun yet to carry out what hands it over: it stands there by the word of the time before
      if (isAway(this.#custody) && isReturnWord(word) && this.#away.isUnderWay) this.returned(word, args)
    } catch (error) {
      if (error instanceof AriError && error.status === 404) await this.#endUntold()
      else if (!wasNotAnswered(error)) this.log.warn('a channel could not be looked at', { channel: this.id, error })
    }
  }

  /** For a channel that is outside Stasis already: its end is told from now on. */
  followOutside(): Promise<void> {
    this.move('handed-to-talk')
    return this.#away.follow(this.id)
  }

  /** The dialplan has given it back to us, with what it has to say. Said a second time, by an event that is late, it is no news. */
  returned(word: ReturnWord, args: string[]): void {
    if (this.#custody === 'ours') return
    this.move('returned')
    this.#away.returned(word, args)
  }

  /** It comes into our hands with what the dialplan has to say: a former life, or nobody, had handed it over. */
  broughtBack(word: ReturnWord, args: string[]): void {
    this.#away.returned(word, args)
  }

  /** Gone while nobody told us: the book knows how a caller's channel ended, and of a talk of other legs we tell what we know. */
  vanished(): void {
    this.move(this.#isBooked ? 'left-to-book' : 'not-found', 0)
  }

  leaveUntoldEndToBook(): void {
    this.#isBooked = true
  }

  get isBooked(): boolean {
    return this.#isBooked
  }

  /** The dialplan has it, and will tell how it ended. */
  taken(): void {
    this.move('seen-elsewhere')
  }

  get #isHangUpAsked(): boolean {
    return this.hangupRequestedAt < Infinity
  }

  #hangUpIsAsked(): void {
    this.hangupRequestedAt = Math.min(this.hangupRequestedAt, performance.now())
  }

  /** There is no such channel. The event of its end may be a moment behind; without one the dialplan may have had it last. */
  async #endUntold(): Promise<void> {
    if (!this.#isHangUpAsked && !isAway(this.#custody)) await sleep(TOLD_MS, this.signal).catch(() => {})
    if (this.#isHangUpAsked) this.move('destroyed')
    else this.vanished()
  }

  #end(reason: CallEnded): void {
    if (this.signal.aborted) return
    this.endedAt = performance.now()
    this.#ending.abort(reason)
    this.#port.ended(this)
  }

  async #askForHangup(code: number): Promise<void> {
    try {
      // the dialplan may have taken it while we were not there: a talk that it began is not ours to end, nor is its leaving us an end
      await this.#port.whenReady(this.signal)
      if (this.#custody === 'left' || this.signal.aborted) return await untilAborted(this.signal)
      this.#hangUpIsAsked()
      await this.#requests.ask('channels.hangup', { channelId: this.id, reason_code: code })
    } catch (error) {
      if (saysGone(error) || this.signal.aborted) return
      this.#hangingUp = null
      this.log.warn('a channel could not be hung up', { channel: this.id, error })
    }
  }

  async #untilHangupIsTold(): Promise<void> {
    await this.look()
    if (!this.#isHangUpAsked) return
    await Promise.race([untilAborted(this.signal), sleep(END_TOLD_MS, this.signal).catch(() => {})])
  }
}
