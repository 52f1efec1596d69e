/**
 * Phone numbers: one spelling inside (E.164), every spelling at the door.
 *
 * Pure and total: caller ids, CSV cells and config text are hostile, and none of them may throw here.
 */
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'

/** `+79161234567`: a plus and 8 to 15 digits, checked against the country's numbering plan. */
export type E164 = string

/** Longer than any way to write a number; the parser is not asked about more. */
const longest = 40

/**
 * The number in E.164, or null. A number without `+` is read as one of `country` (ISO 3166, `RU`).
 *
 * Null for what cannot be dialled as one whole number: short codes and emergency numbers, wrong lengths, two numbers in one cell, a number
 * with an extension (`доб. 12` would reach a switchboard), letters, control characters.
 */
export function parsePhone(text: string, country: string): E164 | null {
  const trimmed = typeof text === 'string' ? text.trim() : ''
  if (trimmed.length < 5 || trimmed.length > longest || /[\p{Cc}\p{Cf}]/u.test(trimmed)) return null
  const options = isSupportedCountry(country) ? { defaultCountry: country, extract: false } : { extract: false }
  const number = parsePhoneNumberFromString(trimmed, options)
  return number?.isValid() && !number.ext ? number.number : null
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
