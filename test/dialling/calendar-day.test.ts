import { expect, it } from 'vitest'
import { localDate, startOfDay, startOfNextDay } from '../../src/dialling/calendar-day.ts'

const at = (text: string) => Date.parse(text)

/** In this order: each answer must not depend on what was asked before. */
it.each([
  ['Asia/Yekaterinburg', '2026-11-24T12:00:00+05:00', '2026-11-24T00:00:00+05:00', '2026-11-25T00:00:00+05:00'],
  ['Asia/Yekaterinburg', '2026-11-24T23:59:59.999+05:00', '2026-11-24T00:00:00+05:00', '2026-11-25T00:00:00+05:00'],
  ['Asia/Yekaterinburg', '2026-11-25T00:00:00+05:00', '2026-11-25T00:00:00+05:00', '2026-11-26T00:00:00+05:00'],
  ['Europe/London', '2026-11-24T23:30:00Z', '2026-11-24T00:00:00Z', '2026-11-25T00:00:00Z'],
  ['Asia/Yekaterinburg', '2026-11-24T00:00:00+05:00', '2026-11-24T00:00:00+05:00', '2026-11-25T00:00:00+05:00'],
  // 25 hours, then 23
  ['Europe/London', '2026-10-25T23:30:00Z', '2026-10-25T00:00:00+01:00', '2026-10-26T00:00:00Z'],
  ['Europe/London', '2027-03-28T22:59:59+01:00', '2027-03-28T00:00:00Z', '2027-03-29T00:00:00+01:00'],
])('in %s the day of %s', (zone, instant, from, to) => {
  expect(startOfDay(at(instant), zone)).toBe(at(from))
  expect(startOfDay(at(instant), zone)).toBe(at(from))
  expect(localDate(at(instant), zone)).toBe(from.slice(0, 10))
  expect(startOfNextDay(at(instant), zone)).toBe(at(to))
})
