/** Digest authentication (RFC 2617, 3261 22.4) with MD5, as a phone answers a challenge. */
import { createHash, randomUUID } from 'node:crypto'

export interface Account {
  user: string
  password: string
}

/** The value of Authorization for the challenge of a WWW-Authenticate. `uri` is the request's. */
export function authorization(challenge: string, { user, password }: Account, method: string, uri: string): string {
  const part = (name: string) => new RegExp(`\\b${name}="?([^",]*)"?`, 'i').exec(challenge)?.[1] ?? ''
  const [realm, nonce, opaque] = [part('realm'), part('nonce'), part('opaque')]
  const identity = md5(`${user}:${realm}:${password}`)
  const request = md5(`${method}:${uri}`)
  const given = { username: user, realm, nonce, uri, ...(opaque ? { opaque } : {}) }
  const quoted = Object.entries(given).map(([key, value]) => `${key}="${value}"`)
  if (!/\bauth\b/.test(part('qop')))
    return `Digest ${[...quoted, `response="${md5(`${identity}:${nonce}:${request}`)}"`, 'algorithm=MD5'].join(', ')}`
  const [count, cnonce] = ['00000001', randomUUID().slice(0, 8)]
  const response = md5(`${identity}:${nonce}:${count}:${cnonce}:auth:${request}`)
  const proof = [`response="${response}"`, 'algorithm=MD5', 'qop=auth', `nc=${count}`, `cnonce="${cnonce}"`]
  return `Digest ${[...quoted, ...proof].join(', ')}`
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}
