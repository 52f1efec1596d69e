/**
 * Mail addresses. The domain may be written in any script or in punycode: in the configuration and the outbox it stands
 * as people read it, and SMTP gets it as machines do. Letters beyond ASCII before the @ need a server with SMTPUTF8
 * (RFC 6531). Pure.
 */
import { asciiDomain, readableName } from './internet-name.ts'

/** RFC 5322 3.2.3 (`atext`), with the letters of RFC 6531 3.3. Quoted local parts are not taken: nobody has one. */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
/** Octets, RFC 5321 4.5.3.1.1. */
const LONGEST_LOCAL = 64

/** The address in its one spelling, with the domain as people read it; null: it is none. */
export function parseMailAddress(text: string): string | null {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, Math.max(at, 0)).normalize('NFC')
  if (!LOCAL.test(local) || Buffer.byteLength(local) > LONGEST_LOCAL) return null
  const domain = text.slice(at + 1)
  if (domain.endsWith('.') || asciiDomain(domain) === null) return null
  const readable = readableName(domain)
  return readable && `${local}@${readable}`
}

/**
 * As SMTP, headers and calendars have it: the domain in ASCII. What is no address stays as it is: a server will say so.
 */
export function wireAddress(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = at < 0 ? null : asciiDomain(address.slice(at + 1))
  return domain === null ? address : `${address.slice(0, at)}@${domain}`
}

/** The part after the @ in ASCII: the right side of Message-IDs, and a name for EHLO. */
export function domainOf(address: string): string {
  const wire = wireAddress(address)
  return wire.slice(wire.lastIndexOf('@') + 1)
}

/** Only a server that offers SMTPUTF8 takes it. */
export function needsSmtpUtf8(address: string): boolean {
  return /[^\x00-\x7f]/.test(wireAddress(address))
}
