/** The mail server and the sender, as the environment gives them. Credentials never stand in the configuration. */
import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { parseSmtpUrl, type SmtpServer } from '../config/smtp-url.ts'
import { asciiDomain } from '../model/internet-name.ts'
import { domainOf } from '../model/mail-address.ts'

/** All deadlines in milliseconds. */
export interface MailSettings extends SmtpServer {
  /** PEM of a certificate authority of one's own, beside the well-known ones. */
  ca: string | null
  /** The fixed sender; the company's name is put before it. */
  from: string
  /** How we name ourselves to the server: a full name, or an address in brackets. */
  ehlo: string
  /** Right side of Message-IDs and of List-Id. */
  idHost: string
  /** Signs every mail; null: the server does, or nobody. */
  dkim?: { domain: string; selector: string; key: string } | null
  /** Keys the thread ids; must be the same on every start. */
  threadSecret: string
  deadlines: MailDeadlines
}

export interface MailDeadlines {
  /** Until the connection stands. */
  connectMs: number
  greetingMs: number
  /** From a command to the server's last word about it. */
  commandMs: number
  /** The same for DATA. */
  dataMs: number
  /** Between two pieces of the mail that the server takes from us. */
  blockMs: number
  /** From the dot to the server's yes. Cut short, the mail may arrive twice. */
  dotMs: number
}

const MINUTE = 60_000

/** RFC 5321 4.5.3.2; of the connection it says nothing. */
export const defaultDeadlines: MailDeadlines = {
  connectMs: MINUTE / 2,
  greetingMs: 5 * MINUTE,
  commandMs: 5 * MINUTE,
  dataMs: 2 * MINUTE,
  blockMs: 3 * MINUTE,
  dotMs: 10 * MINUTE,
}

/**
 * For a server that may be silent for `silenceMs`; null: as long as the RFC says. After the dot it always gets what the
 * RFC says.
 */
export function deadlinesFor(silenceMs: number | null): MailDeadlines {
  if (silenceMs === null) return defaultDeadlines
  const { connectMs, dotMs } = defaultDeadlines
  return {
    connectMs: Math.min(connectMs, silenceMs),
    greetingMs: silenceMs,
    commandMs: silenceMs,
    dataMs: silenceMs,
    blockMs: silenceMs,
    dotMs: Math.max(dotMs, silenceMs),
  }
}

/**
 * What is wrong with the mail settings, without the secret. The environment has been checked before (config/env.ts).
 */
export class MailSettingsError extends Error {
  override name = 'MailSettingsError'
}

export interface SenderSettings {
  from: string
  /** Null: a right one is found. */
  ehlo?: string | null
  dkim?: { domain: string | null; selector: string; key: string } | null
  /** Missing: as long as the RFC says. */
  silenceMs?: number | null
}

/**
 * The servers in the order in which they are tried, with one sender, one signature, and threads that do not depend on
 * which of them took a mail.
 * @throws MailSettingsError
 */
export function mailServers(urls: readonly string[], sender: SenderSettings): MailSettings[] {
  const { from, ehlo = null, dkim = null, silenceMs = null } = sender
  const [first = ''] = urls
  const { idHost, threadSecret } = mailSettings(first, from)
  const signature = dkim && { ...dkim, domain: dkim.domain ?? idHost }
  return urls.map((url) => ({
    ...mailSettings(url, from),
    ...(ehlo === null ? {} : { ehlo }),
    threadSecret,
    dkim: signature,
    deadlines: deadlinesFor(silenceMs),
  }))
}

/**
 * The settings that follow from the two of the environment. Ids are made under the sender's domain; the thread secret
 * comes from the URL, so that threads last as long as it does.
 * @throws MailSettingsError
 */
export function mailSettings(smtpUrl: string, from: string, ca: string | null = null): MailSettings {
  const parsed = parseSmtpUrl(smtpUrl)
  if (!parsed.ok) throw new MailSettingsError(`the address of the mail server is refused: ${parsed.fault}`)
  const idHost = domainOf(from)
  return {
    ...parsed.server,
    ca,
    from,
    ehlo: ehloName(hostname(), idHost),
    idHost,
    threadSecret: createHash('sha256').update(`perezvon threads\n${smtpUrl}`).digest('hex'),
    deadlines: defaultDeadlines,
  }
}

/**
 * A name that a server which insists on a full one takes (RFC 5321 4.1.1.1): the machine's where it has a domain, else
 * the sender's domain, else an address. `machine` may be the name of a container.
 */
export function ehloName(machine: string, senderDomain: string): string {
  const own = asciiDomain(machine)
  const local = own === null || /\.(localdomain|local|lan|internal|home|arpa)$/i.test(own)
  return (local ? asciiDomain(senderDomain) : own) ?? own ?? '[127.0.0.1]'
}
