import { expect, test } from 'vitest'
import { english } from '../../../src/prompts/speak-numbers/en.ts'
import type { Unit, Word } from '../../../src/prompts/speak-numbers/word.ts'
import { asText } from './as-text.ts'

const text = (words: Word[]) => asText(words, 'en')

test.each<[number, Unit, string]>([
  [0, 'none', 'zero'],
  [1, 'none', 'one'],
  [20, 'none', 'twenty'],
  [21, 'none', 'twenty one'],
  [70, 'none', 'seventy'],
  [101, 'none', 'one hundred one'],
  [1000, 'none', 'one thousand'],
  [12_345, 'none', 'twelve thousand three hundred forty five'],
  [2_000_002, 'none', 'two million two'],
  [999_000_000_000, 'none', 'nine hundred ninety nine billion'],
  [-5, 'none', 'minus five'],
  [1, 'rouble', 'one rouble'],
  [21, 'rouble', 'twenty one roubles'],
  [1, 'minute', 'one minute'],
  [2, 'minute', 'two minutes'],
  [1, 'hour', 'one hour'],
  [2, 'hour', 'two hours'],
  [1, 'day', 'one day'],
  [30, 'day', 'thirty days'],
])('%i %s: %s', (value, unit, expected) => {
  expect(text(english.wholeNumber(value, unit))).toBe(expected)
})

test('money', () => {
  expect(text(english.money(1234, 50))).toBe('one thousand two hundred thirty four roubles fifty kopecks')
  expect(text(english.money(3))).toBe('three roubles')
})

test.each([
  ['+73432001122', 'plus seven, three four three, two zero zero, one one, two two'],
  ['+442071838750', 'plus four four two, zero seven one, eight three eight, seven five zero'],
  ['+49301234567', 'plus four nine three, zero one two, three four five, six seven'],
  ['+4930123456', 'plus four nine three, zero one two, three four, five six'],
])('phone %s', (value, expected) => {
  expect(text(english.phone(value))).toBe(expected)
})

test.each<[number, number, number, string]>([
  [2026, 11, 24, 'Tuesday November twenty fourth twenty twenty six'],
  [2026, 1, 1, 'Thursday January first twenty twenty six'],
  [2006, 5, 30, 'Tuesday May thirtieth two thousand six'],
  [1905, 2, 20, 'Monday February twentieth nineteen oh five'],
  [1900, 12, 31, 'Monday December thirty first nineteen hundred'],
  [2000, 8, 12, 'Saturday August twelfth two thousand'],
])('%i-%i-%i', (year, month, day, expected) => {
  expect(text(english.date({ year, month, day }, { weekday: true, year: true }))).toBe(expected)
})

test.each<[number, number, string]>([
  [0, 0, 'twelve a m'],
  [0, 5, 'twelve oh five a m'],
  [9, 0, 'nine a m'],
  [12, 0, 'twelve p m'],
  [14, 5, 'two oh five p m'],
  [23, 59, 'eleven fifty nine p m'],
])('%i:%i', (hour, minute, expected) => {
  expect(text(english.timeOfDay(hour, minute))).toBe(expected)
})

test('duration', () => {
  expect(text(english.duration(3661))).toBe('one hour one minute one second')
})
