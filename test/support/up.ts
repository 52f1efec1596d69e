/** `scripts/up` as a child, with everything that it starts marked by a temporary folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { withTimeout } from '../../src/runtime/abort.ts'
import { processesWith } from './processes.ts'

const UP = resolve(import.meta.dirname, '../../scripts/up')

export class Up {
  /** Temporary folder of all its processes. */
  readonly scratch: string
  /** What marks them: see processes.ts. */
  readonly mark: string
  /** All that it said. */
  text = ''
  readonly child: ChildProcess
  readonly exit: Promise<number | null>
  #onText = () => {}

  /** `~` at the beginning of a word stands for the scratch folder. */
  constructor(words: string[], scratch: string, env: Record<string, string>) {
    this.scratch = scratch
    this.mark = `TMPDIR=${scratch}`
    this.child = spawn(
      UP,
      words.map((word) => word.replace(/^~/, scratch)),
      { env: { ...process.env, ...env, TMPDIR: scratch }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on('data', (bytes: Buffer) => {
        this.text += bytes.toString()
        this.#onText()
      })
    }
    this.exit = new Promise((done) => this.child.once('close', (code) => done(code)))
  }

  /** Resolves as soon as it has said so. */
  says(words: string, ms: number): Promise<void> {
    const said = new Promise<void>((resolve, reject) => {
      this.#onText = () => this.text.includes(words) && resolve()
      this.#onText()
      void this.exit.then(() => reject(new Error(`it ended before “${words}”:\n${this.text}`)))
    })
    return withTimeout(said, ms, `“${words}”`)
  }

  /** What it left in its temporary folder, but for what the TypeScript loader keeps there. */
  async leftFolders(): Promise<string[]> {
    return (await readdir(this.scratch)).filter((name) => !name.startsWith('tsx-'))
  }

  /** After a test that failed: nothing of it may disturb the others. */
  async close(): Promise<void> {
    for (const pid of (await processesWith(this.mark)).keys()) process.kill(pid, 'SIGKILL')
    await rm(this.scratch, { recursive: true, force: true })
  }
}

export async function runUp(...words: string[]): Promise<Up> {
  return runUpWith({}, ...words)
}

/** `env`: settings of the process. */
export async function runUpWith(env: Record<string, string>, ...words: string[]): Promise<Up> {
  return new Up(words, await mkdtemp(join(tmpdir(), 'up-')), env)
}
