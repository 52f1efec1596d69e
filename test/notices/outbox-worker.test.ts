import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { defaultBackoff } from '../../src/notices/backoff.ts'
import { MailChannel, type Mail, type MailSender } from '../../src/notices/channels/mail.ts'
import { Outbox } from '../../src/store/outbox.ts'
import { startMailServer, type ReceivedMail } from './support/mail-server.ts'
import { IMPATIENT, mailSettings, startOutboxRig } from './support/outbox-rig.ts'
import { missedCall } from './support/samples.ts'

// real servers and a database that waits for its disk
vi.setConfig({ testTimeout: 30_000 })

const MINUTE = 60_000

test('a due mail is sent once and marked', async () => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  await rig.write('a')
  const worker = rig.makeWorker()
  await worker.pass()
  await worker.pass()
  expect(server.mails).toHaveLength(1)
  const [{ from, to, parsed, raw }] = server.mails as [ReceivedMail]
  expect({ from, to }).toEqual({ from: 'perezvon@example.ru', to: ['anna@example.ru'] })
  expect(parsed).toMatchObject({
    subject: 'Пропущен: Иван Петров +7 912 345-67-89 — Продажи',
    from: { text: '"Цветочный двор" <perezvon@example.ru>' },
    replyTo: { text: 'sales@example.ru' },
    messageId: '<mc.a@pbx.example.ru>',
  })
  expect(parsed.text).toContain('Кто звонил: Иван Петров +7 912 345-67-89')
  expect(parsed.html).toContain('<a href="tel:+79123456789"')
  expect(raw).toMatch(/^Content-Type: multipart\/alternative/m)
  for (const line of raw.split('\r\n')) expect(line.length).toBeLessThan(200)
  expect(await rig.row('a')).toMatchObject({ status: 'sent', sentAt: new Date(rig.clock.time), tries: 1 })
  expect(rig.results).toEqual(['sent'])
})

test('a running worker sends on wake and ends when stopped', async () => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  const worker = rig.makeWorker({ rules: { everyMs: 3_600_000 } })
  worker.start()
  await rig.write('a')
  worker.wake()
  await server.arrived(1)
  await worker.stop()
  expect((await rig.row('a')).status).toBe('sent')
})

test('a server that refuses connections is left alone for a while; then the mail goes', async () => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  await server.stop()
  await rig.write('a')
  await rig.write('b')
  const worker = rig.makeWorker({ rules: { connections: 1 } })
  await worker.pass()
  // as if it had not been tried, but for the reason
  expect(await rig.row('a')).toMatchObject({ status: 'pending', tries: 0, lastError: expect.stringMatching(/\S/) })
  expect(await rig.row('b')).toMatchObject({ status: 'pending', tries: 0, lastError: null })
  await server.start()
  await worker.pass()
  expect(server.mails).toHaveLength(0)
  rig.clock.time += 1000
  await worker.pass()
  expect(server.mails).toHaveLength(2)
})

test.each(['rcpt', 'data'] as const)('451 to %s: again after a minute, then two, with the same id', async (verb) => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  if (verb === 'rcpt') server.faults.rcpt = () => 451
  else server.faults.data = 451
  await rig.write('a')
  const began = rig.clock.time
  const worker = rig.makeWorker()
  await worker.pass()
  const first = await rig.row('a')
  expect(first).toMatchObject({ status: 'pending', tries: 1, dueAt: new Date(began + MINUTE) })
  expect(first.lastError).toContain('451')
  rig.clock.time = began + MINUTE
  await worker.pass()
  expect(await rig.row('a')).toMatchObject({ tries: 2, dueAt: new Date(began + 3 * MINUTE) })
  Object.assign(server.faults, { mail: null, rcpt: null, data: null })
  rig.clock.time = began + 3 * MINUTE
  await worker.pass()
  expect(server.mails.map((mail) => mail.parsed.messageId)).toEqual(['<mc.a@pbx.example.ru>'])
})

