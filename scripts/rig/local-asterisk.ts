/**
 * An Asterisk of our own from the cache of scripts/get-asterisk, with every path in one work folder. Used by scripts/up, tests and bench.
 *
 * It dies with the process that started it, however that ends: the kernel kills it (setpriv --pdeathsig). It has a session of its own, so a
 * Ctrl-C in the terminal reaches only us. Its database (AstDB) and ports stay the same over kill() and start(), which is how a crash is played.
 */
import { spawn, execFile, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, open, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { sleep } from '../../src/runtime/abort.ts'
import { ariRequests, type AriAccount, type AriRequest } from './ari-requests.ts'

const REPO = resolve(import.meta.dirname, '../..')
const BOOT_MS = 30_000
/** What an admin copies; used here as it stands. */
export const ASTERISK_CONFIG = join(REPO, 'asterisk-config')

export interface LocalAsteriskOptions {
  /** For messages. */
  name: string
  /** Work folder; made if missing. What a former run left in its AstDB stays. */
  dir: string
  /** Folder whose *.conf are taken as they stand. */
  configDir?: string
  /** Further files below etc/, `local/http.conf` -> text; they win over configDir. */
  files: Record<string, string>
  ari: AriAccount
  /** Cache of scripts/get-asterisk. */
  cache?: string
  /** Folders with sounds: name below Asterisk's sounds -> folder. */
  sounds?: Record<string, string>
  language?: string
  /** Asterisk's verbosity in log/full, 0-5. */
  verbose?: number
}

/** $ASTERISK_CACHE, or .cache/asterisk of this checkout. */
export function asteriskCache(): string {
  return resolve(process.env['ASTERISK_CACHE'] || join(REPO, '.cache/asterisk'))
}

export async function startAsterisk(options: LocalAsteriskOptions): Promise<LocalAsterisk> {
  const asterisk = new LocalAsterisk(options)
  await asterisk.start()
  return asterisk
}

export class LocalAsterisk {
  readonly name: string
  readonly dir: string
  readonly ari: AriAccount
  /** Requests past the daemon, for tests and for the far end. */
  readonly request: AriRequest
  #options: LocalAsteriskOptions
  #cache: string
  #runDir = ''
  #process: ChildProcess | null = null
  #exit: Promise<void> = Promise.resolve()
  #configured = false

  constructor(options: LocalAsteriskOptions) {
    this.name = options.name
    this.dir = resolve(options.dir)
    this.ari = options.ari
    this.request = ariRequests(options.ari)
    this.#options = options
    this.#cache = options.cache ?? asteriskCache()
  }

  /** Null while it does not run. */
  get pid(): number | null {
    return this.#process?.pid ?? null
  }

  /** Resolves when it is fully booted. Also after kill() or stop(): same ports, same AstDB. */
  async start(): Promise<void> {
    if (this.#process) throw new Error(`Asterisk ${this.name} runs already`)
    if (!this.#configured) await this.#configure()
    this.#configured = true
    await rm(join(this.#runDir, 'asterisk.ctl'), { force: true }) // a killed one leaves its socket
    const console = await open(join(this.dir, 'log/console'), 'a')
    const command = ['--pdeathsig', 'KILL', join(this.#cache, 'asterisk'), '-f', '-C', this.#conf]
    const child = spawn('setpriv', command, {
      cwd: this.dir,
      detached: true,
      stdio: ['ignore', console.fd, console.fd],
    })
    await console.close()
    this.#process = child
    this.#exit = new Promise<void>((done) => {
      child.once('error', () => done())
      child.once('exit', () => done())
    }).then(() => {
      this.#process = null
    })
    await this.#booted()
  }

  /** Ends it in an orderly way; live calls are hung up. Frees what it holds. */
  async stop(): Promise<void> {
    this.#signal('SIGCONT')
    this.#signal('SIGTERM')
    const timer = setTimeout(() => this.#signal('SIGKILL'), 5_000)
    await this.#exit
    clearTimeout(timer)
    if (this.#runDir) await rm(this.#runDir, { recursive: true, force: true })
    this.#configured = false
  }

  /** kill -9 */
  async kill(): Promise<void> {
    this.#signal('SIGKILL')
    await this.#exit
  }

  freeze(): void {
    this.#signal('SIGSTOP')
  }

  thaw(): void {
    this.#signal('SIGCONT')
  }

  /** One command of Asterisk's console. */
  async cli(command: string): Promise<string> {
    const { stdout } = await promisify(execFile)(join(this.#cache, 'asterisk'), ['-C', this.#conf, '-rx', command])
    return stdout
  }

  #signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal)
  }

  get #conf(): string {
    return join(this.dir, 'etc/asterisk.conf')
  }

  async #booted(): Promise<void> {
    const socket = join(this.#runDir, 'asterisk.ctl')
    for (const end = Date.now() + BOOT_MS; ; await sleep(20)) {
      if (!this.#process) throw new Error(`Asterisk ${this.name} ended while booting:\n${await this.#lastWords()}`)
      if (existsSync(socket) && /fully booted/.test(await this.cli('core waitfullybooted').catch(() => ''))) return
      if (Date.now() > end) {
        await this.kill()
        throw new Error(`Asterisk ${this.name} was not ready within ${BOOT_MS} ms:\n${await this.#lastWords()}`)
      }
    }
  }

  async #lastWords(): Promise<string> {
    const text = await readFile(join(this.dir, 'log/console'), 'utf8').catch(() => '')
    return text.trim().split('\n').slice(-15).join('\n')
  }

  async #configure(): Promise<void> {
    const root = join(this.#cache, 'root')
    if (!existsSync(root)) throw new Error(`there is no Asterisk in ${this.#cache}: run scripts/get-asterisk`)
    for (const folder of FOLDERS) await mkdir(join(this.dir, folder), { recursive: true })
    this.#runDir = await this.#shortFolder()
    await this.#linkData(join(root, 'usr/share/asterisk'))
    const configDir = this.#options.configDir
    if (configDir) {
      for (const file of await readdir(configDir)) {
        if (file.endsWith('.conf')) await cp(join(configDir, file), join(this.dir, 'etc', file))
      }
    }
    const files = { 'asterisk.conf': await this.#asteriskConf(root), ...this.#options.files }
    for (const [file, text] of Object.entries(files))
      await writeFile(join(this.dir, 'etc', file), text, { mode: 0o600 })
    for (const file of SILENT)
      if (!existsSync(join(this.dir, 'etc', file))) await writeFile(join(this.dir, 'etc', file), '')
    const logger = join(this.dir, 'etc/logger.conf')
    if (!existsSync(logger))
      await writeFile(logger, '[general]\ndateformat = %F %T.%3q\n[logfiles]\nfull => notice,warning,error,verbose\n')
  }

  /** A UNIX socket's path has 107 bytes at most, and a checkout may be deep. */
  async #shortFolder(): Promise<string> {
    const near = join(this.dir, 'run')
    if (Buffer.byteLength(join(near, 'asterisk.ctl')) > 100) return mkdtemp(join(tmpdir(), 'perezvon-run-'))
    await mkdir(near, { recursive: true })
    return near
  }

  /** A data folder of its own with links into the cache, so that sounds can be added. */
  async #linkData(share: string): Promise<void> {
    for (const item of await readdir(share)) {
      if (item !== 'sounds') await link(join(share, item), join(this.dir, 'data', item))
    }
    for (const item of await readdir(join(share, 'sounds'))) {
      await link(join(share, 'sounds', item), join(this.dir, 'data/sounds', item))
    }
    for (const [item, folder] of Object.entries(this.#options.sounds ?? {})) {
      await link(resolve(folder), join(this.dir, 'data/sounds', item))
    }
  }

  async #asteriskConf(root: string): Promise<string> {
    const lib = (await readdir(join(root, 'usr/lib'))).find((folder) => folder.includes('-linux-gnu'))
    if (!lib) throw new Error(`no libraries in ${root}: run scripts/get-asterisk`)
    return `[directories]
astetcdir => ${this.dir}/etc
astmoddir => ${root}/usr/lib/${lib}/asterisk/modules
astvarlibdir => ${this.dir}/varlib
astdbdir => ${this.dir}/db
astkeydir => ${this.dir}/varlib
astdatadir => ${this.dir}/data
astagidir => ${this.dir}/data/agi-bin
astspooldir => ${this.dir}/spool
astrundir => ${this.#runDir}
astlogdir => ${this.dir}/log
astcachedir => ${this.dir}/cache
astsbindir => ${root}/usr/sbin

[options]
verbose = ${this.#options.verbose ?? 1}
transmit_silence = yes
live_dangerously = no
hideconnect = yes
documentation_language = en_US
defaultlanguage = ${this.#options.language ?? 'en'}
`
  }
}

const FOLDERS = [
  'etc/local',
  'varlib/keys',
  'db',
  'data/sounds',
  'spool/recording',
  'spool/tmp',
  'log/cel-custom',
  'cache',
]
/** Files that some module asks for and complains about; empty ones content it. */
const SILENT = [
  'acl.conf',
  'amd.conf',
  'ccss.conf',
  'cdr.conf',
  'confbridge.conf',
  'extconfig.conf',
  'features.conf',
  'http.conf',
  'pjproject.conf',
  'sorcery.conf',
  'stasis.conf',
  'udptl.conf',
  'websocket_client.conf',
]

async function link(from: string, to: string): Promise<void> {
  if (!existsSync(to)) await symlink(from, to)
}
