/** One call to the outside from the guard to its end, with the ledger kept on the way. The ordinary way to ring a number. */
import { type DialRequest, type DialResult, type Telephony } from '../telephony/api.ts'
import { endDial, markDialAnswered } from '../store/dial-ledger.ts'
import { clearToDial, type DialOrder, type DialRefusal, type Guard } from './guard.ts'

export type PlaceResult = DialResult | { kind: 'refused'; why: DialRefusal }
export type PlaceOptions = Pick<DialRequest, 'timeoutMs' | 'originator' | 'signal' | 'onRinging' | 'log'> & {
  /** Runs between the reservation and the call: the place for a row that must be there first. If it throws, nothing is dialled. */
  beforeDial?: (number: string) => Promise<void>
}

/**
 * Clears, reserves, dials. The reservation ends with the call, however that ends. Rejects only when `beforeDial` does.
 * An outcome that nobody was told keeps the number reserved until recovery has looked whether the channel lives.
 */
export async function placeCall(
  guard: Guard,
  telephony: Telephony,
  order: DialOrder,
  options: PlaceOptions,
): Promise<PlaceResult> {
  guard.inHand?.add(order.channelId)
  let ends = false
  try {
    const result = await placeReserved(guard, telephony, order, options, () => guard.inHand?.delete(order.channelId))
    ends = result.kind === 'answered'
    return result
  } finally {
    if (!ends) guard.inHand?.delete(order.channelId)
  }
}

/** `onEnd`: told when an answered call is over and the ledger knows it. */
async function placeReserved(
  guard: Guard,
  telephony: Telephony,
  order: DialOrder,
  options: PlaceOptions,
  onEnd: () => void,
): Promise<PlaceResult> {
  const clearance = await clearToDial(guard, order)
  if (!clearance.ok) return { kind: 'refused', why: clearance.why }
  const { beforeDial, ...request } = options
  try {
    await beforeDial?.(clearance.number)
  } catch (error) {
    await settle(guard, order.channelId, false)
    throw error
  }
  const result = await telephony.dial({
    ...request,
    channelId: order.channelId,
    target: clearance.target,
    callerId: clearance.callerId,
  })
  if (result.kind === 'answered') {
    await ledgerWrite(guard, () => markDialAnswered(guard.prisma, order.channelId, guard.clock.now()))
    const end = () => void settle(guard, order.channelId, true).finally(onEnd)
    if (result.leg.signal.aborted) end()
    else result.leg.signal.addEventListener('abort', end, { once: true })
  } else if (result.kind !== 'unknown') {
    await settle(guard, order.channelId, leftOurTrunk(result))
  }
  return result
}

/** Congestion is told before anybody's phone rings. */
function leftOurTrunk(result: DialResult): boolean {
  return result.kind !== 'not-placed' && result.kind !== 'congestion'
}

function settle(guard: Guard, channelId: string, counts: boolean): Promise<void> {
  return ledgerWrite(guard, () => endDial(guard.prisma, channelId, guard.clock.now(), counts))
}

/** The call is a fact by now: a ledger that cannot be written keeps its row, which errs on the side of not calling. */
async function ledgerWrite(guard: Guard, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    guard.log.error('the dial ledger could not be written; the number stays reserved', { error })
  }
}
