/**
 * What the rest of the house sees of the telephone: legs, results as values, and an AbortSignal on hang-up.
 *
 * Nothing here names ARI. `ari-telephony.ts` is the real one, `test/support/fake-telephony.ts` plays hours in milliseconds.
 */
import type { Logger } from '../runtime/logger.ts'

/** Thrown by everything that waits on a leg once that leg is gone. Only the runner at the top of a call catches it. */
export class CallEnded extends Error {
  override name = 'CallEnded'
  /** Q.850 cause; 0 when Asterisk was lost before it told. */
  readonly causeCode: number
  constructor(causeCode: number) {
    super(`the call ended, cause ${causeCode}`)
    this.causeCode = causeCode
  }
}

/** The channel lives, but the dialplan has taken it away from us: nobody knows yet how the call will end. */
export class TakenAway extends CallEnded {
  override name = 'TakenAway'
  constructor() {
    super(0)
    this.message = 'the dialplan took the call'
  }
}

/** A sound as Asterisk names it: `sound:/srv/perezvon/config/prompts/greeting`, `digits:123`, `number:7`, `tone:busy`. */
export type Media = string

/** Reason of a dialling's signal: a colleague took the call. */
export class AnsweredElsewhere extends Error {
  override name = 'AnsweredElsewhere'
}

export interface PlayOptions {
  /** Stops the sound when it aborts; play() then resolves with `interrupted`. */
  signal?: AbortSignal
}
/** `failed`: Asterisk could not play at least one of the sounds; the others were played. */
export type PlayResult = 'done' | 'interrupted' | 'failed'

/** One side of a call: a channel of Asterisk that we control. */
export interface Leg {
  readonly id: string
  /** Asterisk's name of the channel, `PJSIP/101-00000007`. */
  readonly channelName: string
  /** Aborts with CallEnded when the channel is gone, with TakenAway when what became of it is told by the doorbell book. */
  readonly signal: AbortSignal
  readonly log: Logger
  /** Keys that nobody has taken yet, oldest first: what was typed ahead of a menu. */
  readonly keys: KeyBuffer

  answer(): Promise<void>
  /** The ringing tone: a caller who is not answered yet stays so. */
  startRinging(): Promise<void>
  stopRinging(): Promise<void>
  /** Plays one after another without a gap. */
  play(media: Media[], options?: PlayOptions): Promise<PlayResult>
  startMusic(musicClass: string): Promise<void>
  stopMusic(): Promise<void>
  record(options: RecordOptions): Promise<Recording>
  /** Hands the channel to the dialplan. The leg's signal does not abort: its end is still told. */
  continueInDialplan(context: string, extension?: string): Promise<void>
  /**
   * A talk of the two, in Asterisk's own hands: it goes on without us, and when one hangs up the other is released even if we are dead.
   * Resolves when the talk is over; this leg has ended then, or was passed on. Rejects with CallEnded when it ended before a word could be said.
   */
  talkWith(other: Leg, options?: TalkOptions): Promise<TalkResult>
  /**
   * The operator has connected it with somebody else: it goes on in Asterisk without us. It is not ours to end: hangup() leaves it alone, and its
   * signal still tells when it is gone. True also for a leg that ended while the phone to which it was passed on still rang.
   */
  readonly passedOn?: boolean
  /** The transfer with which it came back to us, once; null: none. */
  takeTransfer(): Transfer | null
  /**
   * Of a leg that is outside of our application, in a talk or passed on: how it comes back to us, or how it has ended elsewhere. `dropped`: the other side
   * has hung up within so few seconds that nothing can have been said, or was gone before the two were joined.
   */
  untilBack(): Promise<Back>
  /**
   * The doorbell book follows this leg: if its end is not told (the connection was lost meanwhile), the signal aborts with TakenAway, and the book
   * will tell. Without this an untold end counts as the end of what the leg was doing last.
   */
  leaveUntoldEndToBook(): void
  /**
   * RTP packets that have come from the far side so far; null when it cannot be told: nobody has answered the leg yet, the far side has put us on hold
   * and may send nothing, or Asterisk keeps no count.
   * Rejects with CallEnded.
   */
  packetsReceived(): Promise<number | null>
  /** Who picked up? Listens for some seconds; a silence counts as a person. Rejects with CallEnded when he hangs up. */
  detectMachine(): Promise<'person' | 'machine'>
  /** Q.850 cause, 16 (normal) if missing. Resolves also when the channel is gone already. */
  hangup(cause?: number): Promise<void>
}

