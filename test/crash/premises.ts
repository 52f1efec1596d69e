/** A company's folder in which processes of the build are killed. Nobody answers at Asterisk's address: what dies here needs none. */
import { type ChildProcess, spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { freePort } from '../../scripts/rig/free-ports.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { connect, type Prisma } from '../../src/store/database.ts'
import { crashConfig } from './people.ts'

const DIST = resolve(import.meta.dirname, '../../dist')

export interface ProcessEnd {
  code: number | null
  signal: string | null
  said: string
}

export class Premises {
  readonly config: string
  readonly databaseFile: string
  readonly env: NodeJS.ProcessEnv
  readonly #dir: string
  readonly #url: string
  #children = new Set<ChildProcess>()
  #prisma: Prisma | null = null

  private constructor(dir: string, port: number) {
    this.#dir = dir
    this.#url = `http://127.0.0.1:${port}`
    this.config = this.file('config/perezvon.yaml')
    this.databaseFile = this.file('data/perezvon.db')
    this.env = {
      PATH: process.env['PATH'],
      PEREZVON_CONFIG: this.config,
      PEREZVON_DATA: dirname(this.databaseFile),
      PEREZVON_ARI_URL: 'http://127.0.0.1:9',
      PEREZVON_ARI_PASSWORD: 'x',
      PEREZVON_SMTP_URL: 'smtp://127.0.0.1:9?tls=none',
      PEREZVON_MAIL_FROM: 'perezvon@example.ru',
      PEREZVON_HTTP: `127.0.0.1:${port}`,
      PEREZVON_TTS: '/bin/false',
      CRASH_FILE: this.file('crash'),
    }
  }

  /** `database`: a file that is copied; without it there is none yet. */
  static async open(database?: string): Promise<Premises> {
    const premises = new Premises(await mkdtemp(join(tmpdir(), 'perezvon-premises-')), await freePort())
    await mkdir(premises.file('config/prompts'), { recursive: true })
    await writeFile(premises.file('config/prompts/menu.ulaw'), Buffer.alloc(8_000))
    await writeFile(premises.config, crashConfig())
    if (database) {
      await mkdir(dirname(premises.databaseFile))
      await copyFile(database, premises.databaseFile)
    }
    return premises
  }

  file(name: string): string {
    return join(this.#dir, name)
  }

  /** For looking into the database, once it is there. */
  get prisma(): Prisma {
    return (this.#prisma ??= connect(this.databaseFile, 2_000))
  }

  /** The next process that comes to this point dies there. */
  dieAt(point: string): Promise<void> {
    return writeFile(this.env['CRASH_FILE']!, point)
  }

  daemon() {
    return this.#start('main.js')
  }

  /** An order of the command line. */
  order(...words: string[]): Promise<ProcessEnd> {
    return this.#start('cli/main.js', ...words).end
  }

  /** Waits for a daemon that says how it is; undefined: the database is well. */
  async databaseTrouble(): Promise<string | undefined> {
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(50)) {
      const reply = await fetch(`${this.#url}/ready`).catch(() => null)
      if (reply) return ((await reply.json()) as { reasons: Record<string, string> }).reasons['database']
    }
    throw new Error('the daemon did not start')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL')
    await this.#prisma?.$disconnect()
    await rm(this.#dir, { recursive: true, force: true })
  }

  #start(program: string, ...words: string[]): { child: ChildProcess; end: Promise<ProcessEnd> } {
    const child = spawn(process.execPath, [join(DIST, program), ...words], {
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#children.add(child)
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()))
    const end = new Promise<ProcessEnd>((done) => child.once('close', (code, signal) => done({ code, signal, said })))
    return { child, end }
  }
}
