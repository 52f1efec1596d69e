/**
 * The states of all operators, as the transition table moves them. Every change is a row of `OperatorEvent`, from which the next life of the
 * daemon knows who was paused, and the reports know who was busy for how long.
 */
import { ulid } from '../model/ulid.ts'
import type { Clock } from '../runtime/clock.ts'
import {
  type OperatorEvent,
  type OperatorState,
  type OperatorStateName,
  isWish,
  restOf,
  type Standing,
  transition,
} from './operator-state.ts'

/** Who or what moved an operator. */
export type MovedBy = 'phone' | 'call' | 'code' | 'command' | 'hours' | 'start' | 'time'

/** A row of OperatorEvent. */
export interface OperatorRow {
  id: string
  person: string
  at: number
  state: OperatorStateName
  standing: Standing
  reason: string | null
  by: MovedBy
  callId: string | null
}

export class OperatorBoard {
  #states = new Map<string, OperatorState>()
  /** Who has said something of himself; the others are what the configuration says. */
  #said = new Set<string>()
  /** The call in which he talks, or after which he has his wrap-up. */
  #calls = new Map<string, string>()
  #written = 0
  #wrapUps = new Map<string, NodeJS.Timeout>()
  #clock: Clock
  #write: (row: OperatorRow) => void
  #standingAtFirst: (person: string) => Standing
  #onWrapUpOver: () => void

  /** `standingAtFirst`: of one who has said nothing yet. `onWrapUpOver`: somebody is free who was not, and nobody did it. */
  constructor(options: {
    clock: Clock
    write: (row: OperatorRow) => void
    standingAtFirst: (person: string) => Standing
    onWrapUpOver: () => void
  }) {
    this.#clock = options.clock
    this.#write = options.write
    this.#standingAtFirst = options.standingAtFirst
    this.#onWrapUpOver = options.onWrapUpOver
  }

  state(person: string): OperatorState {
    const known = this.#states.get(person)
    const standing = known && this.#said.has(person) ? known.standing : this.#standingAtFirst(person)
    if (known?.standing === standing) return known
    const there = known?.there ?? true
    const inACall = known?.name === 'ringing' || known?.name === 'talking'
    const state = { name: inACall ? known.name : restOf(standing, there), standing, there, reason: null }
    this.#states.set(person, state)
    return state
  }

  /** False: illegal in his state, and nothing happened. */
  apply(person: string, event: OperatorEvent, by: MovedBy, callId: string | null = null): boolean {
    const from = this.state(person)
    const next = transition(from, event)
    if (!next) return false
    if (isWish(event.kind)) this.#said.add(person)
    if (next.name !== 'wrap-up') this.#endWrapUp(person)
    this.#states.set(person, next)
    if (next.name !== from.name || next.standing !== from.standing || next.reason !== from.reason)
      this.#record(person, by, callId)
    // the phone may say first that it is in use; the wrap-up after it belongs to this call all the same
    else if (callId && next.name === 'talking') this.#calls.set(person, callId)
    return true
  }

  /** He has been in wrap-up since now, for so long. */
  wrapUp(person: string, ms: number): void {
    this.#endWrapUp(person)
    const over = () => {
      this.apply(person, { kind: 'wrap-up-over' }, 'time')
      this.#onWrapUpOver()
    }
    this.#wrapUps.set(person, setTimeout(over, ms).unref())
  }

  /** What the last life knew of him; null: nothing. Says so in a row if it is not the same any more. */
  restore(person: string, last: OperatorRow | null, there: boolean, wrapUpMs: number): void {
    const hasSaid = last && !(last.standing === 'signed-out' && last.by === 'start')
    if (hasSaid) this.#said.add(person)
    const standing = hasSaid ? last.standing : this.#standingAtFirst(person)
    const left = last?.state === 'wrap-up' ? last.at + wrapUpMs - this.#clock.now() : 0
    const name = left > 0 ? 'wrap-up' : restOf(standing, there)
    this.#states.set(person, { name, standing, there, reason: last?.reason ?? null })
    if (left > 0) this.wrapUp(person, left)
    // that he has signed out is his own word, also two starts later
    if (last?.state !== name) this.#record(person, hasSaid && standing === 'signed-out' ? last.by : 'start', null)
  }

  stop(): void {
    for (const person of this.#wrapUps.keys()) this.#endWrapUp(person)
  }

  #endWrapUp(person: string): void {
    clearTimeout(this.#wrapUps.get(person))
    this.#wrapUps.delete(person)
  }

  #record(person: string, by: MovedBy, callId: string | null): void {
    const { name: state, standing, reason } = this.state(person)
    const at = this.#clock.now()
    // the wrap-up belongs to the call before it
    if (state !== 'talking' && state !== 'wrap-up') this.#calls.delete(person)
    else if (callId) this.#calls.set(person, callId)
    const row = { person, at, state, standing, reason, by, callId: this.#calls.get(person) ?? callId }
    this.#write({ id: eventId(at, this.#written++), ...row })
  }
}

/** Sorts by time and, of the same millisecond, by what came first: who reads the rows goes by that. */
function eventId(at: number, written: number): string {
  const id = ulid(at)
  const count = (written % 32 ** 4).toString(32).padStart(4, '0')
  return `op-${id.slice(0, TIME_LETTERS)}${count}${id.slice(TIME_LETTERS + count.length)}`
}
const TIME_LETTERS = 10
