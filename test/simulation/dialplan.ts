/** asterisk-config/perezvon.conf, played: the door, talks without the daemon, the plain ringing of operators, and the watch over those who wait. */
import type { PlayedAsterisk } from './asterisk.ts'
import type { Channel } from './channel.ts'

/** PEREZVON_HB_STALE */
const STALE_MS = 12_000
/** PEREZVON_FALLBACK_RING */
const FALLBACK_RING_MS = 60_000
const WATCH_MS = 1_000
/** Of a phone to which a caller was transferred, or of the operator who did it, while the daemon is away. */
const TRANSFER_RING_MS = 30_000
/** PEREZVON_SHORTEST_TALK */
const SHORTEST_TALK_MS = 3_000

interface PlainDial {
  caller: Channel
  rung: Channel[]
  /** Nobody is rung on after a talk that it began. */
  once: boolean
}

export class Dialplan {
  /** PEREZVON_HB, in seconds. */
  heartbeat = 0
  /** PEREZVON_DOOR */
  door: 'open' | 'closed' = 'open'
  /** The watch does its work; a planted bug puts it to sleep. */
  watches = true
  #asterisk: PlayedAsterisk
  #watching = false
  /** How often each caller was rung for plainly. */
  #plainRings = new Map<string, number>()
  /** Callers whose plain talk is over when the other has hung up, however soon. */
  #once = new Set<string>()
  /** By the caller's channel. */
  #dials = new Map<string, PlainDial>()

  constructor(asterisk: PlayedAsterisk) {
    this.#asterisk = asterisk
  }

  get stale(): boolean {
    return Math.abs(this.#asterisk.parts.time.now() - this.heartbeat * 1000) > STALE_MS
  }

  /** perezvon-inbound */
  inbound(channel: Channel, did: string): void {
    const { number } = channel.caller
    channel.did = did
    channel.book = `${number}|${did}|${this.#epoch()}@provider`
    this.#write(channel, 'new|||')
    if (this.#asterisk.inbound > this.#asterisk.parts.maxCalls) {
      this.#write(channel, `shed|||${this.#epoch()}`)
      channel.book = null
      return this.#asterisk.end(channel, 17, 'asterisk')
    }
    if (this.door === 'closed' || this.stale) return this.fallback(channel)
    channel.held = true
    this.#watch()
    this.#asterisk.enterStasis(channel, ['inbound', did, number, 'provider'])
  }

  /** perezvon-talk: the two are joined, or the caller is given back. */
  talk(channel: Channel, peerId: string): void {
    const asterisk = this.#asterisk
    const peer = asterisk.channels.get(peerId)
    asterisk.leaveStasis(channel)
    channel.held = false
    channel.book ??= `||${this.#epoch()}`
    channel.passed = null
    channel.began = this.#moment()
    channel.fate = `talked|${peerId}|${channel.began}|`
    this.#write(channel, channel.fate)
    if (peer && peer.state === 'Up' && peer.bridgedWith === null && peer !== channel) {
      asterisk.bridge(channel, peer)
      return
    }
    channel.fate = null
    this.#write(channel, 'new|||')
    channel.held = true
    this.#watch()
    asterisk.enterStasis(channel, ['talk-failed', 'NONEXISTENT'])
  }

  /** perezvon-fallback: rings the operators plainly. */
  fallback(channel: Channel): void {
    const asterisk = this.#asterisk
    asterisk.leaveStasis(channel)
    channel.held = false
    if (!isCallers(channel)) return asterisk.end(channel, 16, 'asterisk')
    asterisk.parts.chronicle.tell(`the dialplan takes ${channel.record?.party}`)
    if (channel.record) channel.record.plainSince ??= asterisk.parts.time.now()
    channel.place = { app: 'Dial', data: '' }
    this.#write(channel, 'fallback|||')
    channel.fate = 'unanswered|||'
    channel.music = false
    channel.ringback = true
    asterisk.sounds(channel)
    this.#plainRings.set(channel.id, (this.#plainRings.get(channel.id) ?? 0) + 1)
    channel.passed = null
    this.#dial(channel, asterisk.parts.fallbackPhones, FALLBACK_RING_MS, false, () => this.#sorry(channel))
  }

  /** perezvon-transfer: an operator has transferred the caller (`to`), or the colleague there has not answered (`transfer-failed`). */
  transferred(channel: Channel, word: 'transferred' | 'transfer-failed', to: string, by: string): void {
    const asterisk = this.#asterisk
    const { number } = channel.caller
    this.#passedOn(channel, by, this.#moment())
    channel.music = channel.ringback = false
    channel.place = { app: '', data: '' }
    const isCaller = isCallers(channel)
    if (isCaller) this.#write(channel, `transferred|${by}|${channel.began}||${channel.passed}`)
    const alone = () => this.#alone(channel, to, by)
    if (this.stale) return alone()
    asterisk.sounds(channel)
    channel.held = isCaller
    this.#watch()
    const trunk = channel.endpoint.slice('PJSIP/'.length)
    const args = [word, to, by, channel.did, isCaller ? number : '', trunk, channel.began]
    asterisk.enterStasis(channel, args, alone)
  }

  /** perezvon-extension: it waits there for a phone that rings, in the operator's place. */
  waitsInDial(channel: Channel, by: string): void {
    this.#passedOn(channel, by, '')
  }

  /** What its end will write if nobody takes it. */
  #passedOn(channel: Channel, by: string, passed: string): void {
    channel.passed = isCallers(channel) ? passed : null
    channel.fate = isCallers(channel) ? `transferred|${by}|${channel.began}|` : null
  }

