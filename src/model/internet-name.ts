/**
 * Names of hosts and domains in both of their spellings: `почта.рф` for people, `xn--80a1acny.xn--p1ai` for machines
 * (IDNA 2008, RFC 5890 2.3). Pure.
 */
import { domainToASCII, domainToUnicode } from 'node:url'

/**
 * Letters, marks, digits and hyphens. What the browsers' rules would drop or map away (spaces, invisible marks) is
 * refused instead.
 */
const LABEL = /^(?!-)[\p{L}\p{M}\p{N}-]{1,63}(?<!-)$/u
const LONGEST = 253

/** The spelling for machines; null: it is no name of a host. Capital letters of other scripts become small ones. */
export function asciiName(text: string): string | null {
  const labels = text.normalize('NFC').replace(/\.$/, '').split('.')
  if (!labels.every((label) => LABEL.test(label))) return null
  // only ASCII without a punycode label is left as it was written
  const plain = labels.join('.')
  const ascii = /^[\x20-\x7e]*$/.test(plain) && !/(^|\.)xn--/i.test(plain) ? plain : domainToASCII(plain)
  const fits = ascii.length <= LONGEST && ascii.split('.').every((label) => label.length >= 1 && label.length <= 63)
  return fits ? ascii : null
}

/** The spelling for people; null: it is no name of a host. */
export function readableName(text: string): string | null {
  const ascii = asciiName(text)
  if (ascii === null) return null
  return /(^|\.)xn--/i.test(ascii) ? domainToUnicode(ascii) || null : ascii
}

/** A name with a dot in it whose last part is no number: a domain, or a machine of one. */
export function asciiDomain(text: string): string | null {
  const ascii = asciiName(text)
  return ascii !== null && /\.[^.]*[a-z][^.]*$/i.test(ascii) ? ascii : null
}
