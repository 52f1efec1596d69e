import { expect, test } from 'vitest'
import { refusedPrefix } from '../../src/dialling/allow-list.ts'

const none = { allow: [], deny: [] }
const cases: [string, string, { country: string; allow: string[]; deny: string[] }, string | null][] = [
  ['a mobile at home', '+79161234567', { country: 'RU', ...none }, null],
  ['a landline at home', '+73432001122', { country: 'RU', ...none }, null],
  ['toll free is not ordinary', '+78001234567', { country: 'RU', ...none }, 'not-allowed'],
  ['toll free when allowed', '+78001234567', { country: 'RU', allow: ['+7800'], deny: [] }, null],
  ['premium at home', '+78091234567', { country: 'RU', ...none }, 'premium'],
  ['premium, even allowed by name', '+78091234567', { country: 'RU', allow: ['+7809'], deny: [] }, 'premium'],
  ['Kazakhstan inside +7', '+77011234567', { country: 'RU', ...none }, 'not-allowed'],
  ['Kazakhstan is not meant by +7', '+77011234567', { country: 'RU', allow: ['+7'], deny: [] }, 'not-allowed'],
  ['the rest of Kazakhstan', '+76011234567', { country: 'RU', allow: ['+7'], deny: [] }, 'not-allowed'],
  ['Kazakhstan by its prefix', '+77011234567', { country: 'RU', allow: ['+7', '+77'], deny: [] }, null],
  ['Kazakhstan at home', '+77011234567', { country: 'KZ', ...none }, null],
  ['Kazakhstan at home, +7 allowed', '+77011234567', { country: 'KZ', allow: ['+7'], deny: [] }, null],
  ['Russia inside allowed +7', '+79161234567', { country: 'RU', allow: ['+7'], deny: [] }, null],
  ['abroad', '+4930123456', { country: 'RU', ...none }, 'not-allowed'],
  ['abroad, allowed', '+4930123456', { country: 'RU', allow: ['+49'], deny: [] }, null],
  ['deny wins over a longer allow', '+79161234567', { country: 'RU', allow: ['+7916'], deny: ['+79'] }, 'denied'],
  ['deny written for people', '+79161234567', { country: 'RU', allow: ['+7'], deny: ['+7 (916)'] }, 'denied'],
  ['the Dominican Republic inside +1', '+18095551234', { country: 'US', ...none }, 'not-allowed'],
  ['and not meant by +1', '+18095551234', { country: 'US', allow: ['+1'], deny: [] }, 'not-allowed'],
  ['Jamaica likewise', '+18765551234', { country: 'US', allow: ['+1'], deny: [] }, 'not-allowed'],
  ['New York by +1', '+12125551234', { country: 'US', allow: ['+1'], deny: [] }, null],
  ['900 in +1', '+19005551234', { country: 'US', allow: ['+1'], deny: [] }, 'premium'],
  ['satellite', '+881612345678', { country: 'RU', allow: ['+8', '+881'], deny: [] }, 'premium'],
  ['Inmarsat', '+870773111632', { country: 'RU', allow: ['+870'], deny: [] }, 'premium'],
  ['UK personal number', '+447012345678', { country: 'GB', ...none }, 'premium'],
  ['Ascension inside +2', '+24740123', { country: 'RU', allow: ['+2'], deny: [] }, 'not-allowed'],
  ['emergency', '112', { country: 'RU', allow: ['+'], deny: [] }, 'not-a-number'],
  ['emergency with a plus', '+112', { country: 'RU', allow: ['+'], deny: [] }, 'not-a-number'],
  ['a short code in E.164 clothes', '+70112', { country: 'RU', allow: ['+7'], deny: [] }, 'not-a-number'],
  ['a SIP URI', '+79161234567@10.0.0.1', { country: 'RU', ...none }, 'not-a-number'],
  ['a line break', '+79161234567\r\nX: y', { country: 'RU', ...none }, 'not-a-number'],
  ['a line end', '+79161234567\n', { country: 'RU', ...none }, 'not-a-number'],
  ['an unassigned code of the country', '+72001234567', { country: 'RU', ...none }, 'not-allowed'],
]

test.each(cases)('%s: %s', (_what, number, rules, refusal) => {
  expect(refusedPrefix(number, rules)).toBe(refusal)
})
