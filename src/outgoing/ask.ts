/**
 * One request to a server that the configuration names. No redirects, and no private networks unless that is allowed: whoever controls a name
 * server must not make us ask the router next door. The address is judged where the connection is made, so that a name cannot
 * change between the look and the leap. Link-local addresses (cloud metadata) are refused always.
 */
import { lookup } from 'node:dns'
import { type IncomingHttpHeaders, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { cleanText } from '../model/clean-text.ts'

export interface HttpAsk {
  method: string
  url: string
  headers: Record<string, string>
  body: string | null
  timeoutMs: number
  allowPrivate: boolean
  /** Bytes of an answer that are read, 64 KiB if missing; what comes after them is not. */
  largestAnswer?: number
}

export type HttpAnswer =
  /** `cut`: there was more, and it was not read. */
  | { kind: 'answer'; status: number; body: string; headers: IncomingHttpHeaders; cut: boolean; retryAfterMs: number }
  /** `sent`: the request was on its way: it may have been done although we heard no answer. */
  | { kind: 'failed'; why: string; sent: boolean }

const USUAL_ANSWER = 64 * 1024
const LONGEST_PAUSE = 3_600_000

const privateNets = new BlockList()
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
] as const)
  privateNets.addSubnet(net, bits, 'ipv4')
privateNets.addAddress('::1', 'ipv6')
privateNets.addSubnet('fc00::', 7, 'ipv6')

const neverNets = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  neverNets.addSubnet(net, bits, 'ipv4')
neverNets.addAddress('::', 'ipv6')
neverNets.addSubnet('fe80::', 10, 'ipv6')
neverNets.addSubnet('ff00::', 8, 'ipv6')
neverNets.addSubnet('64:ff9b::', 96, 'ipv6')

export function addressAllowed(address: string, allowPrivate: boolean): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  if (neverNets.check(address, family)) return false
  return allowPrivate || !privateNets.check(address, family)
}

/** Never rejects. The text of a failure holds no part of the URL: it may hold a secret. */
export function ask(
  { method, url, headers, body, timeoutMs, allowPrivate, largestAnswer = USUAL_ANSWER }: HttpAsk,
  stop: AbortSignal,
): Promise<HttpAnswer> {
  const target = new URL(url)
  const host = target.hostname.replace(/^\[|\]$/g, '')
  const refused = 'the address lies in a network that is not allowed, see `private:`'
  if (isIP(host) && !addressAllowed(host, allowPrivate))
    return Promise.resolve({ kind: 'failed', why: refused, sent: false })
  const guarded: LookupFunction = (name, options, done) =>
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, [])
      if (!addresses.every(({ address }) => addressAllowed(address, allowPrivate))) return done(new Error(refused), [])
      if (options.all) return done(null, addresses)
      done(null, addresses[0]!.address, addresses[0]!.family)
    })
  return new Promise((resolve) => {
    let sent = false
    const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)])
    const failed = (error: Error) => {
      const why = signal.aborted && !stop.aborted ? `no answer within ${timeoutMs} ms` : cleanText(error.message, 200)
      resolve({ kind: 'failed', why: why.replaceAll(target.href, '…'), sent })
    }
    const open = target.protocol === 'https:' ? httpsRequest : httpRequest
    const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const request = open(target, {
      method,
      headers: { 'user-agent': 'perezvon', ...headers, ...length },
      lookup: guarded,
      agent: false,
      signal,
    })
    request.on('finish', () => (sent = true))
    request.on('error', failed)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size <= largestAnswer) chunks.push(chunk)
        else response.destroy()
      })
      response.on('error', failed)
      // of a long answer the beginning is enough
      response.on('close', () => {
        const retryAfterMs = pauseOf(response.headers['retry-after'])
        resolve({
          kind: 'answer',
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString('utf8'),
          headers: response.headers,
          cut: size > largestAnswer,
          retryAfterMs,
        })
      })
    })
    request.end(body ?? undefined)
  })
}

/** `Retry-After: 120`, or a date; never longer than an hour. */
function pauseOf(header: string | undefined): number {
  if (!header) return 0
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_PAUSE) : 0
}
