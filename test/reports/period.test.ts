import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import {
  cutKey,
  cutKeys,
  cutLabel,
  hourShift,
  lastWeek,
  readPeriod,
  stretchesOf,
  timeCuts,
} from '../../src/reports/period.ts'
import { chance } from './support/random.ts'

const at = (iso: string, zone: string) => DateTime.fromISO(iso, { zone }).toMillis()
const ZONES = [
  'Asia/Yekaterinburg',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Pacific/Apia',
  'UTC',
]

describe('a period as written', () => {
  const zone = 'Asia/Yekaterinburg'
  const now = at('2026-11-25T12:00', zone)

  it.each([
    [{}, '2026-11-18', '2026-11-25'],
    [{ from: '2026-11-01' }, '2026-11-01', '2026-11-26'],
    [{ from: '2026-11-01', to: '2026-11-01' }, '2026-11-01', '2026-11-02'],
    [{ from: 'yesterday', to: 'yesterday' }, '2026-11-24', '2026-11-25'],
    [{ from: 'today' }, '2026-11-25', '2026-11-26'],
  ])('%j', (words, from, to) => {
    expect(readPeriod(words, zone, now)).toEqual({ from: at(from, zone), to: at(to, zone), zone })
  })

  it.each([
    [{ from: '2026-02-30' }, 'not-a-day'],
    [{ from: '01.11.2026' }, 'not-a-day'],
    [{ to: '2026-11-1' }, 'not-a-day'],
    [{ from: '2026-11-02', to: '2026-11-01' }, 'empty-period'],
    [{ from: '1990-01-01' }, 'too-long'],
  ])('%j is refused', (words, why) => expect(readPeriod(words, zone, now)).toBe(why))

  it('the week before, on whatever day it is asked', () => {
    for (const day of ['2026-11-23T00:00', '2026-11-25T12:00', '2026-11-29T23:59'])
      expect(lastWeek(zone, at(day, zone))).toEqual({ from: at('2026-11-16', zone), to: at('2026-11-23', zone), zone })
  })
})

describe('stretches of one offset', () => {
  it('a day on which the clocks go back has 25 hours in two stretches', () => {
    const zone = 'Europe/Berlin'
    const period = { from: at('2026-10-25', zone), to: at('2026-10-26', zone), zone }
    const change = Date.UTC(2026, 9, 25, 1)
    expect(stretchesOf(period)).toEqual([
      { from: period.from, to: change, offset: 7_200_000 },
      { from: change, to: period.to, offset: 3_600_000 },
    ])
    expect(period.to - period.from).toBe(25 * 3_600_000)
  })

  it.each(ZONES)('%s: cover the period without gaps, and every instant has its offset', (zone) => {
    const dice = chance(7)
    const period = { from: at('2010-01-01', zone), to: at('2013-01-01', zone), zone }
    const stretches = stretchesOf(period)
    expect(stretches[0]!.from).toBe(period.from)
    expect(stretches.at(-1)!.to).toBe(period.to)
    stretches.slice(1).forEach(({ from }, i) => expect(from).toBe(stretches[i]!.to))
    for (let n = 0; n < 500; n++) {
      const instant = dice.whole(period.from, period.to - 1)
      const stretch = stretches.find(({ from, to }) => from <= instant && instant < to)!
      expect(stretch.offset).toBe(DateTime.fromMillis(instant, { zone }).offset * 60_000)
    }
  })
})

describe('cuts', () => {
  it.each(ZONES)('%s: say of any instant what its calendar says', (zone) => {
    const dice = chance(11)
    for (let n = 0; n < 300; n++) {
      const instant = dice.whole(Date.UTC(2005, 0, 1), Date.UTC(2035, 0, 1))
      const there = DateTime.fromMillis(instant, { zone, locale: 'en' })
      const local = instant + there.offset * 60_000
      const label = Object.fromEntries(timeCuts.map((cut) => [cut, cutLabel(cut, cutKey(cut, local), 'en')]))
      const monday = there.startOf('week')
      expect(label).toEqual({
        hour: there.toFormat('HH:00'),
        weekday: there.toFormat('ccc'),
        day: there.toISODate(),
        week: `${monday.toISODate()} – ${monday.plus({ days: 6 }).toISODate()}`,
        month: there.toFormat('yyyy-MM'),
      })
    }
  })

  it('have no gaps: days without calls are there too', () => {
    const zone = 'Europe/Berlin'
    const period = { from: at('2026-10-24', zone), to: at('2026-11-02', zone), zone }
    expect(cutKeys('day', period).map((key) => cutLabel('day', key, 'en'))).toEqual([
      '2026-10-24',
      '2026-10-25',
      '2026-10-26',
      '2026-10-27',
      '2026-10-28',
      '2026-10-29',
      '2026-10-30',
      '2026-10-31',
      '2026-11-01',
    ])
    expect(cutKeys('month', period)).toHaveLength(2)
    expect(cutKeys('hour', period)).toHaveLength(24)
    expect(cutKeys('weekday', period).map((key) => cutLabel('weekday', key, 'ru'))).toEqual([
      'пн',
      'вт',
      'ср',
      'чт',
      'пт',
      'сб',
      'вс',
    ])
  })

  it('clock hours of a zone of half an hour begin at half past', () => {
    const period = (zone: string) => ({ from: at('2026-11-01', zone), to: at('2026-11-02', zone), zone })
    expect(hourShift(period('Asia/Kolkata'))).toBe(1_800_000)
    expect(hourShift(period('Europe/Berlin'))).toBe(0)
    expect(hourShift(period('America/St_Johns'))).toBe(1_800_000)
  })
})
