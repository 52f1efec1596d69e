/**
 * The configuration of a running daemon: the last good one, swapped whole.
 *
 * The folder is watched, not the file: editors save by renaming, and a mounted file would never change (chokidar 237, moby 15793). A broken
 * configuration changes nothing; its problems stay readable until it is repaired.
 */
import { basename, dirname, extname, resolve } from 'node:path'
import { watch, type FSWatcher } from 'chokidar'
import type { Clock } from '../runtime/clock.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import type { Language } from '../runtime/i18n.ts'
import type { Logger } from '../runtime/logger.ts'
import type { SoundsElsewhere } from './checks/report.ts'
import { oneLine, type PrintOptions } from './diagnostics.ts'
import { loadConfig, type LoadResult } from './load.ts'
import type { Problem } from './problem.ts'
import type { Config } from './schema.ts'

/** A good configuration and since when it is in force. Calls keep the snapshot that they began with. */
export interface ConfigSnapshot {
  readonly config: Config
  /** Counts the good configurations of this process from 1. */
  readonly version: number
  /** 12 hex digits; the same over restarts as long as the files are the same. */
  readonly hash: string
  /** Milliseconds since 1970. */
  readonly loadedAt: number
}
/** `unchanged`: good, and the same as before. `refused`: the former one goes on. */
export type ReloadResult = 'swapped' | 'unchanged' | 'refused'
type Listener = (now: ConfigSnapshot, before: ConfigSnapshot) => void

export interface LiveConfigOptions {
  file: string
  log: Logger
  clock: Clock
  /** What a save must have been over for before it is read, so that half-written files are not: milliseconds. */
  settleMs?: number
  sounds?: SoundsElsewhere
}

/** What a configuration is made of. A sound that came or went changes only what is missing. */
const watched = new Set(['.yaml', '.yml', '.ics', '.wav', '.sln', '.sln16', '.ulaw', '.alaw', '.g722', '.gsm', '.mp3'])

export class LiveConfig {
  #options: Required<LiveConfigOptions>
  #current: ConfigSnapshot
  #last: LoadResult
  #listeners = new Set<Listener>()
  #refusals = new Set<(problems: readonly Problem[]) => void>()
  #watcher: FSWatcher | null = null
  #timer: NodeJS.Timeout | null = null

  /** Takes a configuration that was loaded already: a daemon does not start on a broken one. */
  constructor(options: LiveConfigOptions, first: Extract<LoadResult, { ok: true }>) {
    this.#options = { settleMs: 300, sounds: {}, ...options }
    this.#last = first
    this.#current = Object.freeze({ config: first.config, version: 1, hash: first.hash, loadedAt: options.clock.now() })
  }

  get current(): ConfigSnapshot {
    return this.#current
  }

  /** Of the files as they are now: why they were refused, or the warnings of the configuration in force. */
  get problems(): readonly Problem[] {
    return this.#last.ok ? this.#last.warnings : this.#last.problems
  }

  /** Whether the files on disk are the configuration in force. */
  get healthy(): boolean {
    return this.#last.ok
  }

  /** For diagnostics.ts: the problems with the lines of the refused files, and what stays in force meanwhile. */
  printOptions(language: Language): PrintOptions {
    const { config, version, loadedAt } = this.#current
    return { language, sources: this.#last.sources, running: { version, loadedAt, timezone: config.company.timezone } }
  }

  /** Called after each swap. Returns how to stop listening. */
  onSwap(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Called when files were read and refused, once for the same problems. Returns how to stop listening. */
  onRefused(listener: (problems: readonly Problem[]) => void): () => void {
    this.#refusals.add(listener)
    return () => this.#refusals.delete(listener)
  }

  /** Watches the folder; resolves when every change from now on is seen. */
  async start(): Promise<void> {
    const file = resolve(this.#options.file)
    const watcher = watch(dirname(file), {
      ignoreInitial: true,
      depth: 6,
      ignored: (path, stats) =>
        isNoise(path, dirname(file)) || (stats?.isFile() === true && !watched.has(extname(path))),
      awaitWriteFinish: {
        stabilityThreshold: this.#options.settleMs,
        pollInterval: Math.ceil(this.#options.settleMs / 4),
      },
    })
    this.#watcher = watcher
    watcher.on('all', () => this.#settle())
    watcher.on('error', (error) => this.#options.log.error('the configuration folder cannot be watched', { error }))
    await new Promise<void>((ready) => watcher.once('ready', ready))
  }

  async stop(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const watcher = this.#watcher
    this.#watcher = null
    await watcher?.close()
  }

  /** Reads the files now: after a change, on SIGHUP, from the CLI. */
  reload(): ReloadResult {
    const { file, sounds, clock } = this.#options
    const loaded = loadConfig(file, { now: clock.now(), sounds })
    const before = this.#current
    const repaired = !this.#last.ok
    const same = !loaded.ok && !this.#last.ok && JSON.stringify(loaded.problems) === JSON.stringify(this.#last.problems)
    this.#last = loaded
    if (!loaded.ok) {
      if (same) return 'refused'
      this.#complain(loaded)
      for (const listener of this.#refusals) this.#tell(() => listener(loaded.problems))
      return 'refused'
    }
    if (loaded.hash === before.hash) {
      if (repaired) this.#options.log.info(`the configuration is good again, v${before.version} stays in force`)
      return 'unchanged'
    }
    crashPoint('config.before-swap')
    this.#current = Object.freeze({
      config: loaded.config,
      version: before.version + 1,
      hash: loaded.hash,
      loadedAt: clock.now(),
    })
    this.#options.log.info(`new configuration v${this.#current.version} is in force`, {
      hash: loaded.hash,
      warnings: loaded.warnings.length,
    })
    for (const listener of this.#listeners) this.#tell(() => listener(this.#current, before))
    crashPoint('config.after-swap')
    return 'swapped'
  }

  /** One reload for several files saved together. */
  #settle(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.reload()
    }, this.#options.settleMs)
  }

  /** A listener that fails must not keep the others from hearing. */
  #tell(listener: () => void): void {
    try {
      listener()
    } catch (error) {
      this.#options.log.error('a listener to the configuration failed', { error })
    }
  }

  #complain({ problems, language }: Extract<LoadResult, { ok: false }>): void {
    const { log } = this.#options
    const { version, config } = this.#current
    const errors = problems.filter(({ severity }) => severity === 'error')
    log.error(`the new configuration is refused, v${version} stays in force`, { errors: errors.length })
    for (const error of errors.slice(0, 20)) log.error(oneLine(error, language ?? config.company.language))
  }
}

/** Hidden files and what editors leave beside a file while they save it. */
function isNoise(path: string, folder: string): boolean {
  if (path === folder) return false
  const name = basename(path)
  return name.startsWith('.') || name.endsWith('~') || name === '4913' || name === 'node_modules'
}
