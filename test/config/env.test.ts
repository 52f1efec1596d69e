import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { findConfig, loadSettings, printSettingProblems } from '../../src/config/env.ts'
import { folderWith } from './folder.ts'

const least = {
  PEREZVON_ARI_PASSWORD: 'p',
  PEREZVON_SMTP_URL: 'smtp://mail.example.ru:25',
  PEREZVON_MAIL_FROM: 'pbx@example.ru',
}

function good(env: Record<string, string>, purpose: 'daemon' | 'cli' = 'daemon') {
  const result = loadSettings(env, purpose)
  if (!result.ok) throw new Error(printSettingProblems(result.problems, 'en'))
  return result
}

it('needs little', () => {
  const { settings, secrets, warnings } = good(least)
  expect(settings).toEqual({
    configFile: join(process.cwd(), 'config/perezvon.yaml'),
    dataFolder: join(process.cwd(), '.perezvon'),
    soundsFolder: join(process.cwd(), 'config'),
    madeSoundsFolder: join(process.cwd(), '.perezvon/sounds'),
    tts: null,
    ari: { url: 'http://127.0.0.1:8088', user: 'perezvon', app: 'perezvon', transport: 'websocket', sockets: 4 },
    mail: {
      from: 'pbx@example.ru',
      ehlo: null,
      timeoutMs: null,
      retryMs: 60_000,
      dkim: { domain: null, selector: 'perezvon' },
    },
    http: { host: '127.0.0.1', port: 8080, publicUrl: null },
    log: { level: 'info', format: 'text' },
    strict: false,
  })
  expect(secrets.ariPassword).toBe('p')
  expect(secrets.smtpUrl).toBe('smtp://mail.example.ru:25')
  expect(warnings).toEqual([])
})

it('takes everything', () => {
  const folder = folderWith({ 'my.yaml': '' })
  const { settings } = good({
    ...least,
    PEREZVON_CONFIG: join(folder, 'my.yaml'),
    PEREZVON_DATA: '/var/lib/perezvon',
    PEREZVON_SOUNDS: '/srv/sounds',
    PEREZVON_ARI_URL: 'https://pbx.example.ru:8089/',
    PEREZVON_ARI_APP: 'perezvon-b',
    PEREZVON_ARI_TRANSPORT: 'http',
    PEREZVON_ARI_SOCKETS: '8',
    PEREZVON_HTTP: '[::1]:9000',
    PEREZVON_PUBLIC_URL: 'https://calls.example.ru',
    PEREZVON_DKIM_DOMAIN: 'example.ru',
    PEREZVON_DKIM_SELECTOR: 'mail',
    PEREZVON_MAIL_FROM: 'pbx@xn--b1ag3bn2a.xn--p1ai',
    PEREZVON_MAIL_EHLO: 'АТС.цветы.рф',
    PEREZVON_MAIL_TIMEOUT: '600',
    PEREZVON_LOG: 'debug',
    PEREZVON_LOG_FORMAT: 'json',
    PEREZVON_STRICT: 'true',
  })
  expect(settings).toMatchObject({
    configFile: join(folder, 'my.yaml'),
    dataFolder: '/var/lib/perezvon',
    soundsFolder: '/srv/sounds',
    ari: { url: 'https://pbx.example.ru:8089', app: 'perezvon-b', transport: 'http', sockets: 8 },
    http: { host: '::1', port: 9000, publicUrl: 'https://calls.example.ru' },
    mail: {
      from: 'pbx@цветы.рф',
      ehlo: 'xn--80a8ac.xn--b1ag3bn2a.xn--p1ai',
      timeoutMs: 600_000,
      dkim: { domain: 'example.ru', selector: 'mail' },
    },
    log: { level: 'debug', format: 'json' },
    strict: true,
  })
})

it('finds the main file in the folder that was named', () => {
  const folder = folderWith({ 'perezvon.yaml': '' })
  expect(findConfig(folder)).toBe(join(folder, 'perezvon.yaml'))
  expect(findConfig(join(folder, 'perezvon.yaml'))).toBe(join(folder, 'perezvon.yaml'))
  expect(findConfig(join(folder, 'other.yml'))).toBe(join(folder, 'other.yml'))
  expect(findConfig(join(folder, 'nowhere'))).toBe(join(folder, 'nowhere/perezvon.yaml'))
})

