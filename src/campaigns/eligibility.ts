/** May this contact be called at this moment, and if not, when? Pure. Whatever is not understood means: not called. */
import { type ClosedDays, isOpen, nextOpening, type OpeningTimes } from '../model/business-hours.ts'
import { startOfDay } from '../dialling/calendar-day.ts'
import type { DialLimit } from '../store/dial-ledger.ts'
import type { ContactZone } from './contact-zone.ts'
import type { CallingProfile } from './profiles/profile.ts'

/** `hours:` of the campaign with its holidays, both read in the contact's zone. */
export interface CampaignHours {
  times: OpeningTimes
  closed: ClosedDays
}

/** `notBefore` null: never, as far as the calendar reaches. */
export type Eligibility = { ok: true } | { ok: false; notBefore: number | null }

const NO_HOLIDAYS: ClosedDays = []
/** Two schedules and some zones agree after a few steps or hardly ever. */
const STEPS = 200

export function eligibility(
  zone: ContactZone,
  hours: CampaignHours,
  profile: CallingProfile,
  instant: number,
): Eligibility {
  const windows = windowsOf(zone, hours, profile)
  if (windows.length === 0) return { ok: false, notBefore: null }
  let at = instant
  for (let step = 0; step < STEPS; step++) {
    const shut = windows.find((window) => !window.isOpen(at))
    if (!shut) return at === instant ? { ok: true } : { ok: false, notBefore: at }
    const next = shut.next(at)
    if (next === null || next <= at) return { ok: false, notBefore: null }
    at = next
  }
  return { ok: false, notBefore: null }
}

/** The profile's frequency limits as the guard counts them. `zone` tells when the contact's day began. */
export function limitsOf(profile: CallingProfile, zone: string, instant: number): DialLimit[] {
  return profile.limits.map(({ count, per, unit }) => ({
    code: 'talk-limit',
    count,
    since: per === 'day' ? startOfDay(instant, zone) : instant - 7 * 86_400_000,
    unit,
    purposes: ['campaign'],
  }))
}

interface Window {
  isOpen(at: number): boolean
  next(at: number): number | null
}

/** All of them must be open at once. None: nobody may be called. */
function windowsOf(zone: ContactZone, hours: CampaignHours, profile: CallingProfile): Window[] {
  const zones = zone.kind === 'zone' ? [zone.zone] : profile.zonesOfCountry
  return zones.flatMap((name) => [window(hours.times, hours.closed, name), window(profile.hours, NO_HOLIDAYS, name)])
}

function window(times: OpeningTimes, closed: ClosedDays, zone: string): Window {
  return {
    isOpen: (at) => isOpen(times, closed, zone, at),
    next: (at) => nextOpening(times, closed, zone, at),
  }
}
