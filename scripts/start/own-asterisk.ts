/** Our Asterisk for this configuration: its ports, its passwords, its files. */
import { join } from 'node:path'
import type { Config } from '../../src/config/schema.ts'
import { promptMessage } from '../../src/prompts/messages.ts'
import type { PromptLibrary } from '../../src/prompts/library.ts'
import { lockFolder } from '../../src/runtime/process-lock.ts'
import { ASTERISK_CONFIG, type LocalAsterisk, type LocalAsteriskOptions, startAsterisk } from '../rig/local-asterisk.ts'
import { type AsteriskProgram, findAsterisk, NoAsterisk } from './asterisk-program.ts'
import { phonesOf } from './asterisk-site.ts'
import { type Kept, keptPasswords } from './kept.ts'
import { port } from './ports.ts'
import { siteFolder, type SiteFolderOptions } from './site-folder.ts'
import type { Started } from './started.ts'
import type { Terminal } from './terminal.ts'

const USUAL = { sip: 5060, http: 8088, rtp: [10_000, 10_998] as [number, number] }

export interface OwnAsterisk {
  asterisk: LocalAsterisk
  program: AsteriskProgram
  /** `127.0.0.1:5060` */
  sip: string
  kept: Kept
  /** For a later rendering. */
  site: SiteFolderOptions
}

export interface OwnAsteriskOptions {
  config: Config
  library: PromptLibrary
  app: string
  listen: string
  dataFolder: string
  /** `config/asterisk` */
  ownFolder: string
  outside: boolean
  terminal: Terminal
  started: Started
  signal: AbortSignal
}

/** Which one it will be. Prints and returns null when there is none. */
export async function chooseAsterisk(
  named: string | null,
  dataFolder: string,
  terminal: Terminal,
): Promise<AsteriskProgram | null> {
  try {
    const program = await findAsterisk(named, join(dataFolder, 'installed-asterisk'))
    const [, minor = 0, patch = 0] = program.version.split('.').map(Number)
    if (!program.version.startsWith('22.') || minor * 100 + patch < 1001)
      terminal.warn('asterisk-other-version', { version: program.version })
    return program
  } catch (error) {
    if (!(error instanceof NoAsterisk)) throw error
    terminal.warn('asterisk-missing', { why: error.message })
    return null
  }
}

/** Rejects with NoAsterisk when it does not boot, with AlreadyRunning when another `scripts/up` has the folder. */
export async function startOwnAsterisk(program: AsteriskProgram, options: OwnAsteriskOptions): Promise<OwnAsterisk> {
  const { config, library, app, listen, dataFolder, ownFolder, outside, terminal, started, signal } = options
  const dir = join(dataFolder, 'asterisk')
  started.keep(lockFolder(dir), (unlock) => unlock())
  const kept = await keptPasswords(
    dataFolder,
    phonesOf(config).map(({ extension }) => extension),
  )
  const ports = {
    sip: await port('udp', listen, USUAL.sip, 'SIP', terminal),
    http: await port('tcp', '127.0.0.1', USUAL.http, 'ARI', terminal),
    rtp: USUAL.rtp,
  }
  const site = { app, bind: listen, ports, kept, config, library, ownFolder, outside }
  const { files, music } = await siteFolder(site)
  for (const { id, name, found } of music)
    terminal.line(promptMessage(terminal.language, `music-${id}`, { name, found }))
  terminal.say('asterisk-starting', { version: program.version })
  const asterisk = await booted({
    name: 'Asterisk',
    dir,
    configDir: ASTERISK_CONFIG,
    files: Object.fromEntries(Object.entries(files).map(([file, text]) => [join('local', file), text])),
    ari: { url: `http://127.0.0.1:${ports.http}/ari`, user: 'perezvon', password: kept.ariPassword },
    cache: program.cache,
    language: config.company.language,
    verbose: 2,
  })
  started.keep(asterisk, (one) => one.stop(), signal)
  return { asterisk, program, kept, site, sip: `${listen}:${ports.sip}` }
}

async function booted(options: LocalAsteriskOptions): Promise<LocalAsterisk> {
  try {
    return await startAsterisk(options)
  } catch (error) {
    throw new NoAsterisk(error instanceof Error ? error.message : String(error))
  }
}
