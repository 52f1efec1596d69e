/**
 * A caller whose connection broke rings again while Asterisk still holds the dead channel, for as long as its RTP time-out. Two people behind one
 * number look the same but for one thing: from the line of a person who waits voice keeps coming.
 */
import { sleep } from '../runtime/abort.ts'
import type { Leg } from '../telephony/api.ts'
import type { Call } from './call.ts'
import type { LiveCalls } from './live-calls.ts'

/** A phone sends every 20 ms; one that is silent on purpose sends comfort noise now and then. */
const LOOKS = 3
const LOOK_MS = 1_000

/** Notes which earlier calls of this number had nobody on the line any more when `call` came. Never rejects. */
export async function lookForDeadLines(live: LiveCalls, call: Call): Promise<void> {
  await Promise.all(
    live.besides(call).map(async (earlier) => {
      if (await isDead(earlier.leg)) live.wasDead(earlier, call)
    }),
  )
}

/** Nothing is heard of it for some seconds. Of a leg that was not answered yet, and of one that ended meanwhile, nobody can tell: false. */
async function isDead(leg: Leg): Promise<boolean> {
  try {
    const before = await leg.packetsReceived()
    if (before === null) return false
    for (let looks = 0; looks < LOOKS; looks++) {
      await sleep(LOOK_MS, leg.signal)
      if ((await leg.packetsReceived()) !== before) return false
    }
    return true
  } catch {
    return false
  }
}
