import { expect, test } from 'vitest'
import { callerIdFor, callerName, ownNumbers } from '../../src/dialling/caller-id.ts'
import { outboundConfig } from '../support/outbound-config.ts'

const config = outboundConfig()
const { gsm, city } = config.trunks

test.each([
  ['a line, over a trunk that names none', '8 (343) 200-11-33', gsm!, true, '+73432001133'],
  ['nothing wanted', undefined, gsm!, true, '+73432001122'],
  ['what the trunk may show', '+73432001122', city!, true, '+73432001122'],
  ['a line that this trunk may not show', '+73432001133', city!, true, null],
  ['the same, for a call that must be made', '+73432001133', city!, false, '+73432001122'],
  ['a stranger’s number', '+74952223344', gsm!, true, null],
  ['a stranger’s number, for a call that must be made', '+74952223344', city!, false, null],
  ['no number', 'anonymous', gsm!, true, null],
])('%s', (_what, wanted, trunk, exact, shown) => {
  expect(callerIdFor(wanted, trunk, config, exact)).toBe(shown)
})

test('our own numbers are the lines and what the trunks show', () => {
  expect([...ownNumbers(config)].toSorted()).toEqual(['+73432001122', '+73432001133'])
})

test('a name cannot end its header', () => {
  expect(callerName('Bell" <sip:900@x>;a\r\nX-Evil: 1')).toBe('Bell sip:900@x a X-Evil: 1')
})
