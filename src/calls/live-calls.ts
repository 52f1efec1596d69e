/**
 * The calls this process has in hand: what shutdown drains, what recovery must leave alone, what /metrics counts.
 *
 * And which of them are one. Whose connection broke rings again; a provider that forwards from number to number brings a caller twice. A call
 * is one with a later one of the same caller that came before it was decided: then the later tells for both. Never the other way round: two
 * colleagues behind one number wait at the same time, and who is answered first has not spoken for the second. Nor are two calls one that were
 * on different lines at the same time, unless these share their cases: two people have called two teams.
 */
import { type Call, lineGroupOf } from './call.ts'
import type { EndedCall } from './end-of-call.ts'

/** The doorbell book asks after calls of the last quarter of a minute. */
const REMEMBERED = 5_000

interface Settling {
  call: EndedCall
  /** Decides: by a later call, or without one. */
  decide: (later: EndedCall | null) => void
}

export class LiveCalls {
  #calls = new Map<string, Call>()
  /** Those of each number, over or not, as they came. */
  #byCaller = new Map<string, Call[]>()
  /** Over for Asterisk, not yet for us. */
  #over = new Map<string, Call>()
  #settling = new Map<string, Settling>()
  #ended = new Set<string>()
  #idle: (() => void)[] = []

  add(call: Call): void {
    this.#calls.set(call.id, call)
    const { number } = call.caller
    if (number === null) return
    for (const { id } of this.#of(number)) {
      const settling = this.#settling.get(id)
      if (settling && isLater(call, settling.call)) settling.decide(call)
    }
    this.#byCaller.set(number, [...this.#of(number).filter(({ id }) => id !== call.id), call])
  }

  /** Its channel is gone; it is no caller on the line any more, but its end is not on disk yet. */
  isOver(callId: string): void {
    const call = this.#calls.get(callId)
    if (!call) return
    this.#calls.delete(callId)
    this.#over.set(callId, call)
  }

  remove(callId: string): void {
    const number = (this.#calls.get(callId) ?? this.#over.get(callId))?.caller.number
    this.#calls.delete(callId)
    this.#over.delete(callId)
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

  /** The call of this caller that a new one of his goes on with. */
  latestOf(number: string | null): Call | null {
    if (number === null) return null
    const his = this.#of(number)
    return his.findLast(({ id }) => this.#calls.has(id)) ?? his.at(-1) ?? null
  }

  #of(number: string): readonly Call[] {
    return this.#byCaller.get(number) ?? []
  }

  /**
   * For a call that nobody answered: the later call of this caller that will tell for both; null when he does not ring again within `ms`. Calls
   * that this process has not served are not waited for: they were over long ago.
   */
  async laterThan(call: EndedCall, ms: number): Promise<EndedCall | null> {
    const { number } = call.caller
    if (number === null) return null
    const known = this.#of(number).find((other) => isLater(other, call) && sharesCases(other, call))
    if (known || ms <= 0 || !this.#over.has(call.id)) return known ?? null
    return new Promise((resolve) => {
      const decide = (later: EndedCall | null) => {
        clearTimeout(timer)
        this.#settling.delete(call.id)
        resolve(later)
      }
      const timer = setTimeout(decide, ms, null)
      this.#settling.set(call.id, { call, decide })
    })
  }

  /** Nobody is waited for any longer. */
  settleNow(): void {
    for (const { decide } of this.#settling.values()) decide(null)
  }

  /** Resolves when no call is left. */
  whenNone(): Promise<void> {
    if (this.#calls.size + this.#over.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }
}

/** Of two calls of one number. */
function isLater(call: EndedCall, than: EndedCall): boolean {
  if (call.arrivedAt !== than.arrivedAt) return call.arrivedAt > than.arrivedAt
  return call.id > than.id
}

function sharesCases(call: EndedCall, other: EndedCall): boolean {
  const { config } = call.snapshot
  return lineGroupOf(config, call.line.number) === lineGroupOf(config, other.line.number)
}