test.each([
  ['the connect', 'connect'],
  ['EHLO', /^EHLO/],
  ['AUTH', /^AUTH/],
  ['MAIL', /^MAIL/],
  ['RCPT', /^RCPT/m],
  ['DATA', /^DATA/m],
  ['the body', 'body'],
] as const)('a server that goes silent at %s is cut off, and the mail goes later', async (name, silentFrom) => {
  const login = { user: 'u', password: 'p' }
  await using server = await startMailServer({ login })
  await using rig = await startOutboxRig(mailSettings(server.port, { login }))
  server.faults.silentFrom = silentFrom
  await rig.write('a')
  const impatient = new MailChannel(mailSettings(server.port, { login, deadlines: IMPATIENT }))
  await rig.makeWorker({ sender: impatient }).pass()
  // of a mail that the server had not heard of it was no try
  const begun = ['MAIL', 'RCPT', 'DATA', 'the body'].includes(name)
  expect(await rig.row('a')).toMatchObject({ status: 'pending', tries: begun ? 1 : 0 })
  expect((await rig.row('a')).lastError).toMatch(/Timeout|never received|took longer/)
  server.faults.silentFrom = null
  rig.clock.time += MINUTE
  await rig.makeWorker().pass()
  expect((await rig.row('a')).status).toBe('sent')
  // only a server that had the whole mail can have taken it twice
  expect(server.mails).toHaveLength(silentFrom === 'body' ? 2 : 1)
  expect(new Set(server.mails.map((mail) => mail.parsed.messageId)).size).toBe(1)
})

test('the connection breaks after the dot: the second copy is the same but for its Date', async () => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  await writeFile(join(rig.folder, 'm.wav'), 'RIFF')
  await rig.write('a', { threadKey: 'k', payload: missedCall({ voicemail: { file: 'm.wav', ms: 34_000 } }) })
  server.faults.breakAfterBody = true
  const worker = rig.makeWorker()
  await worker.pass()
  const began = rig.clock.time
  expect(await rig.row('a')).toMatchObject({ status: 'pending', dueAt: new Date(began + MINUTE) })
  server.faults.breakAfterBody = false
  rig.clock.time += MINUTE
  await worker.pass()
  const [one, two] = server.mails.map((mail) => mail.raw.replace(/^Date:.*$/m, 'Date:'))
  expect(two).toBe(one)
  expect(one).toMatch(/^Message-ID: <thread\.[0-9a-f]{32}@pbx\.example\.ru>$/m)
  expect(one).toMatch(/^X-Perezvon-Notice: a$/m)
})

test('killed between the server’s yes and our mark: the next worker sends it again under the same id', async () => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  await rig.write('a')
  class Dying extends Outbox {
    override markSent = () => Promise.reject(new Error('killed'))
  }
  await expect(rig.makeWorker({ outbox: new Dying(rig.database.prisma) }).pass()).rejects.toThrow('killed')
  expect(await rig.row('a')).toMatchObject({ status: 'sending' })
  const after = rig.makeWorker()
  await after.pass()
  expect(server.mails).toHaveLength(1)
  rig.clock.time += 120_000
  await after.pass()
  expect(server.mails.map((mail) => mail.parsed.messageId)).toEqual(['<mc.a@pbx.example.ru>', '<mc.a@pbx.example.ru>'])
  expect((await rig.row('a')).status).toBe('sent')
})

test.each([
  ['soon', 0],
  ['when the lease is over', 120_000],
])('the database refuses the mark: the mail is marked %s and not sent again', async (_when, ms) => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  await rig.write('a')
  let full = true
  class Full extends Outbox {
    override markSent(id: string, now: number) {
      return full ? Promise.reject(new Error('disk full')) : super.markSent(id, now)
    }
  }
  const worker = rig.makeWorker({ outbox: new Full(rig.database.prisma) })
  await expect(worker.pass()).rejects.toThrow('disk full')
  full = false
  rig.clock.time += ms
  await worker.pass()
  expect(server.mails).toHaveLength(1)
  expect((await rig.row('a')).status).toBe('sent')
})

