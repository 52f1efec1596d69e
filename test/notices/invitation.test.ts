import ICAL from 'ical.js'
import { expect, test, vi } from 'vitest'
import { MailChannel } from '../../src/notices/channels/mail.ts'
import { composeMail } from '../../src/notices/compose.ts'
import type { MissedCallPayload } from '../../src/notices/payload.ts'
import type { OutboxNotice } from '../../src/store/outbox.ts'
import { plainComposer } from './support/composer.ts'
import { startMailServer } from './support/mail-server.ts'
import { mailSettings } from './support/outbox-rig.ts'
import { CALLED_AT, closedCase, missedCall } from './support/samples.ts'

vi.setConfig({ testTimeout: 30_000 })

const composer = plainComposer(mailSettings(25), '/nowhere')
function notice(payload: object, change: Partial<OutboxNotice> = {}): OutboxNotice {
  return {
    id: 'n1',
    kind: 'missed',
    callId: 'c1',
    caseId: null,
    recipient: 'anna@example.ru',
    language: 'ru',
    threadKey: null,
    tries: 1,
    createdAt: CALLED_AT + 500,
    ...change,
    payload: JSON.stringify(payload),
  }
}
const invited = async (change: Partial<MissedCallPayload>, row: Partial<OutboxNotice> = {}) => {
  const one = notice(missedCall({ calendar: true, ...change }), row)
  return (await composeMail(one, one, true, composer))!.invitation ?? null
}

test('one event at the time of the call-back, as RFC 5545 and 6047 want it', async () => {
  const text = (await invited({}))!
  expect(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75)).toBe(true)
  expect(text.endsWith('\r\n')).toBe(true)
  const calendar = ICAL.Component.fromString(text)
  expect(calendar.getFirstPropertyValue('method')).toBe('REQUEST')
  const events = calendar.getAllSubcomponents('vevent')
  expect(events).toHaveLength(1)
  const event = new ICAL.Event(events[0])
  expect(event.uid).toBe('callback.1795511100.42@pbx.example.ru')
  expect(event.startDate.toJSDate()).toEqual(new Date(CALLED_AT + 300_000))
  expect(event.endDate.toJSDate()).toEqual(new Date(CALLED_AT + 900_000))
  expect(event.summary).toBe('Перезвонить: Иван Петров +7 912 345-67-89')
  expect(event.organizer).toBe('mailto:perezvon@example.ru')
  expect(event.attendees.map((attendee) => attendee.getFirstValue())).toEqual(['mailto:anna@example.ru'])
  // sent again it is the same event
  expect(await invited({})).toBe(text)
})

test.each(['a\r\nBEGIN:VALARM', 'x;y,z\\n"', '\u202eevil\u0000', 'DTSTART:19700101T000000Z', 'ы'.repeat(300)])(
  'a caller called %j adds nothing to the calendar',
  async (name) => {
    const text = (await invited({ caller: { number: '+79123456789', shown: name, name } }))!
    const calendar = ICAL.Component.fromString(text)
    const [event] = calendar.getAllSubcomponents()
    expect(calendar.getAllSubcomponents()).toHaveLength(1)
    expect(event!.getAllSubcomponents()).toHaveLength(0)
    expect(event!.getAllProperties('dtstart')).toHaveLength(1)
    expect(text).not.toMatch(/[\u0000\u202e]/)
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
  },
)

test.each([
  ['who did not ask for it', { calendar: false }, {}],
  ['when there is no time yet', { next: { kind: 'callback', at: 'when-free' } }, {}],
  ['when nobody will call', { next: { kind: 'none', why: 'withheld' } }, {}],
] as const)('none for %s', async (_name, change, row) => {
  expect(await invited(change as Partial<MissedCallPayload>, row)).toBeNull()
})

test('none when the case is closed', async () => {
  const one = notice(closedCase(), { kind: 'closed' })
  expect((await composeMail(one, one, true, composer))!.invitation).toBeNull()
})

test('it reaches the mailbox as text/calendar with its method', async () => {
  await using server = await startMailServer()
  const one = notice(missedCall({ calendar: true }))
  const channel = new MailChannel(mailSettings(server.port))
  await channel.send((await composeMail(one, one, true, composer))!, new AbortController().signal)
  channel.close()
  expect(server.mails[0]!.raw).toMatch(/^Content-Type: text\/calendar; charset=utf-8; method=REQUEST/im)
})
