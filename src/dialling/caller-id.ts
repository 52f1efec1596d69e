/** Which number of ours the called person sees. Numbers that are not ours are never shown: that is how calls get blocked and people deceived. */
import type { Config } from '../config/schema.ts'
import type { Trunk } from '../config/sections/trunks.ts'
import { cleanText } from '../model/clean-text.ts'
import { parsePhone } from '../model/phone-number.ts'

/** Every number of ours, E.164: the lines and what the trunks may show. */
export function ownNumbers(config: Pick<Config, 'lines' | 'trunks' | 'company'>): Set<string> {
  const texts = [
    ...Object.keys(config.lines),
    ...Object.values(config.trunks).flatMap((trunk) => trunk.caller_id ?? []),
  ]
  return new Set(normalised(texts, config.company.country))
}

/**
 * The number to show over this trunk, E.164; null when nothing may be shown. Nothing wanted: the first that the trunk may show, which is any
 * of our lines when it has no `caller_id`.
 *
 * A line of ours that this trunk may not show: null if `exact`, else the trunk's first, because a call that must be made (to an employee, back
 * to a caller) is worth more than the right number on the screen. A number that is not ours is never shown, nor anything in its place.
 */
export function callerIdFor(
  wanted: string | undefined,
  trunk: Pick<Trunk, 'caller_id'>,
  config: Pick<Config, 'lines' | 'trunks' | 'company'>,
  exact: boolean,
): string | null {
  const country = config.company.country
  const may = normalised(trunk.caller_id ?? Object.keys(config.lines), country)
  const first = may[0] ?? null
  if (wanted === undefined) return first
  const number = parsePhone(wanted, country)
  if (number && may.includes(number)) return number
  return number && !exact && ownNumbers(config).has(number) ? first : null
}

/** The trunk over which a number outside is called on behalf of a line: the first that may show it; if there is none, the first, with a number of its own. */
export function trunkFor(config: Config, line: string): string {
  const trunks = Object.entries(config.trunks)
  const [name = ''] = trunks.find(([, trunk]) => callerIdFor(line, trunk, config, true)) ?? trunks[0] ?? []
  return name
}

/** A name that goes into a SIP header: one clean line without quotes and brackets. */
export function callerName(text: string): string {
  return cleanText(text.replace(/["<>\\;]/g, ' '), 40)
}

function normalised(texts: string[], country: string): string[] {
  return texts.flatMap((text) => parsePhone(text, country) ?? [])
}
