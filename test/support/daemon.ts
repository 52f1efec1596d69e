/** The real daemon as a process of its own beside a world: started from the build, killed as it may be killed, read from its database. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { sleep, withTimeout } from '../../src/runtime/abort.ts'
import { connect, type Prisma } from '../../src/store/database.ts'
import { asteriskCache } from '../../scripts/rig/local-asterisk.ts'
import type { World } from './world.ts'

export interface DaemonOptions {
  /** perezvon.yaml */
  config: string
  /** Prompt name -> WAV file, copied into the configuration folder. */
  prompts?: Record<string, string>
  /** Music class -> folder, for sounds in the configuration folder. */
  files?: Record<string, string>
  env?: Record<string, string>
}

export const DAEMON_MAIN = resolve(import.meta.dirname, '../../dist/main.js')
const READY_MS = 30_000

export class Daemon {
  readonly configFile: string
  readonly dataFolder: string
  readonly logFile: string
  readonly url: string
  readonly prisma: Prisma
  #env: NodeJS.ProcessEnv
  #process: ChildProcess | null = null
  #exit: Promise<number | null> = Promise.resolve(null)

  constructor(world: World, configFolder: string, env: Record<string, string>) {
    this.configFile = join(configFolder, 'perezvon.yaml')
    this.dataFolder = join(world.dir, 'data')
    this.logFile = join(world.dir, 'daemon.log')
    const port = world.ports[0]!
    this.url = `http://127.0.0.1:${port}`
    this.#env = {
      PATH: process.env['PATH'],
      ASTERISK_CACHE: asteriskCache(),
      PEREZVON_CONFIG: this.configFile,
      PEREZVON_DATA: this.dataFolder,
      PEREZVON_ARI_URL: world.asterisk.ari.url.replace(/\/ari$/, ''),
      PEREZVON_ARI_USER: world.asterisk.ari.user,
      PEREZVON_ARI_PASSWORD: world.asterisk.ari.password,
      PEREZVON_ARI_APP: world.app,
      PEREZVON_ARI_TRANSPORT: process.env['PEREZVON_TEST_TRANSPORT'] ?? 'websocket',
      PEREZVON_SMTP_URL: `smtp://127.0.0.1:${world.mail.port}?tls=none`,
      PEREZVON_MAIL_FROM: 'perezvon@example.ru',
      PEREZVON_HTTP: `127.0.0.1:${port}`,
      PEREZVON_LOG: 'debug',
      ...env,
    }
    this.prisma = connect(join(this.dataFolder, 'perezvon.db'), 2_000)
  }

  /** Its settings, for commands beside it. */
  get env(): NodeJS.ProcessEnv {
    return this.#env
  }

  get pid(): number {
    if (!this.#process?.pid) throw new Error('the daemon does not run')
    return this.#process.pid
  }

  /** Resolves when /ready says so and the heartbeat has reached Asterisk. */
  async start(): Promise<void> {
    const log = createWriteStream(this.logFile, { flags: 'a' })
    const child = spawn(process.execPath, [DAEMON_MAIN], { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    this.#process = child
    this.#exit = new Promise((done) => child.once('exit', (code) => done(code)))
    const deadline = Date.now() + READY_MS
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`the daemon ended with ${child.exitCode}:\n${await this.log()}`)
      if (await this.isReady()) return
      if (Date.now() > deadline) throw new Error(`the daemon did not become ready:\n${(await this.log()).slice(-4000)}`)
      await sleep(50)
    }
  }

  async startUnlessRunning(): Promise<void> {
    if (this.#process?.exitCode !== null || this.#process.signalCode !== null) await this.start()
  }

  /** Whether it can do its job, but for what `without` names. */
  async isReady(...without: string[]): Promise<boolean> {
    try {
      const reply = await fetch(`${this.url}/ready`)
      const { reasons } = (await reply.json()) as { reasons: Record<string, string> }
      return Object.keys(reasons).every((reason) => without.includes(reason))
    } catch {
      return false
    }
  }

  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null> {
    if (this.#process?.exitCode === null) {
      this.thaw()
      this.#process.kill('SIGTERM')
    }
    return this.#exit
  }

  /** Its exit code, however it ends. */
  get exit(): Promise<number | null> {
    return this.#exit
  }

  /** Waits until it has ended by itself, as one that was told where to die. */
  async died(ms = 60_000): Promise<void> {
    await withTimeout(this.#exit, ms, 'its death where it was told to die')
  }

  /** kill -9 */
  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL')
    await this.#exit
  }

  freeze(): void {
    this.#process?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#process?.kill('SIGCONT')
  }

  hangup(): void {
    this.#process?.kill('SIGHUP')
  }

  log(): Promise<string> {
    return readFile(this.logFile, 'utf8')
  }

  /** Waits for something in the database. */
  async until<T>(
    look: (prisma: Prisma) => Promise<T | null | undefined | false>,
    what: string,
    ms = 15_000,
  ): Promise<T> {
    const deadline = Date.now() + ms
    for (;;) {
      const found = await look(this.prisma)
      if (found) return found
      if (Date.now() > deadline) throw new Error(`${what}: not within ${ms} ms`)
      await sleep(50)
    }
  }

  async close(): Promise<void> {
    await this.stop()
    const keep = process.env['KEEP_DAEMON_LOG'] // a folder: the scratch folder goes with the world
    if (keep) await cp(this.logFile, join(keep, `${basename(dirname(this.logFile))}.log`))
    await this.prisma.$disconnect()
  }
}

/** Writes the configuration beside the world and starts the daemon. */
export async function startDaemon(world: World, options: DaemonOptions): Promise<Daemon> {
  const folder = join(world.dir, 'config')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'perezvon.yaml'), options.config)
  for (const [name, wav] of Object.entries(options.prompts ?? {})) await copy(wav, join(folder, `${name}.wav`))
  for (const [name, text] of Object.entries(options.files ?? {})) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  const daemon = new Daemon(world, folder, options.env ?? {})
  await daemon.start()
  return daemon
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await cp(from, to)
}
