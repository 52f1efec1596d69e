import { expect, it } from 'vitest'
import { readCaller } from '../../src/calls/call.ts'

it.each<[string, string, ReturnType<typeof readCaller>]>([
  ['+79123456789', '', { number: '+79123456789', shown: '+79123456789', name: null }],
  ['89123456789', 'Иван', { number: '+79123456789', shown: '89123456789', name: 'Иван' }],
  ['9123456789', '9123456789', { number: '+79123456789', shown: '9123456789', name: null }],
  ['101', 'Анна', { number: null, shown: '101', name: 'Анна' }],
  ['', '', { number: null, shown: '', name: null }],
  ['anonymous', 'Anonymous', { number: null, shown: '', name: 'Anonymous' }],
  ['Restricted', '', { number: null, shown: '', name: null }],
  ['1 Bcc:v', '', { number: null, shown: '1 Bcc:v', name: null }],
  ['0079161234503', '', { number: '+79161234503', shown: '0079161234503', name: null }],
  ['00491701234567', '', { number: '+491701234567', shown: '00491701234567', name: null }],
  ['81049170 1234567', '', { number: '+491701234567', shown: '81049170 1234567', name: null }],
  ['\u202a+7 916 123-45-03\u202c', '', { number: '+79161234503', shown: '\u202a+7 916 123-45-03\u202c', name: null }],
  ['tel:+79161234503', '', { number: '+79161234503', shown: 'tel:+79161234503', name: null }],
  ['79161234503#73432001122', '', { number: '+79161234503', shown: '79161234503#73432001122', name: null }],
  ['79161234503#12', '', { number: null, shown: '79161234503#12', name: null }],
  ['#79161234503', '', { number: null, shown: '#79161234503', name: null }],
  [
    '79161234503;npdi=yes;rn=+73432001122',
    'x',
    { number: '+79161234503', shown: '79161234503;npdi=yes;rn=+73432001122', name: 'x' },
  ],
  ['4951234567', '', { number: null, shown: '4951234567', name: null }],
  ['asterisk', 'asterisk', { number: null, shown: '', name: null }],
  // the name is all that came, and nobody forbade to show it
  ['', '79161234567', { number: null, shown: '', name: '79161234567' }],
  // who asked to be hidden is not found out by the name that some exchanges repeat the number in
  ['anonymous', '79161234567', { number: null, shown: '', name: null }],
  ['Anonymous', 'моб. +7 (916) 123-45-67', { number: null, shown: '', name: null }],
  ['restricted', 'Анна', { number: null, shown: '', name: 'Анна' }],
])('%s "%s"', (number, name, caller) => {
  expect(readCaller(number, name, 'RU')).toEqual(caller)
})

it.each([
  ['491701234567', 'auto', null],
  ['491701234567', 'e164', '+491701234567'],
  ['01701234567', 'national', '+491701234567'],
  ['00491701234567', 'auto', '+491701234567'],
  ['+491701234567', 'national', '+491701234567'],
] as const)('%s to a German firm over a trunk that sends %s: %s', (text, form, number) => {
  expect(readCaller(text, '', 'DE', form)).toEqual({ number, shown: text, name: null })
})
