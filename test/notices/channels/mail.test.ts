import { expect, test, vi } from 'vitest'
import { MailChannel, type Mail } from '../../../src/notices/channels/mail.ts'
import type { MailSettings } from '../../../src/notices/mail-settings.ts'
import { TEST_CERTIFICATE } from '../support/certificate.ts'
import { startMailServer } from '../support/mail-server.ts'
import { smtpVerdict } from '../../../src/notices/smtp-verdict.ts'
import { deadlines, mailSettings } from '../support/outbox-rig.ts'
import { startRawSmtp } from '../support/raw-smtp.ts'

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

test('we name ourselves by a full name', async () => {
  await using server = await startMailServer()
  await sendOnce(mailSettings(server.port, { ehlo: 'pbx.example.ru' }))
  expect(server.greetedBy).toEqual(['pbx.example.ru'])
})

test.each([
  ['greets late', 'connect', { greetingMs: 5_000, commandMs: 300 }],
  ['answers MAIL late', 'MAIL', { commandMs: 5_000, greetingMs: 300 }],
  ['has the last word late', 'body', { dotMs: 5_000, commandMs: 300, blockMs: 300 }],
] as const)('a server that %s has the time of that verb, whatever the others have', async (_name, verb, change) => {
  await using server = await startMailServer()
  server.faults.slow = { verb, ms: 900 }
  const settings = mailSettings(server.port, { deadlines: { ...deadlines(500), ...change } })
  expect(await sendOnce(settings)).toMatchObject({ kind: 'sent' })
  expect(server.mails).toHaveLength(1)
})

test.each([
  ['connect', 'ETIMEDOUT', false],
  ['EHLO', 'ETIMEDOUT', false],
  ['body', 'ETIMEDOUT', true],
] as const)('a server that is too late at %s is left', async (verb, code, bodySent) => {
  await using server = await startMailServer()
  server.faults.slow = { verb, ms: 5_000 }
  const result = await sendOnce(mailSettings(server.port, { deadlines: deadlines(300) }))
  expect(result).toMatchObject({ kind: 'failed', failure: { code, bodySent, responseCode: null } })
})

test('a large mail over a slow line is not a silent server', async () => {
  await using server = await startMailServer()
  server.faults.slow = { verb: 'bytes', ms: 100 }
  const content = Buffer.alloc(2_000_000, 'x')
  const settings = mailSettings(server.port, { deadlines: { ...deadlines(5_000), blockMs: 1_500, dotMs: 30_000 } })
  const what = mail({ attachments: [{ filename: 'm.wav', contentType: 'audio/wav', content }] })
  const began = performance.now()
  expect(await sendOnce(settings, what)).toMatchObject({ kind: 'sent' })
  expect(performance.now() - began).toBeGreaterThan(1_500)
})

test.each([
  ['anna@цветы.рф', 'anna@xn--b1ag3bn2a.xn--p1ai'],
  ['anna@xn--b1ag3bn2a.xn--p1ai', 'anna@xn--b1ag3bn2a.xn--p1ai'],
])('%s goes to %s, to a server that has never heard of such domains', async (to, wire) => {
  await using server = await startRawSmtp()
  const said: string[] = []
  server.fault = (_verb, text) => (said.push(text), null)
  const from = { name: 'Цветочный двор', address: 'perezvon@цветы.рф' }
  expect(await sendOnce(mailSettings(server.port), mail({ to, from, replyTo: to }))).toMatchObject({ kind: 'sent' })
  expect(said.filter((text) => text.startsWith('RCPT'))).toEqual([`RCPT TO:<${wire}>`])
  expect(said.find((text) => text.startsWith('MAIL'))).toMatch(/^MAIL FROM:<perezvon@xn--b1ag3bn2a\.xn--p1ai>/)
  expect(said.join()).not.toContain('SMTPUTF8')
  const [raw] = server.taken
  expect(raw).toMatch(/^To: anna@xn--b1ag3bn2a\.xn--p1ai\r$/m)
  expect(raw).toMatch(/^From: [^<]*<perezvon@xn--b1ag3bn2a\.xn--p1ai>\r$/m)
  expect(raw).toMatch(/^Reply-To: anna@xn--b1ag3bn2a\.xn--p1ai\r$/m)
})

test('letters beyond ASCII before the @ go with SMTPUTF8', async () => {
  await using server = await startMailServer({ smtpUtf8: true })
  expect(await sendOnce(mailSettings(server.port), mail({ to: 'анна@цветы.рф' }))).toMatchObject({ kind: 'sent' })
  // the server reads punycode as people do
  expect(server.mails[0]!.to).toEqual(['анна@цветы.рф'])
  expect(server.mails[0]!.raw).toMatch(/^To: .*анна@цветы\.рф/m)
})

test.each([
  ['recipient', { to: 'анна@цветы.рф' }, { kind: 'dead', refused: false }],
  ['sender', { from: { name: 'F', address: 'почта@цветы.рф' } }, { kind: 'retry', blame: 'us', lasting: true }],
])('without SMTPUTF8 a %s beyond ASCII is said in a sentence, and nothing is sent', async (_who, change, verdict) => {
  await using server = await startMailServer({ smtpUtf8: false })
  const result = await sendOnce(mailSettings(server.port), mail(change))
  expect(result.kind === 'failed' && result.failure.text).toMatch(/SMTPUTF8/)
  expect(result.kind === 'failed' && smtpVerdict(result.failure)).toMatchObject(verdict)
  expect(server.mails).toEqual([])
})

test('an answer of several lines is one sentence with its codes once', async () => {
  await using server = await startRawSmtp()
  const text = ['5.7.26 This mail has been blocked', '5.7.26 because the sender', '5.7.26 is unauthenticated.']
  server.fault = (verb) => (verb === 'body' ? { code: 550, text: `${text[0]}\r\n550-${text[1]}\r\n550 ${text[2]}`, more: true } : null) // prettier-ignore
  const result = await sendOnce(mailSettings(server.port))
  expect(result.kind === 'failed' && result.failure.text).toBe(
    '550 5.7.26 This mail has been blocked because the sender is unauthenticated.',
  )
})
