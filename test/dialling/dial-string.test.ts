import { expect, test } from 'vitest'
import { formatNumber, phoneTarget, trunkTarget } from '../../src/dialling/dial-string.ts'
import { outboundConfig } from '../support/outbound-config.ts'

test.each([
  ['+79161234567', 'plus-e164', 'RU', '+79161234567'],
  ['+79161234567', 'e164', 'RU', '79161234567'],
  ['+79161234567', 'national', 'RU', '89161234567'],
  ['+73432001122', 'national', 'RU', '83432001122'],
  ['+4930123456', 'national', 'RU', '8104930123456'],
  ['+442071234567', 'national', 'GB', '02071234567'],
] as const)('%s as %s in %s is %s', (number, format, country, digits) => {
  expect(formatNumber(number, format, country)).toBe(digits)
})

test('the template puts digits before the endpoint of the trunk', () => {
  const target = trunkTarget('+79161234567', { endpoint: 'PJSIP/gsm-gateway', number_format: 'plus-e164' }, 'RU')
  expect(target.endpoint).toBe('PJSIP/+79161234567@gsm-gateway')
})

test.each([
  ['+7916@evil/sip:x', 'PJSIP/gsm'],
  ['+79161234567;p=1', 'PJSIP/gsm'],
  ['+79161234567', 'PJSIP/gsm@10.0.0.1'],
  ['+79161234567', 'Local/s'],
])('no dial string for %s over %s', (number, endpoint) => {
  expect(() => trunkTarget(number, { endpoint, number_format: 'plus-e164' }, 'RU')).toThrow('no dial string')
})

test('a phone is rung only if somebody has it', () => {
  const config = outboundConfig()
  expect(phoneTarget(config, 'PJSIP/101')).toEqual({ endpoint: 'PJSIP/101' })
  expect(phoneTarget(config, 'PJSIP/999')).toBeNull()
  expect(phoneTarget(config, 'PJSIP/101@10.0.0.1')).toBeNull()
})
