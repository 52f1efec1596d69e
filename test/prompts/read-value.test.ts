import { expect, test } from 'vitest'
import { readAmount, readDate, readTime } from '../../src/prompts/read-value.ts'

const zone = 'Asia/Yekaterinburg'

test.each<[string, [number, number] | null]>([
  ['0', [0, 0]],
  ['1234', [1234, 0]],
  ['1 234,50', [1234, 50]],
  ['1\u00a0234,50', [1234, 50]],
  ['1\u202f234\u202f567,05', [1_234_567, 5]],
  ['1234.5', [1234, 50]],
  ['1,234.50', [1234, 50]],
  ['1.234,50', [1234, 50]],
  ["1'234,50", [1234, 50]],
  ['500 руб.', [500, 0]],
  ['500р.', [500, 0]],
  ['99,99 ₽', [99, 99]],
  ['1 рубль', [1, 0]],
  ['300 RUB', [300, 0]],
  [' 7 ', [7, 0]],
  ['999999999999', [999_999_999_999, 0]],
  ['1000000000000', null],
  ['1,234', null],
  ['1.234', null],
  ['12 34', null],
  ['1 2345', null],
  ['', null],
  ['abc', null],
  ['7,91612E+10', null],
  ['=1+1', null],
  ['1;2', null],
  ['1\n2', null],
  ['0x10', null],
  ['9'.repeat(1_000_000), null],
])('amount %j', (text, expected) => {
  const amount = readAmount(text)
  expect(amount && [amount.whole, amount.hundredths]).toEqual(expected)
})

test.each(['-5', '−5', '–5', '- 5'])('%s is negative', (text) => {
  expect(readAmount(text)).toEqual({ negative: true, whole: 5, hundredths: 0 })
})

test.each<[string, string | null]>([
  ['24.11.2026', '2026-11-24'],
  ['1.2.2026', '2026-2-1'],
  ['24.11.26', '2026-11-24'],
  ['2026-11-24', '2026-11-24'],
  ['24.11.2026 14:05', '2026-11-24'],
  ['2026-11-24 14:05:00', '2026-11-24'],
  ['2026-11-24T14:05:00', '2026-11-24'],
  // an instant is another day in the company's zone
  ['2026-11-24T20:30:00Z', '2026-11-25'],
  ['2026-11-24T23:30:00+05:00', '2026-11-24'],
  ['29.02.2028', '2028-2-29'],
  ['29.02.2026', null],
  ['31.11.2026', null],
  ['32.01.2026', null],
  ['24.13.2026', null],
  // day first to one, month first to another
  ['11/12/2026', null],
  ['24.11', null],
  ['45000', null],
  ['24.11.2026 abc', null],
  ['24.11.1812', null],
  ['завтра', null],
  ['', null],
])('date %j', (text, expected) => {
  const date = readDate(text, zone)
  expect(date && `${date.year}-${date.month}-${date.day}`).toBe(expected)
})

test.each<[string, string | null]>([
  ['14:05', '14:5'],
  ['9:00', '9:0'],
  ['09.30', '9:30'],
  ['14:05:59', '14:5'],
  ['2:05 pm', '14:5'],
  ['12:00 AM', '0:0'],
  ['12:30 p.m.', '12:30'],
  ['24.11.2026 14:05', '14:5'],
  ['2026-11-24T14:05', '14:5'],
  ['2026-11-24T14:05:00Z', '19:5'],
  ['24:00', null],
  ['13:00 pm', null],
  ['0:30 am', null],
  ['9:60', null],
  ['9', null],
  ['905', null],
  ['', null],
])('time %j', (text, expected) => {
  const time = readTime(text, zone)
  expect(time && `${time.hour}:${time.minute}`).toBe(expected)
})
