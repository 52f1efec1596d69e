import { expect, test } from 'vitest'
import { contactNumber } from '../../src/campaigns/contact-number.ts'
import { guessColumns, hasHeadings } from '../../src/lists/list-columns.ts'

const rules = { country: 'RU', allow: [], deny: ['+7999'], own: new Set(['+73432001122']), takeFirst: false }

test.each([
  '+79161234567',
  '8 (916) 123-45-67',
  '9161234567',
  '7 916 123 45 67',
  'тел.: 8-916-123-45-67'.slice(6),
  "'+79161234567",
  '="89161234567"',
  '\u202a+7\u00a0916\u00a0123\u201145\u201167\u202c',
  'tel:+79161234567',
  '89161234567.0',
])('%s is one and the same number', (cell) => {
  expect(contactNumber(cell, rules)).toEqual({ ok: true, number: '+79161234567' })
})

test.each([
  ['', 'no-number'],
  ['  ', 'no-number'],
  ['нет', 'not-a-number'],
  ['7,91612E+10', 'excel-damage'],
  ['7.91612E+10', 'excel-damage'],
  ['8,9E10', 'excel-damage'],
  ['89161234567, 89161234568', 'two-numbers'],
  ['89161234567/89161234568', 'two-numbers'],
  ['8 916 123-45-67 или 8 916 123-45-68', 'two-numbers'],
  ['8 343 200-11-33 доб. 12', 'extension'],
  ['112', 'not-a-number'],
  ['123-45-67', 'not-a-number'],
  ['+7 343 200-11-22', 'own-number'],
  ['8 809 123-45-67', 'premium'],
  ['+44 20 7123 4567', 'not-allowed'],
  ['8 999 123-45-67', 'denied'],
  ['89161234567@10.0.0.1', 'not-a-number'],
  ['9'.repeat(4_000), 'not-a-number'],
  ['4951234567', 'ambiguous'],
  ['491701234567', 'foreign-without-plus'],
  ['8 916 123-45-67 / 68', 'two-numbers'],
])('%s is refused: %s', (cell, fault) => {
  expect(contactNumber(cell, rules)).toMatchObject({ ok: false, fault })
})

const german = { ...rules, country: 'DE', deny: [], own: new Set<string>() }
test.each([
  ['491701234567', 'auto', { ok: false, fault: 'ambiguous', readings: ['+49491701234567', '+491701234567'] }],
  ['491701234567', 'e164', { ok: true, number: '+491701234567' }],
  ['01701234567', 'national', { ok: true, number: '+491701234567' }],
  ['0170 1234567', 'auto', { ok: true, number: '+491701234567' }],
  ['01701234567', 'e164', { ok: false, fault: 'other-form' }],
  ['491701234567, 491701234568', 'auto', { ok: false, fault: 'two-numbers' }],
] as const)('%s in a German list whose numbers are declared as %s', (cell, form, found) => {
  expect(contactNumber(cell, { ...german, form })).toEqual(found)
})

test('of two numbers the first, read as the list declares; a stranger is never taken for it', () => {
  const cell = '491701234567, 491701234568'
  expect(contactNumber(cell, { ...german, form: 'e164', takeFirst: true })).toMatchObject({ number: '+491701234567' })
  expect(contactNumber(cell, { ...german, takeFirst: true })).toMatchObject({ ok: false })
})

test('of two numbers the first, when asked for', () => {
  expect(contactNumber('89161234567, 89161234568', { ...rules, takeFirst: true })).toMatchObject({
    number: '+79161234567',
  })
})

test('a column of numbers that can all be read in two ways is found, and a row of it is no heading', () => {
  expect(guessColumns([], [['Anna', '491701234567']], 'DE')).toMatchObject({ phone: 1 })
  expect(guessColumns([], [['1234567', '491701234567']], 'RU', 'e164')).toMatchObject({ phone: 1 })
  expect(hasHeadings(['Anna', '491701234567'], 'DE')).toBe(false)
})

test.each([
  [['ФИО', 'Телефон'], [], { phone: 1, name: 0, timezone: null }],
  [['Тел.', 'Имя', 'Часовой пояс'], [], { phone: 0, name: 1, timezone: 2 }],
  [['Name', 'Phone number', 'TZ'], [], { phone: 1, name: 0, timezone: 2 }],
  [['Моб. тел', 'Клиент'], [], { phone: 0, name: 1, timezone: null }],
  [['ИНН', 'Кому звонить'], [['6671000000', '89161234567']], { phone: 1, name: null, timezone: null }],
  [['a', 'b'], [['x', 'y']], { phone: null, name: null, timezone: null }],
  [['Телефонный разговор', 'Сотовый'], [], { phone: 1, name: null, timezone: null }],
])('headings %j', (headings, sample, found) => {
  expect(guessColumns(headings, sample, 'RU')).toEqual(found)
})
