import { expect, it } from 'vitest'
import { readCaller } from '../../src/calls/call.ts'
import { readDoorbellEntry } from '../../src/calls/doorbell.ts'

const encoded = (text: string) => `=${Buffer.from(text).toString('base64')}`
const entryOf = (caller: string) =>
  readDoorbellEntry(`${caller}|73432001122|1796000000@provider|unanswered|||1796000020`)

it.each([
  ['+79161234503', '+79161234503'],
  ['', ''],
  ['=', ''],
  [encoded('79161234503#73432001122'), '79161234503#73432001122'],
  [encoded('\u202a+7 916 123-45-03\u202c'), '+7 916 123-45-03'],
  [encoded('ivan\r\nBcc: v'), 'ivan Bcc: v'],
  [encoded('я'.repeat(200)), 'я'.repeat(64)],
  ['=%%%', ''],
  ['=gICA', '\ufffd\ufffd\ufffd'],
])('the caller %j of the book came as %j', (field, caller) => {
  expect(entryOf(field)).toMatchObject({ caller, did: '73432001122', trunk: 'provider', state: 'unanswered' })
})

it('a call is the same caller’s whether it was served or read from the book', () => {
  for (const text of ['79161234503#73432001122', '\u202a+7 916 123-45-03\u202c', '0079161234503', 'ivan', '４９５'])
    expect(readCaller(entryOf(encoded(text))!.caller, '', 'RU').number).toBe(readCaller(text, '', 'RU').number)
})
