import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Mail } from '../../src/notices/channels/mail.ts'
import { composeMail, type Composer } from '../../src/notices/compose.ts'
import type { NoticeKind } from '../../src/notices/payload.ts'
import type { OutboxNotice } from '../../src/store/outbox.ts'
import { plainComposer } from './support/composer.ts'
import { mailSettings } from './support/outbox-rig.ts'
import { CALLED_AT, closedCase, escalated, failedCallback, missedCall } from './support/samples.ts'

let folder: string
let composer: Composer
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perezvon-compose-'))
  await mkdir(join(folder, 'recordings'))
  composer = plainComposer(mailSettings(25), join(folder, 'recordings'))
})
afterEach(() => rm(folder, { recursive: true }))

function notice(payload: object, change: Partial<OutboxNotice> & { kind?: NoticeKind } = {}): OutboxNotice {
  return {
    id: '01K',
    kind: 'missed',
    callId: '1795511100.42',
    caseId: null,
    recipient: 'anna@example.ru',
    language: 'ru',
    threadKey: null,
    tries: 1,
    createdAt: CALLED_AT,
    ...change,
    payload: JSON.stringify(payload),
  }
}
const compose = async (row: OutboxNotice, first = row): Promise<Mail> =>
  (await composeMail(row, first, true, composer))!

test.each(['ru', 'en'] as const)('the mails as text, %s', async (language) => {
  for (const [kind, payload] of [
    ['missed', missedCall()],
    ['closed', closedCase()],
    ['callback-failed', failedCallback()],
    ['escalation', escalated()],
  ] as const) {
    const { subject, text } = await compose(notice(payload, { kind, language }))
    await expect(`Subject: ${subject}\n\n${text}`).toMatchFileSnapshot(`snapshots/${kind}.${language}.txt`)
  }
})

