/**
 * ARI of the played Asterisk, for one life of the daemon: requests with their delays and their lanes, events in order, and a line that can
 * break, fall silent, lose events and swallow answers. The daemon's own AriTelephony sits on it.
 */
import type { AriSocketOptions } from '../../src/telephony/ari-socket.ts'
import type { AriOperation, AriParameters } from '../../src/telephony/ari-operations.ts'
import {
  AriError,
  type AriRequestOptions,
  type AriTransport,
  REQUEST_DEADLINE_MS,
} from '../../src/telephony/ari-transport.ts'
import type { EventSocket } from '../../src/telephony/ari-telephony.ts'
import { AriRequests, type Reply } from './ari-requests.ts'
import type { ApplicationEvents, PlayedAsterisk } from './asterisk.ts'
import type { Chance } from './chance.ts'
import type { Life } from './life.ts'
import { PlayedSocket } from './played-socket.ts'

/** A request on its way. */
interface Flight {
  /** The line broke: perhaps it was carried out, perhaps not. */
  cut(): void
  /** No answer is sure to come any more: the daemon's own deadline for it runs. */
  deadline(): void
}

/** The daemon pings so often; it has heard of the line within that time. */
const PING_MS = 5_000
const LATE_MS = { min: 500, max: 8_000 }

export class PlayedAri implements AriTransport {
  readonly chance: Chance
  #asterisk: PlayedAsterisk
  #requests: AriRequests
  #life: Life
  #socket: PlayedSocket | null = null
  #listener: ApplicationEvents | null = null
  /** Counts connections as the daemon sees them. */
  #connection = 0
  /** Lane -> until when it is occupied. */
  #lanes = new Map<string, number>()
  #inFlight = new Set<Flight>()
  #lastEventAt = 0
  /** The line between the two is cut. */
  cut = false
  /** Neither hears the other, and neither is told: what they have sent lies in the line. null: it does not. */
  #stuck: (() => void)[] | null = null
  /** How many of the events are lost one by one, and of the requests or their answers. */
  #shares = { events: 0, requests: 0 }

  constructor(asterisk: PlayedAsterisk, chance: Chance, life: Life) {
    this.#asterisk = asterisk
    this.chance = chance
    this.#requests = new AriRequests(asterisk, chance)
    this.#life = life
  }

  /** A connection can be made. */
  get reachable(): boolean {
    return this.#asterisk.up && !this.cut && !this.#stuck && !this.#life.dead
  }

