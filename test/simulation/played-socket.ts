/** The event socket of one life: connects again by itself, for ever, and takes a silent line for a dead one, as AriSocket does. */
import type { AriMessage, AriSocketOptions } from '../../src/telephony/ari-socket.ts'
import type { EventSocket } from '../../src/telephony/ari-telephony.ts'
import type { PlayedAri } from './ari.ts'
import type { Life } from './life.ts'

/** A connection attempt comes so long after the last. */
const RETRY_MS = [100, 200, 400, 800, 1_600, 3_200, 5_000]
/** A line that was silent for longer is dead; it is looked every so often. */
const DEAD_MS = 10_000
const LOOK_MS = 5_000

export class PlayedSocket implements EventSocket {
  isOpen = false
  #ari: PlayedAri
  #options: AriSocketOptions
  #life: Life
  #stopped = false
  #tries = 0

  constructor(ari: PlayedAri, options: AriSocketOptions, life: Life) {
    this.#ari = ari
    this.#options = options
    this.#life = life
  }

  start(): void {
    void this.#connect()
  }

  stop(): void {
    this.#stopped = true
    if (this.isOpen) this.#ari.hangUp()
  }

  reconnect(): void {
    if (this.isOpen) this.#ari.hangUp()
  }

  receive(message: AriMessage): void {
    if (this.isOpen && !this.#life.dead) this.#options.onMessage(message)
  }

  lost(): void {
    if (!this.isOpen) return
    this.isOpen = false
    if (this.#life.dead) return
    this.#options.onClose()
    if (!this.#stopped) void this.#connect()
  }

  /** Nothing has come since `lastHeardMs` ago and nothing comes: the daemon sees it at one of its looks. A real timer, so that it stands still with it. */
  doubt(lastHeardMs: number, stillSilent: () => boolean): void {
    const look = () => {
      if (this.isOpen && stillSilent()) this.#ari.hangUp()
    }
    setTimeout(look, Math.max(1, DEAD_MS - lastHeardMs) + this.#ari.chance.int(0, LOOK_MS))
  }

  async #connect(): Promise<void> {
    for (;;) {
      await this.#ari.wait(RETRY_MS[Math.min(this.#tries, RETRY_MS.length - 1)]!)
      this.#tries++
      if (this.#stopped || this.#life.dead) return
      if (this.#ari.reachable) break
    }
    this.#tries = 0
    this.isOpen = true
    this.#ari.listen()
    this.#options.onOpen()
  }
}
