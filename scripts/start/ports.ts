/** The usual port if it is free, else the next that is. */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { Terminal } from './terminal.ts'

const TRIES = 100

/** Throws when none of the next hundred is free. */
export async function freePortFrom(kind: 'tcp' | 'udp', host: string, usual: number): Promise<number> {
  const isFree = kind === 'tcp' ? tcpIsFree : udpIsFree
  for (let port = usual; port < usual + TRIES; port++) if (await isFree(port, host)) return port
  throw new Error(`no free ${kind} port from ${usual} to ${usual + TRIES - 1} on ${host}`)
}

function tcpIsFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

function udpIsFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    socket.once('error', () => resolve(false))
    socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(true)))
  })
}

/** The usual one; says so when it is another. */
export async function port(
  kind: 'tcp' | 'udp',
  host: string,
  usual: number,
  what: string,
  terminal: Terminal,
): Promise<number> {
  const found = await freePortFrom(kind, host, usual)
  if (found !== usual) terminal.say('port-taken', { usual: String(usual), port: String(found), what })
  return found
}
