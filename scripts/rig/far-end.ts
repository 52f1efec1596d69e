/**
 * The outside world and the desk phones, on a second Asterisk driven over its ARI:
 *
 *   const caller = await far.call('+73432001122', { number: '+79161234567' })
 *   await caller.hears(greeting); await caller.press('1')
 *   far.on('101', answers({ says: hello }))
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import WebSocket from 'ws'
import { withTimeout } from '../../src/runtime/abort.ts'
import { eventsUrl } from './ari-requests.ts'
import { farEndFiles, type FarPorts, type TrunkName } from './far-files.ts'
import { FarLeg } from './far-leg.ts'
import { ASTERISK_CONFIG, startAsterisk, type LocalAsterisk } from './local-asterisk.ts'
import type { Phone } from './site-files.ts'

/** What a called phone or number does. It may run to the end of the call; the leg listens already. */
export type Behaviour = (leg: FarLeg) => Promise<void>

export interface Caller {
  /** As it arrives, also hostile; a withheld number if missing. */
  number?: string
  name?: string
  trunk?: TrunkName
}

/** What we read of ARI's events. */
interface FarEvent {
  type: string
  args?: string[]
  channel?: { id: string; state: string; caller: { number: string; name: string } }
  playback?: { id: string; target_uri: string; state: string }
  digit?: string
  cause?: number
}

export interface FarEndOptions {
  dir: string
  ports: FarPorts
  /** host:port of the system under test. */
  pbx: string
  phones: Phone[]
}

export async function startFarEnd(options: FarEndOptions): Promise<FarEnd> {
  const ari = { url: `http://127.0.0.1:${options.ports.http}/ari`, user: 'far', password: randomUUID() }
  const asterisk = await startAsterisk({
    name: 'far end',
    dir: options.dir,
    files: {
      ...farEndFiles({ ...options, ariPassword: ari.password }),
      'modules.conf': await readFile(join(ASTERISK_CONFIG, 'modules.conf'), 'utf8'),
    },
    ari,
  })
  const far = new FarEnd(asterisk)
  try {
    await far.connect()
  } catch (error) {
    await far.stop()
    throw error
  }
  return far
}

export class FarEnd {
  readonly asterisk: LocalAsterisk
  /** What behaviours threw. A test that ends well has none. */
  readonly failures: unknown[] = []
  readonly #legs = new Map<string, FarLeg>()
  readonly #behaviours = new Map<string, Behaviour>()
  readonly #arrivals = new Set<(leg: FarLeg) => void>()
  #socket: WebSocket | null = null
  #stopping = false

  constructor(asterisk: LocalAsterisk) {
    this.asterisk = asterisk
  }

