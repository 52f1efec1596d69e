/** What is measured: the plain dialplan, which is the limit, and daemons. At most one daemon runs at a time. */
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { sleep } from '../src/runtime/abort.ts'
import { type BenchAsterisk, daemonNumbers, dialplanNumbers, type Numbers } from './asterisk.ts'
import { type BenchDaemon, type DaemonOptions, startBenchDaemon } from './daemon.ts'

/** `dialplan`, `daemon` (the build of this checkout), or the path of another build's main.js. */
export type TargetName = string

export interface Target {
  numbers: Numbers
  daemon: BenchDaemon | null
  /** It was started just now and has not served a call. */
  cold: boolean
}

const OWN_BUILD = resolve(import.meta.dirname, '../dist/main.js')
const BOOK_MS = 90_000

export class Targets {
  #pbx: BenchAsterisk
  #dir: string
  #options: Omit<DaemonOptions, 'main' | 'dataFolder'>
  #running: { name: TargetName; daemon: BenchDaemon } | null = null
  #served = new Set<TargetName>()

  constructor(pbx: BenchAsterisk, dir: string, options: Omit<DaemonOptions, 'main' | 'dataFolder'>) {
    this.#pbx = pbx
    this.#dir = dir
    this.#options = options
  }

  /** Makes the target ready to be called. A daemon goes on running beside the dialplan's turn, idle. */
  async take(name: TargetName): Promise<Target> {
    if (name === 'dialplan') {
      const cold = !this.#served.has(name)
      this.#served.add(name)
      return { numbers: dialplanNumbers, daemon: null, cold }
    }
    const cold = this.#running?.name !== name
    if (cold) {
      await this.stop()
      const dataFolder = join(this.#dir, `data-${name.replaceAll(/\W+/g, '-')}`)
      await mkdir(dataFolder, { recursive: true })
      const main = name === 'daemon' ? OWN_BUILD : resolve(name)
      this.#running = { name, daemon: await startBenchDaemon(this.#pbx, { ...this.#options, main, dataFolder }) }
    }
    return { numbers: daemonNumbers, daemon: this.#running!.daemon, cold }
  }

  /** Resolves when nothing is left to be done about calls that are over: the daemon has struck them out of the doorbell book. */
  async settle(target: Target): Promise<void> {
    await sleep(300)
    if (!target.daemon) return
    for (const deadline = performance.now() + BOOK_MS; ; await sleep(500)) {
      if (/^0 results found/m.test(await this.#pbx.asterisk.cli('database show pzdoor'))) return
      if (performance.now() > deadline) throw new Error(`the doorbell book was not empty after ${BOOK_MS} ms`)
    }
  }

  async stop(): Promise<void> {
    await this.#running?.daemon.stop()
    this.#running = null
  }
}