  /** Without the daemon: the phone that was meant, then the operator's, then all. */
  #alone(channel: Channel, to: string, by: string): void {
    const asterisk = this.#asterisk
    channel.held = false
    if (!isCallers(channel)) return asterisk.end(channel, 16, 'asterisk') // the daemon will call the client again
    if (channel.record) channel.record.plainSince ??= asterisk.parts.time.now()
    channel.place = { app: 'Dial', data: '' }
    channel.music = true
    asterisk.sounds(channel)
    const operators = () => this.fallback(channel)
    const back = () => this.#dial(channel, [`PJSIP/${by}`], TRANSFER_RING_MS, true, operators)
    if (/^\d{2,4}$/.test(to)) this.#dial(channel, [`PJSIP/${to}`], TRANSFER_RING_MS, true, back)
    else back()
  }

  #dial(channel: Channel, phones: readonly string[], ms: number, once: boolean, nobody: () => void): void {
    const asterisk = this.#asterisk
    this.callerGone(channel)
    const rung: Channel[] = []
    for (const endpoint of phones) {
      if (asterisk.deviceState(endpoint) !== 'NOT_INUSE') continue
      const phone = asterisk.ring(asterisk.uniqueId(), endpoint, channel.caller)
      if (!phone) continue
      rung.push(phone)
      phone.place = { app: 'Dial', data: channel.id }
    }
    this.#dials.set(channel.id, { caller: channel, rung, once })
    asterisk.later(channel, rung.length > 0 ? ms : 500, nobody)
  }

  /** A phone that rings plainly was picked up. */
  pickedUp(phone: Channel): void {
    const asterisk = this.#asterisk
    const dial = this.#dials.get(phone.place.data)
    if (!dial || dial.caller.over || dial.caller.bridgedWith) return asterisk.end(phone, 26, 'asterisk')
    const { caller, rung, once } = dial
    if (once) this.#once.add(caller.id)
    else this.#once.delete(caller.id)
    this.#dials.delete(caller.id)
    for (const cancel of caller.timers) cancel()
    caller.timers.clear()
    caller.ringback = false
    caller.state = 'Up'
    caller.passed = null
    caller.began = this.#moment()
    caller.fate = `answered|${phone.endpoint.slice('PJSIP/'.length)}|${caller.began}|`
    this.#write(caller, caller.fate)
    asterisk.bridge(caller, phone)
    for (const other of rung) if (other !== phone) asterisk.end(other, 26, 'asterisk')
  }

  /** After the other side of a talk has hung up: too soon for a word, and the caller is rung on. False: the talk is over. */
  ringsOn(channel: Channel): boolean {
    const [state, , began] = channel.fate?.split('|') ?? []
    const wasTalk = state === 'talked' || (state === 'answered' && !this.#once.has(channel.id))
    if (
      channel.over ||
      !isCallers(channel) ||
      !wasTalk ||
      this.#asterisk.parts.time.now() - Number(began) * 1000 >= SHORTEST_TALK_MS
    )
      return false
    channel.fate = null
    const talk = channel.record?.talks.at(-1)
    if (talk) talk.dropped = true
    if (state === 'talked') {
      this.#write(channel, 'new|||')
      channel.held = true
      this.#watch()
      this.#asterisk.enterStasis(channel, ['talk-dropped'])
    } else if (this.#plainRings.get(channel.id) === 1) this.fallback(channel)
    else this.#sorry(channel)
    return true
  }

  /** The `h` of a channel: its line of the book gets its end. */
  hangup(channel: Channel): void {
    const passed = channel.passed === null ? '' : `|${channel.passed}`
    if (channel.book !== null && channel.fate !== null)
      this.#write(channel, `${channel.fate}${this.#moment()}${passed}`)
    else if (channel.held) this.#write(channel, `new|||${this.#moment()}`)
  }

  /** The caller is gone; what rang plainly for him stops. */
  callerGone(channel: Channel): void {
    for (const phone of this.#dials.get(channel.id)?.rung ?? []) this.#asterisk.end(phone, 16, 'asterisk')
    this.#dials.delete(channel.id)
  }

  /** Asterisk is killed: nothing of it goes on, and its variables are as in its files. */
  crash(): void {
    this.#dials.clear()
    this.heartbeat = 0
    this.door = 'open'
  }

  #sorry(channel: Channel): void {
    const asterisk = this.#asterisk
    this.callerGone(channel)
    channel.fate = null
    this.#write(channel, `unanswered|||${this.#epoch()}`)
    channel.book = null
    channel.state = 'Up'
    asterisk.later(channel, 2_000, () => asterisk.end(channel, 16, 'asterisk'))
  }

  /** perezvon-watch: takes callers from a daemon that is dead or frozen under them. */
  #watch(): void {
    if (this.#watching) return
    this.#watching = true
    const { time } = this.#asterisk.parts
    const look = () => {
      const held = [...this.#asterisk.channels.values()].filter((channel) => channel.held)
      if (held.length === 0 || !this.#asterisk.up) return void (this.#watching = false)
      if (this.stale && this.watches) for (const channel of held) this.fallback(channel)
      time.after(WATCH_MS, look)
    }
    time.after(WATCH_MS, look)
  }

  #write(channel: Channel, rest: string): void {
    if (channel.book !== null) this.#asterisk.book.write(channel.id, `${channel.book}|${rest}`)
  }

  #epoch(): number {
    return Math.floor(this.#asterisk.parts.time.now() / 1000)
  }

  /** With milliseconds, as the book has the ends of talks. */
  #moment(): string {
    return (this.#asterisk.parts.time.now() / 1000).toFixed(3)
  }
}

/** It is one of a caller, and stands in the book as such; others are placed by us. */
function isCallers({ book }: Channel): boolean {
  return book !== null && !book.startsWith('||')
}
