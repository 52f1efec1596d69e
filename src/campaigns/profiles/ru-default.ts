import type { CallingProfile } from './profile.ts'

/**
 * Reminders, invitations and surveys to a company's own clients in Russia. Stricter than the law asks of such calls; overdue debts
 * (230-FZ) and advertising (38-FZ, which forbids machines) are other matters and not covered.
 */
export const ruDefaultProfile: CallingProfile = {
  name: 'ru-default',
  reviewedOn: '2026-11-23',
  hours: { week: { 'mon-sun': '09:00-20:00' }, dates: {} },
  limits: [
    { count: 1, per: 'day', unit: 'talk' },
    { count: 2, per: 'week', unit: 'talk' },
  ],
  zonesOfCountry: [
    'Europe/Kaliningrad',
    'Europe/Moscow',
    'Europe/Samara',
    'Asia/Yekaterinburg',
    'Asia/Omsk',
    'Asia/Krasnoyarsk',
    'Asia/Irkutsk',
    'Asia/Yakutsk',
    'Asia/Vladivostok',
    'Asia/Magadan',
    'Asia/Kamchatka',
  ],
}
