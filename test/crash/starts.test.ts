/** Deaths of which no caller knows: in a migration, in a swap of the configuration, in an import of the command line. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { freePort } from '../../scripts/rig/free-ports.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { connect } from '../../src/store/database.ts'
import { crashConfig } from './people.ts'

const DIST = resolve(import.meta.dirname, '../../dist')
let dir: string
let env: NodeJS.ProcessEnv
let config: string
let url: string
const children = new Set<ChildProcess>()

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'perezvon-starts-'))
  config = join(dir, 'config/perezvon.yaml')
  await mkdir(join(dir, 'config/prompts'), { recursive: true })
  await writeFile(join(dir, 'config/prompts/menu.ulaw'), Buffer.alloc(8_000))
  await writeFile(config, crashConfig())
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  env = {
    PATH: process.env['PATH'],
    PEREZVON_CONFIG: config,
    PEREZVON_DATA: join(dir, 'data'),
    // nobody is there: what dies here needs no Asterisk
    PEREZVON_ARI_URL: 'http://127.0.0.1:9',
    PEREZVON_ARI_PASSWORD: 'x',
    PEREZVON_SMTP_URL: 'smtp://127.0.0.1:9?tls=none',
    PEREZVON_MAIL_FROM: 'perezvon@example.ru',
    PEREZVON_HTTP: `127.0.0.1:${port}`,
    PEREZVON_TTS: '/bin/false',
    CRASH_FILE: join(dir, 'crash'),
  }
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
  await rm(dir, { recursive: true, force: true })
})

function start(...words: string[]) {
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()))
  const end = new Promise<{ code: number | null; signal: string | null; said: string }>((done) =>
    child.once('close', (code, signal) => done({ code, signal, said })),
  )
  return { child, end }
}
const daemon = () => start(join(DIST, 'main.js'))
const dieAt = (point: string) => writeFile(join(dir, 'crash'), point)
async function database(): Promise<string | undefined> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(50)) {
    const reply = await fetch(`${url}/ready`).catch(() => null)
    if (reply) return ((await reply.json()) as { reasons: Record<string, string> }).reasons['database']
  }
  throw new Error('the daemon did not start')
}

it.each(['migration.before', 'migration.before#2', 'migration.after', 'migration.after#2'])(
  'killed in a migration: %s',
  async (point) => {
    await dieAt(point)
    expect((await daemon().end).signal).toBe('SIGKILL')
    daemon()
    expect(await database()).toBeUndefined()
  },
)

it.each(['config.before-swap', 'config.after-swap'])('killed while it swaps its configuration: %s', async (point) => {
  const { child, end } = daemon()
  await database()
  await dieAt(point)
  await writeFile(config, (await readFile(config, 'utf8')).replace('name: Crash', 'name: Swapped'))
  child.kill('SIGHUP')
  expect((await end).signal).toBe('SIGKILL')
  daemon()
  expect(await database()).toBeUndefined()
})

it.each(['import.before-rows', 'store.insert-Contact.before', 'store.insert-Contact.after', 'import.after-rows'])(
  'killed in an import: %s: nobody is called before the list is whole',
  async (point) => {
    const list = join(dir, 'list.csv')
    await writeFile(list, ['Phone', '+79141000001', '+79141000002'].join('\n'))
    const importing = () => start(join(DIST, 'cli/main.js'), 'campaign', 'import', list, '--campaign', 'orders').end
    await dieAt(point)
    expect((await importing()).signal).toBe('SIGKILL')
    const prisma = connect(join(dir, 'data/perezvon.db'), 2_000)
    try {
      expect(await prisma.contact.count({ where: { status: { not: 'loading' } } })).toBe(0)
      const again = await importing()
      expect(again).toMatchObject({ code: 0 })
      expect(await prisma.contact.count({ where: { status: 'queued' } })).toBe(2)
    } finally {
      await prisma.$disconnect()
    }
  },
)
