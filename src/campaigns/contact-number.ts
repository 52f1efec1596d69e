/** The phone cell of a list to one number, or the reason why there is none. Pure. */
import { findPhoneNumbersInText, isSupportedCountry } from 'libphonenumber-js/max'
import { type DiallingRules, type PrefixRefusal, refusedPrefix } from '../dialling/allow-list.ts'
import { parsePhone } from '../model/phone-number.ts'

export type NumberFault = 'no-number' | 'excel-damage' | 'two-numbers' | 'extension' | 'own-number' | PrefixRefusal

export type ContactNumber = { ok: true; number: string } | { ok: false; fault: NumberFault }

export interface NumberRules extends DiallingRules {
  own: ReadonlySet<string>
  /** Of several numbers in one cell take the first instead of refusing the row. */
  takeFirst: boolean
}

/** Excel shows a long number as 7,91612E+10 and, saved as CSV, that is all that is left of it. */
const EXCEL_DAMAGE = /^\d([.,]\d+)?E\+?\d{1,2}$/i

export function contactNumber(cell: string, rules: NumberRules): ContactNumber {
  // what Excel and web shops put around a number to keep it text
  const text = cell.replace(/^(?:=")?'?|"$/g, '').trim()
  if (text === '') return { ok: false, fault: 'no-number' }
  if (EXCEL_DAMAGE.test(text)) return { ok: false, fault: 'excel-damage' }
  const number = parsePhone(text, rules.country) ?? (rules.takeFirst ? numbersIn(text, rules.country)[0] : undefined)
  if (!number) {
    if (numbersIn(text, rules.country).length > 1) return { ok: false, fault: 'two-numbers' }
    if (/доб|вн|ext|#/i.test(text)) return { ok: false, fault: 'extension' }
    return { ok: false, fault: 'not-a-number' }
  }
  const refused = refusedPrefix(number, rules)
  if (refused) return { ok: false, fault: refused }
  return rules.own.has(number) ? { ok: false, fault: 'own-number' } : { ok: true, number }
}

function numbersIn(text: string, country: string): string[] {
  if (text.length > 200) return []
  const options = isSupportedCountry(country) ? { defaultCountry: country, v2: true as const } : { v2: true as const }
  const parts = text.split(/[,;/|\n]+/).flatMap((part) => parsePhone(part, country) ?? [])
  return parts.length > 1 ? parts : findPhoneNumbersInText(text, options).map((found) => found.number.number)
}
