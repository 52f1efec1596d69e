/** May this number be called at all? Pure; the lists are data (prefix-list.ts), the company's own come from `dialling:`. */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { APART, NEVER, type Prefix } from './prefix-list.ts'

export interface DiallingRules {
  /** ISO 3166 code of the company. */
  country: string
  /** Prefixes that may be called, `+7`; empty: geographic and mobile numbers of the own country. */
  allow: readonly string[]
  /** Prefixes that may not; wins over `allow`. */
  deny: readonly string[]
}
export type PrefixRefusal = 'not-a-number' | 'denied' | 'premium' | 'not-allowed'

const E164 = /^\+[1-9]\d{6,14}$/
const ORDINARY: ReadonlySet<string> = new Set(['FIXED_LINE', 'MOBILE', 'FIXED_LINE_OR_MOBILE'])
const COSTLY: ReadonlySet<string> = new Set(['PREMIUM_RATE', 'SHARED_COST'])

/** null: it may. `number` is E.164; short codes and emergency numbers have no such form and are `not-a-number`. */
export function refusedPrefix(number: string, rules: DiallingRules): PrefixRefusal | null {
  if (!E164.test(number)) return 'not-a-number'
  const parsed = parsePhoneNumberFromString(number)
  if (!parsed?.isPossible()) return 'not-a-number'
  if (rules.deny.some((prefix) => number.startsWith(bare(prefix)))) return 'denied'
  const type = parsed.getType()
  if (longest(number, NEVER) || (type && COSTLY.has(type))) return 'premium'

  const home = parsed.country === (rules.country as CountryCode)
  if (rules.allow.length === 0) return home && type && ORDINARY.has(type) ? null : 'not-allowed'
  const allowed = Math.max(-1, ...rules.allow.map(bare).map((p) => (number.startsWith(p) ? p.length : -1)))
  const needed = home ? 0 : (longest(number, APART)?.prefix.length ?? 0)
  return allowed >= Math.max(needed, 1) ? null : 'not-allowed'
}

function longest(number: string, list: readonly Prefix[]): Prefix | null {
  let found: Prefix | null = null
  for (const entry of list) {
    if (number.startsWith(entry.prefix) && entry.prefix.length > (found?.prefix.length ?? 0)) found = entry
  }
  return found
}

/** `+7 (912)` -> `+7912` */
function bare(prefix: string): string {
  return `+${prefix.replace(/\D/g, '')}`
}
