/**
 * The sound of one call on a UDP socket of its own: 20 ms of A-law on a steady clock. A real phone sends all the time,
 * silence too; one whose network is gone sends nothing.
 */
import { createSocket, type Socket } from 'node:dgram'
import { readWav } from '../wav.ts'
import { ALAW_SILENCE, encodeAlaw } from './alaw.ts'
import { Ears } from './ears.ts'
import type { Address } from './message.ts'
import { digitPackets, FRAME, newStream, soundPacket } from './rtp.ts'
import { type Direction, PCMA, type Sdp, sendsSound, TELEPHONE_EVENT } from './sdp.ts'
import { keyTones } from './tones.ts'

const FRAME_MS = 20
/** A process that was held up sends what is due at once, but no more than this. */
const MOST_AT_ONCE = 10
/** Between two keys. */
const KEY_PAUSE_FRAMES = 5

/** Frames of sound, or packets that stand for 20 ms together. */
interface Piece {
  frames: (Uint8Array | Buffer[])[]
  done: () => void
}

export class Voice {
  readonly ears = new Ears()
  /** How the stream was agreed on, as we see it. */
  direction: Direction = 'sendrecv'
  /** Sound packets that were sent. */
  sent = 0
  readonly #socket: Socket
  readonly #clock: NodeJS.Timeout
  readonly #stream = newStream()
  #theirs: Sdp | null = null
  #keysType = TELEPHONE_EVENT
  #pieces: Piece[] = []
  #sends = true
  #next = Date.now()
  #closed = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (packet) => this.ears.receive(packet, { sound: PCMA, keys: this.#keysType }))
    this.#clock = setInterval(() => this.#tick(), FRAME_MS)
  }

  static async open(host: string): Promise<Voice> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(0, host, resolve))
    return new Voice(socket)
  }

  get local(): Address {
    const { address, port } = this.#socket.address()
    return { host: address, port }
  }

  /** What we offer, or answer with. */
  describe(direction: Direction): Sdp {
    return { audio: this.local, direction, codecs: [PCMA], keys: this.#keysType }
  }

  /** The two have agreed: where the sound goes to, and whether it does. Throws when they know no A-law. */
  agree(theirs: Sdp, direction: Direction): void {
    if (!theirs.codecs.includes(PCMA)) throw new Error(`no A-law among the codings ${theirs.codecs.join(', ')}`)
    this.#theirs = theirs
    this.direction = direction
    if (theirs.keys !== null) this.#keysType = theirs.keys
  }

  /** Sends no packet until speak(): a dead network, or a phone that saves bandwidth. */
  stop(): void {
    this.#sends = false
  }

  /** Sends all the time: what say() and press() bring, else silence. */
  speak(): void {
    this.#sends = true
  }

  /** Resolves when the file was sent, or the call has ended. 16-bit, 8 kHz. */
  async say(wav: string): Promise<void> {
    const { rate, samples } = await readWav(wav)
    if (rate !== 8000) throw new Error(`${wav} has ${rate} samples a second instead of 8000`)
    await this.#play(samples)
  }

  /** Resolves when the keys were sent: as RFC 4733 events, or as tones in the sound. */
  async press(keys: string, as: 'events' | 'tones' = 'events'): Promise<void> {
    if (as === 'tones') return this.#play(keyTones(keys))
    for (const key of keys) {
      const { held, end } = digitPackets(this.#stream, this.#keysType, key)
      const pause = Array.from({ length: KEY_PAUSE_FRAMES }, () => new Uint8Array(FRAME).fill(ALAW_SILENCE))
      await this.#queue([...held.map((packet) => [packet]), end, ...pause])
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#clock)
    this.#socket.close()
    for (const { done } of this.#pieces.splice(0)) done()
  }

  #play(samples: Float32Array): Promise<void> {
    const frames: Uint8Array[] = []
    for (let at = 0; at < samples.length; at += FRAME) {
      const frame = new Uint8Array(FRAME).fill(ALAW_SILENCE)
      frame.set(encodeAlaw(samples.subarray(at, at + FRAME)))
      frames.push(frame)
    }
    return this.#queue(frames)
  }

  #queue(frames: Piece['frames']): Promise<void> {
    if (this.#closed || frames.length === 0) return Promise.resolve()
    return new Promise((done) => this.#pieces.push({ frames, done }))
  }

  #tick(): void {
    this.ears.tick()
    const now = Date.now()
    let due = Math.min(MOST_AT_ONCE, Math.floor((now - this.#next) / FRAME_MS) + 1)
    if (due === MOST_AT_ONCE) this.#next = now
    for (; due > 0; due--) {
      this.#next += FRAME_MS
      this.#frame()
    }
  }

  #frame(): void {
    const piece = this.#pieces[0]
    const frame = piece?.frames.shift()
    if (piece?.frames.length === 0) {
      this.#pieces.shift()
      piece.done()
    }
    if (!this.#theirs || this.#theirs.audio.port === 0 || !this.#sends || !sendsSound(this.direction)) return
    if (Array.isArray(frame)) for (const packet of frame) this.#send(packet)
    else {
      this.#send(soundPacket(this.#stream, PCMA, frame ?? ALAW_SILENCE))
      this.sent++
    }
  }

  #send(packet: Buffer): void {
    const { host, port } = this.#theirs!.audio
    this.#socket.send(packet, port, host)
  }
}
