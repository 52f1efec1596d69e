import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { expect, test, vi } from 'vitest'
import { addMailCommands } from '../../src/cli/mail.ts'
import { loadConfig } from '../../src/config/load.ts'
import { noticeKinds } from '../../src/notices/payload.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { Illnesses } from '../../src/store/illnesses.ts'
import { startMailServer } from '../notices/support/mail-server.ts'
import { mailSettings, startOutboxRig } from '../notices/support/outbox-rig.ts'

// real servers and a database that waits for its disk
vi.setConfig({ testTimeout: 30_000 })

const loaded = loadConfig(join(import.meta.dirname, '../../examples/flower-yard/perezvon.yaml'))
if (!loaded.ok) throw new Error('the example is broken')
const { config } = loaded

async function startCommands(port = 1) {
  const rig = await startOutboxRig(mailSettings(port))
  const run = async (...args: string[]) => {
    const out: string[] = []
    let code = 0
    const program = new Command().exitOverride()
    addMailCommands(program, {
      openMail: () =>
        Promise.resolve({
          servers: () => [mailSettings(port)],
          company: { name: 'Цветочный двор', zone: 'Asia/Yekaterinburg' },
          language: 'ru',
          templatesFolder: rig.folder,
          config,
          configFolder: rig.folder,
          env: {},
          publicUrl: null,
        }),
      openOutbox: () => {
        const illnesses = new Illnesses(rig.database.prisma)
        return Promise.resolve({ outbox: rig.outbox, illnesses, close: () => Promise.resolve() })
      },
      language: 'en',
      log: silentLogger,
      print: (line) => out.push(line),
      exit: (exitCode) => (code = exitCode),
    })
    await program.parseAsync(['mail', ...args], { from: 'user' })
    return { out: out.join('\n'), code }
  }
  return { rig, run, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() }
}

test('preview shows each mail, in the language asked for, with the admin’s template', async () => {
  await using commands = await startCommands()
  expect((await commands.run('preview')).out).toMatch(/^Subject: Пропущен: Иван Петров \+7 912 345-67-89 — Продажи\n/)
  expect((await commands.run('preview', 'closed', '--language', 'en')).out).toContain('Anna called back at')
  expect((await commands.run('preview', 'callback-failed', '--html')).out).toMatch(/^<!doctype html>/)
  await writeFile(join(commands.rig.folder, 'missed-call.ru.txt'), 'мой шаблон')
  expect((await commands.run('preview')).out).toContain('мой шаблон')
  expect(await commands.run('preview', 'nonsense')).toMatchObject({ code: 2 })
})

test('every kind of mail that the docs name can be looked at, in both languages, as text and as a page', async () => {
  await using commands = await startCommands()
  const page = readFileSync(join(import.meta.dirname, '../../docs/mail.md'), 'utf8')
  const kinds = [...page.matchAll(/^- \*\*([a-z-]+)\*\*: /gm)].map(([, kind]) => kind!)
  expect(kinds.toSorted()).toEqual([...noticeKinds, 'weekly'].toSorted())
  for (const kind of kinds)
    for (const language of ['ru', 'en']) {
      const { out, code } = await commands.run('preview', kind, '--language', language)
      expect([kind, code]).toEqual([kind, 0])
      expect(out).toMatch(/^Subject: \S[^\n]+\n\n\S/)
      expect(out).not.toMatch(/undefined|NaN|\[object/)
      expect((await commands.run('preview', kind, '--html', '--language', language)).out).toContain(
        `lang="${language}"`,
      )
    }
})

test('the weekly mail is shown with the company’s own groups and lines, and its pictures in the page', async () => {
  await using commands = await startCommands()
  const { out } = await commands.run('preview', 'weekly')
  expect(out).toMatch(/^Subject: Цветочный двор: неделя /)
  const { groups, trunks } = config
  for (const group of Object.values(groups)) expect(out).toContain(group.name)
  for (const trunk of Object.keys(trunks)) expect(out).toContain(trunk)
  const page = (await commands.run('preview', 'weekly', '--html')).out
  expect(page.match(/src="data:image\/png;base64,iVBOR/g)).toHaveLength(3)
  expect(page).not.toContain('cid:')
  expect(await commands.run('preview', 'weekly', '--as', 'sms')).toMatchObject({ code: 2 })
})

test('a preview needs no mail server, and a test of the weekly mail brings its pictures', async () => {
  await using server = await startMailServer()
  await using commands = await startCommands(server.port)
  expect((await commands.run('test', 'boss@example.ru', '--kind', 'weekly')).code).toBe(0)
  expect(server.mails[0]!.parsed.attachments).toHaveLength(3)
  expect(await commands.run('test', 'sms:+79123456789', '--kind', 'weekly')).toMatchObject({ code: 2 })
})

test('a test sends one mail past the outbox, or says why not', async () => {
  await using server = await startMailServer()
  await using commands = await startCommands(server.port)
  const { out, code } = await commands.run('test', 'anna@example.ru')
  expect(code).toBe(0)
  expect(out).toContain('accepted for anna@example.ru: 250')
  expect(server.mails.map((mail) => mail.to)).toEqual([['anna@example.ru']])
  server.faults.rcpt = () => 550
  expect(await commands.run('test', 'anna@example.ru')).toMatchObject({ code: 1, out: expect.stringContaining('550') })
  await server.stop()
  expect(await commands.run('test', 'anna@example.ru')).toMatchObject({
    code: 1,
    out: expect.stringContaining('ECONNREFUSED'),
  })
  expect(await commands.run('test', 'a@b\r\nBcc: c@d')).toMatchObject({ code: 2 })
})

test('outbox lists what waits and what is dead; retry brings it back', async () => {
  await using commands = await startCommands()
  const { rig, run } = commands
  expect((await run('outbox')).out).toBe('The outbox is empty')
  await rig.write('a')
  await rig.write('b')
  const [claimed] = await rig.outbox.claimDueNotices(rig.clock.time, 1, 1000)
  await rig.outbox.markDead(claimed!, '550 no such user')
  const { out } = await run('outbox')
  expect(out).toMatch(/^a {2}missed {2}anna@example\.ru {2}dead {2}1 try {2}550 no such user$/m)
  expect(out).toContain('1 mail waits; 1 is dead')
  const lines = (await run('outbox', '--json')).out.split('\n').map((line) => JSON.parse(line) as object)
  expect(lines).toMatchObject([
    { id: 'b', status: 'pending' },
    { id: 'a', status: 'dead' },
  ])
  expect(lines[0]).not.toHaveProperty('payload')
  expect(await run('retry', 'nobody')).toMatchObject({ code: 5 })
  expect(await run('retry')).toMatchObject({ code: 0, out: '1 mail goes again' })
  expect((await rig.row('a')).status).toBe('pending')
})
