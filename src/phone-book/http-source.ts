/**
 * Names from a CRM that is asked about each caller. It is asked when the call comes; whoever needs the name before the answer has no name. Every answer
 * is kept, also that nobody is known by the number, and an old answer is better than none while the CRM is away.
 */
import type { HttpSource } from '../config/sections/phone-book.ts'
import { CALLER_ID_LENGTH, cleanText } from '../model/clean-text.ts'
import type { E164 } from '../model/phone-number.ts'
import { ask, type HttpAnswer } from '../outgoing/ask.ts'
import { type ReadSecret, SecretMissing } from '../outgoing/named-secret.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import { BookFault } from './book-fault.ts'
import type { NameSource, SourceState } from './source.ts'

/** `name` null: the CRM knows nobody by this number. `at`: when it said so. */
export interface KnownAnswer {
  number: E164
  name: string | null
  at: number
}
/** Where answers are kept over a restart. */
export interface AnswerStore {
  /** Those since then. */
  load(source: string, since: number): Promise<KnownAnswer[]>
  save(source: string, answer: KnownAnswer): Promise<void>
  forget(source: string, before: number): Promise<void>
}

export interface HttpParts {
  answers: AnswerStore
  secretOf: ReadSecret
  clock: Clock
  log: Logger
}

/** An answer that is out of date is used so much longer while the CRM does not give another. */
const STALE_MS = 30 * 86_400_000
/** A storm of callers is no storm for the CRM: who comes when so many questions are under way has no name. */
const MOST_AT_ONCE = 8
/** A number whose question failed is not asked about again for so long: the mail need not wait for the same silence. */
const LEFT_ALONE_MS = 30_000
/** After so many failures one upon the other nobody is asked about for a while: a day of calls from our absence must not wait for each. */
const GIVEN_UP_AFTER = 3
const GIVEN_UP_MS = 10_000
const MOST_REMEMBERED = 200_000

export class HttpNames implements NameSource {
  #http: HttpSource['http']
  #parts: HttpParts
  #key: string
  #label: string
  #known = new Map<E164, { name: string | null; at: number }>()
  #asking = new Map<E164, Promise<string | null>>()
  /** When a question about the number failed. */
  #failed = new Map<E164, number>()
  /** Since the last answer. */
  #failures = 0
  #failedAt = 0
  #fault: BookFault | null = null
  #stop = new AbortController()

  constructor({ http }: HttpSource, parts: HttpParts) {
    this.#http = http
    this.#parts = parts
    const { origin, host } = new URL(http.url)
    this.#label = `http ${host}`
    this.#key = `${origin} ${http.path}`
  }

  of(number: E164): string | null {
    const { clock } = this.#parts
    const known = this.#known.get(number)
    return known && clock.now() - known.at < this.#http.cache + STALE_MS ? known.name : null
  }

