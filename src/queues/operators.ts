/**
 * Who can be rung now, and who is reserved. One place decides, without an await between reading and reserving: that is the lock that keeps two
 * callers (or a caller and a call-back) from ringing the same person.
 *
 * Callers who wait for somebody stand in one line, by priority and by how long they have waited: when a person becomes free, the first caller
 * who may ring him gets him. Then come callers for whom others ring already. Call-backs ask `tryReserve` and get nobody for whom a caller waits,
 * unless they keep a better place than his.
 */
import type { Config } from '../config/schema.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Telephony } from '../telephony/api.ts'
import { type MovedBy, OperatorBoard, type OperatorRow } from './operator-board.ts'
import type { OperatorState, Wish } from './operator-state.ts'
import type { FreeOperator } from './ring-strategy.ts'
import { Shifts } from './shifts.ts'
import { TalkMemory } from './talk-memory.ts'
import { isBetter, type Place, WaitingLine } from './waiting-line.ts'
import { hasMobile, isReachable, mustSignIn, ownersOf, phonesOf, wrapUpMs } from './workplace.ts'

export type { Place } from './waiting-line.ts'
export type Presence = 'free' | 'busy' | 'offline'

interface Waiter {
  place: Place
  members: readonly string[]
  take: (free: FreeOperator[]) => string[]
  resolve: (reserved: string[]) => void
}
interface RungFor {
  place: Place
  members: readonly string[]
  ring: (person: string) => void
}

/** The line is complete when nobody has come to it for so long, and at the latest after the second time. */
const GATHER_QUIET_MS = 300
const GATHER_AT_MOST_MS = 2_000

export class Operators {
  readonly talks: TalkMemory
  #config: () => Config
  #telephony: Pick<Telephony, 'phoneState' | 'onPhoneState'>
  #clock: Clock
  #board: OperatorBoard
  #reserved = new Set<string>()
  #shifts = new Shifts()
  #waiting = new WaitingLine<Waiter>()
  #rungFor = new WaitingLine<RungFor>()
  #gathering: { quiet: NodeJS.Timeout; end: NodeJS.Timeout } | null = null
  #onFree = new Set<() => void>()

