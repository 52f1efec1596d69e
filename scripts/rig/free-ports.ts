/**
 * Ports for throw-away servers, safely in parallel.
 *
 * A run claims a whole block: it listens on the block's first port for as long as it uses the others. Another process finds that port
 * taken and tries the next block; a process that dies gives its block back by dying. Blocks lie below Linux's range of outgoing ports.
 */
import { createSocket } from 'node:dgram'
import { createServer, type Server } from 'node:net'

const FIRST = 20_000
const BLOCK = 400
const BLOCKS = 31
const HOST = '127.0.0.1'

export interface PortBlock {
  http: number
  sip: number
  /** Seven TCP ports for whatever stands beside an Asterisk. */
  others: number[]
  /** First and last, both for use: room for some 190 channels. */
  rtp: [number, number]
  release(): Promise<void>
}

/** A block that nobody uses. Throws when all are taken. */
export async function claimPorts(): Promise<PortBlock> {
  const start = Math.floor(Math.random() * BLOCKS)
  for (let i = 0; i < BLOCKS; i++) {
    const base = FIRST + ((start + i) % BLOCKS) * BLOCK
    const guard = await listen(base)
    if (!guard) continue
    if ((await tcpIsFree(base + 1)) && (await udpIsFree(base + 2))) {
      return {
        http: base + 1,
        sip: base + 2,
        others: Array.from({ length: 7 }, (_, n) => base + 3 + n),
        rtp: [base + 10, base + BLOCK - 1],
        release: () => new Promise((resolve) => guard.close(() => resolve())),
      }
    }
    guard.close()
  }
  throw new Error(`no block of free ports between ${FIRST} and ${FIRST + BLOCKS * BLOCK}`)
}

/** One TCP port that is free now; for a server that is started at once. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, HOST, resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

function listen(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', () => resolve(null))
    server.listen({ port, host: HOST, exclusive: true }, () => resolve(server.unref()))
  })
}

async function tcpIsFree(port: number): Promise<boolean> {
  const server = await listen(port)
  if (server) await new Promise((resolve) => server.close(resolve))
  return server !== null
}

function udpIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', () => resolve(false))
    socket.bind({ port, address: '0.0.0.0', exclusive: true }, () => socket.close(() => resolve(true)))
  })
}