  socket = (options: AriSocketOptions): EventSocket => (this.#socket = new PlayedSocket(this, options, this.#life))

  // ---- misfortunes ----

  /** The line breaks for so long: what was asked has perhaps been done, nobody says so. */
  breakFor(ms: number): void {
    this.cut = true
    this.disconnect()
    this.#asterisk.parts.time.after(ms, () => (this.cut = false))
  }

  /** The line falls silent for so long. When it speaks again what lay in it arrives, if the daemon has not given it up by then. */
  silentFor(ms: number): void {
    if (this.#stuck || this.cut) return
    const stuck: (() => void)[] = (this.#stuck = [])
    const before = this.#connection
    const isSilent = () => this.#stuck === stuck
    for (const flight of this.#inFlight) flight.deadline()
    this.#socket?.doubt(this.chance.int(0, PING_MS), isSilent)
    this.#asterisk.parts.time.after(ms, () => {
      if (!isSilent()) return
      this.#stuck = null
      // only now Asterisk hears that nobody is at the other end
      if (before !== this.#connection) this.#nobodyListens()
      for (const arrive of stuck) arrive()
    })
  }

  loseEventsFor(ms: number, share: number): void {
    this.#shares.events = share
    this.#asterisk.parts.time.after(ms, () => (this.#shares.events = 0))
  }

  loseAnswersFor(ms: number, share: number): void {
    this.#shares.requests = share
    this.#asterisk.parts.time.after(ms, () => (this.#shares.requests = 0))
  }

  /** The daemon stands still from now on, for so long. */
  standsStillFor(ms: number): void {
    const { time } = this.#asterisk.parts
    const until = time.now() + ms
    for (const flight of this.#inFlight) flight.deadline()
    this.#socket?.doubt(this.chance.int(0, PING_MS), () => time.now() <= until)
  }

  // ---- the connection ----

  /** Asterisk sees the connection end: nobody listens to the application any more. */
  disconnect(): void {
    this.#connection++
    this.#nobodyListens()
    for (const flight of this.#inFlight) flight.cut()
    this.#tellDaemon(() => this.#socket?.lost())
  }

  /** The daemon gives the connection up. While the line is silent Asterisk does not hear of it. */
  hangUp(): void {
    if (!this.#stuck) this.#nobodyListens()
    this.#connection++
    if (this.#stuck) for (const flight of this.#inFlight) flight.cut()
    this.#socket?.lost()
  }

  /** The socket is open: the application is active from now on. */
  listen(): void {
    const { time, chronicle } = this.#asterisk.parts
    const connection = this.#connection
    this.#asterisk.app = this.#listener = {
      active: true,
      send: (channel, event) => {
        if (event.type === 'closed') return this.#closed()
        if (channel && !channel.followed) return
        if (this.#shares.events > 0 && this.chance.yes(this.#shares.events))
          return chronicle.tell(`-- an event is lost: ${event.type} of ${channel?.id ?? 'a phone'}`)
        const arrive = () => {
          if (connection === this.#connection) this.#socket?.receive(event)
        }
        if (this.#stuck) return void this.#stuck.push(() => void time.reach(0, arrive))
        // one socket: in order
        this.#lastEventAt = Math.max(this.#lastEventAt, time.now() + this.chance.int(0, 3))
        time.reach(this.#lastEventAt - time.now(), arrive)
      },
    }
  }

  async open(): Promise<void> {
    while (!this.reachable) await (this.#life.dead ? this.#life.never() : this.wait(500))
  }

  close(): void {}

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#asterisk.parts.time.reach(ms, resolve))
  }

  // ---- requests ----

  async request(operation: AriOperation, parameters: AriParameters, options: AriRequestOptions = {}): Promise<unknown> {
    const fate = this.#life.next()
    if (fate === 'before') return this.#life.never()
    if (!this.#canSend) await this.#canSendWithin(REQUEST_DEADLINE_MS)
    if (this.#life.dead) return this.#life.never()
    if (!this.#canSend) throw new AriError(operation, 503, 'not connected')
    const trouble = this.#shares.requests > 0 && this.chance.yes(this.#shares.requests)
    const what = trouble ? this.chance.pick(['lost', 'unheard', 'late', 'slow'] as const) : 'well'
    if (trouble)
      this.#asterisk.parts.chronicle.tell(`-- ${operation} ${String(parameters['channelId'] ?? '')}: ${what}`)
    return new Promise((resolve, reject) => {
      let over = false
      let timer: NodeJS.Timeout | undefined
      const settle = (deed: () => void) => {
        if (over || this.#life.dead) return
        over = true
        clearTimeout(timer)
        this.#inFlight.delete(flight)
        deed()
      }
      const noAnswer = (why: string) => settle(() => reject(new AriError(operation, null, why)))
      const flight: Flight = {
        cut: () => {
          if (this.chance.yes(0.5)) callOff() // it had not reached Asterisk
          this.#tellDaemon(() => noAnswer('the connection broke'))
        },
        deadline: () => (timer ??= setTimeout(() => noAnswer('within its time'), REQUEST_DEADLINE_MS)),
      }
      this.#inFlight.add(flight)
      const callOff = this.#send(options.lane ?? '', what === 'slow' ? this.#late() : 0, () => {
        if (!this.#asterisk.up || what === 'lost') return
        const reply = this.#requests.carryOut(operation, parameters, variablesOf(options))
        if (fate === 'after') this.#life.die()
        if (what === 'unheard') return
        this.#answer(what === 'late' ? this.#late() : 0, () =>
          settle(() =>
            isFine(reply) ? resolve(reply.body) : reject(new AriError(operation, reply.status, 'as it says')),
          ),
        )
      })
      if (trouble || this.#stuck) flight.deadline()
    })
  }

  /** A request reaches Asterisk, after those of its lane. Returns how to stop it on its way. */
  #send(lane: string, lateMs: number, carryOut: () => void): () => void {
    const { time } = this.#asterisk.parts
    if (this.#stuck) {
      let isOff = false
      const connection = this.#connection
      this.#stuck.push(() => {
        // what a connection had sent before it was given up may arrive nonetheless
        if (!isOff && (connection === this.#connection || this.chance.yes(0.5))) carryOut()
      })
      return () => (isOff = true)
    }
    const doneAt = Math.max(this.#lanes.get(lane) ?? 0, time.now() + this.chance.int(0, 4)) + lateMs
    this.#lanes.set(lane, doneAt)
    return time.after(doneAt - time.now(), carryOut)
  }

  #answer(lateMs: number, arrive: () => void): void {
    const { time } = this.#asterisk.parts
    if (this.#stuck) this.#stuck.push(() => void time.reach(0, arrive))
    else time.reach(this.chance.int(0, 3) + lateMs, arrive)
  }

  #late(): number {
    return this.chance.int(LATE_MS.min, LATE_MS.max)
  }

  /** The sockets are open, as far as the daemon knows. */
  get #canSend(): boolean {
    return this.reachable || (this.#stuck !== null && (this.#socket?.isOpen ?? false))
  }

  async #canSendWithin(ms: number): Promise<void> {
    for (let waited = 0; waited < ms && !this.#canSend && !this.#life.dead; waited += 100) await this.wait(100)
  }

  /** A later life that has taken the application over meanwhile goes on listening. */
  #nobodyListens(): void {
    if (this.#asterisk.app === this.#listener) this.#asterisk.app = { active: false, send: () => {} }
  }

  /** Asterisk is gone, and its side of the line with it. */
  #closed(): void {
    if (!this.#stuck) return this.disconnect()
    this.#nobodyListens()
    this.#stuck.push(() => this.disconnect())
  }

  #tellDaemon(what: () => void): void {
    const { time } = this.#asterisk.parts
    if (time.frozen) time.reach(0, what)
    else what()
  }
}

function isFine({ status }: Reply): boolean {
  return status < 300
}

/** Of the body of an originate. */
function variablesOf({ body }: AriRequestOptions): Record<string, unknown> {
  const { variables = {} } = (body ?? {}) as { variables?: Record<string, unknown> }
  return variables
}
