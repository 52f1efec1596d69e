import { expect, it } from 'vitest'
import { zoneOfNumber } from '../../src/dialling/number-zone.ts'

it.each<[string, string | null, string]>([
  ['+74012123456', 'Europe/Kaliningrad', 'Kaliningrad'],
  ['+74951234567', 'Europe/Moscow', 'Moscow'],
  ['+78121234567', 'Europe/Moscow', 'St Petersburg'],
  ['+78462123456', 'Europe/Samara', 'Samara'],
  ['+73432001122', 'Asia/Yekaterinburg', 'Yekaterinburg'],
  ['+73832001122', 'Asia/Krasnoyarsk', 'Novosibirsk'],
  ['+74232001122', 'Asia/Vladivostok', 'Vladivostok'],
  ['+74152001122', 'Asia/Kamchatka', 'Petropavlovsk'],
  ['+79123456789', null, 'a mobile may be anywhere'],
  ['+78001234567', null, 'a free number is nowhere'],
  ['+442079460018', 'Europe/London', 'a country of one zone'],
  ['+12125550123', null, 'a country of several'],
  ['+77172123456', null, 'Kazakhstan shares +7'],
  ['no number', null, 'nothing'],
])('%s is at home in %s: %s', (number, zone) => {
  expect(zoneOfNumber(number)).toBe(zone)
})
