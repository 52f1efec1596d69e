/** The phone cell of a list to one number, or the reason why there is none. Pure. */
import { type DiallingRules, type PrefixRefusal, refusedPrefix } from '../dialling/allow-list.ts'
import { numbersIn } from '../lists/numbers-in.ts'
import { type E164, type NumberForm, type PhoneRefusal, readPhone } from '../model/phone-number.ts'

export type NumberFault =
  | 'no-number'
  | 'excel-damage'
  | 'two-numbers'
  | 'extension'
  | 'ambiguous'
  | 'foreign-without-plus'
  | 'other-form'
  | 'own-number'
  | PrefixRefusal

/** `readings`: of `ambiguous` what the cell can mean, of `foreign-without-plus` what it probably means. */
export type ContactNumber = { ok: true; number: string } | { ok: false; fault: NumberFault; readings?: E164[] }

export interface NumberRules extends DiallingRules {
  own: ReadonlySet<string>
  /** Of several numbers in one cell take the first instead of refusing the row. */
  takeFirst: boolean
  /** How the list writes numbers without a plus; `auto` if missing. */
  form?: NumberForm
}

/** Excel shows a long number as 7,91612E+10 and, saved as CSV, that is all that is left of it. */
const EXCEL_DAMAGE = /^\d([.,]\d+)?E\+?\d{1,2}$/i

const FAULTS: Record<PhoneRefusal, NumberFault> = {
  empty: 'no-number',
  characters: 'not-a-number',
  several: 'two-numbers',
  extension: 'extension',
  unknown: 'not-a-number',
  ambiguous: 'ambiguous',
  foreign: 'foreign-without-plus',
  undeclared: 'other-form',
}

export function contactNumber(cell: string, rules: NumberRules): ContactNumber {
  const found = readCell(cell, rules)
  if (!found.ok) return found
  const refused = refusedPrefix(found.number, rules)
  if (refused) return { ok: false, fault: refused }
  return rules.own.has(found.number) ? { ok: false, fault: 'own-number' } : found
}

function readCell(cell: string, rules: NumberRules): ContactNumber {
  if (EXCEL_DAMAGE.test(cell.trim())) return { ok: false, fault: 'excel-damage' }
  const reading = readPhone(cell, rules.country, rules.form)
  if ('number' in reading) return { ok: true, number: reading.number }
  const { refused, readings } = reading
  if (refused === 'empty' || refused === 'ambiguous' || refused === 'foreign')
    return { ok: false, fault: FAULTS[refused], ...(readings.length > 0 ? { readings } : {}) }
  const several = numbersIn(cell, rules.country, rules.form)
  if (rules.takeFirst && several[0] !== undefined) return { ok: true, number: several[0] }
  return { ok: false, fault: several.length > 1 ? 'two-numbers' : FAULTS[refused] }
}
