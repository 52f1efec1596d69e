/** The mail server and the sender, as the environment gives them. Credentials never stand in the configuration. */
import { createHash } from 'node:crypto'

/** All deadlines in milliseconds. */
export interface MailSettings {
  host: string
  port: number
  /** `implicit`: TLS from the first byte; `starttls`: required; `if-offered`: STARTTLS when the server has it; `none`: never. */
  tls: 'implicit' | 'starttls' | 'if-offered' | 'none'
  /** PEM of a certificate authority of one's own, beside the well-known ones. */
  ca: string | null
  login: { user: string; password: string } | null
  /** The fixed sender; the company's name is put before it. */
  from: string
  /** Right side of Message-IDs and of List-Id. */
  idHost: string
  /** Signs every mail; null: the server does, or nobody. */
  dkim?: { domain: string; selector: string; key: string } | null
  /** Keys the thread ids; must be the same on every start. */
  threadSecret: string
  deadlines: {
    connectMs: number
    greetingMs: number
    /** Silence of the server in the middle of a talk. */
    silenceMs: number
    /** One mail from connect to the server's last word. Shorter than the outbox's lease. */
    sendMs: number
  }
}

export const defaultDeadlines: MailSettings['deadlines'] = {
  connectMs: 10_000,
  greetingMs: 10_000,
  silenceMs: 30_000,
  sendMs: 60_000,
}

/** The deadlines for a server that may be silent for `silenceMs`. */
export function deadlinesFor(silenceMs: number): MailSettings['deadlines'] {
  const { connectMs, greetingMs } = defaultDeadlines
  return {
    connectMs: Math.min(connectMs, silenceMs),
    greetingMs: Math.min(greetingMs, silenceMs),
    silenceMs,
    sendMs: 2 * silenceMs,
  }
}

/** What is wrong with the mail settings, in a sentence without the secret. */
export class MailSettingsError extends Error {
  override name = 'MailSettingsError'
}

/**
 * The servers in the order in which they are tried, with one sender, one signature, and threads that do not depend on which of them took a
 * mail.
 * @throws MailSettingsError
 */
export function mailServers(
  urls: readonly string[],
  from: string,
  dkim: { domain: string | null; selector: string; key: string } | null = null,
): MailSettings[] {
  const [first = ''] = urls
  const { idHost, threadSecret } = mailSettings(first, from)
  const signature = dkim && { ...dkim, domain: dkim.domain ?? idHost }
  return urls.map((url) => ({ ...mailSettings(url, from), threadSecret, dkim: signature }))
}

/**
 * The settings that follow from the two of the environment. Ids are made under the sender's domain; the thread secret comes from the
 * URL, so that threads last as long as it does.
 * @throws MailSettingsError
 */
export function mailSettings(smtpUrl: string, from: string, ca: string | null = null): MailSettings {
  return {
    ...parseSmtpUrl(smtpUrl),
    ca,
    from,
    idHost: from.slice(from.lastIndexOf('@') + 1),
    threadSecret: createHash('sha256').update(`perezvon threads\n${smtpUrl}`).digest('hex'),
    deadlines: defaultDeadlines,
  }
}

/**
 * `smtp://user:password@mail.example.ru:587` (STARTTLS when offered), `smtps://…:465`; `?tls=starttls` insists, `?tls=none` forbids.
 * A password is never sent in the clear to another machine: with it, `smtp://` insists on STARTTLS by itself.
 * @throws MailSettingsError
 */
export function parseSmtpUrl(text: string): Pick<MailSettings, 'host' | 'port' | 'tls' | 'login'> {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') || !url.hostname) {
    throw new MailSettingsError('the mail server is given as smtp://host:port or smtps://host:port')
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const login = url.username
    ? { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
    : null
  const here = host === 'localhost' || host === '::1' || host.startsWith('127.')
  const asked = url.searchParams.get('tls')
  if (asked !== null && asked !== 'starttls' && asked !== 'none') {
    throw new MailSettingsError('?tls= of the mail server is starttls or none')
  }
  if (url.protocol === 'smtps:') return { host, port: Number(url.port || 465), tls: 'implicit', login }
  if (asked === 'none' && login && !here) {
    throw new MailSettingsError(`the password would go to ${host} unencrypted; use smtps:// or ?tls=starttls`)
  }
  const tls = asked ?? (login && !here ? 'starttls' : 'if-offered')
  return { host, port: Number(url.port || 587), tls, login }
}
