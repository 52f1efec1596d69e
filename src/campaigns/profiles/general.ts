import type { CallingProfile } from './profile.ts'

/** Where no profile of the country was written: cautious hours, the same frequency. Not a statement about any law. */
export const generalProfile: CallingProfile = {
  name: 'general',
  reviewedOn: '2026-11-23',
  hours: { week: { 'mon-sun': '09:00-20:00' }, dates: {} },
  limits: [
    { count: 1, per: 'day', unit: 'talk' },
    { count: 2, per: 'week', unit: 'talk' },
  ],
  // nothing is known of the country's zones, so a contact with an unreadable zone is never called
  zonesOfCountry: [],
}
