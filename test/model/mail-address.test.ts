import { expect, test } from 'vitest'
import { asciiDomain, asciiName, readableName } from '../../src/model/internet-name.ts'
import { domainOf, needsSmtpUtf8, parseMailAddress, wireAddress } from '../../src/model/mail-address.ts'

test.each([
  // as written, as kept, as sent
  ['anna@example.ru', 'anna@example.ru', 'anna@example.ru'],
  ['Anna.Petrova+calls@Mail.Example.RU', 'Anna.Petrova+calls@Mail.Example.RU', 'Anna.Petrova+calls@Mail.Example.RU'],
  ['sales@цветы.рф', 'sales@цветы.рф', 'sales@xn--b1ag3bn2a.xn--p1ai'],
  ['sales@ЦВЕТЫ.РФ', 'sales@цветы.рф', 'sales@xn--b1ag3bn2a.xn--p1ai'],
  ['sales@xn--b1ag3bn2a.xn--p1ai', 'sales@цветы.рф', 'sales@xn--b1ag3bn2a.xn--p1ai'],
  ['sales@XN--B1AG3BN2A.XN--P1AI', 'sales@цветы.рф', 'sales@xn--b1ag3bn2a.xn--p1ai'],
  ['info@straße.de', 'info@straße.de', 'info@xn--strae-oqa.de'],
  ['info@bücher.example', 'info@bücher.example', 'info@xn--bcher-kva.example'],
  ['почта@цветы.рф', 'почта@цветы.рф', 'почта@xn--b1ag3bn2a.xn--p1ai'],
  ['почта@example.ru', 'почта@example.ru', 'почта@example.ru'],
  ['用户@例え.テスト', '用户@例え.テスト', '用户@xn--r8jz45g.xn--zckzah'],
  ["o'brien@sub.domain.example", "o'brien@sub.domain.example", "o'brien@sub.domain.example"],
  ['a@mail.xn--p1ai', 'a@mail.рф', 'a@mail.xn--p1ai'],
])('%s', (written, kept, sent) => {
  expect(parseMailAddress(written)).toBe(kept)
  expect(wireAddress(kept)).toBe(sent)
  expect(domainOf(kept)).toBe(sent.slice(sent.indexOf('@') + 1))
  expect(needsSmtpUtf8(kept)).toBe(/[^\x00-\x7f]/.test(sent))
  // and what was kept once is not changed by reading it again
  expect(parseMailAddress(kept)).toBe(kept)
})

test.each([
  '',
  '@',
  'anna',
  'anna@',
  '@example.ru',
  'anna@localhost',
  'anna@рф',
  'anna@10.0.0.1',
  'anna@[10.0.0.1]',
  'anna@example..ru',
  'anna@.example.ru',
  'anna@example.ru.',
  'anna@-example.ru',
  'anna@exam ple.ru',
  'anna@exam/ple.ru',
  'anna@exam\u200bple.ru',
  'anna@цветы\u202e.рф',
  'anna@цветы。рф',
  'anna@xn--zzzzzz99999.ru',
  `anna@${'a'.repeat(64)}.ru`,
  `anna@${'ж'.repeat(62)}.рф`,
  `${'a'.repeat(65)}@example.ru`,
  `${'я'.repeat(33)}@example.ru`,
  '.anna@example.ru',
  'an..na@example.ru',
  'an na@example.ru',
  'an\u00a0na@example.ru',
  'an\r\nBcc: x@example.ru',
  '"an na"@example.ru',
  'anna@b@example.ru',
  'anna@example.ru>',
  'anna@example.ru, boris@example.ru',
])('%j is no mail address', (text) => {
  expect(parseMailAddress(text)).toBeNull()
})

test('names of hosts in both spellings', () => {
  expect(asciiName('почта.рф')).toBe('xn--80a1acny.xn--p1ai')
  expect(readableName('xn--80a1acny.xn--p1ai')).toBe('почта.рф')
  expect(asciiName('pbx')).toBe('pbx')
  expect(asciiName('pbx.example.ru.')).toBe('pbx.example.ru')
  expect(asciiDomain('pbx')).toBeNull()
  expect(asciiDomain('10.0.0.1')).toBeNull()
  expect(asciiName('a_b.ru')).toBeNull()
})
