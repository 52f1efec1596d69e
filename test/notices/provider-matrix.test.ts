/**
 * The refusals of the big providers at each verb, said by a real server over a real connection: what the mail channel
 * hands on is what the rules read, also where an answer has several lines, comes to a pipelined command, or ends the
 * connection.
 */
import { describe, test, vi } from 'vitest'
import { MailChannel, type Mail } from '../../src/notices/channels/mail.ts'
import { smtpVerdict } from '../../src/notices/smtp-verdict.ts'
import { mailSettings } from './support/outbox-rig.ts'
import { refusals } from './support/provider-refusals.ts'
import { startRawSmtp, type Verb } from './support/raw-smtp.ts'

vi.setConfig({ testTimeout: 60_000, maxConcurrency: 8 })

const verbs = ['greeting', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'body'] as const satisfies Verb[]

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

/** What may become of the notice, by what the refusal is about and where it was said. */
function outcomes(about: string, verb: Verb): string[] {
  const waits = ['us', 'server', 'unreachable']
  if (['greeting', 'EHLO', 'AUTH'].includes(verb) || about === 'us') return waits
  if (about === 'size') return ['too-large', 'mail']
  if (verb === 'MAIL') return waits
  if (about === 'message') return verb === 'body' ? ['dead', 'mail'] : waits
  return about === 'full' ? ['mailbox'] : ['dead', 'mailbox']
}

describe.concurrent.each(verbs)('at %s', (verb) => {
  test('no refusal that would hit every notice ends one', async ({ expect }) => {
    await using server = await startRawSmtp()
    const login = { user: 'u', password: 'p' }
    const wrong: string[] = []
    for (const { by, says, about } of refusals) {
      const channel = new MailChannel(mailSettings(server.port, { login }))
      const [first = '', ...more] = says.split('\n')
      const text = [first.slice(4), ...more].join('\r\n')
      server.fault = (at) => (at === verb ? { code: Number(says.slice(0, 3)), text, more: more.length > 0 } : null)
      const result = await channel.send(mail, new AbortController().signal)
      channel.close()
      if (result.kind === 'sent') wrong.push(`${by}: ${says}: sent`)
      else {
        const verdict = smtpVerdict(result.failure)
        const became = verdict.kind === 'retry' ? verdict.blame : verdict.kind
        if (!outcomes(about, verb).includes(became)) wrong.push(`${by}: ${result.failure.text}: ${became}`)
      }
    }
    expect(wrong).toEqual([])
    expect(server.taken).toEqual([])
  })
})
