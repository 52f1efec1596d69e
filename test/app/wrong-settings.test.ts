/**
 * Settings that look right and are wrong on this machine: the daemon says a sentence with the setting's name and ends
 * with exit code 3, because trying again does not help. What is only odd carries a daemon.
 */
import { createServer, type AddressInfo, type Server } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startDaemon, StartRefused } from '../../src/daemon.ts'

// it speaks no prompts, but its database waits for the disk; a port that is taken is asked for again for ten seconds
vi.setConfig({ testTimeout: 60_000, maxConcurrency: 14 })

const CONFIG = `
version: 1
company: { name: F, language: ru, timezone: Asia/Yekaterinburg, country: RU }
people: { anna: { name: A, rings: PJSIP/101, email: anna@цветы.рф } }
groups: { operators: { members: [anna] } }
lines: { "+7 343 200-11-22": { name: L, flow: main } }
flows: { main: [{ ring: operators }, { hangup: busy }] }
missed_calls: { mail: { to: [group] } }
`
let taken: Server
beforeAll(async () => {
  taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
})
afterAll(() => void taken.close())
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'perezvon-settings-'))
  writeFileSync(join(folder, 'perezvon.yaml'), CONFIG)
  writeFileSync(join(folder, 'a-file'), '')
  return folder
}

/** Starts a daemon with settings that are right but for `change`, and stops it again. Throws what ends it. */
async function startAndStop(folder: string, change: Record<string, string>): Promise<void> {
  const settings = {
    PEREZVON_CONFIG: folder,
    PEREZVON_DATA: join(folder, 'data'),
    PEREZVON_TTS: '/bin/false',
    PEREZVON_ARI_URL: 'http://127.0.0.1:1',
    PEREZVON_ARI_PASSWORD: 'p',
    PEREZVON_SMTP_URL: 'smtp://127.0.0.1:1',
    PEREZVON_MAIL_FROM: 'pbx@example.ru',
    PEREZVON_HTTP: '127.0.0.1:0',
    PEREZVON_LOG: 'error',
  }
  try {
    const daemon = await startDaemon({ ...settings, ...change }, () => {})
    await daemon.stop(0)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What it says when it refuses to start, and its exit code. */
async function refusal(folder: string, change: Record<string, string>): Promise<{ said: string; exitCode: number }> {
  let said = ''
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text)
    return true
  })
  const error: unknown = await startAndStop(folder, change).then(
    () => null,
    (failure: unknown) => failure,
  )
  write.mockRestore()
  if (!(error instanceof StartRefused)) throw error ?? new Error('it runs')
  return { said, exitCode: error.exitCode }
}

it.each<[string, string, ((folder: string) => string) | string]>([
  ['PEREZVON_DATA', 'is a file', (folder) => join(folder, 'a-file')],
  ['PEREZVON_DATA', 'is below a file', (folder) => join(folder, 'a-file/data')],
  ['PEREZVON_DATA', 'is nowhere', '/proc/nowhere/data'],
  ['PEREZVON_DATA', 'has a name without end', 'x'.repeat(5_000)],
  ['PEREZVON_HTTP', 'is another machine’s', '192.0.2.1:8080'],
  ['PEREZVON_HTTP', 'is nobody’s', 'nowhere.invalid:8080'],
  ['PEREZVON_HTTP', 'is no address', '256.1.1.1:8080'],
  ['PEREZVON_HTTP', 'is another program’s', () => `127.0.0.1:${(taken.address() as AddressInfo).port}`],
])('%s that %s: a sentence and exit code 3', async (name, _what, value) => {
  const folder = makeFolder()
  const refused = await refusal(folder, { [name]: typeof value === 'string' ? value : value(folder) })
  expect(refused).toMatchObject({ exitCode: 3, said: expect.stringMatching(new RegExp(`^${name}: \\S.*\\n$`)) })
  expect(refused.said).not.toMatch(/\n\s+at |Error:/)
})

it.each([
  ['PEREZVON_CONFIG', '/nowhere/at/all'],
  ['PEREZVON_CONFIG', 'x'.repeat(5_000)],
])('%s that leads nowhere: the configuration is refused with exit code 3', async (name, value) => {
  expect(await refusal(makeFolder(), { [name]: value })).toMatchObject({
    exitCode: 3,
    said: expect.stringMatching(/E\d{3}/),
  })
})

it.concurrent.each([
  ['PEREZVON_SOUNDS', '/nowhere/\u202e${PATH}/%zz'],
  ['PEREZVON_MADE_SOUNDS', "'; rm -rf"],
  ['PEREZVON_TTS', '"/nowhere/a program'],
  ['PEREZVON_ARI_USER', '%zz 🔥'],
  ['PEREZVON_ARI_PASSWORD', '\u202e%zz пароль'],
  ['PEREZVON_ARI_URL', 'http://127.0.0.1:1/a%zz b'],
  ['PEREZVON_SMTP_URL', 'smtp://u:%25%0A@localhost:1'],
  ['PEREZVON_SMTP_URLS', 'smtp://почта.рф smtps://[::1]:1'],
  ['PEREZVON_MAIL_FROM', 'почта@цветы.рф'],
  ['PEREZVON_PUBLIC_URL', 'https://цветы.рф/%zz'],
  ['PEREZVON_LINK_SECRET', '%'.repeat(32)],
  ['PEREZVON_API_TOKEN', 'ж'.repeat(32)],
  ['PEREZVON_HTTP', '[::1]:0'],
  ['PEREZVON_HTTP', 'localhost:0'],
])('%s that is only odd carries a daemon: %j', async (name, value) => {
  await expect(startAndStop(makeFolder(), { [name]: value })).resolves.toBeUndefined()
})
