/**
 * The ground of the crash rig: Asterisk with the dialplan of asterisk-config, one phone that plays everybody outside and on the desks, a mail
 * server, and the daemon, to be killed. What the outside saw of it is evidence.ts's.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Phone } from '../../bench/phone.ts'
import { sounds } from '../../bench/rtp.ts'
import { claimPorts, type PortBlock } from '../../scripts/rig/free-ports.ts'
import { ASTERISK_CONFIG, asteriskCache, LocalAsterisk } from '../../scripts/rig/local-asterisk.ts'
import { type MailServer, startMailServer } from '../../scripts/rig/mail-server.ts'
import { type Limits, siteFiles } from '../../scripts/rig/site-files.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { connect, type Prisma } from '../../src/store/database.ts'

export const MAIN_LINE = '+73432000001'
export const APP = 'perezvon-crash'

export interface CrashWorldOptions {
  config: string
  /** Extensions of the desk phones; all of them are at the rig's phone. */
  extensions: string[]
  env?: Record<string, string>
  limits?: Partial<Limits>
  /** `dist/main.js` of another build. */
  main?: string
  /** What stands between the daemon and Asterisk: URL of Asterisk -> URL for the daemon. */
  between?: (url: string) => Promise<string>
}

const MENU_SEC = 2
const READY_MS = 120_000

export class CrashWorld {
  readonly dir: string
  readonly asterisk: LocalAsterisk
  readonly phone: Phone
  readonly mail: MailServer
  readonly prisma: Prisma
  readonly crashFile: string
  readonly configFile: string
  /** Of this run alone. */
  readonly ports: PortBlock
  #env: NodeJS.ProcessEnv
  #main: string
  #daemon: ChildProcess | null = null
  #exit: Promise<void> = Promise.resolve()
  #url: string

  private constructor(options: {
    dir: string
    asterisk: LocalAsterisk
    phone: Phone
    mail: MailServer
    env: NodeJS.ProcessEnv
    main: string
    url: string
    ports: PortBlock
  }) {
    this.dir = options.dir
    this.asterisk = options.asterisk
    this.phone = options.phone
    this.mail = options.mail
    this.crashFile = join(options.dir, 'crash')
    this.configFile = join(options.dir, 'config/perezvon.yaml')
    this.#env = { ...options.env, CRASH_FILE: this.crashFile }
    this.#main = options.main
    this.#url = options.url
    this.ports = options.ports
    this.prisma = connect(join(options.dir, 'data/perezvon.db'), 2_000)
  }

  static async start(options: CrashWorldOptions): Promise<CrashWorld> {
    const dir = await mkdtemp(join(tmpdir(), 'perezvon-crash-'))
    const [ports, phone, mail] = await Promise.all([claimPorts(), Phone.open(), startMailServer()])
    const ari = { url: `http://127.0.0.1:${ports.http}/ari`, user: 'perezvon', password: randomUUID() }
    await writeConfig(join(dir, 'config'), options.config)
    const local = siteFiles({
      app: APP,
      language: 'en',
      operators: options.extensions.slice(0, 2).map((name) => `PJSIP/${name}`),
      defaultDid: MAIN_LINE,
      ariPassword: ari.password,
      bind: '127.0.0.1',
      ports,
      phones: [],
      trunks: [{ name: 'provider', contact: `127.0.0.1:${phone.sipPort}`, match: ['127.0.0.1'] }],
      music: [],
      limits: { maxCalls: 5_000, shortestTalkMs: 0, heartbeatStaleSec: 7, fallbackRingSec: 6, ...options.limits },
    })
    const asterisk = new LocalAsterisk({
      name: 'crash rig',
      dir: join(dir, 'asterisk'),
      configDir: ASTERISK_CONFIG,
      files: {
        ...Object.fromEntries(Object.entries(local).map(([file, text]) => [join('local', file), text])),
        'local/phones.conf': deskPhones(options.extensions, phone.sipPort),
      },
      ari,
      verbose: 3,
    })
    await asterisk.start()
    phone.pbxPort = ports.sip
    const url = ari.url.replace(/\/ari$/, '')
    const env = {
      PATH: process.env['PATH'],
      ASTERISK_CACHE: asteriskCache(),
      PEREZVON_CONFIG: join(dir, 'config/perezvon.yaml'),
      PEREZVON_DATA: join(dir, 'data'),
      PEREZVON_ARI_URL: options.between ? await options.between(url) : url,
      PEREZVON_ARI_USER: ari.user,
      PEREZVON_ARI_PASSWORD: ari.password,
      PEREZVON_ARI_APP: APP,
      PEREZVON_SMTP_URL: `smtp://127.0.0.1:${mail.port}?tls=none`,
      PEREZVON_MAIL_FROM: 'perezvon@example.ru',
      PEREZVON_HTTP: `127.0.0.1:${ports.others[0]}`,
      PEREZVON_LOG: 'debug',
      PEREZVON_TTS: '/bin/false',
      ...options.env,
    }
    return new CrashWorld({
      dir,
      asterisk,
      phone,
      mail,
      env,
      main: options.main ?? resolve(import.meta.dirname, '../../dist/main.js'),
      url: `http://127.0.0.1:${ports.others[0]}`,
      ports,
    })
  }