describe('secrets', () => {
  it('come from files too, without the line end', () => {
    const folder = folderWith({ ari: 's3cret\n', smtp: 'smtps://u:p@mail.example.ru:465\r\n' })
    const { secrets } = good({
      PEREZVON_ARI_PASSWORD_FILE: join(folder, 'ari'),
      PEREZVON_SMTP_URL_FILE: join(folder, 'smtp'),
      PEREZVON_MAIL_FROM: 'pbx@example.ru',
    })
    expect(secrets.ariPassword).toBe('s3cret')
    expect(secrets.smtpUrl).toBe('smtps://u:p@mail.example.ru:465')
  })

  it.each([
    [{ PEREZVON_SMTP_HOST: 'mail.example.ru' }, 'smtp://mail.example.ru:587'],
    [
      {
        PEREZVON_SMTP_HOST: 'mail.example.ru',
        PEREZVON_SMTP_PORT: '465',
        PEREZVON_SMTP_USER: 'a@b',
        PEREZVON_SMTP_PASSWORD: 'p:/@',
      },
      'smtps://a%40b:p%3A%2F%40@mail.example.ru:465',
    ],
  ])('make the address of the mail server from its parts', (parts, expected) => {
    const { PEREZVON_SMTP_URL: _, ...others } = least
    expect(good({ ...others, ...(parts as Record<string, string>) }).secrets.smtpUrl).toBe(expected)
  })

  it('are not printed by anything that prints', () => {
    const loaded = good({
      ...least,
      PEREZVON_ARI_PASSWORD: 'hunter2',
      PEREZVON_SMTP_URL: 'smtp://u:hunter2@mail.example.ru',
    })
    const { secrets } = loaded
    const printed = [
      JSON.stringify(loaded),
      inspect(loaded, { depth: 9, showHidden: true }),
      String(secrets),
      JSON.stringify(Object.entries(secrets)),
    ]
    for (const text of printed) expect(text).not.toContain('hunter2')
  })

  it('are not quoted in complaints about them', () => {
    const result = loadSettings({ ...least, PEREZVON_SMTP_URL: 'hunter2', PEREZVON_ARI_PASSWORD: 'hunter2\n2' })
    expect(result.ok).toBe(false)
    expect(JSON.stringify(result)).not.toContain('hunter2')
  })
})

describe('what is wrong', () => {
  it('is said all at once, in both languages', () => {
    const result = loadSettings({
      PEREZVON_ARI_URL: 'ftp://pbx',
      PEREZVON_ARI_SOCKETS: '0',
      PEREZVON_HTTP: '8080',
      PEREZVON_LOG: 'loud',
      PEREZVON_MAIL_FROM: 'me',
      PEREZVON_ARI_PASSWORD_FILE: '/nonexistent/secret',
    })
    if (result.ok) throw new Error('this must be refused')
    expect(printSettingProblems(result.problems, 'en')).toBe(
      [
        'PEREZVON_ARI_PASSWORD_FILE: the file /nonexistent/secret cannot be read',
        'PEREZVON_ARI_URL: “ftp://pbx” is not an address of the right kind',
        'PEREZVON_ARI_SOCKETS: “0” is not a number in the allowed range',
        'PEREZVON_MAIL_FROM: “me” is not a mail address',
        'PEREZVON_HTTP: “8080” is not host:port',
        'PEREZVON_LOG: “loud” is not one of the choices, see docs/configuration.md',
        'PEREZVON_SMTP_URL: is not set',
        '',
      ].join('\n'),
    )
    expect(printSettingProblems(result.problems, 'ru')).toContain('PEREZVON_SMTP_URL: не задано')
  })

  it.each([
    [{ PEREZVON_ARI_URL: 'http://user:pass@127.0.0.1:8088' }, 'credentials-in-url'],
    [{ PEREZVON_ARI_APP: 'perez von' }, 'not-a-name'],
    [{ PEREZVON_ARI_TRANSPORT: 'telnet' }, 'not-a-choice'],
    [{ PEREZVON_ARI_PASSWORD_FILE: import.meta.filename }, 'both'],
    [{ PEREZVON_DATA: 'a\u0000b' }, 'not-one-line'],
  ])('%j', (env, id) => {
    const result = loadSettings({ ...least, ...(env as Record<string, string>) })
    expect(result.ok ? [] : result.problems.map((problem) => problem.id)).toContain(id)
  })

  it('is not asked of a command line that needs no Asterisk', () => {
    expect(good({}, 'cli').settings.dataFolder).toBe(join(process.cwd(), '.perezvon'))
  })

  it('may be a slip in a name', () => {
    const { warnings } = good({ ...least, PEREZVON_ARI_PASWORD: 'x', OTHER: 'y' })
    expect(warnings).toEqual([
      { name: 'PEREZVON_ARI_PASWORD', id: 'unknown', text: '', suggestion: 'PEREZVON_ARI_PASSWORD' },
    ])
    expect(printSettingProblems(warnings, 'ru')).toBe(
      'PEREZVON_ARI_PASWORD: нет такой настройки; может быть, PEREZVON_ARI_PASSWORD?\n',
    )
  })
})
