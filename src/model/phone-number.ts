/**
 * Phone numbers: one spelling inside (E.164), every spelling at the door. A spelling is read when it means one subscriber and refused when
 * it means none or two: nobody may be called in another's place.
 *
 * Pure and total: caller ids, CSV cells and config text are hostile, and none of them may throw here.
 */
import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max'
import { readPhoneText, type UnreadableText, type WrittenNumber } from './phone-text.ts'

/** `+79161234567`: a plus and 8 to 15 digits, checked against the country's numbering plan. */
export type E164 = string

/**
 * How numbers without a plus are meant. `e164`: with their country code, `4917…`. `national`: as they are dialled in the country, `0170…`,
 * abroad with its exit code. `plus-e164`: the plus is always there; what comes without it is taken as under `auto`. `auto`: read if there
 * is one reading. `dialled`: somebody in the country has pressed these keys, so another country's number would have its exit code.
 */
export type NumberForm = 'auto' | 'e164' | 'plus-e164' | 'national' | 'dialled'

/** What can be said of the numbers of a list. */
export const LIST_FORMS = ['auto', 'e164', 'national'] as const satisfies readonly NumberForm[]
export type ListForm = (typeof LIST_FORMS)[number]

/**
 * Why a text is no number. `unknown`: no numbering plan has it (too long, too short, a short code). `ambiguous`: it could be one of
 * `readings`. `foreign`: it can only be another country's number, and it does not say so. `undeclared`: not in the form that was declared.
 */
export type PhoneRefusal = UnreadableText | 'unknown' | 'ambiguous' | 'foreign' | 'undeclared'
export type PhoneReading = { number: E164 } | { refused: PhoneRefusal; readings: E164[] }

const CALLING_CODES: ReadonlySet<string> = new Set([
  ...getCountries().map((country) => getCountryCallingCode(country)),
  '800', // of no country: free and shared numbers, satellites, networks
  '808',
  '870',
  '878',
  '881',
  '882',
  '883',
  '888',
  '979',
])

/** The number that a text means, read as one of `country` (ISO 3166, `RU`) where it says no country itself; or why there is none. */
export function readPhone(text: string, country: string, form: NumberForm = 'auto'): PhoneReading {
  const written = readPhoneText(text)
  if (typeof written === 'string') return refuse(written)
  const home = isSupportedCountry(country) ? country : null
  for (const { digits, rest } of written.heads) {
    if ('number' in readWritten({ ...written, digits, heads: [] }, home, form)) return refuse(rest)
  }
  return readWritten(written, home, form)
}

/** The same, or null. */
export function parsePhone(text: string, country: string, form: NumberForm = 'auto'): E164 | null {
  const reading = readPhone(text, country, form)
  return 'number' in reading ? reading.number : null
}

/** Whether the text is some subscriber's number, though perhaps it cannot be told whose. */
export function looksLikePhone(text: string, country: string): boolean {
  const reading = readPhone(text, country)
  return 'number' in reading || reading.refused === 'ambiguous' || reading.refused === 'foreign'
}

/** For people: `+7 343 200-11-22`, other countries as their plan groups them. What is not E.164 comes back as it is. */
export function formatPhone(number: string): string {
  const russian = /^\+7([3489]\d{2})(\d{3})(\d{2})(\d{2})$/.exec(number)
  if (russian) return `+7 ${russian[1]} ${russian[2]}-${russian[3]}-${russian[4]}`
  if (!isE164(number)) return number
  return parsePhoneNumberFromString(number, { extract: false })?.formatInternational() ?? number
}

/** Whether the text has the form of E.164; says nothing about the numbering plan. */
export function isE164(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text)
}

/** The country of an E.164 number (`RU`), or null: `+800…`, or a code shared by several countries where the plan does not tell. */
export function countryOf(number: E164): string | null {
  return parsePhoneNumberFromString(number, { extract: false })?.country ?? null
}

function readWritten(written: WrittenNumber, home: CountryCode | null, form: NumberForm): PhoneReading {
  if (written.plus) return withPlus(written, home)
  return home && form !== 'e164' ? withoutPlus(written.digits, home, form) : international164(written.digits, form)
}

/**
 * A plus in front: the country code follows. It also stands by mistake before a number as it is dialled at home, `+8 916 …`; that is seen
 * when no country has such a code, or when the code would go over the first gap.
 */
