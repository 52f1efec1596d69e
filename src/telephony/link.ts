/**
 * The connection to one Asterisk as the house holds it, and what it tells the house. `AriTelephony` is the real one; the simulation's world
 * of played time is another.
 */
import type { Leg, Recording, Telephony } from './api.ts'

/** A channel that lives in Asterisk. */
export interface LivingChannel {
  id: string
  /** Asterisk's word: `Up`, `Ringing`, … */
  state: string
  /** `Stasis`: with us. `Bridge`: talking. Anything else: the dialplan has it, or it is the other side of a talk. */
  application: string
}

/** A caller has come. Texts are cleaned, nothing is done with the channel yet. */
export interface Arrival {
  leg: Leg
  did: string
  /** As it came; empty when withheld. */
  callerNumber: string
  callerName: string
  /** Asterisk's name of the endpoint over which he came. */
  trunk: string
  /** Milliseconds since 1970: when the channel came to be, not when we heard of it. */
  arrivedAt: number
}

/** A caller whom an operator has transferred, in a talk that began without us. The leg's takeTransfer() says where to. */
export interface TransferredArrival extends Arrival {
  /** Asterisk's name of the phone that did it, `PJSIP/101`; empty when it is not known. */
  operator: string
  /** When the talk began: milliseconds since 1970, if it is known. */
  talkedFrom: number | null
}

export interface TalkRecordings {
  /** Writes the sound into a file; it stays in Asterisk too. `missing`: there is none of this name. */
  save(name: string, file: string): Promise<'saved' | 'missing'>
  /** Resolves also when there is none. */
  remove(name: string): Promise<void>
}

/** What of the configuration the dialplan must know. Milliseconds. */
export interface CallLimits {
  /** No call is longer; those who talk hear a tone a minute before. */
  longestCallMs: number
  /** An operator who hangs up sooner has not talked. */
  shortestTalkMs: number
}

export interface LinkEvents {
  arrival(arrival: Arrival): void
  transferred(arrival: TransferredArrival): void
  /** A phone of the house (`PJSIP/101`) has dialled a number that is no extension. */
  desk(leg: Leg, number: string, endpoint: string): void
  /** A phone of the house (`PJSIP/101`) has dialled a code. */
  feature(leg: Leg, code: string, endpoint: string): void
  /** A channel that is in our application since before we connected, or that nobody here asked for. Adopt it or hang it up. */
  stranger(channel: LivingChannel): void
  /**
   * An entry of the doorbell book, of a call that is over. `ack`: it is safe in the database and Asterisk may forget it. `aheadMs`: Asterisk's
   * clock, by which it was written, minus ours.
   */
  doorbell(channelId: string, entry: string, aheadMs: number): Promise<'ack' | 'keep'>
  /**
   * Connected: `channels` is everything that lives in Asterisk. Adopt what is to be adopted: what is in our application and nobody has adopted
   * when this resolves comes as an arrival or a stranger. Afterwards the heartbeat starts and calls can be placed: then `goOn` is called.
   */
  connected(channels: LivingChannel[]): Promise<{ goOn: () => void }>
  /** Another daemon took our application: stop at once. */
  fenced(): void
}

export interface AsteriskLink extends Telephony {
  /** The dialplan has acknowledged that we are here and take callers; before that it rings the operators without us. */
  readonly takesCallers: boolean
  /** Connections after the first. */
  readonly reconnects: number
  /** Connects in the background, for as long as it takes. */
  start(): void
  /** No new calls come to us from now on: the dialplan takes them. Callers who are here stay. */
  retire(): Promise<void>
  /** Disconnects. Callers who are still here are taken over by the dialplan, as it sees that nobody is. */
  stop(): Promise<void>
  /** The configuration has changed: the dialplan is told the limits of calls anew. After each connect it is told by itself. */
  tellLimits(): Promise<void>
  /** Looks at everything anew, as after a lost connection: the process stood still, and events may have gone past it. */
  resynchronise(): void
  /** Watches these phones (`PJSIP/101`) from now on and after each reconnect. */
  watchPhones(endpoints: string[]): Promise<void>
  /** Channels that we have on this endpoint (`PJSIP/gsm-gateway`), in both directions. */
  channelsOn(endpoint: string): number
  /**
   * A handle for a channel that lives already; its end is told from now on, also outside our application. Rejects when it is gone. One that was
   * with us, and that the dialplan has taken since it was looked at, comes as taken away.
   */
  adopt(channel: LivingChannel): Promise<Leg>
  /** The ids of all channels that live in Asterisk now. */
  living(): Promise<string[]>
  /** A recording that a former life began, once it has ended; null: it never began. Missing: recordings end with the life that began them. */
  leftRecording?(name: string): Promise<Recording | null>
  /** What Asterisk has recorded of talks, once they are over. Missing: this telephony keeps no recordings. */
  readonly talkRecordings?: TalkRecordings
  /** Ends a channel that no handle looks after. */
  hangUp(channelId: string): Promise<void>
  /**
   * Reads the doorbell book: the dialplan hands over, one by one, its entries of calls that are over. True when it has come to the end, false
   * after `deadlineMs`; what was not reached stays for the next time.
   */
  drainDoorbell(deadlineMs: number): Promise<boolean>
}
