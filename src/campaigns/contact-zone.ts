/** In which time zone a contact lives, as far as the list tells. Pure. */
import { IANAZone } from 'luxon'

/** `unknown`: the list says something that is no zone. Nobody is called on a guess. */
export type ContactZone = { kind: 'zone'; zone: string } | { kind: 'unknown' }

const MOSCOW_OFFSET = 3

/**
 * `cell` is what the column of zones holds: an IANA name, `UTC+5`, `GMT+05:00`, `+5`, or hours from Moscow, `МСК+2`.
 * Empty: the company's own zone.
 */
export function contactZone(cell: string | null, companyZone: string): ContactZone {
  const text = cell?.trim() ?? ''
  if (text === '') return { kind: 'zone', zone: companyZone }
  if (/^[A-Za-z]+(\/[A-Za-z_+-]+)+$/.test(text) && IANAZone.isValidZone(text)) return { kind: 'zone', zone: text }
  const offset = /^(UTC|GMT|МСК|MSK)?\s*(?:([+-])\s*(\d{1,2})(?::?(00|30|45))?)?$/iu.exec(text)
  if (!offset || (!offset[1] && !offset[2])) return { kind: 'unknown' }
  const base = /^(МСК|MSK)$/iu.test(offset[1] ?? '') ? MOSCOW_OFFSET * 60 : 0
  const given = (offset[2] === '-' ? -1 : 1) * (Number(offset[3] ?? 0) * 60 + Number(offset[4] ?? 0))
  const minutes = base + given
  if (minutes < -12 * 60 || minutes > 14 * 60) return { kind: 'unknown' }
  const sign = minutes < 0 ? '-' : '+'
  const hours = Math.floor(Math.abs(minutes) / 60)
  const rest = Math.abs(minutes) % 60
  return { kind: 'zone', zone: `UTC${sign}${hours}${rest ? `:${String(rest).padStart(2, '0')}` : ''}` }
}

/** The zone in which a contact's days are counted: his own, or the company's when his is unknown. */
export function zoneOfDays(cell: string | null, companyZone: string): string {
  const found = contactZone(cell, companyZone)
  return found.kind === 'zone' ? found.zone : companyZone
}
