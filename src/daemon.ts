/** From the environment to a running daemon, and the exit codes that a supervisor understands. */
import { dirname, join } from 'node:path'
import { createApp } from './app.ts'
import { printProblems } from './config/diagnostics.ts'
import { checkDataFolder, dataFolderProblem } from './config/data-folder.ts'
import { loadSettings, printSettingProblems, type SettingProblem, type Settings } from './config/env.ts'
import { LiveConfig } from './config/live-config.ts'
import { loadConfig } from './config/load.ts'
import { housePrompts } from './prompts/house-prompts.ts'
import { openLibrary } from './prompts/library.ts'
import { makePrompts } from './prompts/make-prompts.ts'
import { systemClock } from './runtime/clock.ts'
import type { Language } from './runtime/i18n.ts'
import { createLogger } from './runtime/logger.ts'
import { AlreadyRunning, lockFolder } from './runtime/process-lock.ts'
import { ownVersion } from './runtime/version.ts'
import { openDatabase } from './store/database.ts'

/** 3: the configuration or a setting is wrong, trying again does not help. 75: another daemon has our place. */
export const exitCodes = { ok: 0, failed: 1, invalid: 3, replaced: 75 }

export interface Daemon {
  reload(): void
  stop(graceMs: number): Promise<void>
}
/** Refused with a code for the supervisor; what is wrong was printed. */
export class StartRefused extends Error {
  override name = 'StartRefused'
  readonly exitCode: number
  constructor(exitCode: number) {
    super('the daemon does not start')
    this.exitCode = exitCode
  }
}

export async function startDaemon(env: NodeJS.ProcessEnv, onFenced: () => void): Promise<Daemon> {
  const language = env['LANG']?.startsWith('ru') ? 'ru' : 'en'
  const set = loadSettings(env)
  if (!set.ok) return refuse(printSettingProblems(set.problems, language), exitCodes.invalid)
  const { settings, secrets } = set
  const log = createLogger(settings.log)
  for (const warning of set.warnings) log.warn('a setting is not known', { name: warning.name })
  const sounds = { made: join(settings.dataFolder, 'sounds/made'), own: Object.keys(housePrompts) }
  const loaded = loadConfig(settings.configFile, { sounds })
  if (!loaded.ok) {
    return refuse(
      printProblems(loaded.problems, { language: loaded.language ?? language, sources: loaded.sources }),
      exitCodes.invalid,
    )
  }
  const unlock = takeLock(settings.dataFolder, language)
  const database = await openDatabase(join(settings.dataFolder, 'perezvon.db'))
  const library = await openLibrary({
    configDir: dirname(settings.configFile),
    dataDir: settings.dataFolder,
    asterisk: { configDir: settings.soundsFolder, soundsDir: settings.madeSoundsFolder },
    ttsCommand: settings.tts ?? undefined,
    beside: env['ASTERISK_CACHE'] ? [env['ASTERISK_CACHE']] : [],
  })
  const making = new AbortController()
  void makePrompts({ library, languages: [loaded.config.company.language], signal: making.signal }).then(
    async ({ made, failed }) => {
      await library.refresh()
      if (failed.length > 0) log.warn('not every prompt could be spoken', { failed })
      else if (made.length > 0) log.info('prompts were spoken from their texts', { prompts: made.length })
    },
    (error: unknown) => log.error('the prompts could not be spoken', { error }),
  )
  const liveConfig = new LiveConfig({ file: settings.configFile, log, clock: systemClock, sounds }, loaded)
  if (settings.strict) liveConfig.onRefused(() => process.exit(exitCodes.invalid))
  const app = createApp({
    settings,
    secrets,
    liveConfig,
    database,
    library,
    version: ownVersion(),
    clock: systemClock,
    log,
    onFenced,
  })
  const { httpPort } = await app.start().catch((error: unknown) => {
    const problem = listenProblem(settings.http, error)
    if (!problem) throw error
    unlock()
    return refuse(printSettingProblems([problem], language), exitCodes.invalid)
  })
  log.info('Perezvon is running', { version: ownVersion(), http: `${settings.http.host}:${httpPort}` })
  return {
    reload: () => void liveConfig.reload(),
    stop: async (graceMs) => {
      log.info('stopping; calls that are here may end', { graceMs })
      making.abort()
      await app.stop(graceMs)
      unlock()
    },
  }
}

function takeLock(folder: string, language: Language): () => void {
  const unusable = checkDataFolder(folder)
  if (unusable) return refuse(printSettingProblems([unusable], language), exitCodes.invalid)
  try {
    return lockFolder(folder)
  } catch (error) {
    if (error instanceof AlreadyRunning) return refuse(`${error.message}\n`, exitCodes.replaced)
    const problem = dataFolderProblem(folder, error)
    if (problem) return refuse(printSettingProblems([problem], language), exitCodes.invalid)
    throw error
  }
}

/** The system's words for an address that is not ours, or that we may not have. */
const NOT_OUR_ADDRESS = new Set(['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'EPERM', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL'])

function listenProblem({ host, port }: Settings['http'], error: unknown): SettingProblem | null {
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException
  if (!NOT_OUR_ADDRESS.has(code) || !['listen', 'bind', 'getaddrinfo'].includes(syscall)) return null
  return { name: 'PEREZVON_HTTP', id: 'cannot-listen', text: `${host}:${port}`, why: code }
}

function refuse(why: string, exitCode: number): never {
  process.stderr.write(why)
  throw new StartRefused(exitCode)
}
