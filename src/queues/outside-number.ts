/** An employee's own number: rung past the guard, and taken only with a key, because his voicemail would "answer" too. */
import { placeCall, type PlaceResult } from '../dialling/place-call.ts'
import type { Guard } from '../dialling/guard.ts'
import type { Leg, Media, Telephony } from '../telephony/api.ts'
import type { OutsideRequest } from '../dialling/ring-devices.ts'

/** `trunk`: over which the house rings its own people. */
export function dialOutside(
  guard: Guard,
  telephony: Telephony,
  trunk: string,
  number: string,
  { channelId, timeoutMs, signal, reason, further }: OutsideRequest,
): Promise<PlaceResult> {
  const order = { purpose: 'person' as const, channelId, number, trunk, shown: reason.line, keepsReserve: further }
  const { originator, log } = reason
  return placeCall(guard, telephony, order, { timeoutMs, signal, log, ...(originator && { originator }) })
}

const ACCEPT_KEY = '1'
/** Said so often; who has not pressed the key by then is not there, or is a machine. */
const SAID = 2
const WAIT_MS = 4_000

/** Says that a call waits and asks for the key. Rejects with CallEnded when he hangs up. */
export async function acceptsWithKey(leg: Leg, prompt: Media[]): Promise<boolean> {
  for (let said = 0; said < SAID; said++) {
    const stop = new AbortController()
    const playing = leg.play(prompt, { signal: stop.signal }).catch(() => {})
    const deadline = Date.now() + WAIT_MS
    let key = await Promise.race([leg.keys.next(60_000, stop.signal).catch(() => null), playing.then(() => null)])
    while (key !== null && key !== ACCEPT_KEY) key = await leg.keys.next(Math.max(1, deadline - Date.now()))
    stop.abort()
    if (key === null && !leg.signal.aborted) key = await leg.keys.next(WAIT_MS)
    if (key === ACCEPT_KEY) return true
  }
  return false
}
