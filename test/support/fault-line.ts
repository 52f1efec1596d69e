/**
 * A line to Asterisk that is bad in the ways in which lines are: late, resetting, half-open, losing single WebSocket frames on the way back to
 * the daemon. What is not a WebSocket passes as it is.
 */
import { createConnection, createServer, type Server, type Socket } from 'node:net'

/** Says of a text frame from Asterisk whether it is lost. */
export type Loses = (text: string) => boolean

export class FaultLine {
  #server: Server
  #sockets = new Set<Socket>()
  port = 0
  /** Both ways. */
  delayMs = 0
  loses: Loses = () => false
  #state: 'well' | 'cut' | 'dead' = 'well'

  private constructor(targetPort: number) {
    this.#server = createServer((near) => {
      if (this.#state === 'cut') return near.resetAndDestroy()
      const far = createConnection(targetPort, '127.0.0.1')
      const frames = new Frames((text) => this.loses(text))
      this.#pipe(near, far, (bytes) => bytes)
      this.#pipe(far, near, (bytes) => frames.pass(bytes))
    })
  }

  static async to(targetPort: number): Promise<FaultLine> {
    const line = new FaultLine(targetPort)
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve))
    line.port = (line.#server.address() as { port: number }).port
    return line
  }

  #pipe(from: Socket, to: Socket, change: (bytes: Buffer) => Buffer): void {
    this.#sockets.add(from)
    from.on('data', (bytes: Buffer) => {
      if (this.#state === 'dead') return
      const rest = change(bytes)
      if (rest.length === 0) return
      // timers of the same delay keep their order
      if (this.delayMs > 0) setTimeout(() => to.writable && to.write(rest), this.delayMs)
      else to.write(rest)
    })
    from.on('error', () => {})
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
  }

  /** Every connection is reset; new ones too, until it is mended. */
  cut(): void {
    this.#state = 'cut'
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Half-open: connections stay, and nothing comes through. */
  goDead(): void {
    this.#state = 'dead'
  }

  /** What was sent into a dead line is lost, and so are its connections. */
  mend(): void {
    if (this.#state === 'dead') for (const socket of this.#sockets) socket.destroy()
    this.#state = 'well'
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Of a stream from a WebSocket server, frame by frame; RFC 6455, unmasked as servers send. */
class Frames {
  #loses: Loses
  #isWebSocket: boolean | null = null
  #rest: Buffer = Buffer.alloc(0)

  constructor(loses: Loses) {
    this.#loses = loses
  }

  pass(bytes: Buffer): Buffer {
    if (this.#isWebSocket === false) return bytes
    this.#rest = Buffer.concat([this.#rest, bytes])
    const out: Buffer[] = []
    if (this.#isWebSocket === null) {
      const end = this.#rest.indexOf('\r\n\r\n')
      if (end < 0) return Buffer.alloc(0)
      const head = this.#rest.subarray(0, end + 4)
      this.#isWebSocket = head.toString('latin1').startsWith('HTTP/1.1 101')
      if (!this.#isWebSocket) return this.#takeRest()
      out.push(head)
      this.#rest = this.#rest.subarray(head.length)
    }
    for (let frame = this.#next(); frame; frame = this.#next()) {
      const isText = (frame.whole[0]! & 0x0f) === 1
      if (!isText || !this.#loses(frame.body.toString('utf8'))) out.push(frame.whole)
    }
    return Buffer.concat(out)
  }

  #takeRest(): Buffer {
    const all = this.#rest
    this.#rest = Buffer.alloc(0)
    return all
  }

  #next(): { whole: Buffer; body: Buffer } | null {
    const bytes = this.#rest
    if (bytes.length < 2) return null
    const short = bytes[1]! & 0x7f
    const head = short === 127 ? 10 : short === 126 ? 4 : 2
    if (bytes.length < head) return null
    const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short
    if (bytes.length < head + length) return null
    this.#rest = bytes.subarray(head + length)
    return { whole: bytes.subarray(0, head + length), body: bytes.subarray(head, head + length) }
  }
}
