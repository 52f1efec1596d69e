/** A time zone in which people may be called right now, so that the demo can be played at night. Pure. */
import type { Language } from '../../src/runtime/i18n.ts'
import { isOpen } from '../../src/model/business-hours.ts'

/** Inside the calling hours of every profile, with room for the demo itself. */
const DAYTIME = { week: { 'mon-sun': '09:05-19:50' }, dates: {} }

/** At any moment it is daytime in one of each list; the first that fits is taken. */
const ZONES: Record<Language, readonly [string, ...string[]]> = {
  ru: [
    'Asia/Yekaterinburg',
    'Europe/Moscow',
    'Asia/Krasnoyarsk',
    'Asia/Vladivostok',
    'Asia/Kamchatka',
    'Europe/Kaliningrad',
    'America/New_York',
    'Pacific/Honolulu',
  ],
  en: ['Europe/London', 'America/New_York', 'America/Los_Angeles', 'Pacific/Auckland', 'Australia/Perth', 'Asia/Dubai'],
}

export function daytimeZone(language: Language, now: number): string {
  const zones = ZONES[language]
  return zones.find((zone) => isOpen(DAYTIME, [], zone, now)) ?? zones[0]
}