  async connect(): Promise<void> {
    const socket = new WebSocket(eventsUrl(this.asterisk.ari, 'far'))
    socket.on('message', (data: Buffer) => this.#receive(JSON.parse(data.toString()) as FarEvent))
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    this.#socket = socket
  }

  /** What phone `101` or an outside number does when it is called; `*` is for the others, whom nobody knows (unallocated) if missing. */
  on(who: string, behaviour: Behaviour): void {
    this.#behaviours.set(who, behaviour)
  }

  /** Every leg that rang there until now, oldest first. */
  rung(who: string): FarLeg[] {
    return [...this.#legs.values()].filter((leg) => leg.who === who && leg.direction === 'called')
  }

  /** The next call that arrives there. Ask before it can come. */
  nextCallTo(who: string, ms = 20_000): Promise<FarLeg> {
    let arrived: (leg: FarLeg) => void = () => {}
    const leg = new Promise<FarLeg>((resolve) => {
      arrived = (leg) => {
        if (leg.who === who) resolve(leg)
      }
      this.#arrivals.add(arrived)
    })
    return withTimeout(leg, ms, `a call to ${who}`).finally(() => this.#arrivals.delete(arrived))
  }

  /** Somebody outside calls `number`, or a desk phone does. Resolves when it was sent; he hears early sound too. */
  async call(number: string, from: Caller | { phone: string }): Promise<FarLeg> {
    const endpoint = 'phone' in from ? `phone-${from.phone}` : (from.trunk ?? 'provider')
    const leg = this.#leg(randomUUID(), number, 'calling', endpoint)
    const { request } = this.asterisk
    const create = { endpoint: `PJSIP/${number}@${endpoint}`, app: 'far', appArgs: 'calling', channelId: leg.id }
    await request('POST', '/channels/create', create)
    await leg.until(() => leg.inStasis, 5_000, 'channel')
    if (!('phone' in from)) {
      const set = (variable: string, value: string) =>
        request('POST', `/channels/${leg.id}/variable`, { variable, value })
      const shown = from.number === undefined ? 'prohib' : 'allowed'
      await set('CONNECTEDLINE(num,i)', from.number ?? '79000000000')
      await set('CONNECTEDLINE(name,i)', from.name ?? '')
      await set('CONNECTEDLINE(num-pres,i)', shown)
      await set('CONNECTEDLINE(name-pres)', shown)
    }
    await leg.listen()
    await request('POST', `/channels/${leg.id}/dial`, { timeout: 120 })
    return leg
  }

  /** Everybody outside hangs up. */
  async hangupAll(): Promise<void> {
    const open = [...this.#legs.values()].filter(({ state }) => state !== 'ended')
    await Promise.all(open.map((leg) => leg.hangup()))
    await Promise.all(open.map((leg) => leg.ended(5_000)))
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#socket?.close()
    await this.asterisk.stop()
    for (const leg of this.#legs.values()) {
      leg.mark({ state: 'ended' })
      await leg.close()
    }
  }

  #leg(id: string, who: string, direction: FarLeg['direction'], via: string): FarLeg {
    const spoolDir = join(this.asterisk.dir, 'spool')
    const leg = new FarLeg({ id, who, direction, via, request: this.asterisk.request, spoolDir })
    this.#legs.set(id, leg)
    return leg
  }

  #receive(event: FarEvent): void {
    const id = event.channel?.id ?? event.playback?.target_uri.replace('channel:', '') ?? ''
    if (event.type === 'StasisStart' && event.channel) this.#arrived(event.channel, event.args ?? [])
    if (event.type === 'StasisStart') {
      this.#legs.get(id)?.mark({ inStasis: true })
      if (event.args?.[0] === 'ear') this.#legs.get(id.replace(/^ear-/, ''))?.mark({ earInStasis: true })
    }
    const leg = this.#legs.get(id)
    if (!leg) return
    switch (event.type) {
      case 'ChannelStateChange':
        if (event.channel?.state === 'Ringing') leg.mark({ state: 'ringing' })
        if (event.channel?.state === 'Up') leg.mark({ state: 'up' })
        break
      case 'ChannelDtmfReceived':
        leg.mark({ digit: event.digit ?? '' })
        break
      case 'PlaybackFinished':
        leg.playbackFinished(event.playback?.id ?? '', event.playback?.state ?? '')
        break
      case 'ChannelHangupRequest':
        leg.mark({ cause: event.cause ?? 16 })
        break
      case 'StasisEnd': // all that comes of a called leg: with it ends our subscription to its events
        if (leg.direction === 'called') leg.mark({ state: 'ended' })
        break
      case 'ChannelDestroyed':
        leg.mark({ state: 'ended', cause: event.cause ?? 0 })
        break
    }
  }

  #arrived(channel: NonNullable<FarEvent['channel']>, [kind, who = '', via = '']: string[]): void {
    if (kind !== 'outside' && kind !== 'phone') return
    const leg = this.#leg(channel.id, who, 'called', via)
    leg.callerNumber = channel.caller.number
    leg.callerName = channel.caller.name
    const behaviour = this.#behaviours.get(who) ?? this.#behaviours.get('*')
    this.#watched(leg, behaviour ? leg.listen().then(() => behaviour(leg)) : leg.hangup(1))
    for (const arrived of this.#arrivals) arrived(leg)
  }

  /** A leg may end under whatever is done with it; anything else is a failure of the test. */
  #watched(leg: FarLeg, deed: Promise<unknown>): void {
    deed.catch(async (error: unknown) => {
      const ended = await leg.ended(1_000).catch(() => null) // the event may come after the error
      if (!ended && !this.#stopping) this.failures.push(error)
    })
  }
}
