import { DateTime } from 'luxon'
import { expect, test } from 'vitest'
import { escalationSteps, workingTimeAfter } from '../../src/missed-calls/escalations.ts'
import { isOpen } from '../../src/model/business-hours.ts'
import { configOf } from '../support/config-of.ts'

const company = (zone: string, rules: string) =>
  configOf(`
version: 1
company: { name: Firm, language: en, timezone: ${zone}, country: DE }
people:
  anna: { name: Anna, rings: PJSIP/101, email: anna@example.ru }
  lead: { name: Lead, rings: PJSIP/102, email: lead@example.ru, language: ru }
groups: { operators: { members: [anna] } }
hours:
  office: { week: { mon-fri: "09:00-13:00, 14:00-18:00" } }
  night: { week: { fri: "22:00-06:00", sat: "22:00-06:00", sun: "22:00-06:00" } }
lines: { "+49 30 901820": { name: Main, flow: main } }
flows: { main: [{ ring: operators }, { hangup: busy }] }
missed_calls: { mail: { to: [group] }, ${rules} }
`)
const HOUR = 3_600_000

test.each([
  ['within the hours', '2026-11-24T10:00', 30, '2026-11-24T10:30'],
  ['over the midday break', '2026-11-24T12:50', 30, '2026-11-24T14:20'],
  ['over the night', '2026-11-24T17:50', 30, '2026-11-25T09:20'],
  ['over the weekend', '2026-11-27T17:50', 30, '2026-11-30T09:20'],
  ['before the opening', '2026-11-24T03:00', 30, '2026-11-24T09:30'],
  ['to the last minute', '2026-11-24T17:30', 30, '2026-11-24T18:00'],
])('%s', (_name, from, minutes, until) => {
  const config = company('Europe/Berlin', '')
  const at = (text: string) => DateTime.fromISO(text, { zone: 'Europe/Berlin' }).toMillis()
  expect(workingTimeAfter(config, 'office', at(from), minutes * 60_000)).toBe(at(until))
})

test('without hours every minute counts', () => {
  expect(workingTimeAfter(company('Europe/Berlin', ''), undefined, 5, 60_000)).toBe(60_005)
})

/** Counting open half-hours one by one: slow, and right by its looks. */
const HALF = 30 * 60_000
function counted(config: ReturnType<typeof company>, hours: string, from: number, to: number): number {
  const schedule = config.hours[hours]!
  let open = 0
  for (let at = from; at < to; at += HALF)
    if (isOpen(schedule, schedule.closedDays, config.company.timezone, at)) open++
  return open
}

// the clocks go forward on 29 March and back on 25 October 2026 in Berlin, on 3 October (by half an hour) on Lord Howe
test.each([
  ['Europe/Berlin', '2026-03-27T12:00Z'],
  ['Europe/Berlin', '2026-10-23T12:00Z'],
  ['Australia/Lord_Howe', '2026-10-02T00:00Z'],
  ['Asia/Yekaterinburg', '2026-03-27T12:00Z'],
])('in %s around %s as much time is open as was asked for', (zone, around) => {
  const config = company(zone, '')
  let seed = 7
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below
  for (let i = 0; i < 12; i++) {
    const hours = i % 2 === 0 ? 'night' : 'office'
    const from = Date.parse(around) + random(72 * 2) * HALF
    const halves = 1 + random(30)
    const until = workingTimeAfter(config, hours, from, halves * HALF)!
    expect(until).toBeGreaterThan(from)
    const story = [zone, hours, new Date(from).toISOString(), halves]
    expect([...story, counted(config, hours, from, until)]).toEqual([...story, halves])
    // the last of them was an open one
    expect(counted(config, hours, from, until - HALF)).toBe(halves - 1)
  }
})

test('steps name their people in their languages; a rule that reaches nobody makes none', () => {
  const rules = 'escalate: [{ after: 30m, to: [lead, lead@example.ru], hours: office }, { after: 1h, to: [group] }]'
  const lostAt = Date.parse('2026-11-24T09:00Z')
  const steps = escalationSteps(company('Europe/Berlin', rules), 'operators', lostAt)
  expect(steps).toEqual([
    {
      step: 1,
      recipients: [{ address: 'lead@example.ru', language: 'en' }],
      afterMs: HOUR / 2,
      dueAt: lostAt + HOUR / 2,
    },
    { step: 2, recipients: [{ address: 'anna@example.ru', language: 'en' }], afterMs: HOUR, dueAt: lostAt + HOUR },
  ])
})
