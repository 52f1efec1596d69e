/**
 * The daemon as a child. It is told to end when we die, however that happens (setpriv --pdeathsig), and has a session of its own, so a
 * Ctrl-C in the terminal reaches only us and everything ends in order.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, type WriteStream } from 'node:fs'
import { join, resolve } from 'node:path'
import { sleep } from '../../src/runtime/abort.ts'

export const REPO = resolve(import.meta.dirname, '../..')
const MAIN = join(REPO, 'dist/main.js')
const LAST_LINES = 20

export interface DaemonOptions {
  env: NodeJS.ProcessEnv
  /** All that it says is appended here. */
  logFile: string
  /** Also told line by line, from its first to its last. */
  onLine?: (line: string) => void
}

export class DaemonProcess {
  /** Resolves with the exit code, 128 for a signal. */
  readonly exit: Promise<number>
  readonly url: string
  readonly #child: ChildProcess
  #ended = false
  #lastLines: string[] = []

  constructor({ env, logFile, onLine }: DaemonOptions) {
    this.url = `http://${env['PEREZVON_HTTP']}`
    const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 })
    const command = ['--pdeathsig', 'TERM', process.execPath, MAIN]
    this.#child = spawn('setpriv', command, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) this.#read(stream, log, onLine)
    this.exit = new Promise<number>((done) => {
      this.#child.once('error', () => done(1))
      this.#child.once('close', (code) => done(code ?? 128))
    }).finally(() => {
      this.#ended = true
      log.end()
    })
  }

  get ended(): boolean {
    return this.#ended
  }

  /** For messages when it could not start. */
  get lastWords(): string {
    return this.#lastLines.join('\n')
  }

  /** What keeps it from its job, by part; null: it does not answer (yet). */
  async reasons(): Promise<Record<string, string> | null> {
    try {
      const reply = await fetch(`${this.url}/ready`, { signal: AbortSignal.timeout(5_000) })
      return ((await reply.json()) as { reasons: Record<string, string> }).reasons
    } catch {
      return null
    }
  }

  /**
   * Resolves true when it can do its job, but for the parts in `without`; false when it ended, or was not ready in time. Rejects with the
   * signal's reason.
   */
  async ready(ms: number, signal: AbortSignal, without: string[] = []): Promise<boolean> {
    for (const deadline = Date.now() + ms; Date.now() < deadline && !this.#ended; await sleep(100, signal)) {
      const reasons = await this.reasons()
      if (reasons && Object.keys(reasons).every((part) => without.includes(part))) return true
    }
    return false
  }

  /** SIGTERM: it drains and ends. After `ms` it is killed. */
  async stop(ms: number): Promise<void> {
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), ms)
    await this.exit
    clearTimeout(timer)
  }

  #read(stream: NodeJS.ReadableStream, log: WriteStream, onLine?: (line: string) => void): void {
    let rest = ''
    stream.on('data', (bytes: Buffer) => {
      log.write(bytes)
      const lines = (rest + bytes.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        this.#lastLines = [...this.#lastLines, line].slice(-LAST_LINES)
        onLine?.(line)
      }
    })
  }
}
