import { describe, expect, it } from 'vitest'
import { countryOf, formatPhone, isE164, parsePhone, readPhone } from '../../src/model/phone-number.ts'
import { seeded } from '../support/example-numbers.ts'

describe('parsePhone', () => {
  it.each([
    ['+7 343 200-11-22', 'RU', '+73432001122'],
    ['8 (343) 200-11-22', 'RU', '+73432001122'],
    ['8-800-200-06-00', 'RU', '+78002000600'],
    ['79161234567', 'RU', '+79161234567'],
    ['9161234567', 'RU', '+79161234567'],
    ['810 1 212 736 5000', 'RU', '+12127365000'],
    ['(212) 736-5000', 'US', '+12127365000'],
    ['+49 30 901820', 'RU', '+4930901820'],
    [' +7 912 123-45-67 ', 'ZZ', '+79121234567'],
    ['８ (343) ２００-11-22', 'RU', '+73432001122'],
  ])('%s in %s is %s', (text, country, expected) => {
    expect(parsePhone(text, country)).toBe(expected)
  })

  it.each([
    ['112', 'an emergency number'],
    ['+7112', 'an emergency number behind a country code'],
    ['101', 'an extension'],
    ['0890', 'a short code'],
    ['2001122', 'a local number without its area'],
    ['+7 343 200-11-2', 'a digit too few'],
    ['+7 343 200-11-222', 'a digit too many'],
    ['+7 912 123-45-67 доб. 12', 'an extension behind the number'],
    ['+79161234567, +79161234568', 'two numbers'],
    ['1-800-FLOWERS', 'letters'],
    ['+7916123\r\n4567', 'a line break'],
    ['anonymous', 'a word'],
    ['', 'nothing'],
    ['+', 'a plus'],
    ['+7'.repeat(5_000), 'ten thousand characters'],
  ])('refuses %j: %s', (text) => {
    expect(parsePhone(text, 'RU')).toBeNull()
  })

  it('never throws, gives only E.164, and reads what it gave as the same number: 100 000 texts of chance', () => {
    const pieces =
      '+ 7 8 0 9 1 4 49 916 810 00 ( ) [ - . / ; , # * x = % \' " < > @ : tel: sip: доб ext= ;npdi=yes %2B %zz e'
        .split(' ')
        .concat([
          ' ',
          '\0',
          '\n',
          '\u202a',
          '\u202e',
          '\ufeff',
          '\u00a0',
          '\u2212',
          '٣',
          '۹',
          '𝟗',
          '９',
          '⁷',
          '\ud800',
          '\u{e0031}',
        ])
    const countries = ['RU', 'US', 'DE', 'ID', 'XK', 'CN', 'BR', '', '__proto__', 'ru']
    const forms = ['auto', 'e164', 'plus-e164', 'national', 'dialled'] as const
    const chance = seeded(7)
    const any = <T>(list: readonly T[]) => list[chance(list.length)]!
    const digit = () => String(chance(10))
    const wrong: unknown[] = []
    let read = 0
    for (let i = 0; i < 100_000; i++) {
      // half of them long rows of digits, or hardly any would be a number
      const text = Array.from({ length: chance(18) }, () => (i % 2 || chance(8) === 0 ? any(pieces) : digit())).join('')
      const country = any(countries)
      const reading = readPhone(text, country, any(forms))
      if ('refused' in reading) {
        if (!reading.readings.every(isE164)) wrong.push([text, country, reading])
        continue
      }
      read++
      if (!isE164(reading.number) || parsePhone(reading.number, 'DE') !== reading.number)
        wrong.push([text, country, reading])
    }
    expect(wrong).toEqual([])
    expect(read).toBeGreaterThan(1_000)
  }, 30_000)

  it('refuses what is no text at all', () => {
    expect(parsePhone(undefined as unknown as string, 'RU')).toBeNull()
    expect(parsePhone({} as string, 'RU')).toBeNull()
  })
})

it.each([
  ['+73432001122', '+7 343 200-11-22'],
  ['+79121234567', '+7 912 123-45-67'],
  ['+12127365000', '+1 212 736 5000'],
  ['101', '101'],
  ['', ''],
  ['no number', 'no number'],
])('formatPhone %s -> %s', (number, shown) => {
  expect(formatPhone(number)).toBe(shown)
})

it('knows a number’s country', () => {
  expect(countryOf('+73432001122')).toBe('RU')
  expect(countryOf('+77011234567')).toBe('KZ')
  expect(countryOf('+80012345678')).toBeNull()
})
