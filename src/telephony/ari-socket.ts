/**
 * One WebSocket to Asterisk that never gives up: it pings, takes a silent connection for a dead one, and reconnects for ever with a
 * capped, jittered pause. What must happen after each connect (resync, event filter) is the owner's `onOpen`.
 */
import type { Socket } from 'node:net'
import WebSocket from 'ws'
import type { Logger } from '../runtime/logger.ts'
import { type AriAddress, basicAuth } from './ari-transport.ts'

const PING_MS = 5_000
const DEAD_MS = 10_000
const HANDSHAKE_MS = 3_000
const FIRST_RETRY_MS = 100
const MAX_RETRY_MS = 5_000
/** Asterisk's largest event is a few kB; a larger frame is not from a healthy Asterisk. */
const MAX_FRAME_BYTES = 4 << 20

export interface AriSocketOptions {
  address: AriAddress
  /** The Stasis application of the next connection. */
  app: () => string
  log: Logger
  onOpen: () => void
  onClose: () => void
  onMessage: (message: AriMessage) => void
}
/** One JSON object from Asterisk. Its shape is checked where it is used: a newer Asterisk may send what we do not know. */
export type AriMessage = { type: string } & Record<string, unknown>

export class AriSocket {
  #options: AriSocketOptions
  #socket: WebSocket | null = null
  #tcp: Socket | null = null
  #timer: NodeJS.Timeout | null = null
  #retries = 0
  #stopped = false
  #lastHeard = 0

  constructor(options: AriSocketOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  start(): void {
    this.#stopped = false
    this.#connect()
  }

  stop(): void {
    this.#stopped = true
    if (this.#timer) clearTimeout(this.#timer)
    this.#socket?.terminate()
  }

  /** Gives the connection up for a new one. */
  reconnect(): void {
    this.#socket?.terminate()
  }

  /**
   * False when there is no connection: nothing was sent. What is sent in one turn of the loop (answer and play, stop and play) leaves
   * together: the system call costs more than the request.
   */
  send(message: object): boolean {
    if (!this.isOpen) return false
    const tcp = this.#tcp
    if (tcp && tcp.writableCorked === 0) {
      tcp.cork()
      process.nextTick(() => tcp.uncork())
    }
    this.#socket!.send(JSON.stringify(message))
    return true
  }

  #connect(): void {
    const { address, log } = this.#options
    const app = this.#options.app()
    const url = `${address.url.replace(/^http/, 'ws').replace(/\/$/, '')}/events?app=${encodeURIComponent(app)}&subscribeAll=false`
    // the password goes in a header: URLs end up in logs
    const socket = new WebSocket(url, {
      headers: { authorization: basicAuth(address) },
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MAX_FRAME_BYTES,
    })
    this.#socket = socket
    this.#tcp = null
    socket.on('upgrade', (response) => (this.#tcp = response.socket))
    let opened = false
    let heartbeat: NodeJS.Timeout | undefined
    socket.on('open', () => {
      opened = true
      this.#retries = 0
      this.#lastHeard = performance.now()
      heartbeat = setInterval(() => {
        if (performance.now() - this.#lastHeard > DEAD_MS) socket.terminate()
        else socket.ping()
      }, PING_MS)
      this.#options.onOpen()
    })
    socket.on('pong', () => (this.#lastHeard = performance.now()))
    socket.on('message', (data) => {
      this.#lastHeard = performance.now()
      const message = parse((data as Buffer).toString())
      if (message) this.#options.onMessage(message)
      else {
        log.error('Asterisk sent a frame that is not JSON; connecting anew', { app })
        socket.terminate()
      }
    })
    socket.on('error', (error) => {
      if (this.#retries === 0) log.warn('the connection to Asterisk failed', { app, error: error.message })
    })
    socket.on('close', () => {
      clearInterval(heartbeat)
      if (opened) this.#options.onClose()
      if (this.#stopped) return
      const pause = Math.min(FIRST_RETRY_MS * 2 ** this.#retries++, MAX_RETRY_MS)
      this.#timer = setTimeout(() => this.#connect(), pause * (0.5 + Math.random() / 2))
    })
  }
}

function parse(text: string): AriMessage | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && typeof (value as AriMessage).type === 'string'
      ? (value as AriMessage)
      : null
  } catch {
    return null
  }
}
