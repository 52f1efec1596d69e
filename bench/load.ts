/** Calls at a steady rate, or as many at once as may be: how a workload is driven. */
import { sleep } from '../src/runtime/abort.ts'
import type { Phone } from './phone.ts'
import type { CallOptions, PhoneCall } from './phone-call.ts'

/** `rate`: calls a second, whatever becomes of them. `window`: so many callers who call again as soon as they are done: saturation. */
export type Pace = { rate: number; seconds: number } | { window: number; seconds: number }

export interface Placed {
  to: string
  options: CallOptions
}
export interface Loaded {
  calls: PhoneCall[]
  /** From the first call to the end of the last. */
  seconds: number
}

/** Callers of a window do not all come in the same moment. */
const SPREAD_MS = 700
const TICK_MS = 4

/** Resolves when the last call is over. `next` says what the n-th call dials; `onCall` sees it as it is placed. */
export async function load(
  phone: Phone,
  pace: Pace,
  next: (n: number) => Placed,
  onCall: (call: PhoneCall, n: number) => void = () => {},
): Promise<Loaded> {
  const began = performance.now()
  const until = began + pace.seconds * 1000
  const overs: Promise<PhoneCall>[] = []
  const place = (): Promise<PhoneCall> => {
    const n = overs.length
    const { to, options } = next(n)
    const { call, over } = phone.call(to, options)
    overs.push(over)
    onCall(call, n)
    return over
  }
  if ('window' in pace) {
    const caller = async (_: unknown, i: number) => {
      await sleep((i * SPREAD_MS) / pace.window)
      while (performance.now() < until) await place()
    }
    await Promise.all(Array.from({ length: pace.window }, caller))
  } else {
    while (performance.now() < until) {
      const due = Math.floor(((performance.now() - began) / 1000) * pace.rate) + 1
      while (overs.length < due) void place()
      await sleep(TICK_MS)
    }
  }
  const calls = await Promise.all(overs)
  return { calls, seconds: (performance.now() - began) / 1000 }
}

let callers = 0

/** Nobody calls twice: a caller with a history costs more, and a company has mostly new ones. */
export function newCaller(): string {
  return `+7912${String(1_000_000 + callers++)}`
}
