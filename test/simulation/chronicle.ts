/** What the outside world experienced: the record that the checker believes. The product writes nothing in here and reads nothing. */
import type { Mood } from './played-mail.ts'

export interface RecordedCall {
  channel: string
  /** `in`: somebody called us; `out`: we called somebody. */
  direction: 'in' | 'out'
  /** The number outside, or the endpoint of a phone of ours. */
  party: string
  /** The number that was dialled, or that was shown. */
  line: string
  at: number
  rangAt: number | null
  answeredAt: number | null
  endedAt: number | null
  endedBy: 'party' | 'asterisk' | 'crash' | null
  /** Talks with somebody, by the other's channel. */
  talks: { with: string; from: number; to: number | null; dropped?: boolean }[]
  /** When an operator last transferred it; null: nobody did. */
  transferredAt: number | null
  /** The phone answered with another number that should be called. */
  forwards: boolean
  /** Asterisk has called that number by itself. */
  wasFollowed: boolean
  /** The caller for whom a phone was rung, as the request said. */
  forChannel: string | null
  /** Since when music said that somebody is looked for. */
  waitsSince: number | null
  /** Since when the plain dialplan has it. */
  plainSince: number | null
  /** When it last began to hear something, and when that ended. */
  silences: { from: number; to: number }[]
}

export interface RecordedMail {
  /** When the daemon began to send it. */
  begunAt: number
  at: number
  notice: string
  call: string
  to: string
  messageId: string
  subject: string
  text: string
  /** The server took it, but its word was lost on the way. */
  unheard: boolean
}

/** Something that went wrong, and until when. */
export interface Trouble {
  of: 'daemon' | 'asterisk' | 'link' | 'freeze' | 'silent line' | 'lost events' | 'deaf requests' | 'clock' | 'database'
  from: number
  to: number
}

/** What people of the company said of a case: by command, or with a key on the phone, which may not have been heard. */
export interface Act {
  at: number
  of: 'take' | 'resolve' | 'key'
  /** The case; empty where only the caller is known. */
  id: string
  caller: string
  line: string
}

/** An operator has transferred somebody with the phone. */
export interface Transfer {
  at: number
  how: 'blind' | 'attended' | 'semi-attended'
  /** Who was transferred. */
  channel: string
  /** The operator's endpoint, and the leg that ended with it. */
  by: string
  leg: string
  to: string
}

/** What somebody at the command line wanted an operator to be. */
export interface Order {
  at: number
  id: string
  person: string
  wish: string
}

export class Chronicle {
  readonly calls = new Map<string, RecordedCall>()
  readonly mails: RecordedMail[] = []
  readonly lines: string[] = []
  readonly troubles: Trouble[] = []
  /** Each phone that was asked to ring for a caller, also in vain. */
  readonly asked: { forChannel: string; at: number }[] = []
  /** When a life of the daemon could serve calls: connected, and everything looked at. */
  readonly readyAt: number[] = []
  /** How far the daemon's clock was wrong, and since when. */
  readonly clocks: { at: number; skewMs: number }[] = []
  readonly acts: Act[] = []
  readonly transfers: Transfer[] = []
  readonly orders: Order[] = []
  /** The manager's, as they were. */
  readonly meetings: { from: number; to: number }[] = []
  /** How the mail server was, and since when. */
  readonly moods: { at: number; mood: Mood }[] = []
  #now: () => number
  #startedAt: number
  #traced: boolean

  constructor(now: () => number, traced: boolean) {
    this.#now = now
    this.#startedAt = now()
    this.#traced = traced
  }

  /** For people, and for comparing two runs. */
  tell(what: string): void {
    if (!this.#traced) return
    const ms = this.#now() - this.#startedAt
    const clock = new Date(ms).toISOString().slice(11, 23)
    this.lines.push(`${clock} ${what}`)
  }

  begin(call: Pick<RecordedCall, 'channel' | 'direction' | 'party' | 'line'>): RecordedCall {
    const record: RecordedCall = {
      ...call,
      at: this.#now(),
      rangAt: null,
      answeredAt: null,
      endedAt: null,
      endedBy: null,
      talks: [],
      transferredAt: null,
      forwards: false,
      wasFollowed: false,
      forChannel: null,
      waitsSince: null,
      plainSince: null,
      silences: [],
    }
    this.calls.set(call.channel, record)
    this.tell(`${call.direction === 'in' ? 'a call from' : 'a call to'} ${call.party} (${call.channel})`)
    return record
  }

  /** `ms`: how long it lasts; a death is a moment. */
  trouble(of: Trouble['of'], ms = 0): void {
    const from = this.#now()
    this.troubles.push({ of, from, to: from + ms })
    this.tell(`-- ${of}${ms > 0 ? ` for ${(ms / 1000).toFixed(1)} s` : ' lost'}`)
  }

  askedFor(forChannel: string): void {
    this.asked.push({ forChannel, at: this.#now() })
  }

  ready(): void {
    this.readyAt.push(this.#now())
  }

  clockIsWrongBy(skewMs: number): void {
    this.clocks.push({ at: this.#now(), skewMs })
    this.tell(`-- the daemon's clock is wrong by ${(skewMs / 1000).toFixed(1)} s`)
  }

  act(of: Act['of'], { id, caller, line }: Pick<Act, 'id' | 'caller' | 'line'>): void {
    this.acts.push({ at: this.#now(), of, id, caller, line })
    this.tell(`somebody says ${of} of ${caller} (${id})`)
  }

  transfer(transfer: Omit<Transfer, 'at'>): void {
    const at = this.#now()
    this.transfers.push({ at, ...transfer })
    const record = this.calls.get(transfer.channel)
    if (record) record.transferredAt = at
    this.tell(`${transfer.by} transfers ${record?.party} to ${transfer.to} (${transfer.how})`)
  }

  order(order: Omit<Order, 'at'>): void {
    this.orders.push({ at: this.#now(), ...order })
    this.tell(`-- ${order.person} is asked to ${order.wish}`)
  }

  /** Returns how to end it now. */
  meeting(ms: number): () => void {
    const from = this.#now()
    const meeting = { from, to: from + ms }
    this.meetings.push(meeting)
    this.tell('-- a meeting begins')
    return () => {
      meeting.to = Math.min(meeting.to, this.#now())
      this.tell('-- the meeting is over')
    }
  }

  mailServerIs(mood: Mood): void {
    this.moods.push({ at: this.#now(), mood })
    this.tell(`-- the mail server is ${mood}`)
  }
}
