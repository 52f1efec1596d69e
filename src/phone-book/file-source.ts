/**
 * Names from a file, read again when it changes. A file that is damaged, half-written or gone changes nothing: the last good names stay, over a restart
 * too, and the log says what is wrong and where.
 *
 * The folder is watched, not the file: whoever saves may rename a new file over the old one.
 */
import { dirname, join, resolve } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import { z } from 'zod'
import { changedAt, readBytesBelow } from '../config/files-below.ts'
import type { CsvSource, VcardSource } from '../config/sections/phone-book.ts'
import { LIST_LIMITS } from '../lists/read-list.ts'
import type { E164 } from '../model/phone-number.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import { BookFault } from './book-fault.ts'
import type { Entries } from './entry-list.ts'
import { KeptBook } from './kept-book.ts'
import { readCsvBook } from './read-csv.ts'
import { readVcardBook } from './read-vcard.ts'
import type { NameSource, SourceState } from './source.ts'

export interface FileParts {
  /** Of the configuration. */
  folder: string
  dataFolder: string
  country: string
  clock: Clock
  log: Logger
  /** What a save must have been over for before the file is read: milliseconds. */
  settleMs?: number
}

const kept = z.object({ names: z.array(z.tuple([z.string(), z.string()])), readAt: z.number() })
const NOTHING: Entries = { names: new Map(), unreadable: 0, examples: [], nameless: 0 }

export class FileSource implements NameSource {
  #source: CsvSource | VcardSource
  #parts: FileParts
  #kept: KeptBook
  #label: string
  #entries: Entries = NOTHING
  #readAt: number | null = null
  #fault: BookFault | null = null
  #watcher: FSWatcher | null = null
  #timer: NodeJS.Timeout | null = null
  #reading: Promise<void> = Promise.resolve()

  constructor(source: CsvSource | VcardSource, parts: FileParts) {
    this.#source = source
    this.#parts = parts
    this.#label = `${source.kind} ${this.#file}`
    this.#kept = new KeptBook(parts.dataFolder, JSON.stringify([source, parts.country]))
  }

  of(number: E164): string | null {
    return this.#entries.names.get(number) ?? null
  }

  state(): SourceState {
    const { names, unreadable, examples, nameless } = this.#entries
    const { size } = names
    return { label: this.#label, names: size, unreadable, examples, nameless, fault: this.#fault, readAt: this.#readAt }
  }

  async start(): Promise<void> {
    await this.#watch()
    await this.read()
  }

  async readOnce(fresh: boolean): Promise<void> {
    if (!fresh && (await this.#isKept())) await this.#restore()
    else await this.read(false)
  }

  async stop(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const watcher = this.#watcher
    this.#watcher = null
    await watcher?.close()
    await this.#reading
  }

  /** Reads the file as it is now. One after the other: the last to be read is the last that was written. */
  read(save = true): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readNow(save))
    return this.#reading
  }

  get #file(): string {
    return this.#source.kind === 'csv' ? this.#source.csv : this.#source.vcard
  }

  async #readNow(save: boolean): Promise<void> {
    const { log, clock } = this.#parts
    try {
      const entries = await this.#entriesOfFile()
      const was = this.#readAt === null || this.#fault !== null
      this.#entries = entries
      this.#readAt = clock.now()
      this.#fault = null
      const told = { source: this.#label, names: entries.names.size, unreadable: entries.unreadable }
      log.info(was ? 'the phone book was read' : 'the phone book has changed and was read again', told)
      if (save) await this.#save()
    } catch (error) {
      await this.#refuse(error)
    }
  }

  async #entriesOfFile(): Promise<Entries> {
    const { folder, country } = this.#parts
    const read = await readBytesBelow(folder, this.#file, LIST_LIMITS.bytes)
    if ('refused' in read) throw new BookFault(read.refused, 0, read.why)
    const { number_format: form } = this.#source
    if (this.#source.kind === 'vcard') return readVcardBook(read.bytes, country, form)
    const { number = null, name = null } = this.#source
    return readCsvBook(read.bytes, { country, form, number, name })
  }

  async #refuse(error: unknown): Promise<void> {
    const { log } = this.#parts
    const fault = error instanceof BookFault ? error : new BookFault('unreadable', 0, String(error))
    const isNews = this.#fault?.message !== fault.message
    this.#fault = fault
    if (this.#readAt === null) await this.#restore()
    if (isNews)
      log.warn('the phone book cannot be read; the names of before stay in force', {
        source: this.#label,
        file: fault.line ? `${this.#file}:${fault.line}` : this.#file,
        why: fault.message,
        names: this.#entries.names.size,
      })
  }

  /** Has the daemon read the file as it is now? */
  async #isKept(): Promise<boolean> {
    const changed = await changedAt(join(this.#parts.folder, this.#file))
    const saved = kept.safeParse(await this.#kept.load())
    return saved.success && changed !== null && saved.data.readAt > changed
  }

  async #restore(): Promise<void> {
    const saved = kept.safeParse(await this.#kept.load())
    if (!saved.success) return
    this.#entries = { ...NOTHING, names: new Map(saved.data.names) }
    this.#readAt = saved.data.readAt
  }

  async #save(): Promise<void> {
    try {
      await this.#kept.save({ names: [...this.#entries.names], readAt: this.#readAt })
    } catch (error) {
      this.#parts.log.warn('the names of the phone book are not kept for a restart', { source: this.#label, error })
    }
  }

  async #watch(): Promise<void> {
    const { folder, settleMs = 300, log } = this.#parts
    const path = resolve(join(folder, this.#file))
    const watcher = watch(dirname(path), {
      ignoreInitial: true,
      depth: 0,
      ignored: (other, stats) => stats?.isFile() === true && resolve(other) !== path,
      awaitWriteFinish: { stabilityThreshold: settleMs, pollInterval: Math.ceil(settleMs / 4) },
    })
    this.#watcher = watcher
    watcher.on('all', (_event, changed) => {
      if (resolve(changed) === path) this.#settle(settleMs)
    })
    watcher.on('error', (error) => log.error('the folder of the phone book cannot be watched', { error }))
    await new Promise<void>((ready) => watcher.once('ready', ready))
  }

  #settle(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.read()
    }, ms)
  }
}
