import { expect, it } from 'vitest'
import { lineOf } from '../../src/calls/line-of.ts'
import { configOf } from '../support/config-of.ts'

const config = (country: string, numbers: string[], form = 'auto') =>
  configOf(`
version: 1
company: { name: A, language: en, timezone: Europe/Berlin, country: ${country} }
people: { anna: { name: Anna, rings: PJSIP/101 } }
groups: { operators: { members: [anna] } }
trunks: { provider: { endpoint: PJSIP/provider, number_format_in: ${form} } }
lines: { ${numbers.map((number) => `"${number}": { name: "${number}", flow: main }`).join(', ')} }
flows: { main: [{ ring: operators }, { hangup: normal }] }
missed_calls: { mail: { to: [office@example.com] } }
`)

const RUSSIAN = config('RU', ['+73432001122', '+73432001133', '+78002001133', '+74951234567'])

it.each([
  ['+73432001133', '+73432001133'],
  ['73432001133', '+73432001133'],
  ['83432001133', '+73432001133'],
  ['3432001133', '+73432001133'],
  ['0073432001133', '+73432001133'],
  ['81073432001133', '+73432001133'],
  ['tel:+73432001133', '+73432001133'],
  ['sip:73432001133@10.0.0.1;user=phone', '+73432001133'],
  ['73432001133;npdi=yes;rn=+73430000000', '+73432001133'],
  ['\u202a+7 343 200-11-33\u202c', '+73432001133'],
  ['8(800)2001133', '+78002001133'],
  ['2001122', '+73432001122'],
  ['001122', '+73432001122'],
  ['1122', '+73432001122'],
  // Moscow without its 8 could be a German number, but only one of the two is ours
  ['4951234567', '+74951234567'],
])('%s is the line %s', (did, number) => {
  expect(lineOf(RUSSIAN, did, 'provider')).toEqual({ number, known: true })
})

it.each([
  ['1133', 'two lines end so'],
  ['122', 'three digits are anybody’s'],
  ['', 'nothing was called'],
  ['s', 'an account'],
  ['+79161234567', 'somebody else’s number'],
  ['+49511234567', 'somebody else’s number, though digits of it are ours'],
  ['__proto__', 'a name of the language'],
])('%j takes the first line: %s', (did) => {
  expect(lineOf(RUSSIAN, did, 'provider')).toEqual({ number: '+73432001122', known: false })
})

it.each([
  ['auto', '491701234567', '+491701234567', true],
  ['e164', '491701234567', '+491701234567', true],
  ['national', '01701234567', '+491701234567', true],
  // as said of the trunk it is 0491 701234567, which is ours too
  ['auto', '4951234567', '+49301234567', false],
] as const)('a German trunk that sends %s: %s', (form, did, number, known) => {
  const lines = ['+49301234567', '+491701234567', '+494951234567', '+4951234567']
  expect(lineOf(config('DE', lines, form), did, 'provider')).toEqual({ number, known })
})

it('what a declared form makes of a number counts for its trunk alone', () => {
  const german = config('DE', ['+49301234567', '+494951234567', '+4951234567'], 'e164')
  expect(lineOf(german, '4951234567', 'provider')).toEqual({ number: '+4951234567', known: true })
  expect(lineOf(german, '4951234567', null)).toMatchObject({ known: false })
  expect(lineOf(german, '4951234567', '__proto__')).toMatchObject({ known: false })
})
