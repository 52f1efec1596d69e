/**
 * The calls this process has in hand: what shutdown drains, what recovery must leave alone, what /metrics counts.
 *
 * And which of them are one. A caller whose connection broke rings again; a provider that forwards from number to number brings a caller twice.
 * An earlier call is one with a later one of the same number that began after the earlier was over, or after its line was dead, and before it
 * was decided: then the later tells for both. Two calls of one number at the same time are two people: a company shows its head number for all
 * of them, and a talk with one is none with the other.
 */
import { type Call, lineGroupOf } from './call.ts'
import type { EndedCall } from './end-of-call.ts'

/** The doorbell book asks after calls of the last quarter of a minute. */
const REMEMBERED = 5_000
/** A network that forwards from one of our numbers to another may begin the second call a moment before it has ended the first. */
const HAND_OVER_MS = 500

/** Decides a loss that waits: by a later call, or without one. */
type Decide = (later: EndedCall | null) => void

export class LiveCalls {
  #calls = new Map<string, Call>()
  /** Those of each number, over or not, as they came. */
  #byCaller = new Map<string, Call[]>()
  /** Over for Asterisk, not yet for us. */
  #over = new Map<string, Call>()
  #settling = new Map<string, Decide>()
  /** By the id of the earlier: calls of its number that began when it was over, or dead. Noted as it happens: two clocks may differ. */
  #followers = new Map<string, Call[]>()
  /** Calls whose line was dead, since when at the latest: milliseconds since 1970. */
  #silentSince = new Map<string, number>()
  /** On performance.now(). */
  #cameAt = new Map<string, number>()
  #ended = new Set<string>()
  #idle: (() => void)[] = []

  add(call: Call): void {
    this.#calls.set(call.id, call)
    const { number } = call.caller
    if (number === null) return
    this.#cameAt.set(call.id, performance.now())
    const earlier = this.#of(number).filter(({ id }) => id !== call.id)
    for (const { id } of earlier) if (this.#over.has(id)) this.#follows(id, call)
    this.#byCaller.set(number, [...earlier, call])
  }

  /** Other calls of the same number that are still with us. */
  besides(call: Call): Call[] {
    const { number } = call.caller
    return number === null ? [] : this.#of(number).filter(({ id }) => id !== call.id && this.#calls.has(id))
  }

  /** Nobody was on the line of `earlier` any more when `call` came: its caller has rung again. */
  wasDead(earlier: Call, call: Call): void {
    if (!this.has(earlier.id) || !sharesCases(earlier, call)) return
    this.#silentSince.set(earlier.id, Math.min(call.arrivedAt, this.silentSince(earlier.id) ?? Infinity))
    this.#follows(earlier.id, call)
  }

  /** Since when at the latest nobody was on its line; null: as far as we know somebody was until its end. */
  silentSince(callId: string): number | null {
    return this.#silentSince.get(callId) ?? null
  }

  #follows(earlierId: string, call: Call): void {
    this.#followers.set(earlierId, [...(this.#followers.get(earlierId) ?? []), call])
    this.#settling.get(earlierId)?.(call)
  }

  /** Its channel is gone; it is no caller on the line any more, but its end is not on disk yet. */
  isOver(callId: string): void {
    const call = this.#calls.get(callId)
    if (!call) return
    this.#calls.delete(callId)
    this.#over.set(callId, call)
    const came = this.#cameAt.get(callId) ?? 0
    for (const other of this.#of(call.caller.number ?? '')) {
      const otherCame = this.#cameAt.get(other.id) ?? 0
      const isHandedOver = otherCame > came && performance.now() - otherCame < HAND_OVER_MS
      if (isHandedOver && sharesCases(other, call)) this.#follows(callId, other)
    }
  }

  remove(callId: string): void {
    const number = (this.#calls.get(callId) ?? this.#over.get(callId))?.caller.number
    this.#calls.delete(callId)
    this.#over.delete(callId)
    this.#followers.delete(callId)
    this.#silentSince.delete(callId)
    this.#cameAt.delete(callId)
    if (number) {
      const left = this.#of(number).filter(({ id }) => id !== callId)
      if (left.length > 0) this.#byCaller.set(number, left)
      else this.#byCaller.delete(number)
    }
    if (this.#calls.size + this.#over.size === 0) for (const resolve of this.#idle.splice(0)) resolve()
  }

  has(callId: string): boolean {
    return this.#calls.has(callId) || this.#over.has(callId)
  }

  /** Its end is on disk. */
  noteEnd(callId: string): void {
    this.#ended.add(callId)
    if (this.#ended.size > REMEMBERED) this.#ended.delete(this.#ended.keys().next().value!)
  }

  /** Its end was written by us, lately: the database need not be asked. */
  hasEnded(callId: string): boolean {
    return this.#ended.has(callId)
  }

  get size(): number {
    return this.#calls.size
  }

  all(): Iterable<Call> {
    return this.#calls.values()
  }

  /** Is this number on the line with us now? */
  withCaller(number: string): boolean {
    return this.#of(number).some(({ id }) => this.#calls.has(id))
  }

  /** The call that a new one of this number goes on with: the last that is over. */
  latestOver(number: string | null): Call | null {
    return number === null ? null : (this.#of(number).findLast(({ id }) => this.#over.has(id)) ?? null)
  }

  #of(number: string): readonly Call[] {
    return this.#byCaller.get(number) ?? []
  }

  /**
   * For a call that nobody answered: the later call of this number that will tell for both; null when nobody rings again within `ms`. `alone`:
   * until when the caller may have been on the line, by our clock. A call that this process has not served is not waited for: it was over long ago.
   */
  async laterThan(call: EndedCall, alone: number, ms: number): Promise<EndedCall | null> {
    const { number } = call.caller
    if (number === null) return null
    const served = this.#over.has(call.id)
    // the clock may have been set between the two: whoever was here before is no later caller
    const came = this.#cameAt.get(call.id) ?? -Infinity
    const cameLater = ({ id }: Call) => id !== call.id && (this.#cameAt.get(id) ?? -Infinity) > came
    const isAfter = (other: Call) => cameLater(other) && other.arrivedAt >= alone && sharesCases(other, call)
    const known = this.#followers.get(call.id)?.[0] ?? this.#of(number).find(isAfter)
    if (known || ms <= 0 || !served) return known ?? null
    return new Promise((resolve) => {
      const decide = (later: EndedCall | null) => {
        clearTimeout(timer)
        this.#settling.delete(call.id)
        resolve(later)
      }
      const timer = setTimeout(decide, ms, null)
      this.#settling.set(call.id, decide)
    })
  }

  /** Nobody is waited for any longer. */
  settleNow(): void {
    for (const decide of this.#settling.values()) decide(null)
  }

  /** Resolves when no call is left. */
  whenNone(): Promise<void> {
    if (this.#calls.size + this.#over.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }
}

function sharesCases(call: EndedCall, other: EndedCall): boolean {
  const { config } = call.snapshot
  return lineGroupOf(config, call.line.number) === lineGroupOf(config, other.line.number)
}
