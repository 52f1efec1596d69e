import { describe, expect, it } from 'vitest'
import { countryOf, formatPhone, isE164, parsePhone } from '../../src/model/phone-number.ts'

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
    ['+7916\u202e1234567', 'a direction mark'],
    ['anonymous', 'a word'],
    ['', 'nothing'],
    ['+', 'a plus'],
    ['+7'.repeat(5_000), 'ten thousand characters'],
  ])('refuses %j: %s', (text) => {
    expect(parsePhone(text, 'RU')).toBeNull()
  })

  it('never throws and gives only E.164, whatever comes', () => {
    const alphabet = [
      '+',
      '7',
      '8',
      '0',
      '9',
      '1',
      '(',
      ')',
      '-',
      ' ',
      ';',
      'x',
      'доб',
      '\0',
      '\n',
      '٣',
      '𝟗',
      '\ud800',
      'tel:',
      '=',
      '%0d',
    ]
    let seed = 7
    const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n
    const wrong: string[] = []
    for (let i = 0; i < 5_000; i++) {
      const text = Array.from({ length: random(20) }, () => alphabet[random(alphabet.length)]).join('')
      const number = parsePhone(text, ['RU', 'US', '', '__proto__'][random(4)]!)
      if (number !== null && !isE164(number)) wrong.push(text)
    }
    expect(wrong).toEqual([])
  })

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
