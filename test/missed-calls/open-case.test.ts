import { DateTime } from 'luxon'
import { expect, it } from 'vitest'
import { lineGroupOf } from '../../src/calls/call.ts'
import { slaDueAt } from '../../src/missed-calls/open-case.ts'
import { configOf } from '../support/config-of.ts'

const yaml = (missedCalls: string) => `
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru } }
groups: { operators: { members: [anna] } }
hours:
  office: { week: { mon-fri: "09:00-18:00" }, dates: { 2026-11-24: closed } }
  shop: { week: { mon-sun: "10:00-22:00" } }
trunks: { provider: { endpoint: PJSIP/provider } }
lines:
  "+73432001122": { name: Магазин, flow: main, cases: shop }
  "+73432001133": { name: Сайт, flow: main, cases: shop }
  "+73432001144": { name: Директор, flow: main }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [group] }, ${missedCalls} }
`
const at = (text: string) => DateTime.fromISO(text, { zone: 'Asia/Yekaterinburg' }).toMillis()

it('lines with the same word are one group; the others each their own', () => {
  const config = configOf(yaml('sla: 20m'))
  const groups = ['+73432001122', '+73432001133', '+73432001144', '+79999999999'].map((line) =>
    lineGroupOf(config, line),
  )
  expect(groups).toEqual(['shop', 'shop', '+73432001144', '+79999999999'])
})

it.each<[string, string, string, string]>([
  ['always, when no hours are named', 'sla: 20m', '2026-11-21T23:50', '2026-11-22T00:10'],
  ['twenty minutes if nothing is said', 'hours: office', '2026-11-23T10:00', '2026-11-23T10:20'],
  ['the rest of the evening counts', 'hours: office', '2026-11-23T17:50', '2026-11-25T09:10'],
  ['a night and a holiday do not', 'sla: 1h, hours: office', '2026-11-23T19:00', '2026-11-25T10:00'],
  ['the hours of the call-backs', 'callback: { only: shop }', '2026-11-23T23:00', '2026-11-24T10:20'],
  ['those of its own win', 'hours: office, callback: { only: shop }', '2026-11-23T23:00', '2026-11-25T09:20'],
])('by when: %s', (_, missedCalls, lost, due) => {
  expect(slaDueAt(configOf(yaml(missedCalls)), at(lost))).toBe(at(due))
})
