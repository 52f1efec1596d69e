/**
 * Whose turn it is to ask for a line of the gateway, when none was free for callers who are to be put through to a mobile: by their place, as
 * for operators. Else the one who asks in the right moment would have it.
 */
import type { Person } from '../config/sections/people.ts'
import { isBetter, type Place } from './waiting-line.ts'

/** So long after he was refused a caller asks again. */
const ASKS_AGAIN_MS = 2_000
/** Who has not asked again by then waits for a person now, or for nothing. */
const TURN_MS = ASKS_AGAIN_MS + 500

export class LineTurns {
  /** Those who were refused, until when they are expected to ask again. */
  #refused = new Map<LineWish, number>()

  /** A caller who may want a line. */
  of(place: Place): LineWish {
    return new LineWish(place, this.#refused)
  }
}

/** One caller's. */
export class LineWish {
  #place: Place
  #refused: Map<LineWish, number>
  #asksAgainAt = 0
  /** To these there was no line; until then they are left alone. */
  #unreached = new Map<string, number>()

  constructor(place: Place, refused: Map<LineWish, number>) {
    this.#place = place
    this.#refused = refused
  }

  /** False: the next line belongs to somebody who stands before him. */
  mayAsk(): boolean {
    const now = performance.now()
    return ![...this.#refused].some(
      ([other, until]) => other !== this && until > now && isBetter(other.#place, this.#place),
    )
  }

  /** He was refused a moment ago, and nothing has come of it since. */
  get isRefused(): boolean {
    return this.#asksAgainAt > 0
  }

  /** Milliseconds in which he does not ask; 0: he may. */
  pauseMs(): number {
    return Math.max(0, this.#asksAgainAt - performance.now())
  }

  /** Somebody who can be rung for him while he does not ask. */
  needsNone(person: string, { rings }: Person): boolean {
    return (this.#unreached.get(person) ?? 0) <= performance.now() && rings.some(({ kind }) => kind !== 'outside')
  }

  /** There was no line to this person. */
  didNotReach(person: string): void {
    this.#unreached.set(person, performance.now() + ASKS_AGAIN_MS)
  }

  /** There was no line to anybody. */
  refused(): void {
    if (this.pauseMs() === 0) this.#asksAgainAt = performance.now() + ASKS_AGAIN_MS
    this.#refused.set(this, performance.now() + TURN_MS)
  }

  /** Somebody is rung for him, or he has left. */
  done(): void {
    this.#asksAgainAt = 0
    this.#refused.delete(this)
  }
}
