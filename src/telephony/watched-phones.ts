/**
 * The states of our own phones, also from calls that we did not place.
 *
 * While Asterisk cannot be reached nobody can be rung, but who was there is still there. An Asterisk that has just started takes every phone
 * for unreachable until it has asked it; they can be rung nonetheless.
 */
import type { PhoneState } from './api.ts'
import { record, text } from './ari-events.ts'
import type { AriTransport } from './ari-transport.ts'
import { phoneStateOf } from './phone-state.ts'

/** Asterisk asks its phones one by one after its start (pjsip's qualify_frequency). */
const PHONES_ASKED_MS = 35_000

type Listener = (endpoint: string, state: PhoneState) => void

export class WatchedPhones {
  #app: string
  #request: AriTransport['request']
  #isReady: () => boolean
  #phones = new Map<string, PhoneState>()
  #listeners = new Set<Listener>()
  /** On performance.now(): by then Asterisk knows which phones are there. */
  #askedBy = 0
  #asked: NodeJS.Timeout | null = null

  /** `isReady`: are we connected, and know what lives? */
  constructor(app: string, request: AriTransport['request'], isReady: () => boolean) {
    this.#app = app
    this.#request = request
    this.#isReady = isReady
  }

  /** These and no others from now on; `subscribe` makes it so in Asterisk. */
  watch(endpoints: string[]): void {
    const wanted = new Set(endpoints)
    for (const endpoint of this.#phones.keys()) if (!wanted.has(endpoint)) this.#phones.delete(endpoint)
    for (const endpoint of wanted) if (!this.#phones.has(endpoint)) this.#phones.set(endpoint, 'offline')
  }

  async subscribe(): Promise<void> {
    for (const endpoint of this.#phones.keys()) {
      const device = `deviceState:${endpoint}`
      await this.#request('applications.subscribe', { applicationName: this.#app, eventSource: device })
      const state = record(await this.#request('deviceStates.get', { deviceName: endpoint }))
      this.#set(endpoint, text(state['state']))
    }
  }

  /** A DeviceStateChanged event. */
  receive(deviceState: unknown): void {
    const device = record(deviceState)
    this.#set(text(device['name']), text(device['state']))
  }

  /** `startedAt`: when Asterisk came up, milliseconds since 1970. */
  asteriskStarted(startedAt: number): void {
    const left = startedAt + PHONES_ASKED_MS - Date.now()
    if (!(left > 0)) return
    this.#askedBy = performance.now() + left
    this.stop()
    this.#asked = setTimeout(() => this.tellAll(), left + 1)
  }

  state(endpoint: string): PhoneState {
    const state = this.#phones.get(endpoint)
    if (state === undefined || (state === 'offline' && performance.now() > this.#askedBy)) return 'offline'
    if (!this.#isReady()) return 'busy'
    return state === 'offline' ? 'idle' : state
  }

  onState(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tellAll(): void {
    for (const endpoint of this.#phones.keys()) this.#tell(endpoint)
  }

  stop(): void {
    if (this.#asked) clearTimeout(this.#asked)
  }

  #set(endpoint: string, deviceState: string): void {
    const state = phoneStateOf(deviceState)
    if (!this.#phones.has(endpoint) || this.#phones.get(endpoint) === state) return
    this.#phones.set(endpoint, state)
    this.#tell(endpoint)
  }

  #tell(endpoint: string): void {
    for (const listener of this.#listeners) listener(endpoint, this.state(endpoint))
  }
}
