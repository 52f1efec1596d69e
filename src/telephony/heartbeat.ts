/** What the dialplan knows of us: that we live, and whether new calls may come. It compares our word with its own clock. */
import type { Logger } from '../runtime/logger.ts'
import { record } from './ari-events.ts'
import type { AriTransport } from './ari-transport.ts'

/** The dialplan takes a daemon that has not said so for 15 s for dead. */
const BEAT_MS = 5_000
/** A word that is older is nothing to rely on: the dialplan sends callers past us from PEREZVON_HB_STALE seconds on, 12 as it is shipped. */
const RELIED_ON_MS = 12_000
/** A difference of the clocks that an admin should hear of, once. */
const TOLD_MS = 60_000
const HEARTBEAT_VARIABLE = 'PEREZVON_HB'
/** `closed`: new calls take the plain dialplan, those that are here stay. */
const DOOR_VARIABLE = 'PEREZVON_DOOR'

export class Heartbeat {
  #request: AriTransport['request']
  #isConnected: () => boolean
  #log: Logger
  #timer: NodeJS.Timeout | null = null
  /** Once closed it stays so: a daemon that is going takes nobody after a reconnect either. */
  #door: 'open' | 'closed' = 'open'
  /** Has Asterisk said that it knows? A word that is lost would send every caller past us. */
  #knowsDoor = false
  /** When the last word that Asterisk has acknowledged was said, on performance.now(). */
  #knownAt = -Infinity
  /** Counts starts: what is answered to an earlier one says nothing of this connection. */
  #start = 0
  /** Asterisk's clock minus ours, milliseconds. */
  skewMs = 0

  constructor(request: AriTransport['request'], isConnected: () => boolean, log: Logger) {
    this.#request = request
    this.#isConnected = isConnected
    this.#log = log
  }

  start(): void {
    this.stop()
    const start = this.#start
    const beat = async () => {
      if (!this.#knowsDoor) void this.#tellDoor()
      // one of the two clocks may have been set meanwhile; by the wrong one we would be dead
      await this.readClock().catch(() => {})
      const saidAt = performance.now()
      const isTold = await this.#tell(HEARTBEAT_VARIABLE, String(Math.round((Date.now() + this.skewMs) / 1000)))
      if (isTold && start === this.#start) this.#knownAt = saidAt
    }
    void beat()
    this.#timer = setInterval(() => void beat(), BEAT_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    this.#start++
    this.#knowsDoor = false
    this.#knownAt = -Infinity
  }

  /** Asterisk has acknowledged, on this connection, that we live and that the door is open: callers come to us. */
  get isKnown(): boolean {
    return this.#door === 'open' && this.#knowsDoor && performance.now() - this.#knownAt < RELIED_ON_MS
  }

  /** No new calls come to us from now on. */
  async closeDoor(): Promise<void> {
    this.#door = 'closed'
    this.#knowsDoor = false
    await this.#tellDoor()
  }

  /** The last word: nobody is here. */
  async fallSilent(): Promise<void> {
    this.stop()
    await this.#tell(HEARTBEAT_VARIABLE, '0')
  }

  async readClock(): Promise<void> {
    const reply = record(await this.#request('asterisk.getGlobalVar', { variable: 'EPOCH' }))
    const seconds = Number(reply['value'])
    const skew = Number.isFinite(seconds) ? seconds * 1000 - Date.now() : 0
    const before = this.skewMs
    // the variable has whole seconds: less than two is no skew
    this.skewMs = Math.abs(skew) < 2_000 ? 0 : skew
    if (Math.abs(this.skewMs) > TOLD_MS && Math.abs(this.skewMs - before) > TOLD_MS)
      this.#log.warn('the clock of Asterisk differs from ours', { seconds: skew / 1000 })
  }

  async #tellDoor(): Promise<void> {
    const [door, start] = [this.#door, this.#start]
    const isTold = await this.#tell(DOOR_VARIABLE, door)
    if (door === this.#door && start === this.#start) this.#knowsDoor = isTold
  }

  /** True: Asterisk knows. Without a connection the dialplan finds out by itself that we are not there. */
  async #tell(variable: string, value: string): Promise<boolean> {
    try {
      await this.#request('asterisk.setGlobalVar', { variable, value })
      return true
    } catch (error) {
      if (this.#isConnected()) this.#log.warn('the dialplan could not be told how we are', { variable, error })
      return false
    }
  }
}
