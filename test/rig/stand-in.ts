/** Stands in for the daemon while the ground is proved: an event socket, a heartbeat, and the events as they came. */
import WebSocket from 'ws'
import { eventsUrl, type AriRequest } from '../../scripts/rig/ari-requests.ts'
import type { LocalAsterisk } from '../../scripts/rig/local-asterisk.ts'
import { sleep, withTimeout } from '../../src/runtime/abort.ts'

export interface AriEvent {
  type: string
  args?: string[]
  channel?: { id: string; name: string; state: string; caller: { number: string; name: string } }
  cause?: number
}

export interface Started {
  id: string
  args: string[]
  channel: NonNullable<AriEvent['channel']>
}

export class StandIn {
  /** Oldest first. */
  readonly events: AriEvent[] = []
  readonly request: AriRequest
  readonly #asterisk: LocalAsterisk
  readonly #app: string
  readonly #listeners = new Set<() => void>()
  readonly #taken = new Set<AriEvent>()
  #socket: WebSocket | null = null
  #beats: NodeJS.Timeout | null = null

  constructor(asterisk: LocalAsterisk, app: string) {
    this.#asterisk = asterisk
    this.#app = app
    this.request = asterisk.request
  }

  /** Connects and beats its heart every second. */
  async wake(): Promise<this> {
    const socket = new WebSocket(eventsUrl(this.#asterisk.ari, this.#app))
    socket.on('message', (data: Buffer) => {
      this.events.push(JSON.parse(data.toString()) as AriEvent)
      for (const listener of this.#listeners) listener()
    })
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    this.#socket = socket
    await this.beat()
    this.#beats = setInterval(() => void this.beat().catch(() => {}), 1_000)
    return this
  }

  async beat(): Promise<void> {
    const value = Math.floor(Date.now() / 1000)
    await this.request('POST', '/asterisk/variable', { variable: 'PEREZVON_HB', value })
  }

  /** Beats no more but keeps its connection, as a process that was stopped. */
  freeze(): void {
    if (this.#beats) clearInterval(this.#beats)
    this.#beats = null
  }

  /** As a process that was killed. */
  die(): void {
    this.freeze()
    this.#socket?.terminate()
    this.#socket = null
  }

  /** As a daemon that goes in order: the dialplan knows at once. */
  async retire(): Promise<void> {
    this.die()
    await this.request('POST', '/asterisk/variable', { variable: 'PEREZVON_HB', value: 0 })
  }

  /** The first event that fits, from the beginning of time. */
  async event(fits: (event: AriEvent) => boolean, what: string, ms = 10_000): Promise<AriEvent> {
    const known = this.events.find(fits)
    if (known) return known
    let listener = () => {}
    const found = new Promise<AriEvent>((resolve) => {
      listener = () => {
        const now = this.events.at(-1)
        if (now && fits(now)) resolve(now)
      }
      this.#listeners.add(listener)
    })
    return withTimeout(found, ms, what).finally(() => this.#listeners.delete(listener))
  }

  /** The next StasisStart with this first argument; each is told once. */
  async started(kind: string, ms = 10_000): Promise<Started> {
    const takes = (e: AriEvent) => {
      if (e.type !== 'StasisStart' || e.args?.[0] !== kind || this.#taken.has(e)) return false
      this.#taken.add(e)
      return true
    }
    const event = await this.event(takes, `StasisStart ${kind}`, ms)
    return { id: event.channel!.id, args: event.args!, channel: event.channel! }
  }

  /** Waits until every call is over and strikes all out of the book. */
  async cleanUp(): Promise<void> {
    await eventually(async () => !/^PJSIP/m.test(await this.#asterisk.cli('core show channels concise')), 'no channels')
    for (const id of (await doorbellBook(this.#asterisk)).keys()) await this.acknowledge(id)
  }

  answer(channelId: string): Promise<unknown> {
    return this.request('POST', `/channels/${channelId}/answer`)
  }

  /** Hands a channel to the dialplan; without a context it goes on where it was. */
  continue(channelId: string, extension: string, context?: string): Promise<unknown> {
    return this.request('POST', `/channels/${channelId}/continue`, { context, extension, priority: 1 })
  }

  /** Rings a phone or number as a leg of ours; it comes back as `started('leg')` once it was answered. */
  dial(endpoint: string, channelId: string): Promise<unknown> {
    const query = { endpoint, channelId, app: this.#app, appArgs: 'leg', callerId: '+79161234567', timeout: 20 }
    return this.request('POST', '/channels', query)
  }

  /** Events of this channel come also after it has left Stasis. */
  follow(channelId: string): Promise<unknown> {
    return this.request('POST', `/applications/${this.#app}/subscription`, { eventSource: `channel:${channelId}` })
  }

  /** Strikes a call out of the doorbell book. */
  acknowledge(channelId: string): Promise<unknown> {
    return this.request('POST', '/asterisk/variable', { variable: `DB_DELETE(pzdoor/${channelId})`, value: '' })
  }

  /** Has the doorbell book handed over entry by entry: StasisStart `doorbell`, at its end `doorbell-end`. */
  drain(): Promise<unknown> {
    const half = { context: 'perezvon-doorbell', extension: 'other-half', priority: 1 }
    return this.request('POST', '/channels', { endpoint: 'Local/drain@perezvon-doorbell', ...half })
  }
}

export async function eventually<T>(look: () => Promise<T | null | false>, what: string): Promise<T> {
  for (const end = Date.now() + 10_000; Date.now() < end; await sleep(50)) {
    const found = await look()
    if (found) return found
  }
  throw new Error(`${what}: not within 10 s`)
}

/** The doorbell book: call id -> its line, split into fields. */
export async function doorbellBook(asterisk: LocalAsterisk): Promise<Map<string, string[]>> {
  const listing = await asterisk.cli('database show pzdoor')
  const lines = [...listing.matchAll(/^\/pzdoor\/(\S+)\s*: (.*?)\s*$/gm)]
  return new Map(lines.map(([, id = '', line = '']) => [id, line.split('|')]))
}
