import { expect, test } from 'vitest'
import { mailSettings, MailSettingsError, parseSmtpUrl } from '../../src/notices/mail-settings.ts'

const login = { user: 'bot@example.ru', password: 'p@ss/word' }

test.each([
  ['smtp://mail.example.ru', { host: 'mail.example.ru', port: 587, tls: 'if-offered', login: null }],
  ['smtp://127.0.0.1:2525', { host: '127.0.0.1', port: 2525, tls: 'if-offered', login: null }],
  ['smtp://[::1]:25?tls=none', { host: '::1', port: 25, tls: 'none', login: null }],
  ['smtps://mail.example.ru', { host: 'mail.example.ru', port: 465, tls: 'implicit', login: null }],
  ['smtp://mail.example.ru?tls=starttls', { host: 'mail.example.ru', port: 587, tls: 'starttls', login: null }],
  [
    'smtp://bot%40example.ru:p%40ss%2Fword@mail.example.ru',
    { host: 'mail.example.ru', port: 587, tls: 'starttls', login },
  ],
  ['smtp://bot%40example.ru:p%40ss%2Fword@localhost', { host: 'localhost', port: 587, tls: 'if-offered', login }],
])('%s', (url, settings) => {
  expect(parseSmtpUrl(url)).toEqual(settings)
})

test.each([
  'mail.example.ru',
  'http://mail.example.ru',
  'smtp://',
  'smtp://u:secret@mail.example.ru?tls=none',
  'smtp://x?tls=1',
])('refuses %s, without repeating a secret', (url) => {
  expect(() => parseSmtpUrl(url)).toThrow(MailSettingsError)
  expect(() => parseSmtpUrl(url)).not.toThrow(/secret/)
})

test('ids are the sender’s, and the thread secret is the same on every start', () => {
  const url = 'smtp://u:secret@localhost'
  const settings = mailSettings(url, 'perezvon@example.ru')
  expect(settings).toMatchObject({ from: 'perezvon@example.ru', idHost: 'example.ru', ca: null })
  expect(mailSettings(url, 'perezvon@example.ru')).toEqual(settings)
  expect(settings.threadSecret).not.toContain('secret')
})
