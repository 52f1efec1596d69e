/** Numbers, times and spans as people read them. Pure. */
import { DateTime } from 'luxon'
import { formatPhone } from '../model/phone-number.ts'
import { isWithheld } from '../model/withheld.ts'
import type { Language } from '../runtime/i18n.ts'
import { t } from './messages.ts'
import type { MissedCallPayload } from './payload.ts'

/** `Вт 24.11.2026, 14:05 (Asia/Yekaterinburg, UTC+5)`. An unknown zone is told in UTC rather than not at all. */
export function fullTime(at: number, zone: string, language: Language): string {
  const time = inZone(at, zone, language)
  const text = time.toFormat(language === 'ru' ? 'ccc dd.MM.yyyy, HH:mm' : 'ccc d LLL yyyy, HH:mm')
  const zoneText = time.zoneName === 'UTC' ? 'UTC' : `${time.zoneName}, UTC${time.toFormat('Z')}`
  return `${text[0]!.toUpperCase()}${text.slice(1)} (${zoneText})`
}

/** Only the clock when it is the same day as `beside`, with the day otherwise: `в 14:10`, `25.11 в 09:00`; `14:10`, `09:00 on 25 Nov`. */
export function shortTime(at: number, beside: number, zone: string, language: Language): string {
  const time = inZone(at, zone, language)
  const clock = time.toFormat('HH:mm')
  const sameDay = time.hasSame(inZone(beside, zone, language), 'day')
  if (language === 'ru') return sameDay ? `в ${clock}` : `${time.toFormat('dd.MM')} в ${clock}`
  return sameDay ? clock : `${clock} on ${time.toFormat('d LLL')}`
}

/** `14:05` */
export function clock(at: number, zone: string): string {
  return inZone(at, zone, 'en').toFormat('HH:mm')
}

function inZone(at: number, zone: string, language: Language): DateTime {
  const time = DateTime.fromMillis(at, { zone, locale: language })
  return time.isValid ? time : DateTime.fromMillis(at, { zone: 'UTC', locale: language })
}

/** `20 с`, `1 мин 12 с`, `2 ч 5 мин`. Rounded to seconds. */
export function readableSpan(ms: number, language: Language): string {
  const seconds = Math.round(ms / 1000)
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  if (h > 0) return t(language, 'duration.h', { h, m })
  if (m > 0) return s > 0 ? t(language, 'duration.m', { m, s }) : t(language, 'duration.m-only', { m })
  return t(language, 'duration.s', { s })
}

/** `0:34`, as on a player. */
export function playerTime(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** The number to read: formatted, or as it came, or «Номер скрыт». */
export function shownNumber(caller: MissedCallPayload['caller'], language: Language): string {
  if (caller.number) return formatPhone(caller.number)
  return isWithheld(caller.shown) ? t(language, 'withheld') : caller.shown
}

/** `Иван Петров +7 912 345-67-89`; `Иван Петров, номер скрыт` */
export function shownCaller(caller: MissedCallPayload['caller'], language: Language): string {
  const number = shownNumber(caller, language)
  const name = saidName(caller)
  if (!name) return number
  return caller.number ? `${name} ${number}` : `${name}, ${number.toLowerCase()}`
}

/** The name, if it says more than the number does; else empty. */
export function saidName(caller: MissedCallPayload['caller']): string {
  return caller.name && !isWithheld(caller.name) && !repeatsNumber(caller) ? caller.name : ''
}

/** Exchanges often repeat the number as the name, in another spelling. A number in a name beside none, or beside another, says more. */
function repeatsNumber({ name, number, shown }: MissedCallPayload['caller']): boolean {
  if (!/^[+\d\s()-]*$/.test(name ?? '')) return false
  const [own, said] = [number ?? shown, name ?? ''].map((text) => text.replace(/\D/g, '')) as [string, string]
  return own === said || (said.length >= 7 && own.endsWith(said.slice(-7)))
}

/** `Продажи` or, for a line without a name, its number. */
export function shownLine(line: MissedCallPayload['line']): string {
  return line.name ?? formatPhone(line.number)
}

/** `voicemail-2026-11-24-1405-79123456789.mp3`, in the company's time. */
export function voicemailName(
  payload: Pick<MissedCallPayload, 'calledAt' | 'caller' | 'company'>,
  suffix: 'mp3' | 'wav',
): string {
  const stamp = inZone(payload.calledAt, payload.company.zone, 'en').toFormat('yyyy-MM-dd-HHmm')
  return `voicemail-${stamp}-${payload.caller.number?.slice(1) ?? 'withheld'}.${suffix}`
}
