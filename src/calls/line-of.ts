/** Which line of ours was called, whatever way the provider writes our numbers. */
import type { Config } from '../config/schema.ts'
import { type NumberForm, readPhone } from '../model/phone-number.ts'
import { readPhoneText } from '../model/phone-text.ts'

/** `known`: the line that was called; else the first one stands in for a number that no line has. `number`: a key of `lines`. */
export interface CalledLine {
  number: string
  known: boolean
}

/** Fewer last digits would be anybody's. */
const LEAST_LAST_DIGITS = 4

/**
 * `did`: as it was called. `trunk`: a key of `trunks`, or anything else for a call that came over none.
 *
 * A provider may send only the last digits of our number: they tell the line when only one ends with them. A number that can be read in two
 * ways tells it when only one of them is ours.
 */
export function lineOf(
  config: Pick<Config, 'lines' | 'trunks' | 'company'>,
  did: string,
  trunk: string | null,
): CalledLine {
  const { lines } = config
  const known = (number: string) => ({ number, known: true })
  if (Object.hasOwn(lines, did)) return known(did)
  const reading = readPhone(did, config.company.country, numberFormOf(config, trunk))
  const readings = 'number' in reading ? [reading.number] : reading.readings
  const ours = readings.filter((number) => Object.hasOwn(lines, number))
  if (ours.length === 1) return known(ours[0]!)
  const ending = 'number' in reading ? [] : endingWith(did, Object.keys(lines))
  if (ending.length === 1) return known(ending[0]!)
  return { number: Object.keys(lines)[0]!, known: false }
}

/** How the trunk sends numbers; `auto` for a call that came over none of ours. */
export function numberFormOf({ trunks }: Pick<Config, 'trunks'>, trunk: string | null): NumberForm {
  return trunk !== null && Object.hasOwn(trunks, trunk) ? trunks[trunk]!.number_format_in : 'auto'
}

function endingWith(did: string, numbers: string[]): string[] {
  const written = readPhoneText(did)
  if (typeof written === 'string' || written.digits.length < LEAST_LAST_DIGITS) return []
  return numbers.filter((number) => number.endsWith(written.digits))
}
