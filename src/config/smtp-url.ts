/**
 * The address of a mail server as the environment gives it. Pure; what is wrong is named by an id, and never repeats
 * the password.
 */
import { isIP } from 'node:net'
import { asciiName } from '../model/internet-name.ts'

export interface SmtpServer {
  /** A name in ASCII, or an address without brackets. */
  host: string
  port: number
  /**
   * `implicit`: TLS from the first byte; `starttls`: required; `if-offered`: STARTTLS when the server has it; `none`:
   * never.
   */
  tls: 'implicit' | 'starttls' | 'if-offered' | 'none'
  login: { user: string; password: string } | null
}

export type SmtpUrlFault =
  /** No `smtp://host:port` at all: also where a `#`, `/` or `?` of the password is not percent-encoded. */
  | 'not-an-smtp-url'
  /** A `%` in user or password that begins no code. */
  | 'bare-percent'
  /** The part between `//` or `@` and the port is no name and no address. */
  | 'not-a-host'
  | 'not-a-port'
  /** Something after the port that means nothing. */
  | 'beyond-the-port'
  /** `?tls=` with another word than `starttls` or `none`, or another option. */
  | 'unknown-tls'
  /** `?tls=none`, a password, and a server on another machine. */
  | 'password-in-the-clear'
  | 'user-without-password'

export type SmtpUrlResult = { ok: true; server: SmtpServer } | { ok: false; fault: SmtpUrlFault }

/**
 * `smtp://user:password@mail.example.ru:587` (STARTTLS when offered), `smtps://…:465`; `?tls=starttls` insists,
 * `?tls=none` forbids. A password is never sent in the clear to another machine: with it, `smtp://` insists on STARTTLS
 * by itself.
 */
export function parseSmtpUrl(text: string): SmtpUrlResult {
  const refuse = (fault: SmtpUrlFault): SmtpUrlResult => ({ ok: false, fault })
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') || !url.host) return refuse('not-an-smtp-url')
  const host = hostOf(url)
  if (host === null) return refuse('not-a-host')
  if (url.port === '0') return refuse('not-a-port')
  if (!['', '/'].includes(url.pathname) || url.hash) return refuse('beyond-the-port')
  const user = decoded(url.username)
  const password = decoded(url.password)
  if (user === null || password === null) return refuse('bare-percent')
  if ((user === '') !== (password === '')) return refuse('user-without-password')
  const login = user === '' ? null : { user, password }
  const asked = url.searchParams.get('tls')
  const options = [...url.searchParams.keys()]
  if (options.some((name) => name !== 'tls') || options.length > 1) return refuse('unknown-tls')
  if (asked !== null && asked !== 'starttls' && asked !== 'none') return refuse('unknown-tls')
  if (url.protocol === 'smtps:') {
    const server: SmtpServer = { host, port: Number(url.port || 465), tls: 'implicit', login }
    return { ok: true, server }
  }
  const here = host === 'localhost' || host === '::1' || host.startsWith('127.')
  if (asked === 'none' && login && !here) return refuse('password-in-the-clear')
  const tls = asked ?? (login && !here ? 'starttls' : 'if-offered')
  return { ok: true, server: { host, port: Number(url.port || 587), tls, login } }
}

/** Node keeps the host of an `smtp:` address as it was written, in percent codes beyond ASCII. */
function hostOf(url: URL): string | null {
  const written = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(written)) return written
  const name = decoded(written)
  return name === null ? null : asciiName(name)
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
