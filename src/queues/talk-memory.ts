/** Who talked when, how often today, and with whom: in memory, because it is asked while a caller waits. */
import type { Config } from '../config/schema.ts'
import { startOfDay } from '../dialling/calendar-day.ts'
import type { Clock } from '../runtime/clock.ts'

/** The oldest callers are forgotten beyond so many. */
export const CALLERS_REMEMBERED = 20_000

export class TalkMemory {
  #config: () => Config
  #clock: Clock
  #idleSince = new Map<string, number>()
  #today = new Map<string, { day: number; calls: number }>()
  #lastWith = new Map<string, string>()

  constructor(config: () => Config, clock: Clock) {
    this.#config = config
    this.#clock = clock
  }

  /** Since when each was without a call, from the records; newer knowledge wins. */
  rememberIdle(idleSince: ReadonlyMap<string, number>): void {
    for (const [person, at] of idleSince) this.#idleSince.set(person, Math.max(at, this.idleSince(person)))
  }

  /** How often each has talked today, from the records. */
  rememberToday(calls: ReadonlyMap<string, number>): void {
    for (const [person, count] of calls) this.#today.set(person, { day: this.#day(), calls: count })
  }

  /** Caller -> who spoke with him last, from the records, oldest first. */
  rememberLastWith(operators: ReadonlyMap<string, string>): void {
    for (const [caller, person] of operators) if (!this.#lastWith.has(caller)) this.#keep(caller, person)
  }

  /** A talk of his has ended now. */
  talked(person: string): void {
    this.#idleSince.set(person, this.#clock.now())
    this.#today.set(person, { day: this.#day(), calls: this.callsToday(person) + 1 })
  }

  /** They speak with each other. */
  speaks(person: string, caller: string): void {
    this.#lastWith.delete(caller) // to the end of the order in which they are forgotten
    this.#keep(caller, person)
  }

  /** 0: never, as far as anybody knows. */
  idleSince(person: string): number {
    return this.#idleSince.get(person) ?? 0
  }

  callsToday(person: string): number {
    const today = this.#today.get(person)
    return today?.day === this.#day() ? today.calls : 0
  }

  lastWith(caller: string): string | null {
    return this.#lastWith.get(caller) ?? null
  }

  #keep(caller: string, person: string): void {
    this.#lastWith.set(caller, person)
    if (this.#lastWith.size > CALLERS_REMEMBERED) this.#lastWith.delete(this.#lastWith.keys().next().value!)
  }

  #day(): number {
    return startOfDay(this.#clock.now(), this.#config().company.timezone)
  }
}
