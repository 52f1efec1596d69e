import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import {
  addOpenTime,
  isCalendarDay,
  isOpen,
  nextOpening,
  parseDayRule,
  parseDays,
} from '../../src/model/business-hours.ts'

const ural = 'Asia/Yekaterinburg'
const at = (text: string, zone = ural) => DateTime.fromISO(text, { zone }).toMillis()
const show = (ms: number | null, zone = ural) =>
  ms === null ? null : DateTime.fromMillis(ms, { zone }).toFormat("yyyy-MM-dd'T'HH:mm")

const office = {
  week: { 'mon-fri': '09:00-13:00, 14:00-18:00', 'sat': '10:00-15:00' },
  dates: { '2026-12-31': '09:00-12:00', '2026-11-01': 'workday', '2026-11-02': 'closed', '2026-11-04': '24h' },
}
const holidays = ['2026-11-04', '2026-11-05']

describe('isOpen', () => {
  it.each([
    ['2026-11-24T08:59', false, 'before the opening'],
    ['2026-11-24T09:00', true, 'the opening minute'],
    ['2026-11-24T13:00', false, 'the break'],
    ['2026-11-24T17:59', true, 'the last minute'],
    ['2026-11-24T18:00', false, 'the closing minute'],
    ['2026-11-28T12:00', true, 'Saturday'],
    ['2026-11-29T12:00', false, 'Sunday is missing, so closed'],
    ['2026-12-31T11:59', true, 'a short day'],
    ['2026-12-31T12:00', false, 'a short day'],
    ['2026-11-01T10:00', true, 'a Sunday that is worked'],
    ['2026-11-02T10:00', false, 'a Monday that is free'],
    ['2026-11-05T10:00', false, 'a holiday of the calendar'],
    ['2026-11-04T03:00', true, 'a date wins over the calendar'],
  ])('%s: %s (%s)', (text, expected) => {
    expect(isOpen(office, holidays, ural, at(text))).toBe(expected)
  })

  it('lets a night shift end on the next day, whatever that day says', () => {
    const night = { week: { fri: '22:00-06:00' }, dates: { '2026-11-28': 'closed' } }
    expect(isOpen(night, [], ural, at('2026-11-27T21:59'))).toBe(false)
    expect(isOpen(night, [], ural, at('2026-11-28T05:59'))).toBe(true)
    expect(isOpen(night, [], ural, at('2026-11-28T06:00'))).toBe(false)
    expect(isOpen(night, [], ural, at('2026-11-27T05:00'))).toBe(false)
  })

  it('reads the hours in the zone that it is given', () => {
    const noonInMoscow = at('2026-11-24T17:30', 'Europe/Moscow')
    expect(isOpen(office, [], 'Europe/Moscow', noonInMoscow)).toBe(true)
    expect(isOpen(office, [], ural, noonInMoscow)).toBe(false)
  })

  it('keeps one stretch over the hour that comes twice, and over the one that does not come', () => {
    const bar = { week: { sat: '20:00-02:30' }, dates: {} }
    const berlin = 'Europe/Berlin'
    const open = at('2026-10-24T20:00', berlin)
    const length = (from: number, step = 60_000) => {
      let ms = from
      while (isOpen(bar, [], berlin, ms)) ms += step
      return (ms - from) / 3_600_000
    }
    expect(length(open)).toBe(6.5)
    expect(isOpen(bar, [], berlin, open + 6.75 * 3_600_000)).toBe(false)
    expect(length(at('2026-03-28T20:00', berlin))).toBe(6.5)
  })
})

it('isOpen remembers its last answer no longer than it holds', () => {
  const weeks = ['09:00-13:00, 14:00-18:00', '22:00-06:00', '24h', '01:30-02:30', '00:00-02:00, 23:30-00:30']
  const zones = [ural, 'Europe/Berlin', 'Australia/Lord_Howe', 'Africa/Cairo', 'Pacific/Apia', 'America/Havana']
  const closed = [['2026-03-29'], ['2026-10-25', '2026-11-01']]
  let seed = 7
  const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n
  const wrong: string[] = []
  for (let i = 0; i < 300; i++) {
    const week = { [['mon-fri', 'sun', 'sat,wed', 'fri-mon'][random(4)]!]: weeks[random(weeks.length)]! }
    const times = { week, dates: { '2026-03-28': '10:00-12:00' } }
    const changes = [Date.UTC(2026, 2, 27), Date.UTC(2026, 9, 23), Date.UTC(2026, random(12), random(28))]
    let instant = changes[random(3)]! + random(72 * 60) * 60_000
    const zone = zones[random(zones.length)]!
    for (let asked = 0; asked < 30; asked++) {
      const days = closed[random(2)]!
      const where = random(10) === 0 ? 'Europe/Berlin' : zone
      if (isOpen(times, days, where, instant) !== isOpen({ ...times }, days, where, instant))
        wrong.push(`${where} ${JSON.stringify(week)} at ${new Date(instant).toISOString()}`)
      instant += random(4) === 0 ? -random(90) * 60_000 : random(200) * 60_000
    }
  }
  expect(wrong).toEqual([])
})

