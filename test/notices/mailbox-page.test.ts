import { expect, test, vi } from 'vitest'
import { startMailboxPage, type ShownMail } from '../../scripts/rig/mailbox-page.ts'
import { startMailServer } from './support/mail-server.ts'
import { mailSettings, startOutboxRig } from './support/outbox-rig.ts'
import { missedCall } from './support/samples.ts'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

// real servers and a database that waits for its disk
vi.setConfig({ testTimeout: 30_000 })

async function withOneMail(look: (url: string) => Promise<void>): Promise<void> {
  await using server = await startMailServer()
  await using rig = await startOutboxRig(mailSettings(server.port))
  await writeFile(join(rig.folder, 'm.wav'), 'RIFF')
  const caller = { number: '+79123456789', shown: '', name: '<script>alert(1)</script>' }
  await rig.write('a', { payload: missedCall({ caller, voicemail: { file: 'm.wav', ms: 1000 } }) })
  await rig.makeWorker().pass()
  const mails: ShownMail[] = server.mails.map((mail) => ({ ...mail, at: new Date(mail.at) }))
  const page = await startMailboxPage({ mails, language: 'ru' })
  try {
    await look(page.url)
  } finally {
    await page.close()
  }
}

test('an empty mailbox says so, in both languages, and looks again', async () => {
  const page = await startMailboxPage({ mails: [], language: 'en' })
  const english = await (await fetch(page.url)).text()
  expect(english).toContain('No mail yet')
  expect(english).toContain('http-equiv="refresh"')
  expect(await (await fetch(`${page.url}?lang=ru`)).text()).toContain('Писем пока нет')
  await page.close()
})

test('a mail is listed, shown in a frame that can do nothing, and its recording can be saved', async () => {
  await withOneMail(async (url) => {
    const list = await (await fetch(url)).text()
    expect(list).toContain('1 письмо')
    expect(list).toContain('Телефоны звонили, но никто не взял трубку')
    expect(list).toContain('voicemail-2026-11-24-1405-79123456789.wav')
    const mail = await fetch(`${url}1`)
    const shown = await mail.text()
    expect(shown).toContain('<iframe sandbox src="/1/html"')
    expect(shown).toContain('Auto-Submitted: auto-generated')
    for (const body of [list, shown]) expect(body).not.toContain('<script')
    const html = await fetch(`${url}1/html`)
    expect(html.headers.get('content-security-policy')).toMatch(/default-src 'none'.*; sandbox$/)
    expect(await html.text()).toContain('&lt;script&gt;')
    const recording = await fetch(`${url}1/attachment/0`)
    expect(recording.headers.get('content-disposition')).toContain(
      'filename="voicemail-2026-11-24-1405-79123456789.wav"',
    )
    expect(await recording.text()).toBe('RIFF')
  })
})

test.each(['2', '1/attachment/1', 'x', '../1', '1/html/2'])('nothing is at /%s', async (path) => {
  await withOneMail(async (url) => {
    const response = await fetch(`${url}${path.replaceAll('../', '%2e%2e%2f')}`)
    expect(response.status).toBe(404)
  })
})