  /** For commands beside the daemon. */
  get env(): NodeJS.ProcessEnv {
    return this.#env
  }

  /** Resolves when the process runs; `ready` says more. */
  startDaemon(): void {
    const log = createWriteStream(join(this.dir, 'daemon.log'), { flags: 'a' })
    const child = spawn(process.execPath, [this.#main], { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    this.#daemon = child
    this.#exit = new Promise((done) => child.once('exit', () => done()))
  }

  get lives(): boolean {
    return this.#daemon !== null && this.#daemon.exitCode === null && this.#daemon.signalCode === null
  }

  /** Resolves when the daemon is dead. */
  get death(): Promise<void> {
    return this.#exit
  }

  get pid(): number {
    return this.#daemon?.pid ?? 0
  }

  /** True: connected with Asterisk and at work. False: it died first. */
  async ready(ms = READY_MS): Promise<boolean> {
    for (const end = Date.now() + ms; ; await sleep(20)) {
      if (this.#daemon?.exitCode) throw new Error(`the daemon does not start:\n${await this.log()}`)
      if (!this.lives) return false
      const reasons = await fetch(`${this.#url}/ready`)
        .then(async (reply) => Object.keys(((await reply.json()) as { reasons: object }).reasons))
        .catch(() => ['away'])
      if (!reasons.includes('away') && !reasons.includes('asterisk')) return true
      if (Date.now() > end)
        throw new Error(`the daemon did not become ready: ${reasons.join(', ')}\n${await this.log()}`)
    }
  }

  /** kill -9 */
  async killDaemon(): Promise<void> {
    this.#daemon?.kill('SIGKILL')
    await this.#exit
  }

  /** SIGTERM, and its end: what is not being talked about is written down. */
  async stopDaemon(): Promise<void> {
    this.signal('SIGCONT')
    this.signal('SIGTERM')
    const timer = setTimeout(() => this.signal('SIGKILL'), 15_000)
    await this.#exit
    clearTimeout(timer)
  }

  signal(signal: NodeJS.Signals): void {
    this.#daemon?.kill(signal)
  }

  /** kill -9, and back again at once; the calls of that moment are gone without a word. */
  async killAsterisk(): Promise<void> {
    await this.asterisk.kill()
    this.phone.lose()
    await this.asterisk.start()
  }

  async log(): Promise<string> {
    return (await readFile(join(this.dir, 'daemon.log'), 'utf8')).slice(-4_000)
  }

  /** SIGTERM for the daemon; ends everything. `keep` leaves the folder. */
  async stop(keep = false): Promise<void> {
    await this.stopDaemon()
    await this.prisma.$disconnect()
    await Promise.all([this.asterisk.stop(), this.mail.close()])
    this.phone.close()
    await this.ports.release()
    if (!keep && !process.env['KEEP_WORLD']) await rm(this.dir, { recursive: true, force: true })
  }
}

/** The prompts are single repeated mu-law bytes, by which the phone knows what it hears. */
async function writeConfig(folder: string, config: string): Promise<void> {
  await mkdir(join(folder, 'prompts'), { recursive: true })
  await writeFile(join(folder, 'perezvon.yaml'), config)
  await writeFile(join(folder, 'prompts/menu.ulaw'), Buffer.alloc(MENU_SEC * 8_000, sounds.menu))
  await writeFile(join(folder, 'prompts/choice.ulaw'), Buffer.alloc(8_000, sounds.choice))
}

/** They do not register: all of them are at the rig's phone, told apart by the number. */
function deskPhones(extensions: string[], phonePort: number): string {
  return extensions
    .map(
      (name) => `[${name}](perezvon-phone)
aors = ${name}
[${name}](perezvon-phone-aor)
contact = sip:${name}@127.0.0.1:${phonePort}
qualify_frequency = 0
`,
    )
    .join('\n')
}
