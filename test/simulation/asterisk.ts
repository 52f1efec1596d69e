/**
 * Asterisk as far as the house depends on it: channels that outlive the daemon, their sounds, talks and ends. What the dialplan does stands in
 * dialplan.ts, the doorbell book in doorbell-book.ts; `ari.ts` speaks to the daemon. test/telephony/contract tells the same stories to this one
 * and to the real one.
 */
import type { Chance } from './chance.ts'
import { blankChannel, type Channel, describe, type Line, type Party } from './channel.ts'
import type { Chronicle, RecordedCall } from './chronicle.ts'
import { Dialplan } from './dialplan.ts'
import { DoorbellBook } from './doorbell-book.ts'
import type { PlayedTime } from './played-time.ts'
import { dialEvent, Transfers } from './transfers.ts'

/** What Asterisk tells its application. */
export interface ApplicationEvents {
  /** Somebody listens: a channel can enter. */
  readonly active: boolean
  send(channel: Channel | null, event: { type: string } & Record<string, unknown>): void
}

export interface AsteriskParts {
  time: PlayedTime
  chance: Chance
  chronicle: Chronicle
  /** Who answers at `PJSIP/101` or at a number; null: there is no such phone. */
  partyAt: (endpoint: string) => Party | null
  /** Endpoints that the plain dialplan rings. */
  fallbackPhones: string[]
  maxCalls: number
}

/** What can be done on a line that was never there. */
const DEAD = { answer() {}, refuse() {}, press() {}, hangup() {}, transfer() {} }

export class PlayedAsterisk {
  readonly channels = new Map<string, Channel>()
  readonly book: DoorbellBook
  readonly dialplan: Dialplan
  readonly transfers: Transfers
  up = true
  startedAt: number
  app: ApplicationEvents = { active: false, send: () => {} }
  readonly parts: AsteriskParts
  #serial = 0
  #phones = new Map<string, string>()

  constructor(parts: AsteriskParts) {
    this.parts = parts
    this.startedAt = parts.time.now() - 3_600_000
    this.book = new DoorbellBook(() => parts.time.now())
    this.dialplan = new Dialplan(this)
    this.transfers = new Transfers(this)
  }

  // ---- the outside: callers and phones ----

  /** Somebody calls us over a trunk. */
  incoming(number: string, did: string, party: Party): Line {
    const id = this.uniqueId()
    const record = this.parts.chronicle.begin({ channel: id, direction: 'in', party: number || 'anonymous', line: did })
    if (!this.up) {
      record.endedAt = this.parts.time.now()
      record.endedBy = 'crash'
      this.parts.chronicle.calls.delete(id) // the provider could not deliver it: nobody of ours can know
      const none = { id, name: '', endpoint: '', party, record: null, caller: { number: '', name: '' }, createdAt: 0 }
      const channel = blankChannel(none, DEAD)
      channel.over = true
      return channel.line
    }
    const channel = this.newChannel(id, 'PJSIP/provider', party, record, { number, name: '' })
    channel.state = 'Ring'
    this.dialplan.inbound(channel, did)
    return channel.line
  }

  /** Calls of callers. */
  get inbound(): number {
    let count = 0
    for (const { record } of this.channels.values()) if (record?.direction === 'in') count++
    return count
  }

  /** Channels with somebody at their other end. */
  get people(): number {
    let count = 0
    for (const { record } of this.channels.values()) if (record) count++
    return count
  }

  deviceState(endpoint: string): string {
    return this.#phones.get(endpoint) ?? 'UNAVAILABLE'
  }

