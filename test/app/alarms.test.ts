import { expect, test } from 'vitest'
import { isNamed, laneOfRecipient, whomToTell } from '../../src/app/alarms.ts'
import { configOf } from '../support/config-of.ts'

const company = (more = '', mail = 'to: [group, "webhook:crm"]') =>
  configOf(`
version: 1
company: { name: F, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people:
  anna: { name: Анна, rings: PJSIP/101, email: anna@example.ru }
  boss: { name: Олег, rings: PJSIP/102, email: boss@цветы.рф, language: en }
groups: { operators: { members: [anna] } }
lines: { "+7 343 200-11-22": { name: L, flow: main } }
flows: { main: [{ ring: operators }, { hangup: busy }] }
channels:
  webhook: { crm: { url: "https://crm.example.ru/x", secret: { env: HOOK } } }
  telegram: { sales: { chat: "-100", token: { env: BOT } } }
  sms: { url: "https://sms.example.ru/" }
  ${more}
missed_calls: { mail: { ${mail} }, escalate: [{ after: 30m, to: ["sms:8 912 345-67-89"] }] }
`)
const told = (config: ReturnType<typeof company>, channel: string, ...ill: string[]) =>
  whomToTell(config, channel, new Set(ill)).map(({ address }) => address)

test('somebody by a channel that is well: a chat, a telephone, a mailbox, a program', () => {
  const config = company()
  expect(told(config, 'mail', 'mail')).toEqual(['telegram:sales'])
  expect(told(config, 'telegram:sales', 'telegram:sales')).toEqual(['sms:+79123456789'])
  expect(told(config, 'mail', 'mail', 'telegram:sales')).toEqual(['sms:+79123456789'])
  expect(told(config, 'sms', 'sms', 'telegram:sales')).toEqual(['anna@example.ru'])
  expect(told(config, 'mail', 'mail', 'telegram:sales', 'sms')).toEqual(['webhook:crm'])
  expect(told(config, 'mail', 'mail', 'telegram:sales', 'sms', 'webhook:crm')).toEqual([])
})

test('those whom the configuration names, where they can hear it', () => {
  const config = company('alarm: [boss, "telegram:sales"]')
  expect(told(config, 'sms', 'sms')).toEqual(['boss@цветы.рф', 'telegram:sales'])
  expect(told(config, 'mail', 'mail')).toEqual(['telegram:sales'])
  // and somebody else where they cannot
  expect(told(config, 'mail', 'mail', 'telegram:sales')).toEqual(['sms:+79123456789'])
})

test('one of several mail servers, and one mailbox, are told by mail too', () => {
  const config = company('alarm: [boss]')
  expect(told(config, 'mail mx1.example.ru:587', 'mail mx1.example.ru:587')).toEqual(['boss@цветы.рф'])
  expect(told(config, 'mail anna@example.ru', 'mail anna@example.ru')).toEqual(['boss@цветы.рф'])
  expect(told(config, 'mail boss@цветы.рф', 'mail boss@цветы.рф')).toEqual(['telegram:sales'])
})

test('a channel that is not in the configuration any more is not ill', () => {
  const servers = ['mx1.example.ru:587', 'mx2.example.ru:587']
  const named = (channel: string, kind = 'refused') => isNamed(company(), servers, { channel, kind })
  expect(named('mail')).toBe(true)
  expect(named('telegram:sales')).toBe(true)
  expect(named('sms')).toBe(true)
  expect(named('mail mx1.example.ru:587')).toBe(true)
  expect(named('mail mx3.example.ru:587')).toBe(false)
  expect(named('telegram:gone')).toBe(false)
  expect(named('mail anna@example.ru', 'recipient')).toBe(true)
  expect(named('sms sms:+79123456789', 'recipient')).toBe(true)
  expect(named('mail gone@example.ru', 'recipient')).toBe(false)
})

test.each([
  ['anna@example.ru', 'mail'],
  ['sms:+79123456789', 'sms'],
  ['telegram:sales', 'telegram:sales'],
  ['webhook:crm', 'webhook:crm'],
])('the lane of %s', (address, lane) => expect(laneOfRecipient(address)).toBe(lane))
