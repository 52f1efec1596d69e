/**
 * Every verb of SMTP with everything a server may do at it: what the outbox says afterwards, and how many copies the
 * server took. A second copy is allowed only where the server had the whole mail and its answer was lost; both then
 * carry one Message-ID.
 */
import { describe, expect, test, vi } from 'vitest'
import { MailChannel } from '../../src/notices/channels/mail.ts'
import type { MailSettings } from '../../src/notices/mail-settings.ts'
import { deadlines, mailSettings, startOutboxRig } from './support/outbox-rig.ts'
import { type Fault, startRawSmtp, type Verb, verbs } from './support/raw-smtp.ts'
import { TEST_CERTIFICATE } from './support/certificate.ts'

// they wait for their servers, not for the processor
vi.setConfig({ testTimeout: 30_000, maxConcurrency: 24 })

/** For servers that fall silent: the test waits so long. Against all others a busy machine may take its time. */
const impatient = deadlines(2_000)
const HOUR = 3_600_000

/** What has become of the mail after the fault, and of it and its copies once the server is well again. */
type Outcome = 'later' | 'later, perhaps twice' | 'dead' | 'at once'

const refusal = (code: number, text?: string): Fault => ({ code, ...(text && { text }) })
const faults: Record<string, Fault> = {
  '421': refusal(421, '4.3.2 closing down'),
  '450': refusal(450, '4.2.0 greylisted, come again'),
  '451': refusal(451),
  '500': refusal(500, '5.5.1 what is that'),
  '504': refusal(504, '5.5.2 <[127.0.0.1]>: Helo command rejected: need fully-qualified hostname'),
  '530': refusal(530, '5.7.0 authentication required'),
  '550': refusal(550, '5.1.1 nobody of that name'),
  '550 quota': refusal(550, '5.4.5 Daily user sending limit exceeded'),
  '552': refusal(552, '5.3.4 too big'),
  '552 mailbox full': refusal(552, '5.2.2 mailbox full'),
  '553': refusal(553, '5.7.1 Sender address rejected: not owned by auth user'),
  '554': refusal(554, '5.7.1 spam'),
  'silence': 'silent',
  'the end of the connection': 'closed',
  'a reset': 'reset',
  'a byte now and then': 'drip',
  'nonsense': 'nonsense',
}

/** Where a refusal may be about this recipient or this mail; said elsewhere it would hit every notice. */
const personal: Partial<Record<string, readonly Verb[]>> = {
  '550': ['RCPT', 'DATA', 'body'],
  '552': ['MAIL', 'RCPT', 'DATA', 'body'],
  '554': ['body'],
}

/** The rule, once more and in other words than the code's. */
function expected(verb: Verb, name: string): Outcome {
  const fault = faults[name]!
  // the connection that was kept is worth nothing; another is made for the mail
  if (verb === 'RSET') return 'at once'
  if (typeof fault === 'string') return verb === 'body' ? 'later, perhaps twice' : 'later'
  return personal[name]?.includes(verb) ? 'dead' : 'later'
}

const cells = verbs.flatMap((verb) => Object.keys(faults).map((name) => [verb, name] as const))

describe.concurrent('a server answers', () => {
  test.for(cells)('%s with %s', async ([verb, name], { expect }) => {
    await using server = await startRawSmtp()
    const login = { user: 'u', password: 'p' }
    const waits = faults[name] === 'silent' || faults[name] === 'drip'
    const settings = mailSettings(server.port, { login, ...(waits && { deadlines: impatient }) })
    await using rig = await startOutboxRig(settings)
    const worker = rig.makeWorker({ rules: { connections: 1 } })
    if (verb === 'RSET') {
      await rig.write('before')
      await worker.pass()
    }
    let met = 0
    server.fault = (at) => (at === verb && ++met ? faults[name]! : null)
    await rig.write('a')
    await worker.pass()
    expect(met).toBeGreaterThan(0)

    const outcome = expected(verb, name)
    const after = await rig.row('a')
    expect(after.status).toBe(
      { 'later': 'pending', 'later, perhaps twice': 'pending', 'dead': 'dead', 'at once': 'sent' }[outcome],
    )
    if (after.status !== 'sent') expect(after.lastError).toMatch(/\S/)

    server.fault = () => null
    rig.clock.time += HOUR
    const patient = new MailChannel(mailSettings(server.port, { login }))
    await rig.makeWorker({ sender: patient }).pass()
    patient.close()
    expect((await rig.row('a')).status).toBe(outcome === 'dead' ? 'dead' : 'sent')
    const copies = server.taken.filter((mail) => mail.includes('Message-ID: <mc.a@pbx.example.ru>'))
    expect(copies).toHaveLength({ 'later': 1, 'later, perhaps twice': 2, 'dead': 0, 'at once': 1 }[outcome])
    expect(new Set(copies.map((copy) => copy.replace(/^Date:.*$/m, ''))).size).toBeLessThanOrEqual(1)

    rig.clock.time += HOUR
    await worker.pass()
    expect(server.taken).toHaveLength(copies.length + (verb === 'RSET' ? 1 : 0))
  })
})

describe.concurrent('before a word is said', () => {
  test.for<[string, Partial<MailSettings>]>([
    ['nobody listens', { port: 1 }],
    ['the name of the server does not exist', { host: 'mail.nowhere.invalid' }],
    ['TLS from the first byte with a certificate that nobody signed', { tls: 'implicit' }],
    ['a server that does not know STARTTLS where it must', { tls: 'starttls' }],
  ])('%s: the mail waits, nothing is said to anybody', async ([, change], { expect }) => {
    await using server = await startRawSmtp({ tls: change.tls === 'implicit' })
    const settings = mailSettings(server.port, change)
    await using rig = await startOutboxRig(settings)
    await rig.write('a')
    await rig.makeWorker().pass()
    const row = await rig.row('a')
    expect(row).toMatchObject({ status: 'pending', tries: 0 })
    expect(row.lastError).toMatch(/\S/)
    expect(server.taken).toEqual([])

    // the admin mends it: the next look finds the mail
    const mended = mailSettings(server.port, {
      tls: change.tls === 'implicit' ? 'implicit' : 'none',
      ca: TEST_CERTIFICATE,
    })
    rig.clock.time += HOUR
    const channel = new MailChannel(mended)
    await rig.makeWorker({ sender: channel }).pass()
    channel.close()
    expect((await rig.row('a')).status).toBe('sent')
    expect(server.taken).toHaveLength(1)
  })
})

test('of three recipients of one call one is taken, one put off, one refused: each row has its own fate', async () => {
  await using server = await startRawSmtp()
  await using rig = await startOutboxRig(mailSettings(server.port))
  server.fault = (verb, text) => {
    if (verb !== 'RCPT') return null
    return text.includes('boris') ? refusal(450) : text.includes('gone') ? refusal(550) : null
  }
  for (const name of ['anna', 'boris', 'gone'])
    await rig.write(name, { recipient: `${name}@example.ru`, threadKey: 'k' })
  const worker = rig.makeWorker()
  await worker.pass()
  const statuses = async () => Promise.all(['anna', 'boris', 'gone'].map(async (id) => (await rig.row(id)).status))
  expect(await statuses()).toEqual(['sent', 'pending', 'dead'])
  server.fault = () => null
  rig.clock.time += HOUR
  await worker.pass()
  expect(await statuses()).toEqual(['sent', 'sent', 'dead'])
  expect(server.recipients).toEqual(['anna@example.ru', 'boris@example.ru'])
})
