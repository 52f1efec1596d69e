/** `scripts/up`: the admin's own system. Everything that is started here ends with us. */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { printProblems } from '../../src/config/diagnostics.ts'
import { findConfig } from '../../src/config/env.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Config } from '../../src/config/schema.ts'
import { openLibrary, type PromptLibrary } from '../../src/prompts/library.ts'
import { makePrompts } from '../../src/prompts/make-prompts.ts'
import { AlreadyRunning } from '../../src/runtime/process-lock.ts'
import { asteriskCache } from '../rig/local-asterisk.ts'
import { NoAsterisk } from './asterisk-program.ts'
import { type Ari, daemonEnv } from './daemon-env.ts'
import { DaemonProcess } from './daemon-process.ts'
import { startDemoMailbox } from './demo-mailbox.ts'
import { startElsewhere } from './elsewhere.ts'
import { followConfig } from './follow-config.ts'
import { keepAsterisk, keepDaemon } from './keep-running.ts'
import { lanAddress } from './lan-address.ts'
import { type UpOptions, UsageError } from './options.ts'
import { isConfigured, writeSampleConfig } from './own-config.ts'
import { chooseAsterisk, type OwnAsterisk, startOwnAsterisk } from './own-asterisk.ts'
import { port } from './ports.ts'
import { hasMailServer, settingsEnv } from './settings-file.ts'
import { Started } from './started.ts'
import type { Terminal } from './terminal.ts'
import { tellWhatRuns } from './what-runs.ts'

const READY_MS = 30_000
/** Somewhat longer than the daemon drains by itself. */
const DRAIN_MS = 12_000
/** Exit codes as the `perezvon` command's. */
const CODE = { failed: 1, usage: 2, invalid: 3 }

/** Resolves with the exit code; 0 when the person ended it. `firstTime` runs before the sample configuration is written. */
export async function runSite(
  options: UpOptions,
  terminal: Terminal,
  signal: AbortSignal,
  firstTime: () => Promise<void>,
): Promise<number> {
  const started = new Started()
  try {
    return await run(options, terminal, signal, firstTime, started)
  } catch (error) {
    if (signal.aborted) return 0
    if (error instanceof AlreadyRunning) terminal.warn('already', { why: error.message })
    else if (error instanceof NoAsterisk) terminal.warn('asterisk-failed', { why: error.message })
    else if (error instanceof UsageError) terminal.warn('usage-error', { text: error.message })
    else throw error
    return error instanceof UsageError ? CODE.usage : CODE.failed
  } finally {
    await started.endAll()
  }
}

async function run(
  options: UpOptions,
  terminal: Terminal,
  signal: AbortSignal,
  firstTime: () => Promise<void>,
  started: Started,
): Promise<number> {
  const dataFolder = resolve(options.dataFolder)
  const settings = await settingsEnv(options.envFile, dataFolder, process.env)
  const outside = hasMailServer(settings)
  if (options.ari !== null && !outside) {
    terminal.warn('elsewhere-mail')
    return CODE.usage
  }
  const program = options.ari === null ? await chooseAsterisk(options.asterisk, dataFolder, terminal) : null
  if (options.ari === null && program === null) return CODE.failed

  const configFile = findConfig(options.configFolder)
  if (!isConfigured(configFile)) {
    await firstTime()
    await writeSampleConfig(configFile, terminal.language, program?.cache ?? asteriskCache())
    terminal.say('sample-written', { folder: dirname(configFile) })
  }
  const loaded = loadConfig(configFile)
  if (!loaded.ok) {
    terminal.line(printProblems(loaded.problems, { language: terminal.language, sources: loaded.sources }))
    return CODE.invalid
  }
  const { config } = loaded
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  const library = await speak(config, configFile, dataFolder, settings, terminal, signal)

  const app = settings['PEREZVON_ARI_APP'] || 'perezvon'
  const ownFolder = join(dirname(configFile), 'asterisk')
  const own =
    program &&
    (await startOwnAsterisk(program, {
      listen: options.listen,
      config,
      library,
      app,
      dataFolder,
      ownFolder,
      outside,
      terminal,
      started,
      signal,
    }))
  if (own && !outside && existsSync(join(ownFolder, 'trunks.conf'))) terminal.warn('trunks-unused')
  const ari = own
    ? ariOf(own)
    : await startElsewhere({ ...options, config, configFile, library, app, dataFolder, settings, terminal })
  const mailbox = outside
    ? null
    : await startDemoMailbox(config.company.language, await port('tcp', '127.0.0.1', 8025, 'mail', terminal), started)
  const logFile = join(dataFolder, 'daemon.log')
  const env = await daemonEnv({
    settings,
    configFile,
    dataFolder,
    ari,
    mailbox,
    cache: program?.cache ?? asteriskCache(),
    terminal,
  })
  let telling = false
  const start = () => {
    const onLine = (line: string) => telling && terminal.line(terminal.style('dim', line))
    return started.keep(new DaemonProcess({ env, logFile, onLine }), (one) => one.stop(DRAIN_MS))
  }

  const daemon = start()
  if (!(await daemon.ready(READY_MS, signal, own ? ['mail'] : ['mail', 'asterisk']))) {
    if (daemon.ended) {
      terminal.warn('daemon-failed', { code: await daemon.exit, why: daemon.lastWords })
      return daemon.exit
    }
  }
  const reasons = Object.entries((await daemon.reasons()) ?? {})
  for (const [part, why] of reasons) terminal.warn('daemon-not-ready', { why: `${part}: ${why}` })
  tellWhatRuns(terminal, {
    config,
    configFile,
    dataFolder,
    url: daemon.url,
    mailbox: mailbox?.url ?? null,
    asterisk: own ? { version: own.program.version, sip: own.sip } : { ari: options.ari ?? '' },
    kept: own?.kept ?? { ariPassword: '', phones: {} },
    lanAddress: options.listen.startsWith('127.') ? lanAddress() : null,
  })
  telling = true
  const watching = { terminal, signal }
  const ends = [keepDaemon(daemon, start, { ...watching, log: logFile })]
  if (own) {
    started.keep(await followConfig(loaded, { ...own, configFile, dataFolder, terminal }), (stop) => stop())
    ends.push(keepAsterisk(own.asterisk, { ...watching, log: join(own.asterisk.dir, 'log') }))
  }
  try {
    return await Promise.race(ends)
  } finally {
    terminal.line()
    terminal.say('ending')
  }
}

/** Prompts without a recording, now: the music's slogans must be there before Asterisk reads its configuration. */
async function speak(
  config: Config,
  configFile: string,
  dataDir: string,
  settings: NodeJS.ProcessEnv,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<PromptLibrary> {
  const { language } = config.company
  const library = await openLibrary({
    configDir: dirname(configFile),
    dataDir,
    ttsCommand: settings['PEREZVON_TTS'],
    beside: [asteriskCache()],
  })
  if (library.words(language).some((word) => library.source(word, language) === 'missing')) terminal.say('speaking')
  const { made, failed } = await makePrompts({ library, languages: [language], signal })
  signal.throwIfAborted()
  if (made.length > 0) terminal.say('spoken', { count: made.length })
  for (const { prompt, why } of failed.slice(0, 5)) terminal.warn('speech-failed', { prompt, why })
  return library
}

function ariOf({ asterisk: { ari } }: OwnAsterisk): Ari {
  return { ...ari, url: ari.url.replace(/\/ari$/, '') }
}
