/**
 * The book of ill channels: a person is told once, by another channel, and neither a restart nor a relapse tells it
 * again. On a real database.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ChannelIllnesses } from '../../src/notices/illness.ts'
import { composeMail } from '../../src/notices/compose.ts'
import { silentLogger, type Logger } from '../../src/runtime/logger.ts'
import { Illnesses } from '../../src/store/illnesses.ts'
import { Journal } from '../../src/store/journal.ts'
import { toNotice } from '../../src/store/outbox.ts'
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/throw-away-database.ts'
import { plainComposer } from './support/composer.ts'
import { mailSettings } from './support/outbox-rig.ts'

const MINUTE = 60_000
let database: ThrowAwayDatabase
beforeEach(async () => {
  database = await throwAwayDatabase()
  busy = ['mail', 'telegram:sales']
})
afterEach(() => database.close())

function life(change: { people?: { address: string; language: 'ru' | 'en' }[]; log?: Logger } = {}) {
  const { people = [{ address: 'telegram:ops', language: 'en' as const }], log = silentLogger } = change
  const asked: string[] = []
  const book = new ChannelIllnesses({
    store: new Illnesses(database.prisma),
    journal: new Journal(database.prisma, silentLogger),
    clock,
    log,
    company: () => ({ name: 'Цветочный двор', zone: 'Asia/Yekaterinburg' }),
    whom: (channel, ill) => {
      asked.push(`${channel} of ${[...ill].join(', ')}`)
      return people
    },
    unfinishedLanes: async () => busy,
    onNotices: () => {},
  })
  return { book, asked }
}
const clock = { time: Date.UTC(2026, 10, 24, 9), now: () => clock.time }
let busy: string[] = []
const alarms = () => database.prisma.notice.findMany({ where: { kind: 'alarm' }, orderBy: { createdAt: 'asc' } })

test('what only a person can mend is told at once, and once', async () => {
  const { book, asked } = life()
  await book.fails('mail', 'refused', '550 5.4.5 Daily user sending limit exceeded')
  await book.fails('mail', 'refused', '550 5.4.5 Daily user sending limit exceeded [2]')
  expect(asked).toEqual(['mail of mail'])
  const rows = await alarms()
  expect(rows.map(({ recipient, lane }) => [recipient, lane])).toEqual([['telegram:ops', 'telegram:ops']])
  expect(book.current()).toMatchObject([{ channel: 'mail', kind: 'refused', why: expect.stringContaining('[2]') }])
})

test('a restart knows what it was told, and tells nobody twice', async () => {
  await life().book.fails('mail', 'refused', 'no')
  const { book } = life()
  await book.load()
  expect(book.kindOf('mail')).toBe('refused')
  await book.fails('mail', 'refused', 'no')
  expect(await alarms()).toHaveLength(1)
})

test('dead between the alarm and the note that it was told: the same alarm, not a second', async () => {
  await life().book.fails('mail', 'refused', 'no')
  await database.prisma.channelIllness.update({ where: { channel: 'mail' }, data: { toldAt: null } })
  const { book } = life()
  await book.load()
  await book.tellDue()
  expect(await alarms()).toHaveLength(1)
})

test.each([
  ['away', 'mail'],
  ['recipient', 'mail anna@example.ru'],
] as const)('%s is told when it has lasted', async (kind, channel) => {
  const { book } = life()
  await book.fails(channel, kind, 'no answer')
  clock.time += 9 * MINUTE
  await book.tellDue()
  expect(await alarms()).toHaveLength(0)
  clock.time += 2 * MINUTE
  await book.tellDue()
  expect(await alarms()).toHaveLength(1)
})

test('one that is soon well again is told to nobody', async () => {
  const { book } = life()
  await book.fails('mail', 'away', 'no answer')
  await book.works('mail')
  clock.time += 60 * MINUTE
  await book.tellDue()
  expect(await alarms()).toHaveLength(0)
  expect(await database.prisma.channelIllness.count()).toBe(0)
})

test('where nothing is left to send it counts as well: nobody could find out', async () => {
  await life().book.fails('mail', 'refused', '535')
  await life().book.fails('mail anna@example.ru', 'recipient', '550')
  busy = []
  const { book } = life()
  await book.load()
  expect(book.current().map(({ channel }) => channel)).toEqual(['mail anna@example.ru'])
  busy = ['mail']
  await book.fails('mail', 'refused', '535')
  await book.look()
  expect(book.kindOf('mail')).toBe('refused')
  busy = []
  await book.look()
  expect(book.kindOf('mail')).toBeNull()
})

test('a channel that falls ill again and again is told of once in some hours', async () => {
  const { book } = life()
  for (let hour = 0; hour < 9; hour++) {
    await book.fails('mail', 'refused', 'no')
    await book.works('mail')
    clock.time += 60 * MINUTE
  }
  expect(await alarms()).toHaveLength(2)
})

test('a mailbox is not to blame while the whole channel is ill', async () => {
  const { book } = life()
  await book.fails('mail anna@example.ru', 'recipient', '550 unknown')
  await book.fails('mail', 'everybody', '550 unknown')
  clock.time += 60 * MINUTE
  await book.tellDue()
  expect((await alarms()).map(({ payload }) => (JSON.parse(payload) as { channel: string }).channel)).toEqual(['mail'])
})

test('where there is no other channel it is an error in the log, once, and a row', async () => {
  const errors: string[] = []
  const log = { ...silentLogger, error: (text: string) => void errors.push(text) }
  const { book } = life({ people: [], log })
  await book.fails('mail', 'refused', 'no')
  await book.fails('mail', 'refused', 'no')
  expect(errors).toEqual(['a channel cannot deliver, and there is no other channel to tell anybody by'])
  expect(await new Illnesses(database.prisma).list()).toMatchObject([{ channel: 'mail', kind: 'refused' }])
})

test.each(['ru', 'en'] as const)('the alarm as a mail, in %s', async (language) => {
  const { book } = life({ people: [{ address: 'admin@example.ru', language }] })
  await book.fails('telegram:sales', 'refused', '403 Forbidden: bot was kicked from the group chat')
  const [row] = await alarms()
  const notice = toNotice(row!)
  const mail = await composeMail(notice, notice, true, plainComposer(mailSettings(1), '/nowhere'))
  const words = {
    ru: ['Уведомлениям нужны вы: telegram:sales — Цветочный двор', 'Другая сторона ничего от нас не принимает'],
    en: ['Notices need you: telegram:sales — Цветочный двор', 'The other side takes nothing from us'],
  }[language]
  expect(mail!.subject).toBe(words[0])
  expect(mail!.text).toContain(words[1])
  expect(mail!.text).toContain('bot was kicked')
  expect(mail!.text).not.toMatch(/undefined|\[object/)
  expect(mail!.headers).not.toHaveProperty('X-Perezvon-Call')
})

test('what the other side says is words, whatever it says', async () => {
  const { book } = life({ people: [{ address: 'admin@example.ru', language: 'en' }] })
  await book.fails('mail', 'refused', '550 <script>alert(1)</script>\r\nBcc: x@example.ru \u202E{{ 7 | times: 7 }}')
  const [row] = await alarms()
  const notice = toNotice(row!)
  const mail = await composeMail(notice, notice, true, plainComposer(mailSettings(1), '/nowhere'))
  expect(mail!.html).not.toContain('<script>alert')
  expect(mail!.text).not.toMatch(/\u202E|\nBcc:/)
  expect(mail!.text).toContain('{{ 7 | times: 7 }}')
})
