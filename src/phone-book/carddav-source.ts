/** Names from an address book on a server, asked now and then what has changed. What it said last is kept: a server that is away takes no names. */
import { z } from 'zod'
import type { CarddavSource } from '../config/sections/phone-book.ts'
import { cleanText } from '../model/clean-text.ts'
import type { E164 } from '../model/phone-number.ts'
import { type ReadSecret, SecretMissing } from '../outgoing/named-secret.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import { Poller } from '../runtime/poller.ts'
import { BookFault } from './book-fault.ts'
import { fetchBooks, type KnownBook } from './carddav-client.ts'
import { type Entries, EntryList } from './entry-list.ts'
import { KeptBook } from './kept-book.ts'
import type { NameSource, SourceState } from './source.ts'
import { turns } from './turns.ts'

export interface CarddavParts {
  dataFolder: string
  country: string
  secretOf: ReadSecret
  clock: Clock
  log: Logger
}

const card = z.object({ name: z.string(), phones: z.array(z.string()), line: z.number() })
const kept = z.object({
  readAt: z.number(),
  books: z.array(
    z.object({
      url: z.string(),
      ctag: z.string(),
      cards: z.array(z.object({ url: z.string(), etag: z.string(), cards: z.array(card) })),
    }),
  ),
})
/** After a failure the server is asked again so soon, or as soon as always. */
const AGAIN_MS = 60_000

export class CarddavNames implements NameSource {
  #source: CarddavSource
  #parts: CarddavParts
  #kept: KeptBook
  #label: string
  #books: KnownBook[] = []
  #entries: Entries
  #readAt: number | null = null
  #fault: BookFault | null = null
  #poller: Poller
  #stop = new AbortController()
  /** Tells that the first pass is over. */
  #passed!: () => void
  #firstPass = new Promise<void>((resolve) => (this.#passed = resolve))

  constructor(source: CarddavSource, parts: CarddavParts) {
    const { url, user, refresh } = source.carddav
    this.#source = source
    this.#parts = parts
    this.#entries = new EntryList(parts.country)
    this.#label = `carddav ${new URL(url).host}`
    this.#kept = new KeptBook(parts.dataFolder, JSON.stringify(['carddav', url, user]))
    const everyMs = () => (this.#fault ? Math.min(AGAIN_MS, refresh) : refresh)
    this.#poller = new Poller({ pass: () => this.pass(true), everyMs, log: parts.log })
  }

  of(number: E164): string | null {
    return this.#entries.names.get(number) ?? null
  }

  state(): SourceState {
    const { names, unreadable, examples, nameless } = this.#entries
    const { size } = names
    return { label: this.#label, names: size, unreadable, examples, nameless, fault: this.#fault, readAt: this.#readAt }
  }

  /** With names from before the server need not be waited for. */
  async start(): Promise<void> {
    await this.#restore()
    this.#poller.start()
    if (this.#readAt === null) await this.#firstPass
  }

  async readOnce(fresh: boolean): Promise<void> {
    await this.#restore()
    if (fresh || this.#readAt === null) await this.pass(false)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#passed()
    await this.#poller.stop()
  }

  /** Asks the server. Never rejects. */
  async pass(save: boolean): Promise<void> {
    const { log, clock, secretOf } = this.#parts
    const { url, user, password, timeout: timeoutMs, private: allowPrivate } = this.#source.carddav
    try {
      const access = { url, user, password: secretOf(password), timeoutMs, allowPrivate }
      const before = this.#books
      const books = await fetchBooks(access, before, this.#stop.signal)
      const isNews = this.#readAt === null || books.some((book, i) => book !== before[i])
      if (this.#fault) log.info('the phone book can be read again', { source: this.#label })
      this.#fault = null
      this.#readAt = clock.now()
      if (isNews || books.length !== before.length) await this.#take(books, save)
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#complain(error)
    } finally {
      this.#passed()
    }
  }

  async #take(books: KnownBook[], save: boolean): Promise<void> {
    const { log } = this.#parts
    this.#entries = await this.#read(books)
    this.#books = books
    const { names, unreadable } = this.#entries
    log.info('the phone book was read', { source: this.#label, names: names.size, unreadable })
    if (!save) return
    try {
      await this.#kept.save({ readAt: this.#readAt, books })
    } catch (error) {
      log.warn('the names of the phone book are not kept for a restart', { source: this.#label, error })
    }
  }

  async #read(books: readonly KnownBook[]): Promise<Entries> {
    const entries = new EntryList(this.#parts.country, this.#source.carddav.number_format)
    const breathe = turns()
    for (const { cards } of books.flatMap((book) => book.cards)) {
      for (const { name, phones } of cards) entries.add(name, phones, 0)
      await breathe()
    }
    return entries
  }

  async #restore(): Promise<void> {
    const saved = kept.safeParse(await this.#kept.load())
    if (!saved.success) return
    this.#books = saved.data.books
    this.#readAt = saved.data.readAt
    this.#entries = await this.#read(this.#books)
  }

  #complain(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error)
    const kind = error instanceof SecretMissing ? 'no-secret' : 'unreadable'
    const fault = error instanceof BookFault ? error : new BookFault(kind, 0, cleanText(why, 200))
    if (this.#fault?.message !== fault.message)
      this.#parts.log.warn('the phone book cannot be read; the names of before stay in force', {
        source: this.#label,
        why: fault.message,
        names: this.#entries.names.size,
      })
    this.#fault = fault
  }
}
