/**
 * Every setting with every kind of nonsense: it is taken, or it is a sentence with its name. Never a stack trace, never
 * the value of a secret. What is taken here must carry a daemon as well: test/scripts/wrong-settings.test.ts.
 */
import { generateKeyPairSync } from 'node:crypto'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fromFile, variables } from '../../src/config/env-values.ts'
import { loadSettings, printSettingProblems } from '../../src/config/env.ts'
import { mailServers } from '../../src/notices/mail-settings.ts'
import { folderWith } from './folder.ts'

const least = {
  PEREZVON_ARI_PASSWORD: 'p',
  PEREZVON_SMTP_URL: 'smtp://mail.example.ru:25',
  PEREZVON_MAIL_FROM: 'pbx@example.ru',
}
const names = Object.keys(variables.shape)
/** Stands in each hostile value of a secret, and in no sentence. */
const CANARY = 'hunter2'

const nonsense = [
  ' ',
  '\t',
  '\n',
  '%',
  '%zz',
  '%00',
  '\u0000',
  `${CANARY}\r\nX: y`,
  CANARY,
  'NaN',
  'Infinity',
  '-1',
  '0',
  '1e3',
  '0x10',
  '٣',
  '99999999999999999999',
  '🔥',
  '\ud800',
  '\u202e\u200b',
  'пример',
  '../../../etc/passwd',
  '/proc/self/mem',
  '${PATH}',
  '{"a":1}',
  "'; DROP TABLE",
  '<script>',
  'http://',
  'http://%',
  `http://u:${CANARY}@h`,
  'http://h:99999',
  'https://h/?q=1#f',
  'ftp://h',
  'javascript:alert(1)',
  'smtp://',
  'smtp://%',
  `smtp://u:${CANARY}%@h`,
  `smtp://u:${CANARY}@h:99999`,
  `smtp://u:${CANARY}@h?tls=none`,
  `smtp://u:${CANARY}#@h`,
  'smtps://[::1',
  'smtp://h:0',
  'smtp://a..b',
  'smtp:h',
  'host:port',
  '127.0.0.1:99999',
  '[::1]:8080:1',
  ':8080',
  'a@b',
  '@',
  'a@-b.ru',
  'a@b.ru\r\nRCPT TO:<x>',
  `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`,
  'x'.repeat(100_000),
  'x'.repeat(32),
]