  /** `write`: a state has changed, and belongs on disk. */
  constructor(
    config: () => Config,
    telephony: Pick<Telephony, 'phoneState' | 'onPhoneState'>,
    clock: Clock,
    write: (row: OperatorRow) => void = () => {},
  ) {
    this.#config = config
    this.#telephony = telephony
    this.#clock = clock
    this.talks = new TalkMemory(config, clock)
    this.#board = new OperatorBoard({
      clock,
      write,
      standingAtFirst: (person) => (mustSignIn(config(), person) ? 'signed-out' : 'available'),
      onWrapUpOver: () => this.#somethingChanged(),
    })
    telephony.onPhoneState((endpoint) => this.#phoneChanged(endpoint))
  }

  /** The last row of each from before the start, with the group of the call that it belongs to. */
  restore(rows: ReadonlyMap<string, OperatorRow & { group?: string | null }>): void {
    this.lookAtShifts()
    for (const person of Object.keys(this.#config().people)) {
      const last = rows.get(person) ?? null
      const there =
        this.#shifts.isOn(person) &&
        (last ? last.state !== 'offline' : isReachable(this.#config(), this.#telephony, person))
      this.#board.restore(person, last, there, wrapUpMs(this.#config(), person, last?.group ?? undefined))
    }
  }

  state(person: string): OperatorState {
    return this.#board.state(person)
  }

  knows(person: string): boolean {
    return Object.hasOwn(this.#config().people, person)
  }

  /** He says what he wants to be; false when he cannot be that now. */
  wish(person: string, wish: Wish, by: MovedBy, reason: string | null = null): boolean {
    if (!this.knows(person)) return false
    if (wish === 'sign-in' && !this.#shifts.isOn(person)) {
      this.#shifts.worksOvertime(person)
      if (isReachable(this.#config(), this.#telephony, person)) this.#board.apply(person, { kind: 'there' }, by)
    }
    const done = this.#board.apply(person, { kind: wish, reason }, by)
    this.#somethingChanged()
    return done
  }

  presence(person: string): Presence {
    if (this.#reserved.has(person)) return 'busy'
    const { name, standing } = this.#board.state(person)
    // a pause is short, so callers wait for him; who wants his peace is not there
    if (standing === 'signed-out' || standing === 'do-not-disturb' || !this.#shifts.isOn(person)) return 'offline'
    if (standing === 'paused' || name === 'wrap-up') return 'busy'
    const phones = phonesOf(this.#config(), this.#telephony, person)
    if (phones.some((state) => state === 'busy' || state === 'ringing')) return 'busy'
    if (phones.includes('idle')) return 'free'
    return hasMobile(this.#config(), person) ? 'free' : 'offline'
  }

  /** How many callers wait who could be served by this person; with a `place`: of those who come before it. */
  callersWaitingFor(person: string, place?: Place): number {
    return [...this.#waiting.all(), ...this.#rungFor.all()].filter(
      (caller) => caller.members.includes(person) && (!place || isBetter(caller.place, place)),
    ).length
  }

  get waitingCallers(): number {
    return this.#waiting.length
  }

  /**
   * Reserves people for a caller: those that `take` chooses of the free ones, at once or when somebody becomes free. `take` may choose nobody.
   * Rejects with the signal's reason. Release each of them when he was rung in vain or has finished.
   */
  reserve(
    members: readonly string[],
    take: (free: FreeOperator[]) => string[],
    signal: AbortSignal,
    place: Place = this.#newPlace(),
  ): Promise<string[]> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const onAbort = () => {
        this.#waiting.remove(waiting)
        reject(signal.reason as Error)
      }
      const waiting: Waiter = {
        place,
        members,
        take,
        resolve: (reserved) => {
          signal.removeEventListener('abort', onAbort)
          resolve(reserved)
        },
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.add(waiting)
      this.#gathering?.quiet.refresh()
      this.#serveWaiting()
    })
  }

  /** For a caller for whom others ring: reserves and tells each of `members` who becomes free meanwhile, once. Returns how to end that. */
  reserveMore(members: readonly string[], ring: (person: string) => void, place: Place = this.#newPlace()): () => void {
    const caller = { place, members: [...members], ring }
    this.#rungFor.add(caller)
    return () => this.#rungFor.remove(caller)
  }

  /**
   * For a call-back: one free person of `members`, the longest idle first, for whom no caller waits (with a `place`: none who comes before it);
   * null if there is none.
   */
  tryReserve(members: readonly string[], place?: Place): string | null {
    if (this.#gathering) return null
    const free = this.#free(members).filter(({ person }) => this.callersWaitingFor(person, place) === 0)
    const chosen = free.toSorted((a, b) => a.idleSince - b.idleSince)[0]?.person ?? null
    if (chosen) this.#reserve(chosen)
    return chosen
  }

  /**
   * Callers who waited when the daemon died come back one by one, and who comes first need not have been first. Nobody is given to anybody
   * until they stand in line again.
   */
  gather(): void {
    if (this.#gathering) return
    const end = () => {
      clearTimeout(this.#gathering?.quiet)
      clearTimeout(this.#gathering?.end)
      this.#gathering = null
      this.#somethingChanged()
    }
    this.#gathering = { quiet: setTimeout(end, GATHER_QUIET_MS), end: setTimeout(end, GATHER_AT_MOST_MS) }
  }

  /** They talk with somebody already, in a call that was taken over; returns how to free them. `group`: for which they were rung. */
  hold(person: string, callId: string | null = null, group: string | null = null): () => void {
    this.#reserved.add(person)
    this.#board.apply(person, { kind: 'talk' }, 'call', callId)
    let isHeld = true
    return () => {
      if (isHeld) this.release(person, true, group ?? undefined)
      isHeld = false
    }
  }

  /** He, whom we rang, speaks with a caller. */
  speaks(person: string, callId: string, caller: string | null): void {
    this.#board.apply(person, { kind: 'talk' }, 'call', callId)
    if (caller) this.talks.speaks(person, caller)
  }

  /** `talked`: he was on the phone until now, so others have been idle longer. `group`: for which he was rung; its wrap-up is his. */
  release(person: string, talked: boolean, group?: string): void {
    this.#reserved.delete(person)
    if (talked) this.talks.talked(person)
    const wrapUp = talked ? wrapUpMs(this.#config(), person, group) : 0
    this.#board.apply(person, { kind: wrapUp > 0 ? 'talk-over' : talked ? 'talk-ended' : 'ring-over' }, 'call')
    if (this.#board.state(person).name === 'wrap-up') this.#board.wrapUp(person, wrapUp)
    this.#somethingChanged()
  }

  /** What comes back to an operator belongs to the call before: there is no wrap-up yet. */
  endWrapUp(person: string): void {
    if (this.#board.state(person).name === 'wrap-up') this.#board.apply(person, { kind: 'wrap-up-over' }, 'call')
  }

  /** Told when somebody may have become free. */
  onFree(listener: () => void): () => void {
    this.#onFree.add(listener)
    return () => this.#onFree.delete(listener)
  }

  /** Shifts begin and end. */
  lookAtShifts(): void {
    const changed = this.#shifts.look(this.#config(), this.#clock.now())
    for (const { person, open } of changed) {
      const there = open && isReachable(this.#config(), this.#telephony, person)
      this.#board.apply(person, { kind: there ? 'there' : 'away' }, 'hours')
    }
    if (changed.length > 0) this.#somethingChanged()
  }

  /** No timers any more. */
  stop(): void {
    this.#board.stop()
    clearTimeout(this.#gathering?.quiet)
    clearTimeout(this.#gathering?.end)
  }

  #newPlace(): Place {
    return { priority: 0, since: this.#clock.now() }
  }

  #phoneChanged(endpoint: string): void {
    for (const person of ownersOf(this.#config(), endpoint)) {
      const there = isReachable(this.#config(), this.#telephony, person) && this.#shifts.isOn(person)
      if (there !== this.#board.state(person).there)
        this.#board.apply(person, { kind: there ? 'there' : 'away' }, 'phone')
      const phones = phonesOf(this.#config(), this.#telephony, person)
      const reserved = this.#reserved.has(person)
      // whom we ring, we know better: only that he has picked up is news
      if (phones.includes('busy')) this.#board.apply(person, { kind: reserved ? 'talk' : 'phone-busy' }, 'phone')
      else if (!reserved)
        this.#board.apply(person, { kind: phones.includes('ringing') ? 'phone-rings' : 'phone-idle' }, 'phone')
    }
    this.#somethingChanged()
  }

  #reserve(person: string): void {
    this.#reserved.add(person)
    this.#board.apply(person, { kind: 'rung' }, 'call')
  }

  #free(members: readonly string[]): FreeOperator[] {
    return members
      .filter((person) => this.presence(person) === 'free')
      .map((person) => ({
        person,
        idleSince: this.talks.idleSince(person),
        calls: this.talks.callsToday(person),
      }))
  }

  #somethingChanged(): void {
    this.#serveWaiting()
    for (const listener of this.#onFree) listener()
  }

  #serveWaiting(): void {
    if (this.#gathering) return
    for (const waiter of this.#waiting.all()) {
      if (!this.#waiting.has(waiter)) continue
      const free = this.#free(waiter.members)
      const chosen = free.length > 0 ? waiter.take(free) : []
      if (chosen.length === 0) continue
      for (const person of chosen) this.#reserve(person)
      this.#waiting.remove(waiter)
      waiter.resolve(chosen)
    }
    for (const caller of this.#rungFor.all()) {
      if (!this.#rungFor.has(caller)) continue
      for (const { person } of this.#free(caller.members)) {
        // who does not take it is free again at once
        caller.members = caller.members.filter((other) => other !== person)
        this.#reserve(person)
        caller.ring(person)
      }
    }
  }
}
