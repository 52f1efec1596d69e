/** A TCP line on loopback that can be cut, go dead without a word, and be mended: what stands between a daemon and its Asterisk. */
import { createServer, createConnection, type Server, type Socket } from 'node:net'

export class BreakableLine {
  #server: Server
  #sockets = new Set<Socket>()
  #state: 'well' | 'cut' | 'dead' = 'well'
  port = 0

  private constructor(targetPort: number) {
    this.#server = createServer((near) => {
      if (this.#state === 'cut') return near.destroy()
      const far = createConnection(targetPort, '127.0.0.1')
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from)
        from.on('data', (bytes) => this.#state !== 'dead' && to.write(bytes))
        from.on('error', () => {})
        from.on('close', () => {
          this.#sockets.delete(from)
          to.destroy()
        })
      }
    })
  }

  static async to(targetPort: number): Promise<BreakableLine> {
    const line = new BreakableLine(targetPort)
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve))
    line.port = (line.#server.address() as { port: number }).port
    return line
  }

  /** Every connection is reset, new ones are refused until it is mended. */
  cut(): void {
    this.#state = 'cut'
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Connections stay open, and nothing comes through any more: what a lost router looks like. */
  goDead(): void {
    this.#state = 'dead'
  }

  /** What was sent into the dead line is lost; its connections stay dead. */
  mend(): void {
    if (this.#state === 'dead') for (const socket of this.#sockets) socket.removeAllListeners('data').resume()
    this.#state = 'well'
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
