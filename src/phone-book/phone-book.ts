/**
 * The names of callers, from all sources in their order. Asking never waits and never fails: what is in memory is the answer, and a source that is
 * slow, broken or away has none.
 */
import type { Config } from '../config/schema.ts'
import type { CallerNames } from '../model/caller-names.ts'
import type { E164 } from '../model/phone-number.ts'
import type { NameSource, SourceState } from './source.ts'

type Settings = Pick<Config, 'phone_book' | 'company'>
export type MakeSource = (source: Config['phone_book'][number], country: string) => NameSource

export class PhoneBook implements CallerNames {
  #make: MakeSource
  /** In order, by what the configuration says of it. */
  #sources = new Map<string, NameSource>()

  constructor(make: MakeSource, settings: Settings) {
    this.#make = make
    this.#take(settings)
  }

  of(number: E164 | null): string | null {
    return number === null ? null : this.#first(number)
  }

  async find(number: E164 | null): Promise<string | null> {
    if (number === null) return null
    for (const source of this.#sources.values()) {
      const name = source.of(number) ?? (await source.find?.(number)) ?? null
      if (name !== null) return name
    }
    return null
  }

  /** Which source says what, in order: for a person who asks. */
  async findAll(number: E164): Promise<{ label: string; name: string | null }[]> {
    return Promise.all(
      [...this.#sources.values()].map(async (source) => ({
        name: source.of(number) ?? (await source.find?.(number)) ?? null,
        label: source.state().label,
      })),
    )
  }

  states(): SourceState[] {
    return [...this.#sources.values()].map((source) => source.state())
  }

  /** Resolves when every source has its names, or knows why not, but not later than `patienceMs`: nobody is kept waiting for names. */
  async start(patienceMs: number): Promise<void> {
    const all = Promise.allSettled([...this.#sources.values()].map((source) => source.start()))
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)))
    await Promise.race([all, late])
    clearTimeout(timer)
  }

  /** See NameSource. */
  async readOnce(fresh: boolean): Promise<void> {
    await Promise.all([...this.#sources.values()].map((source) => source.readOnce(fresh)))
  }

  /** Another configuration is in force: what is named as before goes on, the rest begins or ends. */
  async change(settings: Settings): Promise<void> {
    const before = this.#sources
    this.#take(settings)
    const after = new Set(this.#sources.values())
    const known = new Set(before.values())
    await Promise.all([
      ...[...after].filter((source) => !known.has(source)).map((source) => source.start()),
      ...[...known].filter((source) => !after.has(source)).map((source) => source.stop()),
    ])
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#sources.values()].map((source) => source.stop()))
  }

  #take({ phone_book: sources, company: { country } }: Settings): void {
    const before = this.#sources
    this.#sources = new Map(
      sources.map((source) => {
        const key = JSON.stringify([source, country])
        return [key, before.get(key) ?? this.#make(source, country)] as const
      }),
    )
  }

  #first(number: E164): string | null {
    for (const source of this.#sources.values()) {
      const name = source.of(number)
      if (name !== null) return name
    }
    return null
  }
}
