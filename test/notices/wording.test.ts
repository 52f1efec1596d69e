import { expect, test } from 'vitest'
import { fullTime, playerTime, readableSpan, shortTime, shownCaller, voicemailName } from '../../src/notices/wording.ts'
import { CALLED_AT, missedCall } from './support/samples.ts'

test('times carry the zone of the company', () => {
  expect(fullTime(CALLED_AT, 'Asia/Yekaterinburg', 'ru')).toBe('Вт 24.11.2026, 14:05 (Asia/Yekaterinburg, UTC+5)')
  expect(fullTime(CALLED_AT, 'Asia/Yekaterinburg', 'en')).toBe('Tue 24 Nov 2026, 14:05 (Asia/Yekaterinburg, UTC+5)')
  expect(fullTime(CALLED_AT, 'Asia/Kolkata', 'en')).toBe('Tue 24 Nov 2026, 14:35 (Asia/Kolkata, UTC+5:30)')
  expect(fullTime(CALLED_AT, 'Nowhere/Here', 'en')).toBe('Tue 24 Nov 2026, 09:05 (UTC)')
})

test('a time of the same day is only the clock, the day being the company’s', () => {
  const zone = 'Asia/Yekaterinburg'
  expect(shortTime(CALLED_AT + 300_000, CALLED_AT, zone, 'ru')).toBe('в 14:10')
  expect(shortTime(CALLED_AT + 10 * 3_600_000, CALLED_AT, zone, 'ru')).toBe('25.11 в 00:05')
  expect(shortTime(CALLED_AT + 10 * 3_600_000, CALLED_AT, zone, 'en')).toBe('00:05 on 25 Nov')
})

test.each([
  [0, '0 с', '0 s'],
  [19_600, '20 с', '20 s'],
  [72_000, '1 мин 12 с', '1 min 12 s'],
  [240_000, '4 мин', '4 min'],
  [59_999, '1 мин', '1 min'],
  [7_500_000, '2 ч 5 мин', '2 h 5 min'],
])('%d ms is %s, %s', (ms, ru, en) => {
  expect(readableSpan(ms, 'ru')).toBe(ru)
  expect(readableSpan(ms, 'en')).toBe(en)
})

test('a message’s length is written as on a player', () => {
  expect([34_000, 59_700, 185_000].map(playerTime)).toEqual(['0:34', '1:00', '3:05'])
})

test.each([
  [{ number: '+79123456789', shown: '', name: 'Иван' }, 'Иван +7 912 345-67-89'],
  [{ number: '+79123456789', shown: '', name: null }, '+7 912 345-67-89'],
  [{ number: '+79123456789', shown: '', name: '8 (912) 345-67-89' }, '+7 912 345-67-89'],
  [{ number: null, shown: 'anonymous', name: null }, 'Номер скрыт'],
  [{ number: null, shown: 'Anonymous', name: 'Anonymous' }, 'Номер скрыт'],
  [{ number: null, shown: '', name: 'Иван' }, 'Иван, номер скрыт'],
  [{ number: null, shown: '205', name: 'Склад' }, 'Склад, 205'],
  [{ number: null, shown: '4951234567', name: '4951234567' }, '4951234567'],
  [{ number: null, shown: 'account', name: '79161234567' }, '79161234567, account'],
  [{ number: '+79123456789', shown: '', name: '101' }, '101 +7 912 345-67-89'],
  [{ number: null, shown: '', name: '79161234567' }, '79161234567, номер скрыт'],
  [{ number: null, shown: '79161234503#12', name: null }, '79161234503#12'],
])('%j is shown as %s', (caller, text) => {
  expect(shownCaller(caller, 'ru')).toBe(text)
})

test('the recording is named after the call, in the company’s time', () => {
  expect(voicemailName(missedCall(), 'wav')).toBe('voicemail-2026-11-24-1405-79123456789.wav')
  expect(voicemailName(missedCall({ caller: { number: null, shown: '../x', name: null } }), 'mp3')).toBe(
    'voicemail-2026-11-24-1405-withheld.mp3',
  )
})
