/** What an operator means by a number to which a caller is transferred. */
import { expect, it } from 'vitest'
import { transferTarget } from '../../src/dialling/transfer-target.ts'
import { configOf } from '../support/config-of.ts'

const CONFIG = configOf(`
version: 1
company: { name: Цветочный двор, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101 }
  olga: { name: Ольга, rings: ["+79121234567", PJSIP/103] }
groups: { operators: { members: [anna] } }
trunks: { city: { endpoint: PJSIP/provider } }
lines:
  "+73432001122": { name: Главный, flow: main }
  "+73432001133": { name: Директор, flow: director }
flows:
  main: [{ ring: operators }, { hangup: normal }]
  director: [{ ring: olga }, { hangup: normal }]
missed_calls: { mail: { to: [office@example.ru] } }
`)

it.each([
  ['101', { kind: 'person', person: 'anna' }],
  ['103', { kind: 'person', person: 'olga' }],
  ['150', { kind: 'phone', endpoint: 'PJSIP/150' }],
  ['+73432001133', { kind: 'line', flow: 'director' }],
  ['83432001122', { kind: 'line', flow: 'main' }],
  ['89121112233', { kind: 'outside', number: '+79121112233', accepts: false }],
  ['+79121234567', { kind: 'outside', number: '+79121234567', accepts: true }],
  ['1', { kind: 'nowhere' }],
  ['10101', { kind: 'nowhere' }],
  ['', { kind: 'nowhere' }],
])('%s', (dialled, target) => expect(transferTarget(CONFIG, dialled)).toEqual(target))