  setDeviceState(endpoint: string, state: string): void {
    if (this.#phones.get(endpoint) === state) return
    this.#phones.set(endpoint, state)
    if (this.up) this.app.send(null, { type: 'DeviceStateChanged', device_state: { name: endpoint, state } })
  }

  // ---- channels ----

  newChannel(
    id: string,
    endpoint: string,
    party: Party,
    record: RecordedCall | null,
    caller: Channel['caller'],
  ): Channel {
    const name = `${endpoint}-${(++this.#serial).toString(16).padStart(8, '0')}`
    const channel = blankChannel(
      { id, name, endpoint, party, record, caller, createdAt: this.parts.time.now() },
      {
        answer: () => this.answered(channel),
        refuse: (cause) => this.end(channel, cause, 'party'),
        press: (keys) => {
          for (const digit of keys)
            if (!channel.over) this.app.send(channel, { type: 'ChannelDtmfReceived', digit, channel: { id } })
        },
        hangup: () => this.end(channel, 16, 'party'),
        transfer: (how, to) => {
          if (how === 'blind') this.transfers.blind(channel, to)
          else this.transfers.consult(channel, to, how === 'semi-attended')
        },
      },
    )
    this.channels.set(id, channel)
    return channel
  }

  /** Something of a channel, unless it is over by then. */
  later(channel: Channel, ms: number, run: () => void): void {
    const cancel = this.parts.time.after(ms, () => {
      channel.timers.delete(cancel)
      if (!channel.over) run()
    })
    channel.timers.add(cancel)
  }

  /** The far end picked up a channel that we dialled. */
  answered(channel: Channel): void {
    if (channel.over || channel.state === 'Up') return
    channel.state = 'Up'
    if (channel.record) channel.record.answeredAt ??= this.parts.time.now()
    this.parts.chronicle.tell(`${channel.record?.party} picks up`)
    if (channel.place.app === 'AppDial2') {
      if (this.app.active) this.enterStasis(channel, ['leg'])
      else this.end(channel, 16, 'asterisk')
    } else if (channel.place.app === 'Dial') this.dialplan.pickedUp(channel)
    else if (channel.place.app === 'AppDial') this.transfers.pickedUp(channel)
    if (!channel.over && !channel.bridgedWith) this.sounds(channel)
  }

  /** `otherwise`: what the dialplan does if nobody listens to the application. */
  enterStasis(channel: Channel, args: string[], otherwise = () => this.dialplan.fallback(channel)): void {
    if (!this.app.active) return channel.book === null ? this.end(channel, 16, 'asterisk') : otherwise()
    channel.place = { app: 'Stasis', data: ['perezvon', ...args].join(',') }
    channel.followed = true
    this.app.send(channel, { type: 'StasisStart', args, channel: describe(channel) })
  }

  leaveStasis(channel: Channel): void {
    if (channel.place.app !== 'Stasis') return
    channel.place = { app: '', data: '' }
    this.app.send(channel, { type: 'StasisEnd', channel: describe(channel) })
  }

  end(channel: Channel, cause: number, by: RecordedCall['endedBy']): void {
    if (channel.over) return
    this.app.send(channel, { type: 'ChannelHangupRequest', cause, channel: { id: channel.id } })
    this.vanish(channel, cause, by)
  }

  /** It ends, and nobody has asked for it before. `techCause`: the answer of its phone, of SIP. */
  vanish(channel: Channel, cause: number, by: RecordedCall['endedBy'], techCause?: number): void {
    if (channel.over) return
    const { time, chronicle } = this.parts
    channel.sound?.stop()
    channel.recording?.stop(0)
    this.leaveStasis(channel)
    channel.over = true
    for (const cancel of channel.timers) cancel()
    this.channels.delete(channel.id)
    if (channel.record) {
      channel.record.endedAt = time.now()
      channel.record.endedBy = by
      this.#closeSilence(channel)
    }
    this.dialplan.hangup(channel)
    if (channel.record) chronicle.tell(`${channel.record.party} is gone, by ${by}, cause ${cause}`)
    const more = techCause === undefined ? {} : { tech_cause: techCause }
    this.app.send(channel, { type: 'ChannelDestroyed', cause, ...more, channel: { id: channel.id } })
    this.transfers.gone(channel)
    this.#unbridge(channel)
    if (channel.otherHalf) this.end(channel.otherHalf, cause, by)
    channel.party.ended?.(channel.line, cause)
  }

  /** Something is heard since now, or nothing. A channel that nobody answered hears its own phone ring. */
  sounds(channel: Channel): void {
    const { time } = this.parts
    const heard = channel.sound || channel.music || channel.ringback || channel.bridgedWith || channel.recording
    if (heard) this.#closeSilence(channel)
    else if (channel.silentSince === null && !channel.over) {
      channel.silentSince = time.now()
      channel.party.silent?.(channel.line)
    }
  }

  #closeSilence(channel: Channel): void {
    if (channel.silentSince === null) return
    channel.record?.silences.push({ from: channel.silentSince, to: this.parts.time.now() })
    channel.silentSince = null
  }

