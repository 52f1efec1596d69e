/** A kind of call, how it is judged, and what is timed in it. */
import type { Numbers } from './asterisk.ts'
import type { Loaded, Pace } from './load.ts'
import type { Phone } from './phone.ts'
import type { PhoneCall } from './phone-call.ts'

export interface Turn {
  phone: Phone
  numbers: Numbers
  pace: Pace
}

export interface Outcome {
  calls: number
  /** What went wrong -> how often. */
  failures: Map<string, number>
  /** Calls that went the whole way, a second. */
  callsPerSecond: number
  /** Name of a span -> its lengths in ms, of the calls that went the whole way. */
  spans: Record<string, number[]>
}

export interface Workload {
  run(turn: Turn): Promise<Outcome>
}

export function outcomeOf(
  { calls, seconds }: Loaded,
  isGood: (call: PhoneCall) => boolean,
  spans: Record<string, (call: PhoneCall) => number | undefined>,
): Outcome {
  const good = calls.filter(isGood)
  const failures = new Map<string, number>()
  for (const call of calls) {
    if (isGood(call)) continue
    const how = `${call.end} after ${Object.keys(call.at).join(', ')}`
    failures.set(how, (failures.get(how) ?? 0) + 1)
  }
  const lengths = (span: (call: PhoneCall) => number | undefined) =>
    good.map(span).filter((length) => length !== undefined)
  return {
    calls: calls.length,
    failures,
    callsPerSecond: good.length / seconds,
    spans: Object.fromEntries(Object.entries(spans).map(([name, span]) => [name, lengths(span)])),
  }
}
