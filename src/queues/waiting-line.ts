/** The line in which callers stand for operators: by priority, then by who has waited longest. */

export interface Place {
  /** Higher comes first. */
  priority: number
  /** Milliseconds since 1970: when he began to wait, also in an earlier group or before a restart. */
  since: number
}

/** Does `a` come before `b`? Of two equal ones who came first to the line does. */
export function isBetter(a: Place, b: Place): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.since < b.since)
}

export class WaitingLine<T extends { place: Place }> {
  #line: T[] = []

  add(one: T): void {
    const at = this.#line.findIndex((other) => isBetter(one.place, other.place))
    if (at < 0) this.#line.push(one)
    else this.#line.splice(at, 0, one)
  }

  remove(one: T): void {
    const at = this.#line.indexOf(one)
    if (at >= 0) this.#line.splice(at, 1)
  }

  has(one: T): boolean {
    return this.#line.includes(one)
  }

  /** In order; may be changed meanwhile. */
  all(): readonly T[] {
    return [...this.#line]
  }

  get length(): number {
    return this.#line.length
  }
}

/** Of one caller. `position`: the caller, and those before who wait for one of the same people. */
export interface PlaceInLine {
  position: () => number
  leaves: () => void
  /** To the old place: nobody has spoken with the caller after all. */
  comesBack: () => void
}

/** All who wait, whether or not phones ring for them: from this a caller knows his place. */
export class CallersInLine {
  #line = new WaitingLine<{ place: Place; members: readonly string[] }>()

  joins(members: readonly string[], place: Place): PlaceInLine {
    const caller = { place, members }
    this.#line.add(caller)
    return {
      position: () => {
        const all = this.#line.all()
        const before = all.slice(0, Math.max(0, all.indexOf(caller)))
        return 1 + before.filter((other) => other.members.some((person) => members.includes(person))).length
      },
      leaves: () => this.#line.remove(caller),
      comesBack: () => {
        if (!this.#line.has(caller)) this.#line.add(caller)
      },
    }
  }
}
