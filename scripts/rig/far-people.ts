/** How people, exchanges and machines behave when their phone rings. */
import { sleep } from '../../src/runtime/abort.ts'
import type { Behaviour } from './far-end.ts'

export interface Person {
  /** Rings so long before he answers. */
  afterMs?: number
  /** Sound file that he says at once. */
  says?: string
  /** Keys he presses after that. */
  presses?: string
  /** Hangs up so long after that; else he stays until the other goes. */
  staysMs?: number
}

export function answers({ afterMs = 300, says, presses, staysMs }: Person = {}): Behaviour {
  return async (leg) => {
    await leg.ring()
    await sleep(afterMs)
    if (leg.state === 'ended') return
    await leg.answer()
    if (says) await leg.say(says)
    if (presses) await leg.press(presses)
    if (staysMs === undefined) return
    await sleep(staysMs)
    await leg.hangup()
  }
}

/** Speaks its greeting at once, beeps, and records until the caller goes. */
export function answeringMachine({ greeting, beep }: { greeting: string; beep: string }): Behaviour {
  return async (leg) => {
    await leg.ring()
    await leg.answer()
    await leg.say(greeting)
    if (leg.state !== 'ended') await leg.say(beep)
  }
}

export const ringsForEver: Behaviour = (leg) => leg.ring()
export const busy: Behaviour = (leg) => leg.hangup(17)
export const unallocated: Behaviour = (leg) => leg.hangup(1)
export const congested: Behaviour = (leg) => leg.hangup(34)

export function rejects({ afterMs = 300 }: { afterMs?: number } = {}): Behaviour {
  return async (leg) => {
    await leg.ring()
    await sleep(afterMs)
    await leg.hangup(21)
  }
}