test('the HTML says what the text says, and loads nothing', async () => {
  const { html, text } = await compose(notice(missedCall()))
  const said = html.replace(/<style>[^]*?<\/style>|<[^>]+>/g, '\n')
  for (const line of text.split('\n').filter((each) => each.includes(': ') && !each.includes('tel:'))) {
    const [label, ...rest] = line.split(': ')
    expect(said).toContain(label)
    for (const value of rest.join(': ').split('; ')) expect(said).toContain(value)
  }
  expect(html).toContain('<a href="tel:+79123456789"')
  expect(html).toMatch(/<div style="display:none;[^>]*>Телефоны звонили, но никто не взял трубку<\/div>/)
  expect(html).not.toMatch(/<img|<link|<script|url\(|https?:/)
})

test('the headers of experience.md', async () => {
  const mail = await compose(notice(missedCall()))
  expect(mail).toMatchObject({
    from: { name: 'Цветочный двор', address: 'perezvon@example.ru' },
    to: 'anna@example.ru',
    replyTo: 'sales@example.ru',
    messageId: '<mc.01K@pbx.example.ru>',
    inReplyTo: null,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'List-Id': '<missed.pbx.example.ru>',
      'X-Perezvon-Call': '1795511100.42',
      'X-Perezvon-Notice': '01K',
    },
  })
  expect(Object.keys(mail.headers)).not.toContain('Precedence')
})

test('a thread: the first mail is its root, the later ones answer it under the same subject', async () => {
  const first = notice(missedCall(), { id: 'a', threadKey: 'k' })
  const later = notice(
    missedCall({ caller: { number: '+79123456789', shown: '', name: 'Ваня' }, calledAt: CALLED_AT + 1e6 }),
    {
      id: 'b',
      threadKey: 'k',
    },
  )
  const end = notice(closedCase(), { id: 'c', threadKey: 'k', kind: 'closed' })
  const mails = [await compose(first), await compose(later, first), await compose(end, first)]
  expect(mails[0]!.messageId).toMatch(/^<thread\.[0-9a-f]{32}@pbx\.example\.ru>$/)
  expect(mails.map((mail) => mail.inReplyTo)).toEqual([null, mails[0]!.messageId, mails[0]!.messageId])
  expect(mails.map((mail) => mail.messageId).slice(1)).toEqual(['<mc.b@pbx.example.ru>', '<mc.c@pbx.example.ru>'])
  expect(mails.map((mail) => mail.subject)).toEqual([
    'Пропущен: Иван Петров +7 912 345-67-89 — Продажи',
    'Пропущен: Иван Петров +7 912 345-67-89 — Продажи',
    'Re: Пропущен: Иван Петров +7 912 345-67-89 — Продажи',
  ])
})

test('the thread’s id differs by recipient and by secret, and holds no number', async () => {
  const key = '+79123456789 2026-11-24'
  const anna = await compose(notice(missedCall(), { threadKey: key }))
  const boris = await compose(notice(missedCall(), { threadKey: key, recipient: 'boris@example.ru' }))
  composer.settings = { ...composer.settings, threadSecret: 'other' }
  const elsewhere = await compose(notice(missedCall(), { threadKey: key }))
  expect(new Set([anna, boris, elsewhere].map((mail) => mail.messageId)).size).toBe(3)
  expect(anna.messageId).not.toContain('9123456789')
})

test('a withheld number: said so, nobody to call', async () => {
  const payload = missedCall({
    caller: { number: null, shown: 'anonymous', name: null },
    next: { kind: 'none', why: 'withheld' },
  })
  const mail = await compose(notice(payload))
  expect(mail.subject).toBe('Пропущен: Номер скрыт — Продажи')
  expect(mail.text).toContain('Что дальше: Перезвонить некуда: номер скрыт')
  expect(`${mail.text}${mail.html}`).not.toContain('tel:')
})

test('a call known only from Asterisk’s own book says so and guesses nothing', async () => {
  const payload = missedCall({ restored: true, reason: 'restored', pressed: [], rung: [], waitedMs: 0 })
  const { text } = await compose(notice(payload))
  expect(text).toContain('Perezvon не работал')
  expect(text).not.toMatch(/Нажал|Ждал|Кому звонили/)
})

test('a code this version does not know is a vaguer sentence, not a lost mail', async () => {
  const odd = {
    ...missedCall(),
    reason: 'abducted',
    next: { kind: 'none', why: 'moon' },
    rung: [{ name: 'Анна', result: '?', ms: 0 }],
  }
  const { text } = await compose(notice(odd))
  expect(text).toContain('Со звонившим никто не поговорил')
  expect(text).toContain('Анна: чем кончилось, неизвестно')
})

const HOSTILE = '"><img src=x onerror=alert(1)>\r\nBcc: v@example.org\u202e{{ call.href }}${VM_CIDNUM}\u001b[31m'

test('hostile text in every field stays text, in one line', async () => {
  const payload = missedCall({
    callId: HOSTILE,
    caller: { number: '+79123456789', shown: HOSTILE, name: HOSTILE },
    line: { number: HOSTILE, name: HOSTILE },
    company: { name: HOSTILE, zone: HOSTILE },
    pressed: [{ key: HOSTILE, label: HOSTILE }],
    rung: [{ name: HOSTILE, result: 'busy', ms: 0 }],
    earlier: { callsToday: 2, lastTalk: { at: CALLED_AT, with: HOSTILE, ms: 0 } },
  })
  const mail = await compose(notice(payload))
  expect(mail.html).not.toMatch(/<img/)
  expect(mail.html).toContain('&lt;img src=x onerror=alert(1)&gt;')
  expect(mail.text).toContain('<img src=x onerror=alert(1)>')
  const plainest = await compose(notice(missedCall()))
  expect(mail.text.split('\n')).toHaveLength(plainest.text.split('\n').length)
  for (const text of [mail.subject, mail.text.replaceAll('\n', ''), mail.html.replaceAll('\n', ''), mail.from.name]) {
    expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
    expect(text).not.toContain('tel:+79123456789${')
  }
  expect(Object.values(mail.headers).join('')).not.toMatch(/[\r\n]/)
})

test('the recording is attached under a name that tells the call', async () => {
  await writeFile(join(folder, 'recordings/vm-1.wav'), 'RIFF')
  const mail = await compose(
    notice(missedCall({ reason: 'voicemail_left', voicemail: { file: 'vm-1.wav', ms: 34_000 } })),
  )
  expect(mail.attachments).toEqual([
    {
      filename: 'voicemail-2026-11-24-1405-79123456789.wav',
      contentType: 'audio/wav',
      content: Buffer.from('RIFF'),
    },
  ])
  expect(mail.text).toContain('Чем кончилось: Оставил голосовое сообщение; сообщение 0:34, запись приложена')
})

test('a recording by its full path is attached too', async () => {
  const file = join(folder, 'recordings/vm-1.wav')
  await writeFile(file, 'RIFF')
  expect((await compose(notice(missedCall({ voicemail: { file, ms: 1 } })))).attachments).toHaveLength(1)
})

test.each(['gone.wav', '../secret', '/etc/passwd', 'link.wav', '.', ''])(
  'nothing is attached for %j, and the mail says so',
  async (file) => {
    await writeFile(join(folder, 'secret'), 'root:x')
    await symlink(join(folder, 'secret'), join(folder, 'recordings/link.wav'))
    const mail = await compose(notice(missedCall({ voicemail: { file, ms: 34_000 } })))
    expect(mail.attachments).toEqual([])
    expect(mail.text).toContain('сообщение 0:34; запись приложить не удалось')
  },
)

test('a recording of hours is not attached', async () => {
  const file = join(folder, 'recordings/long.wav')
  await writeFile(file, '')
  await truncate(file, 6 * 1024 * 1024)
  const mail = await compose(notice(missedCall({ voicemail: { file: 'long.wav', ms: 400_000 } })))
  expect(mail.attachments).toEqual([])
  expect(mail.text).toContain('сообщение 6:40; запись слишком велика')
})

test('the same row gives the same mail', async () => {
  expect(await compose(notice(missedCall()))).toEqual(await compose(notice(missedCall())))
})
