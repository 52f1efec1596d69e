/** A copy of the source in which a bug can be planted and taken out again. */
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { PlantedBug } from './bugs.ts'

export const REPO = resolve(import.meta.dirname, '../../..')
const COPIED = ['src', 'test', 'bench', 'scripts', 'prisma', 'asterisk-config', 'examples', 'docs']
const FILES = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'vitest.config.ts']
const WITNESS_MS = 300_000

/** The file with the bug in it. Throws when what it replaces does not stand there exactly once. */
export function planted(text: string, { name, file, find, put }: PlantedBug): string {
  const places = text.split(find).length - 1
  if (places !== 1) throw new Error(`"${name}" cannot be planted: ${file} has its place ${places} times`)
  return text.replace(find, () => put)
}

export interface Testimony {
  /** The witness failed, as it must. */
  caught: boolean
  /** What it said, for a witness that said nothing of use. */
  words: string
  seconds: number
}

export class Workshop {
  readonly dir: string

  private constructor(dir: string) {
    this.dir = dir
  }

  static async open(): Promise<Workshop> {
    const dir = await mkdtemp(join(tmpdir(), 'perezvon-planted-'))
    for (const name of [...COPIED, ...FILES]) await cp(join(REPO, name), join(dir, name), { recursive: true })
    for (const name of ['node_modules', '.cache']) await symlink(join(REPO, name), join(dir, name))
    return new Workshop(dir)
  }

  /** Plants a bug, hears its witness, takes the bug out. Null: no bug at all; then the witness must be content. */
  async hear(bug: PlantedBug | null, [test, name]: PlantedBug['caughtBy']): Promise<Testimony> {
    const path = bug && join(this.dir, bug.file)
    const sound = path && (await readFile(path, 'utf8'))
    try {
      if (bug && path && sound) await writeFile(path, planted(sound, bug))
      return await this.#run(test, name)
    } finally {
      if (path && sound) await writeFile(path, sound)
    }
  }

  async #run(test: string, name?: string): Promise<Testimony> {
    const began = performance.now()
    const project = test.startsWith('test/crash/') ? 'crash' : 'unit'
    // those witnesses run the build
    if (project === 'crash') await this.#command(['tsc', '-p', 'tsconfig.build.json', '--noCheck'])
    const words = ['vitest', 'run', '--project', project, '--retry', '0', test, ...(name ? ['-t', name] : [])]
    const { failed, output } = await this.#command(words)
    const seconds = (performance.now() - began) / 1_000
    // a copy that does not even load has caught nothing
    const isWitness = /Tests .*\d+ (failed|passed)/.test(output)
    if (!isWitness) throw new Error(`${test} could not be run:\n${output.slice(-2_000)}`)
    return { caught: failed, words: output, seconds }
  }

  async #command([program = '', ...words]: string[]): Promise<{ failed: boolean; output: string }> {
    const options = { cwd: this.dir, timeout: WITNESS_MS, maxBuffer: 64 << 20, env: { ...process.env, NO_COLOR: '1' } }
    try {
      const { stdout } = await promisify(execFile)(join(REPO, 'node_modules/.bin', program), words, options)
      return { failed: false, output: stdout }
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
      return { failed: true, output: stdout + stderr }
    }
  }

  close(): Promise<void> {
    return rm(this.dir, { recursive: true, force: true })
  }
}