test('550 is dead, said aloud, and can be brought back', async () => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  server.faults.rcpt = (address) => (address === 'gone@example.ru' ? 550 : null)
  await rig.write('a', { recipient: 'gone@example.ru', threadKey: 'k' })
  await rig.write('b', { recipient: 'boris@example.ru', threadKey: 'k' })
  const said: string[] = []
  const log = { debug() {}, info() {}, warn() {}, error: (text: string) => void said.push(text), child: () => log }
  await rig.makeWorker({ log }).pass()
  expect(await rig.row('a')).toMatchObject({ status: 'dead', tries: 1 })
  expect((await rig.row('a')).lastError).toContain('550')
  expect((await rig.row('b')).status).toBe('sent')
  expect(said).toEqual(['a notice is undeliverable; see `perezvon mail outbox`'])
  expect(rig.results.sort()).toEqual(['dead', 'sent'])
  server.faults.rcpt = null
  await rig.outbox.retryDead(rig.clock.time)
  await rig.makeWorker().pass()
  expect((await rig.row('a')).status).toBe('sent')
})

test('a mailbox that asks to wait does not hold up another recipient of the same call', async () => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  server.faults.rcpt = (address) => (address === 'anna@example.ru' ? 450 : null)
  await rig.write('a', { recipient: 'anna@example.ru', threadKey: 'k' })
  await rig.write('b', { recipient: 'boris@example.ru', threadKey: 'k' })
  await rig.makeWorker({ rules: { connections: 1 } }).pass()
  expect(server.mails.map((mail) => mail.to)).toEqual([['boris@example.ru']])
  expect((await rig.row('a')).status).toBe('pending')
})

test('a mailbox that asks to wait is asked with one mail, not with all, and then gets all in their order', async () => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  let asked = 0
  server.faults.rcpt = (address) => (address === 'anna@example.ru' && ++asked > 0 ? 450 : null)
  for (const id of ['a', 'b', 'c']) await rig.write(id, { threadKey: id })
  await rig.write('d', { recipient: 'boris@example.ru' })
  const worker = rig.makeWorker()
  await worker.pass()
  expect(asked).toBe(1)
  expect(server.mails.map((mail) => mail.to)).toEqual([['boris@example.ru']])
  // one that comes meanwhile waits behind them
  await rig.write('e', { threadKey: 'e' })
  await worker.pass()
  expect(asked).toBe(1)
  server.faults.rcpt = null
  rig.clock.time += MINUTE
  await worker.pass()
  const order = server.mails.map((mail) => mail.parsed.headers.get('x-perezvon-notice'))
  expect(order).toEqual(['d', 'a', 'b', 'c', 'e'])
})

test('a mail that a server does not like after it has read it holds up no other to the same mailbox', async () => {
  await using rig = await startOutboxRig(mailSettings(1))
  const refused = {
    code: 'EMESSAGE',
    command: 'DATA',
    responseCode: 451,
    text: '451 spam?',
    begun: true,
    bodySent: true,
  }
  const sender: MailSender = {
    send: ({ headers }) =>
      Promise.resolve(
        headers['X-Perezvon-Notice'] === 'odd'
          ? { kind: 'failed', failure: refused }
          : { kind: 'sent', response: '250' },
      ),
  }
  await rig.write('odd', { threadKey: 'odd' })
  await rig.write('next', { threadKey: 'next' })
  await rig.makeWorker({ sender }).pass()
  expect((await rig.row('odd')).status).toBe('pending')
  expect((await rig.row('next')).status).toBe('sent')
})

test('a server that is away for a week gets everything, in order; nothing is given up', async () => {
  await using rig = await startOutboxRig(mailSettings(1))
  const nobody = {
    code: 'ECONNECTION',
    command: 'CONN',
    responseCode: null,
    text: 'refused',
    begun: false,
    bodySent: false,
  }
  const until = rig.clock.time + 7 * 86_400_000
  const order: string[] = []
  const sender: MailSender = {
    async send({ headers }) {
      if (rig.clock.time < until) return { kind: 'failed', failure: nobody }
      order.push(headers['X-Perezvon-Notice']!)
      return { kind: 'sent', response: '250' }
    },
  }
  for (const id of ['a', 'b', 'c']) await rig.write(id, { recipient: `${id}@example.ru` })
  const worker = rig.makeWorker({ sender, rules: { serverPause: { firstMs: 3_600_000, maxMs: 3_600_000 } } })
  while (rig.clock.time < until + 3_600_000) {
    await worker.pass()
    rig.clock.time += 3_600_000
  }
  expect(order).toEqual(['a', 'b', 'c'])
})

