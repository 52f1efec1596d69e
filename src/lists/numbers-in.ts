/** Several numbers in one cell, as people put them there. Pure. */
import { findPhoneNumbersInText, isSupportedCountry } from 'libphonenumber-js/max'
import { type E164, type NumberForm, parsePhone } from '../model/phone-number.ts'

/** Whole numbers in a cell that is not one: separated by signs, or by words (`или`, `or`). */
export function numbersIn(text: string, country: string, form?: NumberForm): E164[] {
  if (text.length > 200) return []
  const parts = text.split(/:::|[,;/|\n]+/).flatMap((part) => parsePhone(part, country, form) ?? [])
  if (parts.length > 1) return parts
  const options = isSupportedCountry(country) ? { defaultCountry: country, v2: true as const } : { v2: true as const }
  return findPhoneNumbersInText(text, options).flatMap(
    ({ startsAt, endsAt }) => parsePhone(text.slice(startsAt, endsAt), country, form) ?? [],
  )
}
