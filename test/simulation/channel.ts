/** A channel of the played Asterisk, and the person or phone at its other end. */
import type { RecordedCall } from './chronicle.ts'

/** Who is at the far end. All of it is optional: a phone that does nothing rings until somebody gives up. */
export interface Party {
  /** His exchange says no before anything rings (busy, unknown, congested): Q.850. */
  declines?(): number | null
  /** The phone answers with another number that should be called instead (SIP 302). */
  forwards?(): string | null
  /** His phone rings; he decides with `line.answer()`, `line.refuse()` or not at all. */
  rings?(line: Line): void
  /** He hears a sound from its beginning. */
  hears?(line: Line, media: string): void
  /** He talks with somebody since now. */
  talks?(line: Line): void
  /** The other side of the talk has transferred this one to somebody else. */
  passedOn?(line: Line): void
  /** He hears nothing any more, and nobody. */
  silent?(line: Line): void
  /** The call is over, whoever ended it. */
  ended?(line: Line, cause: number): void
}

/** What a party can do. */
export interface Line {
  readonly id: string
  readonly shown: string
  readonly talking: boolean
  /** Answered. */
  readonly up: boolean
  readonly over: boolean
  answer(): void
  /** Q.850 */
  refuse(cause: number): void
  press(keys: string): void
  hangup(): void
  /** Of a phone in a talk: the other side is given to this number, at once or after a word with whoever is there. */
  transfer(how: 'blind' | 'attended' | 'semi-attended', to: string): void
}

/** Where a channel is in the dialplan. */
export interface Place {
  app: 'Stasis' | 'Bridge' | 'AppDial2' | 'AppDial' | 'Dial' | ''
  data: string
}

export interface Channel {
  readonly id: string
  readonly name: string
  /** `PJSIP/101`, `PJSIP/provider` */
  readonly endpoint: string
  readonly party: Party
  readonly record: RecordedCall | null
  readonly createdAt: number
  line: Line
  readonly caller: { number: string; name: string }
  state: 'Down' | 'Ring' | 'Ringing' | 'Up'
  place: Place
  /** Its first three fields of the doorbell book; null: it has no entry. */
  book: string | null
  /** The fate that its `h` will write, while it talks. */
  fate: string | null
  /** PEREZVON_PASSED, which follows the end of a caller who was transferred; null: this caller was not. */
  passed: string | null
  /** PEREZVON_BEGAN: when its last talk did. */
  began: string
  /** PEREZVON_DID */
  did: string
  /** FORWARD_CONTEXT */
  followsForwards: boolean
  /** PEREZVON_HELD: the watch may take it from a daemon that is dead. */
  held: boolean
  /** Its events go to the application also outside Stasis. */
  followed: boolean
  bridgedWith: Channel | null
  /** Of a Local channel: it ends with this one. */
  otherHalf: Channel | null
  sound: { id: string; stop: () => void } | null
  recording: { name: string; stop: (ms: number) => void } | null
  music: boolean
  ringback: boolean
  silentSince: number | null
  over: boolean
  timers: Set<() => void>
}

type Birth = Pick<Channel, 'id' | 'name' | 'endpoint' | 'party' | 'record' | 'caller' | 'createdAt'>

/** A channel that has just come to be, and what its far end can do. */
export function blankChannel(
  birth: Birth,
  deeds: Pick<Line, 'answer' | 'refuse' | 'press' | 'hangup' | 'transfer'>,
): Channel {
  const channel: Channel = {
    ...birth,
    line: null as unknown as Line,
    state: 'Down',
    place: { app: '', data: '' },
    book: null,
    fate: null,
    passed: null,
    began: '',
    did: '',
    followsForwards: false,
    held: false,
    followed: false,
    bridgedWith: null,
    otherHalf: null,
    sound: null,
    recording: null,
    music: false,
    ringback: false,
    silentSince: birth.createdAt,
    over: false,
    timers: new Set(),
  }
  channel.line = {
    id: birth.id,
    get shown() {
      return birth.caller.number
    },
    get talking() {
      return channel.bridgedWith !== null
    },
    get up() {
      return channel.state === 'Up'
    },
    get over() {
      return channel.over
    },
    ...deeds,
  }
  return channel
}

/** As ARI describes it. */
export function describe(channel: Channel): object {
  return {
    id: channel.id,
    name: channel.name,
    state: channel.state,
    caller: channel.caller,
    creationtime: new Date(channel.createdAt).toISOString(),
    dialplan: { app_name: channel.place.app, app_data: channel.place.data },
  }
}