describe.each(names)('%s', (name) => {
  it.each(nonsense)('%j', (value) => {
    const env: Record<string, string> = { ...least, [name]: value }
    // the parts of the address are asked for only without the whole
    if (/^PEREZVON_SMTP_(HOST|PORT|USER|PASSWORD)$/.test(name)) {
      delete env['PEREZVON_SMTP_URL']
      env['PEREZVON_SMTP_HOST'] ??= 'mail.example.ru'
      if (name === 'PEREZVON_SMTP_USER') env['PEREZVON_SMTP_PASSWORD'] = 'p'
      if (name === 'PEREZVON_SMTP_PASSWORD') env['PEREZVON_SMTP_USER'] = 'u'
    }
    for (const purpose of ['daemon', 'cli'] as const) {
      const result = loadSettings(env, purpose)
      if (result.ok) {
        const { smtpUrls, dkimKey } = result.secrets
        const { from, ehlo, dkim, timeoutMs } = result.settings.mail
        // what was taken can be used
        mailServers(smtpUrls, {
          from: from!,
          ehlo,
          dkim: dkimKey ? { ...dkim, key: dkimKey } : null,
          silenceMs: timeoutMs,
        })
        continue
      }
      for (const language of ['ru', 'en'] as const) {
        const said = printSettingProblems(result.problems, language)
        const lines = said.trimEnd().split('\n')
        for (const line of lines) expect(line).toMatch(/^PEREZVON_[A-Z_]+(_FILE)?( \(\d+\))?: \S.{5,}/)
        expect(said).not.toMatch(/undefined|\[object|\bat .*\.ts|[\p{Cf}\p{Cs}]|[^\n\P{Cc}]/u)
        expect(said.length).toBeLessThan(2_000)
        const secret = isSecret(name) || value.includes('//u:') ? CANARY : '\u0000'
        expect(said).not.toContain(secret)
      }
      expect(result.problems.some((problem) => problem.name.startsWith(name.slice(0, 18)))).toBe(true)
    }
  })
})

function isSecret(name: string): boolean {
  return (fromFile as readonly string[]).includes(name)
}

describe('a file that holds a secret', () => {
  const files = {
    'empty': '',
    'blank': ' \n',
    'good': 'p\n',
    'bom': '\uFEFFp\r\n',
    'binary': '\u0000\u0001',
    'folder/x': '',
  }
  const read = (file: string) => {
    const { PEREZVON_ARI_PASSWORD: _, ...others } = least
    return loadSettings({ ...others, PEREZVON_ARI_PASSWORD_FILE: resolve(folderWith(files), file) })
  }

  it.each([
    ['is not there', 'nowhere', 'file-unreadable'],
    ['is a folder', 'folder', 'file-unreadable'],
    ['has an impossible name', 'a\u0000b', 'file-unreadable'],
    ['has a name without end', 'x'.repeat(5_000), 'file-unreadable'],
    ['never ends', '/dev/zero', 'file-too-large'],
    ['is empty', 'empty', 'file-empty'],
    ['is blank', 'blank', 'blank'],
    ['is no text', 'binary', 'not-one-line'],
  ])('that %s', (_what, file, id) => {
    const result = read(file)
    expect(result.ok ? [] : result.problems.map((problem) => problem.id)).toEqual([id])
    const said = result.ok ? '' : printSettingProblems(result.problems, 'ru')
    expect(said).toMatch(/^PEREZVON_ARI_PASSWORD(_FILE)?: \S/)
  })

  it.each(['good', 'bom'])('%s is read without its line end and its mark', (name) => {
    const result = read(name)
    expect(result.ok && result.secrets.ariPassword).toBe('p')
  })
})

const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
const ed25519 = generateKeyPairSync('ed25519').privateKey
const pem = (key: typeof rsa) => key.export({ type: 'pkcs8', format: 'pem' }) as string

it.each([
  [{ PEREZVON_DKIM_KEY: pem(rsa) }, []],
  [{ PEREZVON_DKIM_KEY: rsa.export({ type: 'pkcs1', format: 'pem' }) as string }, []],
  // nodemailer signs with RSA
  [{ PEREZVON_DKIM_KEY: pem(ed25519) }, ['PEREZVON_DKIM_KEY: not-a-key']],
  [{ PEREZVON_DKIM_KEY: pem(rsa).replace(/[A-Z]/g, 'A') }, ['PEREZVON_DKIM_KEY: not-a-key']],
  [{ PEREZVON_SMTP_URL: 'smtp://u:100%@h' }, ['PEREZVON_SMTP_URL: bare-percent']],
  [{ PEREZVON_SMTP_URLS: 'smtp://a\nsmtp://b?tls=1\nnonsense' }, ['PEREZVON_SMTP_URLS (2): unknown-tls', 'PEREZVON_SMTP_URLS (3): not-an-smtp-url']], // prettier-ignore
  [{ PEREZVON_SMTP_URL: '', PEREZVON_SMTP_HOST: 'mail:587' }, ['PEREZVON_SMTP_HOST: not-a-host']],
  [{ PEREZVON_SMTP_URL: '', PEREZVON_SMTP_HOST: '[2001:db8::1]' }, []],
  [{ PEREZVON_SMTP_URL: '', PEREZVON_SMTP_HOST: 'почта.рф' }, []],
  [{ PEREZVON_SMTP_URL: '', PEREZVON_SMTP_HOST: 'mail', PEREZVON_SMTP_USER: 'u' }, ['PEREZVON_SMTP_PASSWORD: user-without-password']], // prettier-ignore
  [{ PEREZVON_SMTP_URL: '', PEREZVON_SMTP_HOST: 'mail', PEREZVON_SMTP_PASSWORD: 'p' }, ['PEREZVON_SMTP_USER: user-without-password']], // prettier-ignore
  [{ PEREZVON_HTTP: '127.0.0.1:65536' }, ['PEREZVON_HTTP: not-an-address']],
  [{ PEREZVON_HTTP: '127.0.0.1:65535' }, []],
  [{ PEREZVON_ARI_USER: 'a:b' }, ['PEREZVON_ARI_USER: colon-in-user']],
  [{ PEREZVON_ARI_URL: 'http://h:8088/?x=1' }, ['PEREZVON_ARI_URL: url-with-extras']],
  [{ PEREZVON_PUBLIC_URL: 'https://h/calls?x=1' }, ['PEREZVON_PUBLIC_URL: url-with-extras']],
  [{ PEREZVON_DKIM_DOMAIN: 'цветы.рф' }, []],
  [{ PEREZVON_DKIM_DOMAIN: 'a..b' }, ['PEREZVON_DKIM_DOMAIN: not-a-domain']],
  [{ PEREZVON_MAIL_EHLO: 'pbx' }, ['PEREZVON_MAIL_EHLO: not-a-host-name']],
  [{ PEREZVON_MAIL_EHLO: '[192.0.2.1]' }, []],
  [{ PEREZVON_MAIL_EHLO: '[IPv6:2001:db8::1]' }, []],
  [{ PEREZVON_MAIL_EHLO: '[300.0.2.1]' }, ['PEREZVON_MAIL_EHLO: not-a-host-name']],
  [{ PEREZVON_CONFIG: 'x'.repeat(5_000) }, []],
])('%j', (change, problems) => {
  const result = loadSettings({ ...least, ...(change as Record<string, string>) })
  expect(result.ok ? [] : result.problems.map(({ name, id }) => `${name}: ${id}`)).toEqual(problems)
})
