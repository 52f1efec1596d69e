import { createHash, createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { FailoverMail } from '../../../src/notices/channels/failover.ts'
import { MailChannel, type Mail } from '../../../src/notices/channels/mail.ts'
import type { IllnessBook } from '../../../src/notices/illness.ts'
import { mailServers, type MailSettings } from '../../../src/notices/mail-settings.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import { startMailServer, type TestMailServer } from '../support/mail-server.ts'
import { deadlines, IMPATIENT, mailSettings } from '../support/outbox-rig.ts'

vi.setConfig({ testTimeout: 30_000 })

const mail: Mail = {
  from: { name: 'Цветочный двор', address: 'perezvon@example.ru' },
  to: 'anna@example.ru',
  replyTo: null,
  subject: 'Пропущен',
  text: 'text',
  html: '<p>html</p>',
  messageId: '<mc.1@pbx.example.ru>',
  inReplyTo: null,
  headers: {},
  attachments: [],
  boundary: '1',
}
const signal = new AbortController().signal

function inOrder(...servers: TestMailServer[]) {
  return withDeadlines(IMPATIENT, ...servers)
}

function withDeadlines(allowed: MailSettings['deadlines'], ...servers: TestMailServer[]) {
  const clock = { time: 0, now: () => clock.time }
  const said: string[] = []
  const book: IllnessBook = {
    fails: async (channel, kind) => void said.push(`${channel}: ${kind}`),
    works: async (channel) => void said.push(`${channel}: works`),
    kindOf: () => null,
  }
  const channels = servers.map(({ port }) => new MailChannel(mailSettings(port, { deadlines: allowed })))
  const failover = new FailoverMail(
    channels.map((channel, i) => ({
      name: `server ${i + 1}`,
      send: (what, stop, options) => channel.send(what, stop, options),
      verify: () => channel.verify(),
      close: () => channel.close(),
    })),
    clock,
    silentLogger,
    { book, hurryMs: 1_000 },
  )
  return { clock, failover, said, [Symbol.dispose]: () => failover.close() }
}

test('the first that can be talked to takes the mail; when the first is well, it is the first again', async () => {
  await using first = await startMailServer()
  await using second = await startMailServer()
  using rig = inOrder(first, second)
  await first.stop()
  expect(await rig.failover.send(mail, signal)).toMatchObject({ kind: 'sent' })
  expect(second.mails).toHaveLength(1)
  await first.start()
  // it is left alone for a while
  await rig.failover.send(mail, signal)
  expect([first.mails.length, second.mails.length]).toEqual([0, 2])
  rig.clock.time += 10_000
  await rig.failover.send(mail, signal)
  expect([first.mails.length, second.mails.length]).toEqual([1, 2])
})

test('what a server says of the mail is not asked of another', async () => {
  await using first = await startMailServer()
  await using second = await startMailServer()
  using rig = inOrder(first, second)
  for (const code of [450, 550]) {
    first.faults.rcpt = () => code
    expect(await rig.failover.send(mail, signal)).toMatchObject({ kind: 'failed', failure: { responseCode: code } })
  }
  expect(second.mails).toHaveLength(0)
})

test('a mail that the first may have taken is not given to the second', async () => {
  await using first = await startMailServer()
  await using second = await startMailServer()
  using rig = inOrder(first, second)
  first.faults.breakAfterBody = true
  expect(await rig.failover.send(mail, signal)).toMatchObject({ kind: 'failed', failure: { bodySent: true } })
  expect([first.mails.length, second.mails.length]).toEqual([1, 0])
})

test('after that it is the second’s turn: a server that fell silent over one mail is not asked with the next', async () => {
  await using first = await startMailServer()
  await using second = await startMailServer()
  using rig = inOrder(first, second)
  first.faults.breakAfterBody = true
  await rig.failover.send(mail, signal)
  first.faults.breakAfterBody = false
  expect(await rig.failover.send(mail, signal)).toMatchObject({ kind: 'sent' })
  expect([first.mails.length, second.mails.length]).toEqual([1, 1])
})

test('a server that takes nothing from us is passed over like one that is away, and told of', async () => {
  await using first = await startMailServer()
  await using second = await startMailServer()
  using rig = inOrder(first, second)
  first.faults.mail = 550
  expect(await rig.failover.send(mail, signal)).toMatchObject({ kind: 'sent' })
  expect(await rig.failover.send(mail, signal)).toMatchObject({ kind: 'sent' })
  expect([first.mails.length, second.mails.length]).toEqual([0, 2])
  first.faults.mail = null
  rig.clock.time += 10_000
  await rig.failover.send(mail, signal)
  expect([first.mails.length, second.mails.length]).toEqual([1, 2])
  expect(rig.said.filter((line) => line.startsWith('mail server 1'))).toEqual([
    'mail server 1: refused',
    'mail server 1: works',
  ])
})

test.each([
  ['is not waited for while another is quick', true],
  ['gets its time where no other takes the mail', false],
])('a server that greets slowly %s', async (_name, secondIsWell) => {
  await using first = await startMailServer()
  await using second = await startMailServer()
  using rig = withDeadlines(deadlines(10_000), first, second)
  first.faults.slow = { verb: 'connect', ms: 4_000 }
  if (!secondIsWell) await second.stop()
  const began = performance.now()
  expect(await rig.failover.send(mail, signal)).toMatchObject({ kind: 'sent' })
  const [quick, slow] = secondIsWell ? [second, first] : [first, second]
  expect([quick.mails.length, slow.mails.length]).toEqual([1, 0])
  expect(performance.now() - began).toBeGreaterThan(secondIsWell ? 900 : 3_900)
})

test('the second is asked where the first takes no letters beyond ASCII', async () => {
  await using first = await startMailServer({ smtpUtf8: false })
  await using second = await startMailServer({ smtpUtf8: true })
  using rig = inOrder(first, second)
  expect(await rig.failover.send({ ...mail, to: 'анна@цветы.рф' }, signal)).toMatchObject({ kind: 'sent' })
  expect([first.mails.length, second.mails.length]).toEqual([0, 1])
})

test('nobody can be talked to: the failure of the last is told, and one is tried again all the same', async () => {
  await using first = await startMailServer()
  await using second = await startMailServer()
  using rig = inOrder(first, second)
  await Promise.all([first.stop(), second.stop()])
  expect(await rig.failover.send(mail, signal)).toMatchObject({ kind: 'failed' })
  expect(await rig.failover.verify()).toMatchObject({ ok: false })
  await first.start()
  expect(await rig.failover.send(mail, signal)).toMatchObject({ kind: 'sent' })
})

test('servers of one list sign alike and make the same threads', () => {
  const key = { domain: null, selector: 's', key: 'k' }
  const [a, b] = mailServers(['smtp://a.example.ru', 'smtps://u:p@b.example.ru'], {
    from: 'perezvon@example.ru',
    dkim: key,
  })
  expect(a!.threadSecret).toBe(b!.threadSecret)
  expect([a!.dkim, b!.dkim]).toEqual([
    { domain: 'example.ru', selector: 's', key: 'k' },
    { domain: 'example.ru', selector: 's', key: 'k' },
  ])
})

test('DKIM: the body hash and the signature over the headers are right (RFC 6376)', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  await using server = await startMailServer()
  const channel = new MailChannel(
    mailSettings(server.port, { dkim: { domain: 'example.ru', selector: 'perezvon', key } }),
  )
  expect(await channel.send(mail, signal)).toMatchObject({ kind: 'sent' })
  channel.close()
  const { raw } = server.mails[0]!
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const fields = head.split(/\r\n(?![ \t])/)
  const unfolded = (field: string) => field.replace(/\r\n[ \t]+/g, ' ')
  const signature = fields.find((field) => /^dkim-signature:/i.test(field))!
  const tags = Object.fromEntries(
    unfolded(signature)
      .slice('DKIM-Signature:'.length)
      .split(';')
      .map((tag) => [tag.slice(0, tag.indexOf('=')).trim(), tag.slice(tag.indexOf('=') + 1).replace(/\s/g, '')]),
  )
  expect(tags).toMatchObject({ d: 'example.ru', s: 'perezvon', a: 'rsa-sha256', c: 'relaxed/relaxed' })
  const body = `${rest
    .join('\r\n\r\n')
    .replace(/[ \t]+(?=\r\n)/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/(\r\n)*$/, '')}\r\n`
  expect(tags['bh']).toBe(createHash('sha256').update(body).digest('base64'))
  const relaxed = (field: string) => {
    const text = unfolded(field)
    const colon = text.indexOf(':')
    const value = text
      .slice(colon + 1)
      .replace(/[ \t]+/g, ' ')
      .trim()
    return `${text.slice(0, colon).trim().toLowerCase()}:${value}`
  }
  const signed = tags['h']!.toLowerCase()
    .split(':')
    .flatMap((name) => {
      const field = fields.findLast((one) => one.toLowerCase().startsWith(`${name}:`))
      return field ? [relaxed(field)] : []
    })
  expect(signed.some((field) => field.startsWith('from:'))).toBe(true)
  const verify = createVerify('RSA-SHA256').update(
    [...signed, relaxed(signature).replace(/(\bb=)[^;]*$/, '$1')].join('\r\n'),
  )
  expect(verify.verify(createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })), tags['b']!, 'base64')).toBe(
    true,
  )
})
