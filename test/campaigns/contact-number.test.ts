import { expect, test } from 'vitest'
import { contactNumber } from '../../src/campaigns/contact-number.ts'
import { guessColumns } from '../../src/campaigns/list-columns.ts'

const rules = { country: 'RU', allow: [], deny: ['+7999'], own: new Set(['+73432001122']), takeFirst: false }

test.each([
  '+79161234567',
  '8 (916) 123-45-67',
  '9161234567',
  '7 916 123 45 67',
  'тел.: 8-916-123-45-67'.slice(6),
  "'+79161234567",
  '="89161234567"',
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
])('%s is refused: %s', (cell, fault) => {
  expect(contactNumber(cell, rules)).toEqual({ ok: false, fault })
})

test('of two numbers the first, when asked for', () => {
  expect(contactNumber('89161234567, 89161234568', { ...rules, takeFirst: true })).toMatchObject({
    number: '+79161234567',
  })
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