  find(number: E164): Promise<string | null> {
    const { clock } = this.#parts
    const known = this.#known.get(number)
    if (known && clock.now() - known.at < this.#http.cache) return Promise.resolve(known.name)
    const failedAt = this.#failed.get(number)
    if (failedAt !== undefined && clock.now() - failedAt < LEFT_ALONE_MS) return Promise.resolve(this.of(number))
    const givenUp = this.#failures >= GIVEN_UP_AFTER && clock.now() - this.#failedAt < GIVEN_UP_MS
    if (givenUp) return Promise.resolve(this.of(number))
    const asking = this.#asking.get(number)
    if (asking) return asking
    if (this.#asking.size >= MOST_AT_ONCE || this.#stop.signal.aborted) return Promise.resolve(this.of(number))
    const question = this.#ask(number).finally(() => this.#asking.delete(number))
    this.#asking.set(number, question)
    return question
  }

  state(): SourceState {
    let names = 0
    let readAt: number | null = null
    for (const { name, at } of this.#known.values()) {
      if (name !== null) names++
      readAt = Math.max(readAt ?? 0, at)
    }
    return { label: this.#label, names, unreadable: 0, examples: [], nameless: 0, fault: this.#fault, readAt }
  }

  async start(): Promise<void> {
    const { answers, log } = this.#parts
    await this.readOnce()
    answers
      .forget(this.#key, this.#oldest())
      .catch((error: unknown) => log.warn('old answers of the CRM are not forgotten', { source: this.#label, error }))
  }

  async readOnce(): Promise<void> {
    const { answers, log } = this.#parts
    try {
      for (const { number, name, at } of await answers.load(this.#key, this.#oldest()))
        this.#known.set(number, { name, at })
    } catch (error) {
      log.warn('the kept answers of the CRM cannot be read', { source: this.#label, error })
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#asking.values())
  }

  #oldest(): number {
    return this.#parts.clock.now() - this.#http.cache - STALE_MS
  }

  /** Never rejects. */
  async #ask(number: E164): Promise<string | null> {
    const { clock } = this.#parts
    try {
      const { timeout: timeoutMs, private: allowPrivate } = this.#http
      const request = { method: 'GET', url: this.#urlFor(number), headers: this.#headers(), body: null }
      const answer = await ask({ ...request, timeoutMs, allowPrivate }, this.#stop.signal)
      const name = nameIn(answer, this.#http.path)
      this.#well()
      this.#remember({ number, name, at: clock.now() })
      return name
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#complain(error)
      this.#noteFailure(number)
      return this.of(number)
    }
  }

  #urlFor(number: E164): string {
    return this.#http.url
      .replaceAll('{number}', encodeURIComponent(number))
      .replaceAll('{digits}', encodeURIComponent(number.slice(1)))
  }

  /** Throws SecretMissing. */
  #headers(): Record<string, string> {
    const { secretOf } = this.#parts
    const { headers, token } = this.#http
    const own = Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      typeof value === 'string' ? value : secretOf(value),
    ])
    return {
      accept: 'application/json',
      ...Object.fromEntries(own),
      ...(token && { authorization: `Bearer ${secretOf(token)}` }),
    }
  }

  #noteFailure(number: E164): void {
    if (this.#failed.size >= 10_000) this.#failed.clear()
    this.#failedAt = this.#parts.clock.now()
    this.#failures++
    this.#failed.set(number, this.#failedAt)
  }

  #remember(answer: KnownAnswer): void {
    const { answers, log } = this.#parts
    this.#failed.delete(answer.number)
    this.#known.delete(answer.number)
    this.#known.set(answer.number, answer)
    const [oldest] = this.#known.keys()
    if (this.#known.size > MOST_REMEMBERED && oldest !== undefined) this.#known.delete(oldest)
    // nobody waits for the disk: what is lost is asked again
    answers
      .save(this.#key, answer)
      .catch((error: unknown) => log.warn('an answer of the CRM is not kept', { source: this.#label, error }))
  }

  #well(): void {
    this.#failures = 0
    if (this.#fault) this.#parts.log.info('the CRM answers again', { source: this.#label })
    this.#fault = null
  }

  #complain(error: unknown): void {
    const fault =
      error instanceof BookFault
        ? error
        : new BookFault(
            error instanceof SecretMissing ? 'no-secret' : 'unreachable',
            0,
            cleanText(error instanceof Error ? error.message : String(error), 200),
          )
    if (this.#fault?.message !== fault.message)
      this.#parts.log.warn('the CRM does not say who calls', { source: this.#label, why: fault.message })
    this.#fault = fault
  }
}

/** Null: nobody is known by the number. Throws BookFault when the answer is none. */
export function nameIn(answer: HttpAnswer, path: string): string | null {
  if (answer.kind === 'failed') throw new BookFault('unreachable', 0, answer.why)
  const { status, body, cut } = answer
  if (status === 404 || status === 204) return null
  if (status < 200 || status > 299) throw new BookFault('refused', 0, `HTTP ${status}`)
  if (cut) throw new BookFault('refused', 0, 'the answer is too long')
  if (body.trim() === '') return null
  const value = valueAt(parsed(body), path)
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') throw new BookFault('refused', 0, `no text at ${path}`)
  return cleanText(value, CALLER_ID_LENGTH) || null
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    throw new BookFault('refused', 0, 'the answer is no JSON')
  }
}

/** Own values only: `__proto__` is a name like any other. */
function valueAt(value: unknown, path: string): unknown {
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string, unknown>)[part]
  }
  return value
}