export interface TalkOptions {
  /** Both voices go into a recording of this name: ours, `[a-z0-9-]+`. It lies in Asterisk's spool when the talk is over. */
  record?: string
}
/** Milliseconds of the talk. After all but `talked` this leg is ours again. */
export type TalkResult =
  | { kind: 'talked'; ms: number; endedBy: 'this' | 'other' }
  /** The other was gone before the two were joined. */
  | { kind: 'not-bridged' }
  /** The other has hung up within so few seconds that nothing can have been said. */
  | { kind: 'dropped'; ms: number }
  /** The operator has transferred one of the two with the phone: its takeTransfer() says where to. */
  | { kind: 'transferred'; ms: number }

export type Back = Transfer | 'talked' | 'unanswered' | 'dropped'

/** An operator has transferred a leg with the phone (SIP REFER). */
export interface Transfer {
  /** What the operator dialled: digits, perhaps with a plus. Empty: a colleague whom the operator had called first, and who has not answered. */
  to: string
  /** Asterisk's name of the phone that did it, `PJSIP/101`; empty when it is not known. */
  by: string
}

export interface KeyBuffer {
  /** Takes the oldest key, waiting up to `timeoutMs`; null on time-out. Rejects with CallEnded. */
  next(timeoutMs: number, signal?: AbortSignal): Promise<string | null>
  /** The oldest key if there is one; it is gone then. */
  take(): string | null
  /** The oldest key if there is one; it stays. */
  peek(): string | null
  /** Keys that were taken, but belong to what comes next: they are the oldest again. */
  putBack(keys: string): void
  clear(): void
  /** Calls back on each key as it is pressed, before it is queued; return true to keep it out of the queue. */
  watch(onKey: (key: string) => boolean): () => void
}

export interface RecordOptions {
  /** Our id: `[a-z0-9-]+`. */
  name: string
  maxMs: number
  /** Ends after so much silence; 0: never. */
  silenceMs: number
  beep: boolean
  /** Keys that end it: `any`, `none`, `#`. */
  endOn: 'any' | 'none' | '#'
  /** Ends it early; what was said so far is kept. */
  signal?: AbortSignal
}
export interface Recording {
  name: string
  /** Milliseconds of sound without the closing silence; 0: nothing was said. */
  ms: number
  /** WAV, 8 kHz mono 16 bit. */
  fetch(): Promise<Buffer>
  /** Removes it from Asterisk; resolves also when it is not there. */
  remove(): Promise<void>
}

/** Made by the guard only (src/dialling): nobody else writes a dial string. */
export interface DialTarget {
  /** `PJSIP/101`, `PJSIP/+79161234567@gsm-gateway` */
  readonly endpoint: string
}

export interface DialRequest {
  /** Ours: `attempt-…`, `leg-…`; the row with it is committed before. */
  channelId: string
  target: DialTarget
  callerId: { number: string; name: string }
  timeoutMs: number
  /** The leg for which this one is dialled: joins them in Asterisk's records. */
  originator?: string
  /** Calls off the dialling: the phone stops ringing. With AnsweredElsewhere as its reason the call stays out of the phone's list of missed calls. */
  signal?: AbortSignal
  onRinging?: () => void
  log: Logger
}

/** How a dialled leg came out, in the field's words. `cause` is Q.850. */
export type DialResult =
  | { kind: 'answered'; leg: Leg }
  | { kind: Exclude<DialFailure, 'not-placed'>; cause: number }
  /** We cannot tell whether it was placed: the connection broke. Counts as placed. */
  | { kind: 'unknown' }
  /** Asterisk refused before anything left it; nobody's phone rang. */
  | { kind: 'not-placed'; why: string }
export type DialFailure =
  | 'busy'
  | 'no-answer'
  | 'rejected'
  | 'unreachable'
  | 'unallocated'
  | 'congestion'
  | 'failed'
  | 'cancelled'
  | 'not-placed'
  /** The phone answered that it forwards calls (SIP 302); a redirect is never followed. */
  | 'forwarded'

/** The state of a phone of ours, also from calls that Perezvon did not place. */
export type PhoneState = 'idle' | 'ringing' | 'busy' | 'offline'

export interface Telephony {
  dial(request: DialRequest): Promise<DialResult>
  phoneState(endpoint: string): PhoneState
  /** Called on each change of a watched phone's state. */
  onPhoneState(listener: (endpoint: string, state: PhoneState) => void): () => void
  /** Connected, resynchronised and able to place calls. */
  readonly ready: boolean
}
