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
])('%s "%s"', (number, name, caller) => {
  expect(readCaller(number, name, 'RU')).toEqual(caller)
})
