import { expect, test, vi } from 'vitest'
import { MailChannel, type Mail } from '../../../src/notices/channels/mail.ts'
import type { MailSettings } from '../../../src/notices/mail-settings.ts'
import { TEST_CERTIFICATE } from '../support/certificate.ts'
import { startMailServer } from '../support/mail-server.ts'
import { mailSettings } from '../support/outbox-rig.ts'

// real servers and a database that waits for its disk
vi.setConfig({ testTimeout: 30_000 })

const mail = (change: Partial<Mail> = {}): Mail => ({
  from: { name: 'Цветочный двор', address: 'perezvon@example.ru' },
  to: 'anna@example.ru',
  replyTo: 'sales@example.ru',
  subject: 'Пропущен',
  text: 'text',
  html: '<p>html</p>',
  messageId: '<mc.1@pbx.example.ru>',
  inReplyTo: null,
  headers: { 'X-Perezvon-Call': '1.2' },
  attachments: [],
  boundary: '1',
  ...change,
})

async function sendOnce(settings: MailSettings, what = mail()) {
  const channel = new MailChannel(settings)
  try {
    return await channel.send(what, new AbortController().signal)
  } finally {
    channel.close()
  }
}

test.each([
  ['implicit', 'implicit'],
  ['starttls', 'starttls'],
  ['starttls', 'if-offered'],
] as const)('a server with TLS %s, asked for %s, with a login, by its own authority', async (tls, asked) => {
  const login = { user: 'perezvon', password: 'пароль' }
  await using server = await startMailServer({ tls, login })
  const settings = mailSettings(server.port, { tls: asked, ca: TEST_CERTIFICATE, login })
  expect(await sendOnce(settings)).toMatchObject({ kind: 'sent' })
  expect(server.mails).toHaveLength(1)
})

test.each(['implicit', 'starttls'] as const)('a certificate nobody vouches for is refused: %s', async (tls) => {
  await using server = await startMailServer({ tls })
  const result = await sendOnce(mailSettings(server.port, { tls }))
  expect(result).toMatchObject({ kind: 'failed', failure: { responseCode: null, bodySent: false } })
  expect(result.kind === 'failed' && result.failure.text).toMatch(/self-signed/)
  expect(server.mails).toEqual([])
})

test('STARTTLS that is required and not offered sends nothing', async () => {
  await using server = await startMailServer()
  expect(await sendOnce(mailSettings(server.port, { tls: 'starttls' }))).toMatchObject({ kind: 'failed' })
  expect(server.mails).toEqual([])
})

test('a wrong password is the server’s word, and the password is not in it', async () => {
  await using server = await startMailServer({ login: { user: 'u', password: 'right' } })
  const result = await sendOnce(mailSettings(server.port, { login: { user: 'u', password: 'wrong-secret' } }))
  expect(result).toMatchObject({ kind: 'failed', failure: { responseCode: 535, command: 'AUTH PLAIN' } })
  expect(JSON.stringify(result)).not.toContain('wrong-secret')
})

test('no text in any field can add a header, a recipient or a part', async () => {
  await using server = await startMailServer()
  const evil = 'x\r\nBcc: victim@example.org\r\n\r\n<script>'
  await sendOnce(
    mailSettings(server.port),
    mail({
      from: { name: evil, address: 'perezvon@example.ru' },
      subject: evil,
      replyTo: 'a@example.ru\r\nBcc: victim@example.org',
      messageId: `<mc.1${evil}@x>`,
      inReplyTo: `<${evil}>`,
      headers: { 'X-Perezvon-Call': evil },
      attachments: [{ filename: evil, contentType: 'audio/wav', content: Buffer.from('RIFF') }],
    }),
  )
  const [{ to, parsed, raw } = { to: [], parsed: null, raw: '' }] = server.mails
  expect(to).toEqual(['anna@example.ru'])
  expect(parsed?.bcc).toBeUndefined()
  expect(parsed?.headers.has('bcc')).toBe(false)
  expect(raw).not.toMatch(/^Bcc:/im)
  expect(parsed?.text?.trim()).toBe('text')
  expect(parsed?.attachments).toHaveLength(1)
})

test.each(['a@example.ru, b@example.ru', 'a@example.ru> <b@example.ru', 'a@example.ru\r\nRCPT TO:<b@example.ru>'])(
  'a recipient that is not one address reaches nobody else: %j',
  async (to) => {
    await using server = await startMailServer()
    await sendOnce(mailSettings(server.port), mail({ to }))
    expect(server.mails.flatMap((received) => received.to)).not.toContain('b@example.ru')
    expect(server.mails.every((received) => received.to.length === 1)).toBe(true)
  },
)

test('health: well, not reachable, not let in', async () => {
  await using server = await startMailServer({ login: { user: 'u', password: 'p' } })
  const asks = async (change: Partial<MailSettings>) => {
    const channel = new MailChannel(mailSettings(server.port, change))
    const health = await channel.verify()
    channel.close()
    return health
  }
  expect(await asks({ login: { user: 'u', password: 'p' } })).toEqual({ ok: true })
  expect(await asks({ login: { user: 'u', password: 'x' } })).toMatchObject({ ok: false })
  await server.stop()
  const away = await asks({})
  expect(away.ok ? '' : away.why).toContain('ECONNREFUSED')
})

test('health asks the server once for many questions', async () => {
  await using server = await startMailServer()
  const channel = new MailChannel(mailSettings(server.port))
  await Promise.all([channel.verify(), channel.verify(), channel.verify()])
  expect(server.connections).toBe(1)
  channel.close()
})