test('a mailbox that is full for five days: each mail has had its try, and is given up at its time', async () => {
  await using rig = await startOutboxRig(mailSettings(1))
  const full = {
    code: 'EENVELOPE',
    command: 'RCPT TO',
    responseCode: 452,
    text: '452 full',
    begun: true,
    bodySent: false,
  }
  const tried: string[] = []
  const sender: MailSender = {
    async send({ headers }) {
      tried.push(headers['X-Perezvon-Notice']!)
      return { kind: 'failed', failure: full }
    },
  }
  await rig.write('a', { threadKey: 'a' })
  await rig.write('b', { threadKey: 'b' })
  const began = rig.clock.time
  const worker = rig.makeWorker({ sender })
  while ((await rig.outbox.counts()).pending > 0) {
    await worker.pass()
    rig.clock.time = (await rig.outbox.counts()).oldestDueAt ?? rig.clock.time
  }
  expect(rig.clock.time - began).toBeLessThan(5 * 86_400_000 + 2 * 3_600_000)
  expect(tried.slice(-2)).toEqual(['a', 'b'])
  expect(await rig.row('b')).toMatchObject({ status: 'dead', tries: 1 })
})

test.each([
  ['given up after five days, where others are accepted', true],
  ['not given up while the channel accepts nothing at all', false],
])('a mail that is put off is %s', async (_name, othersGo) => {
  await using rig = await startOutboxRig(mailSettings(1))
  const failure = {
    code: 'EMESSAGE',
    command: 'DATA',
    responseCode: 451,
    text: '451 later',
    begun: true,
    bodySent: true,
  }
  await rig.write('a')
  const began = rig.clock.time
  const backoff = { ...defaultBackoff, firstMs: 6 * 3_600_000, maxMs: 6 * 3_600_000 }
  const sender: MailSender = {
    send: async ({ to }) => (to.startsWith('boris') ? { kind: 'sent', response: '250' } : { kind: 'failed', failure }),
  }
  const worker = rig.makeWorker({ sender, rules: { backoff } })
  const ends = began + 6 * 86_400_000
  for (let day = 0; rig.clock.time < ends; day++) {
    if (othersGo) await rig.write(`other${day}`, { recipient: 'boris@example.ru', threadKey: `other${day}` })
    await worker.pass()
    const row = await rig.row('a')
    if (row.status === 'dead') break
    rig.clock.time = Math.max(row.dueAt.getTime(), rig.clock.time)
  }
  expect((await rig.row('a')).status).toBe(othersGo ? 'dead' : 'pending')
  expect(rig.clock.time - began).toBeGreaterThanOrEqual(5 * 86_400_000)
  expect(rig.clock.time - began).toBeLessThan((othersGo ? 5.5 : 6.5) * 86_400_000)
})

test('a row that cannot be read is dead and stops nobody', async () => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  await rig.write('bad', { payload: { nothing: true } })
  await rig.write('good')
  await rig.makeWorker().pass()
  expect((await rig.row('bad')).status).toBe('dead')
  expect((await rig.row('good')).status).toBe('sent')
})

test('a database that cannot be read for a moment kills no mail', async () => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  await rig.write('a', { threadKey: 'k' })
  class Unreadable extends Outbox {
    override firstOfThread = () => Promise.reject(new Error('disk I/O error'))
  }
  await expect(rig.makeWorker({ outbox: new Unreadable(rig.database.prisma) }).pass()).rejects.toThrow('disk I/O error')
  rig.clock.time += 120_000
  await rig.makeWorker().pass()
  expect(await rig.row('a')).toMatchObject({ status: 'sent', tries: 2 })
})

test('a long recipient makes no boundary that is longer than allowed', async () => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  const recipient = `${'anna.'.repeat(12)}x@very-long-domain-name.example.ru`
  await rig.write(`1795511100.42.${Buffer.from(recipient).toString('base64url')}`, { recipient })
  await rig.makeWorker().pass()
  expect(server.mails[0]!.to).toEqual([recipient])
  expect(/boundary="([^"]+)"/.exec(server.mails[0]!.raw)![1]!.length).toBeLessThanOrEqual(70)
})