  /** Rings a phone or a number; null: there is none. The channel is `Down` until the far side says something. */
  ring(id: string, endpoint: string, caller: Channel['caller']): Channel | null {
    const { parts } = this
    const party = parts.partyAt(endpoint)
    if (!party) return null
    const number = /^PJSIP\/(\+?\d{5,})@/.exec(endpoint)?.[1]
    const record = parts.chronicle.begin({
      channel: id,
      direction: 'out',
      party: number ?? endpoint,
      line: caller.number,
    })
    const trunk = number ? `PJSIP/${endpoint.slice(endpoint.lastIndexOf('@') + 1)}` : endpoint
    const channel = this.newChannel(id, trunk, party, record, caller)
    channel.silentSince = null
    this.later(channel, parts.chance.int(20, 150), () => {
      const declined = party.declines?.() ?? null
      if (declined !== null) return this.end(channel, declined, 'party')
      const elsewhere = party.forwards?.() ?? null
      if (elsewhere !== null) return this.#redirected(channel, elsewhere)
      channel.state = 'Ringing'
      record.rangAt = parts.time.now()
      this.app.send(channel, { type: 'ChannelStateChange', channel: describe(channel) })
      party.rings?.(channel.line)
    })
    return channel
  }

  /** The phone says 302. FORWARD_CONTEXT ends the leg; without it Asterisk would ring the other phone in its place. */
  #redirected(channel: Channel, to: string): void {
    const { chance, chronicle } = this.parts
    const { record, caller, followsForwards } = channel
    if (record) record.forwards = true
    chronicle.tell(`${record?.party} forwards to ${to}`)
    this.app.send(channel, dialEvent('CANCEL', channel, null, to))
    // in a third of the cases the answer of SIP is lost on its way
    if (chance.yes(1 / 3)) this.vanish(channel, 0, 'party')
    else {
      this.app.send(channel, { type: 'ChannelHangupRequest', cause: 23, channel: { id: channel.id } })
      this.vanish(channel, 23, 'party', 302)
    }
    const other = followsForwards ? this.ring(this.uniqueId(), `PJSIP/${to}`, caller) : null
    if (!other) return
    other.place = { app: 'Dial', data: '' }
    if (other.record) other.record.wasFollowed = true
    this.later(other, 20_000, () => other.state !== 'Up' && this.end(other, 19, 'asterisk'))
  }

  /** The two talk. */
  bridge(a: Channel, b: Channel): void {
    const from = this.parts.time.now()
    for (const [channel, other] of [
      [a, b],
      [b, a],
    ] as const) {
      channel.bridgedWith = other
      channel.sound?.stop()
      channel.music = channel.ringback = false
      channel.state = 'Up'
      channel.record?.talks.push({ with: other.id, from, to: null })
      this.sounds(channel)
    }
    a.place = { app: 'Bridge', data: b.id }
    b.place = { app: '', data: '' } // no StasisEnd is told of the side that is taken
    this.parts.chronicle.tell(`${a.record?.party} talks with ${b.record?.party}`)
    for (const channel of [a, b]) channel.party.talks?.(channel.line)
  }

  /** Two who talk are in one bridge no more; nobody has hung up. */
  part(one: Channel, other: Channel): void {
    const to = this.parts.time.now()
    one.bridgedWith = other.bridgedWith = null
    for (const { record } of [one, other]) {
      const talk = record?.talks.at(-1)
      if (talk) talk.to ??= to
    }
  }

  /** The two talk from now on, each where it is in the dialplan. */
  join(one: Channel, other: Channel): void {
    const from = this.parts.time.now()
    one.bridgedWith = other
    other.bridgedWith = one
    one.record?.talks.push({ with: other.id, from, to: null })
    other.record?.talks.push({ with: one.id, from, to: null })
    for (const channel of [one, other]) this.sounds(channel)
    this.parts.chronicle.tell(`${one.record?.party} talks with ${other.record?.party}`)
  }

  #unbridge(channel: Channel): void {
    const other = channel.bridgedWith
    if (!other) return this.dialplan.callerGone(channel)
    this.part(channel, other)
    this.later(other, this.parts.chance.int(4, 10), () => {
      if (!this.transfers.goesOn(other) && !this.dialplan.ringsOn(other)) this.end(other, 16, 'asterisk')
    })
  }

  // ---- the end of Asterisk ----

  /** kill -9: every channel is gone, what was written into the book within the last second may be too. */
  crash(downMs: number): void {
    const { time, chronicle, chance } = this.parts
    chronicle.trouble('asterisk', downMs)
    this.up = false
    this.app.send(null, { type: 'closed' })
    this.dialplan.crash()
    for (const channel of Array.from(this.channels.values())) {
      channel.fate = null
      channel.followed = false
      this.end(channel, 0, 'crash')
    }
    this.book.crash(() => chance.yes(0.5))
    time.after(downMs, () => {
      this.up = true
      this.startedAt = time.now()
      chronicle.tell('-- Asterisk is up')
    })
  }

  uniqueId(): string {
    return `${Math.floor(this.parts.time.now() / 1000)}.${++this.#serial}`
  }
}
