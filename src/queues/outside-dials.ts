/**
 * The outside numbers that were dialled for one caller, and how long each is left alone. A mobile that is off is refused by its carrier within a second
 * or two: dialled anew in each round it would be dialled all the time, and carriers block who does that. Desk phones are not looked at.
 */
import type { Call } from '../calls/call.ts'
import type { Person } from '../config/sections/people.ts'
import type { RingDevicesDeps } from '../dialling/ring-devices.ts'
import { onceFor } from '../runtime/once-for.ts'
import type { Telephony } from '../telephony/api.ts'

/** From one dial of a number to the next, for the same caller. */
export const PAUSE_MS = 30_000

/** Of one call, in whichever group it waits. */
export const outsideDialsOf = onceFor((_call: Call) => new OutsideDials())

export class OutsideDials {
  /** When each was dialled last, on performance.now(). */
  #dialledAt = new Map<string, number>()

  /** Dials, and remembers it. What the guard refuses was not dialled. */
  remembering(dial: RingDevicesDeps['dialOutside']): RingDevicesDeps['dialOutside'] {
    return async (number, request) => {
      const before = this.#dialledAt.get(number)
      this.#dialledAt.set(number, performance.now())
      const result = await dial(number, request)
      if (result.kind === 'refused' || result.kind === 'not-placed') {
        if (before === undefined) this.#dialledAt.delete(number)
        else this.#dialledAt.set(number, before)
      }
      return result
    }
  }

  /** Milliseconds until this person can be rung: 0 when there is a desk phone, or a number that may be dialled. That the phone is in use is told by others. */
  pauseMs({ rings }: Person, telephony: Pick<Telephony, 'phoneState'>): number {
    const waits = rings.flatMap((device) => {
      if (device.kind === 'outside') return [this.#pauseOf(device.number)]
      return telephony.phoneState(device.endpoint) === 'offline' ? [] : [0]
    })
    return waits.length === 0 ? 0 : Math.min(...waits)
  }

  /** The person without the numbers that are left alone now. */
  rested(person: Person): Person {
    const rings = person.rings.filter((device) => device.kind === 'phone' || this.#pauseOf(device.number) === 0)
    return { ...person, rings }
  }

  #pauseOf(number: string): number {
    return Math.max(0, (this.#dialledAt.get(number) ?? -Infinity) + PAUSE_MS - performance.now())
  }
}
