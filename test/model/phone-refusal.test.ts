import { expect, it } from 'vitest'
import { readPhone } from '../../src/model/phone-number.ts'
import { phoneRefusalText } from '../../src/model/phone-refusal.ts'
import type { Language } from '../../src/runtime/i18n.ts'

it.each<[string, string, Language, RegExp]>([
  ['491701234567', 'DE', 'en', /^it can be \+49 491 701234567 or \+49 170 1234567; write it with \+/],
  ['491701234567', 'DE', 'ru', /^это может быть и \+49 .*, и \+49 170 1234567; напишите номер с \+/],
  ['380671234567', 'RU', 'en', /^it can only be \+380 67 123 4567, a number of another country/],
  ['380671234567', 'RU', 'ru', /^это может быть только \+380 67 123 4567, номер другой страны/],
  ['112', 'RU', 'en', /digits are missing, or there are too many/],
  ['', 'RU', 'ru', /^номера нет$/],
])('%j in %s, said in %s', (text, country, language, sentence) => {
  const reading = readPhone(text, country)
  if (!('refused' in reading)) throw new Error(`it was read as ${reading.number}`)
  expect(phoneRefusalText(reading, language)).toMatch(sentence)
})
