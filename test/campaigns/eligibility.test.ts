import { describe, expect, test } from 'vitest'
import { type ContactZone, contactZone } from '../../src/campaigns/contact-zone.ts'
import { type CampaignHours, eligibility, limitsOf } from '../../src/campaigns/eligibility.ts'
import { generalProfile } from '../../src/campaigns/profiles/general.ts'
import { ruDefaultProfile } from '../../src/campaigns/profiles/ru-default.ts'

const COMPANY = 'Asia/Yekaterinburg'

test.each<[string | null, string | null]>([
  [null, COMPANY],
  ['', COMPANY],
  ['  ', COMPANY],
  ['Europe/Moscow', 'Europe/Moscow'],
  ['UTC+5', 'UTC+5'],
  ['GMT+05:30', 'UTC+5:30'],
  ['+3', 'UTC+3'],
  ['-4', 'UTC-4'],
  ['МСК', 'UTC+3'],
  ['МСК+2', 'UTC+5'],
  ['мск -1', 'UTC+2'],
  ['MSK+9', 'UTC+12'],
  ['UTC', 'UTC+0'],
  ['5', null],
  ['Екатеринбург', null],
  ['Europe/Atlantis', null],
  ['UTC+25', null],
  ["'; DROP TABLE", null],
])('%j is the zone %s', (cell, zone) => {
  expect(contactZone(cell, COMPANY)).toEqual(zone === null ? { kind: 'unknown' } : { kind: 'zone', zone })
})

const wide: CampaignHours = { times: { week: { 'mon-sun': '24h' }, dates: {} }, closed: [] }
const late: CampaignHours = { times: { week: { 'mon-fri': '12:00-22:00' }, dates: {} }, closed: ['2026-11-25'] }
const at = (text: string) => Date.parse(text)
const inZone = (zone: string): ContactZone => ({ kind: 'zone', zone })

/** Moscow is UTC+3, Yekaterinburg +5, Vladivostok +10, Kaliningrad +2, Kamchatka +12. 2026-11-24 is a Tuesday. */
test.each<[string, ContactZone, CampaignHours, string, true | string | null]>([
  ['within the law’s hours', inZone(COMPANY), wide, '2026-11-24T09:00:00+05:00', true],
  ['a second before', inZone(COMPANY), wide, '2026-11-24T08:59:59+05:00', '2026-11-24T09:00:00+05:00'],
  ['the last second', inZone(COMPANY), wide, '2026-11-24T19:59:59+05:00', true],
  ['over for today', inZone(COMPANY), wide, '2026-11-24T20:00:00+05:00', '2026-11-25T09:00:00+05:00'],
  [
    'noon here, night there',
    inZone('America/New_York'),
    wide,
    '2026-11-24T12:00:00+05:00',
    '2026-11-24T09:00:00-05:00',
  ],
  [
    'the campaign cannot widen the law',
    inZone(COMPANY),
    late,
    '2026-11-24T21:00:00+05:00',
    '2026-11-26T12:00:00+05:00',
  ],
  ['the campaign narrows the law', inZone(COMPANY), late, '2026-11-24T09:00:00+05:00', '2026-11-24T12:00:00+05:00'],
  ['a holiday of the campaign', inZone(COMPANY), late, '2026-11-25T13:00:00+05:00', '2026-11-26T12:00:00+05:00'],
  ['the weekend of the campaign', inZone(COMPANY), late, '2026-11-28T13:00:00+05:00', '2026-11-30T12:00:00+05:00'],
  [
    'unknown zone: one hour in which all of Russia may be called',
    { kind: 'unknown' },
    wide,
    '2026-11-24T07:30:00Z',
    true,
  ],
  ['unknown zone, Kamchatka sleeps', { kind: 'unknown' }, wide, '2026-11-24T08:00:00Z', '2026-11-25T07:00:00Z'],
  ['unknown zone, noon in Yekaterinburg', { kind: 'unknown' }, wide, '2026-11-24T12:00:00+05:00', true],
  [
    'hours that never open',
    inZone(COMPANY),
    { times: { week: {}, dates: {} }, closed: [] },
    '2026-11-24T12:00:00+05:00',
    null,
  ],
  [
    'hours that nobody understands',
    inZone(COMPANY),
    { times: { week: { 'mon-sun': 'daily' }, dates: {} }, closed: [] },
    '2026-11-24T12:00:00+05:00',
    null,
  ],
  [
    'night hours never meet the law’s',
    inZone(COMPANY),
    { times: { week: { 'mon-sun': '21:00-23:00' }, dates: {} }, closed: [] },
    '2026-11-24T12:00:00+05:00',
    null,
  ],
])('%s', (_what, zone, hours, instant, expected) => {
  const result = eligibility(zone, hours, ruDefaultProfile, at(instant))
  const wanted = expected === true ? { ok: true } : { ok: false, notBefore: expected === null ? null : at(expected) }
  expect(result).toEqual(wanted)
})

test('where the country’s zones are not known, an unknown zone is never called', () => {
  expect(eligibility({ kind: 'unknown' }, wide, generalProfile, at('2026-11-24T12:00:00Z'))).toEqual({
    ok: false,
    notBefore: null,
  })
})

describe('limits of the profile', () => {
  test('a day is the contact’s day, a week is seven days', () => {
    const instant = at('2026-11-24T01:00:00+10:00')
    expect(limitsOf(ruDefaultProfile, 'Asia/Vladivostok', instant)).toEqual([
      { code: 'talk-limit', count: 1, since: at('2026-11-24T00:00:00+10:00'), unit: 'talk', purposes: ['campaign'] },
      { code: 'talk-limit', count: 2, since: at('2026-11-17T01:00:00+10:00'), unit: 'talk', purposes: ['campaign'] },
    ])
  })
})
