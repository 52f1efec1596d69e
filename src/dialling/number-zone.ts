/**
 * In which time zone a number is at home, as far as the numbering plan tells. Pure; the tables are data, reviewed when a country moves its
 * clocks. A mobile tells nothing in a country of several zones.
 */
import { countryOf } from '../model/phone-number.ts'

/** Area codes of Russia outside Moscow's time; all other geographic codes keep it. */
const RUSSIA: readonly [zone: string, codes: string][] = [
  ['Europe/Kaliningrad', '401'],
  ['Europe/Samara', '341 842 845 846 848 851'],
  ['Asia/Yekaterinburg', '342 343 345 346 347 349 351 352 353'],
  ['Asia/Omsk', '381'],
  ['Asia/Krasnoyarsk', '382 383 384 385 388 390 391 394'],
  ['Asia/Irkutsk', '301 395'],
  ['Asia/Yakutsk', '302 411 416'],
  ['Asia/Vladivostok', '421 423 426'],
  ['Asia/Magadan', '413 424'],
  ['Asia/Kamchatka', '415 427'],
]
const MOSCOW = 'Europe/Moscow'

const ONE_ZONE: Readonly<Record<string, string>> = {
  AM: 'Asia/Yerevan',
  AT: 'Europe/Vienna',
  AZ: 'Asia/Baku',
  BE: 'Europe/Brussels',
  BG: 'Europe/Sofia',
  BY: 'Europe/Minsk',
  CH: 'Europe/Zurich',
  CN: 'Asia/Shanghai',
  CZ: 'Europe/Prague',
  DE: 'Europe/Berlin',
  DK: 'Europe/Copenhagen',
  EE: 'Europe/Tallinn',
  FI: 'Europe/Helsinki',
  FR: 'Europe/Paris',
  GB: 'Europe/London',
  GE: 'Asia/Tbilisi',
  GR: 'Europe/Athens',
  HU: 'Europe/Budapest',
  IE: 'Europe/Dublin',
  IL: 'Asia/Jerusalem',
  IN: 'Asia/Kolkata',
  IT: 'Europe/Rome',
  JP: 'Asia/Tokyo',
  KG: 'Asia/Bishkek',
  LT: 'Europe/Vilnius',
  LV: 'Europe/Riga',
  MD: 'Europe/Chisinau',
  NL: 'Europe/Amsterdam',
  NO: 'Europe/Oslo',
  PL: 'Europe/Warsaw',
  RO: 'Europe/Bucharest',
  RS: 'Europe/Belgrade',
  SE: 'Europe/Stockholm',
  SK: 'Europe/Bratislava',
  TJ: 'Asia/Dushanbe',
  TM: 'Asia/Ashgabat',
  TR: 'Europe/Istanbul',
  UZ: 'Asia/Tashkent',
}

const byCode = new Map(RUSSIA.flatMap(([zone, codes]) => codes.split(' ').map((code) => [code, zone] as const)))

/** IANA zone of an E.164 number; null when the number does not tell. */
export function zoneOfNumber(number: string): string | null {
  const country = countryOf(number)
  if (country !== 'RU') return (country && ONE_ZONE[country]) ?? null
  const code = number.slice(2, 5)
  return /^[348]/.test(code) && !code.startsWith('80') ? (byCode.get(code) ?? MOSCOW) : null
}
