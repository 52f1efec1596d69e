/** The weekly mail through the whole house: a daemon that lives over a weekend, one that dies with a mail in its hands, and the next one. */
import { dirname } from 'node:path'
import { DateTime } from 'luxon'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type App, createApp } from '../../src/app.ts'
import type { MailServer } from '../../src/app/mail.ts'
import type { LiveConfig } from '../../src/config/live-config.ts'
import { Secrets } from '../../src/config/secrets.ts'
import { MailChannel } from '../../src/notices/channels/mail.ts'
import { PromptLibrary } from '../../src/prompts/library.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { openDatabase } from '../../src/store/database.ts'
import { startMailServer, type TestMailServer } from '../notices/support/mail-server.ts'
import { mailSettings } from '../notices/support/outbox-rig.ts'
import { reportCompany, ZONE } from '../reports/support/company.ts'
import { madeMonth } from '../reports/support/made-month.ts'
import { reportsDatabase } from '../reports/support/reports-database.ts'
import { FakeAsterisk } from '../support/fake-asterisk.ts'

vi.setConfig({ testTimeout: 120_000 })

const at = (iso: string) => DateTime.fromISO(iso, { zone: ZONE }).toMillis()
const config = reportCompany('reports: { weekly: { to: [olga, anna, boss@example.com], at: "mon 09:00" } }')
const RECIPIENTS = ['anna@example.com', 'boss@example.com', 'olga@example.com']

let database: Awaited<ReturnType<typeof reportsDatabase>>
let server: TestMailServer
let now: number
beforeEach(async () => {
  database = await reportsDatabase(madeMonth(99, 300, at('2026-11-02'), at('2026-11-24')))
  server = await startMailServer()
  now = at('2026-11-20T12:00')
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await database.close()
})

class NoPrompts extends PromptLibrary {
  constructor() {
    super({ configDir: '/nowhere', soundsDir: '/nowhere', asterisk: {}, speech: null as never })
  }
  override refresh = () => Promise.resolve()
}
const liveConfig = {
  current: { config, version: 1, hash: 'abc', loadedAt: 0 },
  healthy: true,
  onSwap: () => () => {},
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
} as unknown as LiveConfig

/** Another life of the daemon, on the same disk. `mail`: its way to the server. */
async function life(mail: MailServer): Promise<App> {
  const folder = dirname(database.file)
  const dkim = { domain: null, selector: 'perezvon' }
  const settings = {
    configFile: `${folder}/perezvon.yaml`,
    dataFolder: folder,
    soundsFolder: folder,
    madeSoundsFolder: folder,
    tts: null,
    ari: { url: 'http://127.0.0.1:1', user: 'p', app: 'perezvon', transport: 'websocket', sockets: 1 } as const,
    mail: { from: 'perezvon@example.com', ehlo: null, timeoutMs: null, retryMs: 60_000, dkim },
    http: { host: '127.0.0.1', port: 0, publicUrl: null },
    log: { level: 'error', format: 'text' } as const,
    strict: false,
  }
  const secrets = { ariPassword: 'x', smtpUrls: ['smtp://127.0.0.1'], dkimKey: null, linkSecret: 'x'.repeat(40), apiToken: null } // prettier-ignore
  const app = createApp(
    {
      settings,
      secrets: new Secrets(secrets),
      liveConfig,
      database: await openDatabase(database.file),
      library: new NoPrompts(),
      version: 'test',
      clock: { now: () => now },
      log: silentLogger,
      onFenced: () => {},
    },
    {
      asterisk: () => new FakeAsterisk(),
      mail: () => mail,
      http: () => Promise.resolve({ port: 0, close: async () => {} }),
    },
  )
  await app.start()
  return app
}
const wellConnected = () => new MailChannel(mailSettings(server.port))
const rows = () => database.prisma.notice.findMany({ where: { kind: 'weekly' }, orderBy: { recipient: 'asc' } })
const planned = () =>
  vi.waitFor(async () => expect(await database.prisma.dueReport.count()).toBe(1), { timeout: 20_000 })

test('Monday comes: one mail to each, with its pictures, and none the next time we look', async () => {
  const friday = await life(wellConnected())
  await planned()
  expect(await rows()).toEqual([])
  await friday.stop(0)

  now = at('2026-11-23T09:00')
  const monday = await life(wellConnected())
  const mails = await server.arrived(3)
  expect(mails.flatMap(({ to }) => to).toSorted()).toEqual(RECIPIENTS)
  for (const { parsed } of mails) {
    expect(parsed.attachments.map(({ filename }) => filename)).toEqual(['days.png', 'heat-map.png', 'waits.png'])
    for (const { content } of parsed.attachments) expect(content.subarray(1, 4).toString()).toBe('PNG')
    // mailparser has put the pictures where the HTML names them
    expect(String(parsed.html).match(/src="data:image\/png;base64,/g)?.length).toBe(3)
  }
  await monday.stop(0)
  const again = await life(wellConnected())
  await again.stop(0)
  expect(server.mails).toHaveLength(3)
  expect((await rows()).map(({ status }) => status)).toEqual(['sent', 'sent', 'sent'])
})

test.each([
  ['before the server had it', false, 3],
  ['when the server had taken it and nobody heard', true, 5],
])('a death with two mails in hand, %s: each is one mail under one Message-ID', async (_when, taken, copies) => {
  const friday = await life(wellConnected())
  await planned()
  await friday.stop(0)

  now = at('2026-11-23T09:00')
  const channel = wellConnected()
  let inHand = 0
  let rise!: () => void
  const dead = new Promise<never>((_resolve, reject) => (rise = () => reject(new Error('dead'))))
  dead.catch(() => {})
  const dying: MailServer = {
    async send(mail, signal) {
      if (taken) await channel.send(mail, signal)
      inHand++
      return dead
    },
    verify: () => channel.verify(),
    close: () => channel.close(),
  }
  const monday = await life(dying)
  await vi.waitFor(() => expect(inHand).toBe(2), { timeout: 60_000 })
  expect((await rows()).map(({ status }) => status).toSorted()).toEqual(['pending', 'sending', 'sending'])

  // the dead one does nothing any more; another takes its place
  const next = await life(wellConnected())
  await server.arrived(copies)
  await vi.waitFor(async () => expect((await rows()).map(({ status }) => status)).toEqual(['sent', 'sent', 'sent']))
  expect(server.mails).toHaveLength(copies)
  const idOf = new Map<string, Set<string | undefined>>()
  for (const { to, parsed } of server.mails) idOf.set(to[0]!, (idOf.get(to[0]!) ?? new Set()).add(parsed.messageId))
  expect([...idOf.keys()].toSorted()).toEqual(RECIPIENTS)
  expect([...idOf.values()].map((ids) => ids.size)).toEqual([1, 1, 1])
  await next.stop(0)
  rise()
  await monday.stop(0)
})
