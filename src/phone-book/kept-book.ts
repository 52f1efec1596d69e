/**
 * The last good names of a source, beside the database: a restart, a damaged file or a server that is away takes no names. Written whole and renamed,
 * readable for the daemon alone.
 */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export class KeptBook {
  #folder: string
  #file: string

  /** `source`: what the names come from; another source has another file. */
  constructor(dataFolder: string, source: string) {
    this.#folder = join(dataFolder, 'phone-book')
    this.#file = join(this.#folder, `${createHash('sha256').update(source).digest('hex').slice(0, 16)}.json`)
  }

  /** Whatever was saved; null: nothing, or nothing that can be read. */
  async load(): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#file, 'utf8')) as unknown
    } catch {
      return null
    }
  }

  async save(value: unknown): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const fresh = `${this.#file}.new`
    await writeFile(fresh, JSON.stringify(value), { mode: 0o600 })
    await rename(fresh, this.#file)
  }
}
