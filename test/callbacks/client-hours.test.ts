import { DateTime } from 'luxon'
import { expect, it } from 'vitest'
import { clientMayBeCalledFrom } from '../../src/callbacks/client-hours.ts'
import { configOf } from '../support/config-of.ts'

const yaml = (callback: string) => `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru } }
groups: { operators: { members: [anna] } }
hours: { strict: { week: { mon-fri: "10:00-19:00" } } }
trunks: { provider: { endpoint: PJSIP/provider } }
lines: { "+73432001122": { name: Главный, flow: main } }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [group] }, callback: { ${callback} } }
`
const at = (text: string) => DateTime.fromISO(text, { zone: 'Asia/Yekaterinburg' }).toMillis()
const HOUR = 3_600_000
const MOSCOW = '+74951234567' // two hours behind
const MOBILE = '+79123456789'

it.each<[string, string, string, number, string]>([
  ['who called just now is awake', MOSCOW, '2026-11-24T08:30', 10 * 60_000, '2026-11-24T08:30'],
  ['later his own morning counts', MOSCOW, '2026-11-24T09:00', 12 * HOUR, '2026-11-24T10:00'],
  ['and his evening', MOSCOW, '2026-11-24T22:30', 12 * HOUR, '2026-11-24T22:30'],
  ['and his night', MOSCOW, '2026-11-24T23:30', 12 * HOUR, '2026-11-25T10:00'],
  ['a mobile tells nothing: our hours are what there is', MOBILE, '2026-11-24T23:30', 12 * HOUR, '2026-11-24T23:30'],
])('%s', (_, number, now, ago, from) => {
  expect(clientMayBeCalledFrom(configOf(yaml('')), number, at(now) - ago, at(now))).toBe(at(from))
})

it('hours of the configuration are read in his zone', () => {
  const config = configOf(yaml('client_hours: strict'))
  const friday = at('2026-11-27T21:30')
  expect(clientMayBeCalledFrom(config, MOSCOW, friday - 2 * HOUR, friday)).toBe(at('2026-11-30T12:00'))
})
