/** The only places where a dial string is written. Technology, endpoint and host come from the configuration, never from input. */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { Config } from '../config/schema.ts'
import type { Trunk } from '../config/sections/trunks.ts'
import type { DialTarget } from '../telephony/api.ts'

const ENDPOINT = /^PJSIP\/([A-Za-z0-9][A-Za-z0-9._-]{0,39})$/

/** A cleared E.164 number over a trunk: `PJSIP/+79161234567@gsm-gateway`. Throws when a part is not what the template expects. */
export function trunkTarget(
  number: string,
  trunk: Pick<Trunk, 'endpoint' | 'number_format'>,
  country: string,
): DialTarget {
  const name = ENDPOINT.exec(trunk.endpoint)?.[1]
  const digits = formatNumber(number, trunk.number_format, country)
  if (!name || !/^\+?\d{5,20}$/.test(digits)) throw new Error(`no dial string for ${digits} over ${trunk.endpoint}`)
  return { endpoint: `PJSIP/${digits}@${name}` }
}

/** A phone of the PBX, if somebody in `people:` has it; else null. */
export function phoneTarget(config: Pick<Config, 'people'>, endpoint: string): DialTarget | null {
  const known = Object.values(config.people).some((person) =>
    person.rings.some((rings) => rings.kind === 'phone' && rings.endpoint === endpoint),
  )
  return known && ENDPOINT.test(endpoint) ? { endpoint } : null
}

/** How the provider wants a number: `7912…`, `+7912…`, `8912…` (abroad with the country's exit code, `810…`). */
export function formatNumber(number: string, format: Trunk['number_format'], country: string): string {
  if (format === 'plus-e164') return number
  if (format === 'e164') return number.slice(1)
  const parsed = parsePhoneNumberFromString(number)
  if (!parsed) return number
  const text =
    parsed.country === country ? parsed.formatNational() : parsed.format('IDD', { fromCountry: country as CountryCode })
  return text.replace(/\D/g, '')
}