test('a mail too large for the server goes without its recording, and says so', async () => {
  await using server = await startMailServer({ sizeLimit: 60_000 })
  await using rig = await startOutboxRig(mailSettings(server.port))
  await writeFile(join(rig.folder, 'm.wav'), Buffer.alloc(100_000))
  await rig.write('a', { payload: missedCall({ voicemail: { file: 'm.wav', ms: 6_000 } }) })
  await rig.makeWorker().pass()
  expect(server.mails).toHaveLength(1)
  expect(server.mails[0]!.parsed.attachments).toEqual([])
  expect(server.mails[0]!.parsed.text).toContain('запись слишком велика')
})

test('a backlog leaves no faster than it may, oldest first', async () => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  for (let i = 0; i < 6; i++) await rig.write(`n${i}`)
  await rig.makeWorker({ rules: { perSecond: 50, connections: 1 } }).pass()
  expect(server.mails.map((mail) => mail.parsed.headers.get('x-perezvon-notice'))).toEqual([
    'n0',
    'n1',
    'n2',
    'n3',
    'n4',
    'n5',
  ])
  expect(server.mails.at(-1)!.at - server.mails[0]!.at).toBeGreaterThanOrEqual(80)
  expect(server.connections).toBe(1)
})

test('a kept connection that turns out to be dead costs no try', async () => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  const worker = rig.makeWorker({ rules: { connections: 1 } })
  await rig.write('a')
  await worker.pass()
  server.faults.breakAt = /^(RSET|MAIL)/
  await rig.write('b')
  await worker.pass()
  expect(await rig.row('b')).toMatchObject({ status: 'sent', tries: 1 })
  expect(server.connections).toBe(2)
})

test('a send that takes long holds up no other recipient, and its lease is kept', async () => {
  await using rig = await startOutboxRig(mailSettings(1))
  let letGo!: () => void
  const held = new Promise<void>((resolve) => (letGo = resolve))
  const sent: string[] = []
  const sender: MailSender = {
    async send({ to }) {
      if (to.startsWith('slow')) await held
      sent.push(to)
      return { kind: 'sent', response: '250' }
    },
  }
  await rig.write('a', { recipient: 'slow@example.ru' })
  const worker = rig.makeWorker({ sender, rules: { everyMs: 3_600_000, leaseMs: 90 } })
  worker.start()
  await vi.waitFor(async () => expect((await rig.row('a')).status).toBe('sending'))
  for (const name of ['anna', 'boris', 'clara']) {
    await rig.write(name, { recipient: `${name}@example.ru` })
    worker.wake()
    await vi.waitFor(async () => expect((await rig.row(name)).status).toBe('sent'))
  }
  // long after the lease would have run out it is still ours
  rig.clock.time += 3_600_000
  await vi.waitFor(async () => expect((await rig.row('a')).leaseUntil!.getTime()).toBeGreaterThan(rig.clock.time))
  worker.wake()
  letGo()
  await vi.waitFor(async () => expect((await rig.row('a')).status).toBe('sent'))
  await worker.stop()
  expect(sent.toSorted()).toEqual(['anna', 'boris', 'clara', 'slow'].map((name) => `${name}@example.ru`))
})

test('stopped in the middle of a mail: the connection is cut and the row is due at once', async () => {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  server.faults.silentFrom = 'body'
  await rig.write('a')
  const worker = rig.makeWorker()
  worker.start()
  await server.arrived(1)
  await worker.stop(10)
  expect(await rig.row('a')).toMatchObject({ status: 'pending', dueAt: new Date(rig.clock.time) })
})

test('the mails of one thread go one after another even when the first is slow', async () => {
  await using rig = await startOutboxRig(mailSettings(1))
  const order: string[] = []
  let letGo!: () => void
  const held = new Promise<void>((resolve) => (letGo = resolve))
  const sender: MailSender = {
    async send(mail: Mail) {
      if (mail.headers['X-Perezvon-Notice'] === 'one') await held
      order.push(mail.headers['X-Perezvon-Notice']!)
      if (mail.headers['X-Perezvon-Notice'] === 'other') letGo()
      return { kind: 'sent', response: '250' }
    },
  }
  await rig.write('one', { threadKey: 'k' })
  await rig.write('two', { threadKey: 'k' })
  await rig.write('other', { threadKey: 'x', recipient: 'boris@example.ru' })
  const worker = rig.makeWorker({ sender })
  await worker.pass()
  await worker.pass()
  expect(order).toEqual(['other', 'one', 'two'])
})