function withPlus({ digits, firstGroup }: WrittenNumber, home: CountryCode | null): PhoneReading {
  const meant = international(digits)
  const gapInCode = firstGroup !== digits && !beginsWithCode(firstGroup)
  if (meant && !gapInCode) return { number: meant }
  const atHome = home ? [withPrefix(digits, home), behindExitCode(parsed(digits, home), digits)] : []
  const reading = oneOf([meant, afterZeros(digits), ...atHome])
  return gapInCode || !beginsWithCode(digits) ? reading : refuse('unknown')
}

function withoutPlus(digits: string, home: CountryCode, form: NumberForm): PhoneReading {
  const code = getCountryCallingCode(home)
  const own = digits.startsWith(code) ? international(digits) : null
  const atHome = international(code + digits)
  const bare = atHome === `+${code}${digits}` ? atHome : null
  const usual = parsed(digits, home)
  const abroad = behindExitCode(usual, digits)
  const national = abroad ? [abroad, afterZeros(digits)] : [atHome, usual === own ? null : usual, afterZeros(digits)]
  // people at home write it with a prefix, so what begins like a country code may well be one
  const unusual = () => bare !== null && nationalDigits(bare) !== digits
  if (form === 'national') {
    if (own && bare && own !== bare && unusual()) return refuse('ambiguous', [bare, own])
    return oneOf(national.some((number) => number !== null) ? national : [own])
  }
  const reading = oneOf([...national, own])
  if (form === 'dialled') return reading
  if ('number' in reading) {
    const foreign = bare !== null && reading.number === bare && unusual() ? asItIs(digits) : null
    return bare && foreign && foreign !== bare ? refuse('ambiguous', [bare, foreign]) : reading
  }
  const foreign = reading.refused === 'unknown' ? asItIs(digits) : null
  return foreign ? refuse('foreign', [foreign]) : reading
}

/** No plus, but the country code. */
function international164(digits: string, form: NumberForm): PhoneReading {
  const number = afterZeros(digits) ?? (form === 'e164' ? asItIs(digits) : null)
  if (number) return { number }
  return refuse(form === 'e164' ? 'undeclared' : 'unknown')
}

function oneOf(candidates: Iterable<E164 | null>): PhoneReading {
  const readings = [...new Set(candidates)].filter((number) => number !== null)
  const [number] = readings
  if (number === undefined) return refuse('unknown')
  return readings.length === 1 ? { number } : refuse('ambiguous', readings)
}

function refuse(refused: PhoneRefusal, readings: E164[] = []): PhoneReading {
  return { refused, readings }
}

/** Country code and number. The prefix that some leave standing between them is forgiven: `+44 (0)20 …`, `+7 8 916 …`. */
function international(digits: string): E164 | null {
  return parsed(`+${digits}`)
}

/** Country code and number, and no digit that does not belong to them. */
function asItIs(digits: string): E164 | null {
  const number = international(digits)
  return number === `+${digits}` ? number : null
}

/** `00`, which whole continents dial before a country code, and networks send also where the country's own exit code is another. */
function afterZeros(digits: string): E164 | null {
  return digits.startsWith('00') ? international(digits.slice(2)) : null
}

/** `8 916 …`, `0170 …`: the country's own prefix and a number of it. */
function withPrefix(digits: string, home: CountryCode): E164 | null {
  const number = international(getCountryCallingCode(home) + digits)
  return number === `+${getCountryCallingCode(home)}${digits}` ? null : number
}

/** What was read of `810 49 …`, `011 49 …`: the exit code of the country and a whole number of some country. */
function behindExitCode(number: E164 | null, digits: string): E164 | null {
  return number && digits.endsWith(number.slice(1)) && number !== `+${digits}` ? number : null
}

function nationalDigits(number: E164): string {
  return (parsePhoneNumberFromString(number, { extract: false })?.formatNational() ?? '').replace(/\D/g, '')
}

function beginsWithCode(digits: string): boolean {
  return [1, 2, 3].some((length) => CALLING_CODES.has(digits.slice(0, length)))
}

/** What the library makes of digits, if a numbering plan has it. */
function parsed(digits: string, home?: CountryCode): E164 | null {
  const options = home ? { defaultCountry: home, extract: false } : { extract: false }
  const number = parsePhoneNumberFromString(digits, options)
  return number?.isValid() && isE164(number.number) ? number.number : null
}
