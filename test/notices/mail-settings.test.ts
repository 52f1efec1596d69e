import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { parseSmtpUrl } from '../../src/config/smtp-url.ts'
import {
  deadlinesFor,
  defaultDeadlines,
  ehloName,
  mailServers,
  mailSettings,
  MailSettingsError,
} from '../../src/notices/mail-settings.ts'

const login = { user: 'bot@example.ru', password: 'p@ss/word' }

test.each([
  ['smtp://mail.example.ru', { host: 'mail.example.ru', port: 587, tls: 'if-offered', login: null }],
  ['smtp://127.0.0.1:2525', { host: '127.0.0.1', port: 2525, tls: 'if-offered', login: null }],
  ['smtp://[::1]:25?tls=none', { host: '::1', port: 25, tls: 'none', login: null }],
  ['smtps://mail.example.ru', { host: 'mail.example.ru', port: 465, tls: 'implicit', login: null }],
  ['smtp://mail.example.ru?tls=starttls', { host: 'mail.example.ru', port: 587, tls: 'starttls', login: null }],
  ['smtp://почта.рф:25', { host: 'xn--80a1acny.xn--p1ai', port: 25, tls: 'if-offered', login: null }],
  ['smtp://xn--80a1acny.xn--p1ai/', { host: 'xn--80a1acny.xn--p1ai', port: 587, tls: 'if-offered', login: null }],
  [
    'smtp://bot%40example.ru:p%40ss%2Fword@mail.example.ru',
    { host: 'mail.example.ru', port: 587, tls: 'starttls', login },
  ],
  ['smtp://bot%40example.ru:p%40ss%2Fword@localhost', { host: 'localhost', port: 587, tls: 'if-offered', login }],
  [
    'smtp://u:100%25@localhost',
    { host: 'localhost', port: 587, tls: 'if-offered', login: { user: 'u', password: '100%' } },
  ],
])('%s', (url, server) => {
  expect(parseSmtpUrl(url)).toEqual({ ok: true, server })
})

test.each([
  ['mail.example.ru', 'not-an-smtp-url'],
  ['http://mail.example.ru', 'not-an-smtp-url'],
  ['smtp://', 'not-an-smtp-url'],
  ['smtp://mail.example.ru:99999', 'not-an-smtp-url'],
  ['smtp://mail example.ru', 'not-an-smtp-url'],
  ['smtp://u:se#cret@mail.example.ru', 'not-an-smtp-url'],
  ['smtp://u:secret%@mail.example.ru', 'bare-percent'],
  ['smtp://u%zz:secret@mail.example.ru', 'bare-percent'],
  ['smtp://mail%.example.ru', 'not-a-host'],
  ['smtp://mail..example.ru', 'not-a-host'],
  ['smtp://mail_1.example.ru', 'not-a-host'],
  ['smtp://mail.example.ru:0', 'not-a-port'],
  ['smtp://mail.example.ru/inbox', 'beyond-the-port'],
  ['smtp://mail.example.ru#x', 'beyond-the-port'],
  ['smtp://x.ru?tls=1', 'unknown-tls'],
  ['smtp://x.ru?tls=none&tls=starttls', 'unknown-tls'],
  ['smtp://x.ru?timeout=5', 'unknown-tls'],
  ['smtp://u:secret@mail.example.ru?tls=none', 'password-in-the-clear'],
  ['smtp://u@mail.example.ru', 'user-without-password'],
  ['smtp://:secret@mail.example.ru', 'user-without-password'],
])('refuses %s: %s, without repeating a secret', (url, fault) => {
  expect(parseSmtpUrl(url)).toEqual({ ok: false, fault })
  expect(() => mailSettings(url, 'perezvon@example.ru')).toThrow(MailSettingsError)
  expect(() => mailSettings(url, 'perezvon@example.ru')).not.toThrow(/secret/)
})

test('ids are the sender’s, and the thread secret is the same on every start', () => {
  const url = 'smtp://u:secret@localhost'
  const settings = mailSettings(url, 'perezvon@example.ru')
  expect(settings).toMatchObject({ from: 'perezvon@example.ru', idHost: 'example.ru', ca: null })
  expect(mailSettings(url, 'perezvon@example.ru')).toEqual(settings)
  expect(settings.threadSecret).not.toContain('secret')
  expect(mailSettings(url, 'почта@цветы.рф').idHost).toBe('xn--b1ag3bn2a.xn--p1ai')
})

test.each([
  ['pbx.example.ru', 'example.ru', 'pbx.example.ru'],
  ['pbx', 'example.ru', 'example.ru'],
  ['3f1c0a9be2d4', 'example.ru', 'example.ru'],
  ['localhost.localdomain', 'example.ru', 'example.ru'],
  ['pbx.local', 'example.ru', 'example.ru'],
  ['10.0.0.5', 'example.ru', 'example.ru'],
  ['pbx', 'xn--b1ag3bn2a.xn--p1ai', 'xn--b1ag3bn2a.xn--p1ai'],
  ['pbx.lan', 'localhost', 'pbx.lan'],
  ['pbx', 'localhost', '[127.0.0.1]'],
])('the machine %s with a sender of %s says EHLO %s', (machine, domain, name) => {
  expect(ehloName(machine, domain)).toBe(name)
})

test('the name for EHLO is the admin’s where one is set', () => {
  const [own] = mailServers(['smtp://localhost'], { from: 'a@example.ru', ehlo: 'mx.example.ru' })
  const [found] = mailServers(['smtp://localhost'], { from: 'a@example.ru' })
  expect(own!.ehlo).toBe('mx.example.ru')
  expect(found!.ehlo).toBe(ehloName(hostname(), 'example.ru'))
})

test('without a setting the server has the time that RFC 5321 4.5.3.2 gives it; after the dot always', () => {
  const minutes = Object.fromEntries(Object.entries(defaultDeadlines).map(([name, ms]) => [name, ms / 60_000]))
  expect(minutes).toEqual({ connectMs: 0.5, greetingMs: 5, commandMs: 5, dataMs: 2, blockMs: 3, dotMs: 10 })
  expect(deadlinesFor(null)).toEqual(defaultDeadlines)
  expect(deadlinesFor(2_000)).toMatchObject({ connectMs: 2_000, greetingMs: 2_000, commandMs: 2_000, dotMs: 600_000 })
  expect(deadlinesFor(900_000)).toMatchObject({ connectMs: 30_000, greetingMs: 900_000, dotMs: 900_000 })
})
