import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { holidaysOf, readHolidays } from '../../src/config/holidays.ts'

const now = Date.UTC(2026, 10, 23)
const calendar = (...events: string[]) =>
  ['BEGIN:VCALENDAR', ...events.map((event) => `BEGIN:VEVENT\r\n${event}\r\nEND:VEVENT`), 'END:VCALENDAR', ''].join(
    '\r\n',
  )
const days = (...events: string[]) => holidaysOf(calendar(...events), now)

describe('the days of a calendar', () => {
  it.each([
    ['one day', 'DTSTART;VALUE=DATE:20261104', ['2026-11-04']],
    ['an end that does not count itself', 'DTSTART;VALUE=DATE:20261104\r\nDTEND;VALUE=DATE:20261105', ['2026-11-04']],
    [
      'several days over a month',
      'DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270103',
      ['2026-12-31', '2027-01-01', '2027-01-02'],
    ],
    ['a duration', 'DTSTART;VALUE=DATE:20261104\r\nDURATION:P2D', ['2026-11-04', '2026-11-05']],
    ['hours of a day: all of it', 'DTSTART:20261104T100000\r\nDTEND:20261104T120000', ['2026-11-04']],
    ['hours until midnight', 'DTSTART:20261104T100000\r\nDTEND:20261105T000000', ['2026-11-04']],
    ['hours past midnight', 'DTSTART:20261104T220000\r\nDTEND:20261105T010000', ['2026-11-04', '2026-11-05']],
    [
      'every year, some time ahead',
      'DTSTART;VALUE=DATE:20000101\r\nRRULE:FREQ=YEARLY',
      ['2025', '2026', '2027', '2028', '2029', '2030', '2031'].map((year) => `${year}-01-01`),
    ],
    [
      'every year but one',
      'DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY;COUNT=3\r\nEXDATE;VALUE=DATE:20270101',
      ['2026-01-01', '2028-01-01'],
    ],
    ['long ago', 'DTSTART;VALUE=DATE:19991231', []],
    ['without a beginning', 'SUMMARY:Nothing', []],
  ])('%s', (_, event, expected) => {
    expect(days(event)).toEqual(expected)
  })

  it('are sorted and each once', () => {
    expect(days('DTSTART;VALUE=DATE:20261105', 'DTSTART;VALUE=DATE:20261104', 'DTSTART;VALUE=DATE:20261105')).toEqual([
      '2026-11-04',
      '2026-11-05',
    ])
  })
})

it.each([
  ['no calendar', 'hello', /./],
  ['cut off', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART', /DTSTART/],
  ['something else', 'BEGIN:VCARD\r\nEND:VCARD\r\n', /VCALENDAR/],
  ['an event every second', calendar('DTSTART:20260101T000000\r\nRRULE:FREQ=SECONDLY'), /more than 20000 days/],
  ['a thousand years', calendar('DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:30260101'), /more than 20000 days/],
  ['a date that is none', calendar('DTSTART;VALUE=DATE:2026'), /integer/],
])('refuses %s', (_, text, why) => {
  expect(() => holidaysOf(text, now)).toThrow(why)
})

it('ends with a rule that never comes true', () => {
  expect(days('DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30').length).toBeLessThan(20)
})

it('reads the sample', () => {
  const read = readHolidays(join(import.meta.dirname, '../../examples/flower-yard'), 'calendars/ru.ics', now)
  expect('days' in read && read.days.filter((day) => day.startsWith('2027'))).toEqual([
    '2027-01-01',
    '2027-01-02',
    '2027-01-03',
    '2027-01-04',
    '2027-01-05',
    '2027-01-06',
    '2027-01-07',
    '2027-01-08',
    '2027-02-23',
    '2027-03-08',
    '2027-05-01',
    '2027-05-09',
    '2027-06-12',
    '2027-11-04', // prettier-ignore
  ])
})