describe('nextOpening', () => {
  it.each([
    ['2026-11-24T10:00', '2026-11-24T10:00', 'open already'],
    ['2026-11-24T13:20', '2026-11-24T14:00', 'the break'],
    ['2026-11-24T20:00', '2026-11-25T09:00', 'the evening'],
    ['2026-11-28T16:00', '2026-11-30T09:00', 'over the Sunday'],
    ['2026-11-01T19:00', '2026-11-03T09:00', 'over a closed Monday'],
  ])('%s -> %s (%s)', (text, expected) => {
    expect(show(nextOpening(office, holidays, ural, at(text)))).toBe(expected)
  })

  it('is null when nothing ever opens', () => {
    expect(nextOpening({ week: {}, dates: {} }, [], ural, at('2026-11-24T10:00'))).toBeNull()
  })

  it('does not promise an hour that the clock skips', () => {
    const early = { week: { 'sun-mon': '02:00-03:00' }, dates: {} }
    const berlin = 'Europe/Berlin'
    expect(show(nextOpening(early, [], berlin, at('2026-03-29T00:00', berlin)), berlin)).toBe('2026-03-30T02:00')
  })

  it('agrees with isOpen over zones, clock changes and odd weeks', () => {
    const weeks = ['09:00-18:00', '22:00-06:00', '00:00-24:00', '24h', '01:30-02:30', '02:00-03:00, 23:30-00:30']
    const zones = [
      ural,
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Cairo',
      'Pacific/Apia',
      'America/Havana',
    ]
    let seed = 11
    const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n
    const wrong: string[] = []
    for (let i = 0; i < 400; i++) {
      const zone = zones[random(zones.length)]!
      const days = ['mon-fri', 'sun', 'sat,wed', 'fri-mon'][random(4)]!
      const times = { week: { [days]: weeks[random(weeks.length)]! }, dates: {} }
      const instant = Date.UTC(2026, random(12), random(28), random(24), random(60))
      const next = nextOpening(times, [], zone, instant)
      const between = next === null ? 0 : instant + Math.floor((next - instant) * (random(100) / 100))
      const holds =
        next !== null &&
        next >= instant &&
        isOpen(times, [], zone, next) &&
        (next === instant || (!isOpen(times, [], zone, next - 1) && !isOpen(times, [], zone, between)))
      if (!holds)
        wrong.push(`${zone} ${JSON.stringify(times.week)} from ${new Date(instant).toISOString()} got ${next}`)
    }
    expect(wrong).toEqual([])
  })
})

it.each([
  ['mon-fri', 'mon tue wed thu fri'],
  ['sat,sun', 'sat sun'],
  ['fri-mon', 'fri sat sun mon'],
  ['mon-wed, fri', 'mon tue wed fri'],
  ['Mon', 'mon'],
])('days %s -> %s', (text, expected) => {
  expect(parseDays(text)?.join(' ')).toBe(expected)
})

it.each(['', 'monday', 'mon-', 'mon-tue-wed', 'пн-пт', 'mon,mon', 'mon-wed,tue'])('days %j are refused', (text) => {
  expect(parseDays(text)).toBeNull()
})

it.each([
  ['09:00-18:00', [{ start: 540, end: 1080 }]],
  ['9:00 – 18:00', [{ start: 540, end: 1080 }]],
  [
    '14:00-18:00, 09:00-13:00',
    [
      { start: 540, end: 780 },
      { start: 840, end: 1080 },
    ],
  ],
  ['22:00-06:00', [{ start: 1320, end: 1800 }]],
  ['18:00-24:00', [{ start: 1080, end: 1440 }]],
  ['24h', [{ start: 0, end: 1440 }]],
  ['closed', []],
])('hours %s', (text, ranges) => {
  expect(parseDayRule(text)).toEqual({ kind: 'ranges', ranges })
})

it.each([
  ['9-18', 'not-hours'],
  ['25:00-26:00', 'not-hours'],
  ['24:00-02:00', 'not-hours'],
  ['09:60-10:00', 'not-hours'],
  ['', 'not-hours'],
  ['09:00-09:00', 'equal-times'],
  ['09:00-14:00, 13:00-18:00', 'overlap'],
])('hours %j are refused: %s', (text, why) => {
  expect(parseDayRule(text)).toBe(why)
})

it.each([
  ['2026-02-28', true],
  ['2026-02-29', false],
  ['2028-02-29', true],
  ['2026-13-01', false],
  ['26-01-01', false],
])('%s is a day: %s', (text, expected) => {
  expect(isCalendarDay(text)).toBe(expected)
})

describe('addOpenTime', () => {
  const after = (from: string, minutes: number, times: Parameters<typeof addOpenTime>[0] = office) =>
    show(addOpenTime(times, holidays, ural, at(from), minutes * 60_000))
  it.each([
    ['2026-11-24T09:10', 20, '2026-11-24T09:30', 'within a stretch'],
    ['2026-11-24T12:50', 20, '2026-11-24T14:10', 'over the break'],
    ['2026-11-24T08:00', 20, '2026-11-24T09:20', 'before the opening'],
    ['2026-11-24T09:00', 240, '2026-11-24T13:00', 'to the last minute of a stretch'],
    ['2026-11-28T14:50', 20, '2026-11-30T09:10', 'over a Sunday'],
    ['2026-11-24T12:00', 24 * 60, '2026-11-27T12:00', 'three working days'],
    ['2026-11-24T20:00', 0, '2026-11-25T09:00', 'no time at all is the opening'],
  ])('%s and %i minutes: %s (%s)', (from, minutes, expected) => {
    expect(after(from, minutes)).toBe(expected)
  })
  it('counts the rest of a night that began yesterday', () => {
    const night = { week: { 'mon-sun': '22:00-06:00' }, dates: {} }
    expect(after('2026-11-24T05:50', 20, night)).toBe('2026-11-24T22:10')
  })
  it('is null where it is never open', () => {
    expect(after('2026-11-24T05:50', 20, { week: {}, dates: {} })).toBeNull()
  })
})
