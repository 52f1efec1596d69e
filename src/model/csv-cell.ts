/** Cells of the CSV files that we write for a spreadsheet. Pure. */
import { formatPhone, isE164 } from './phone-number.ts'

/**
 * A cell that no spreadsheet takes for a formula: what would begin one gets an apostrophe in front, full-width forms included.
 * A phone number with its plus is harmless and stays readable.
 */
export function safeCell(text: string): string {
  const plain = text.replace(/\u0000/g, '')
  if (/^\+\d[\d ()-]{5,24}$/.test(plain)) return plain
  return /^\s*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(plain) && !isNumber(plain) ? `'${plain}` : plain
}

/** `+7 912 345-67-89`: with the gaps a spreadsheet leaves it alone; as bare digits it would be rounded to 7,91E+10. */
export function phoneCell(number: string): string {
  return isE164(number) ? formatPhone(number) : safeCell(number)
}

/** A negative amount is no formula. */
function isNumber(text: string): boolean {
  return /^-\d+([.,]\d+)?$/.test(text)
}
