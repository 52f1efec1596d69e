/**
 * Rings several devices at once for one caller. The first person who takes the call has it, decided without an await in between; everybody
 * else stops ringing and is told that it was answered elsewhere.
 */
import type { Person, Rings } from '../config/sections/people.ts'
import type { RungResult } from '../model/call-outcome.ts'
import { ulid } from '../model/ulid.ts'
import { childController, sleep } from '../runtime/abort.ts'
import type { Logger } from '../runtime/logger.ts'
import { AnsweredElsewhere, type DialResult, type Leg, type Telephony } from '../telephony/api.ts'
import { cause } from '../telephony/hangup-cause.ts'

export interface RingDevicesDeps {
  telephony: Pick<Telephony, 'dial' | 'phoneState'>
  /** Rings an outside number of an employee, past the guard. */
  dialOutside: (number: string, request: OutsideRequest) => Promise<DialResult | { kind: 'refused'; why?: string }>
  /** Asks who picked up an outside number whether he takes the call; a voicemail does not press keys. */
  accepts: (leg: Leg) => Promise<boolean>
}
/** For whom the phones ring. */
export interface RingReason {
  /** What a desk phone shows. */
  callerId: { number: string; name: string }
  /** Our number that an outside phone shows. */
  line: string
  /** The caller's channel, when there is one. */
  originator?: string
  /** False: others before him wait for a line to the outside. */
  mayTakeLine?: () => boolean
  log: Logger
}
export interface OutsideRequest {
  channelId: string
  timeoutMs: number
  signal: AbortSignal
  reason: RingReason
  /** One outside number rings for him already: this one leaves alone what the trunk keeps for callers. */
  further: boolean
}

/** Who joins at the end of a round is not rung for a blink. */
const SHORTEST_RING_MS = 1_000
/** Longer than the database needs for a commit. */
const LINE_FREED_MS = 100

export interface Rung {
  person: string
  name: string
  result: RungResult
  ms: number
}
export interface Winner {
  person: string
  name: string
  leg: Leg
  ms: number
}

export interface RingOptions {
  timeoutMs: number
  /** Outside numbers must accept with a key. */
  screen: boolean
  /** There was no line for him a moment ago, and there will be another time. */
  asksAgain?: boolean
  signal: AbortSignal
  /** Told of each person whose phones have stopped without a talk; `taken`: because somebody else took the call. */
  onRung?: (rung: Rung, taken: boolean) => void
  /** Is given a way to ring further people who become free meanwhile; returns how to end that. */
  more?: (ring: (person: [string, Person]) => void) => () => void
}

/**
 * Rings `people` for at most `timeoutMs`, or until `signal` aborts. Resolves as soon as somebody took the call, else with null when no phone
 * rings any more. Never rejects. After a victory `onRung` may still be called: the others' phones need a moment to stop.
 */
export async function ringDevices(
  deps: RingDevicesDeps,
  reason: RingReason,
  people: [string, Person][],
  options: RingOptions,
): Promise<Winner | null> {
  const { controller, unlink } = childController(options.signal)
  const began = performance.now()
  const attempts: Promise<void>[] = []
  let stopMore = () => {}
  let outside = 0
  let winner: Winner | null = null
  let won!: () => void
  const victory = new Promise<void>((resolve) => (won = resolve))

  const ringDevice = async (person: string, name: string, device: Rings): Promise<RungResult> => {
    const rangAt = performance.now()
    if (device.kind === 'outside' && reason.mayTakeLine?.() === false) return 'congestion'
    const timeoutMs = Math.max(SHORTEST_RING_MS, began + options.timeoutMs - rangAt)
    const further = device.kind === 'outside' && outside++ > 0
    const dial = () => dialDevice(deps, reason, device, further, timeoutMs, controller.signal)
    let result = await dial()
    // the line of a call that has just ended is in the ledger for a moment yet; who stands first would lose his turn to the next
    if (hasNoLine(result) && !options.asksAgain && (await isStillWanted(LINE_FREED_MS, controller.signal)))
      result = await dial()
    if (hasNoLine(result)) return 'congestion'
    if (result.kind === 'refused') return 'not-placed'
    if (result.kind !== 'answered') return result.kind
    const { leg } = result
    if (device.kind === 'outside' && options.screen && !(await accepted(deps, leg, controller.signal))) {
      await leg.hangup(winner ? cause.answeredElsewhere : cause.normal)
      return winner ? 'cancelled' : 'not-accepted'
    }
    if (winner || options.signal.aborted || leg.signal.aborted) {
      await leg.hangup(cause.answeredElsewhere)
      return winner || options.signal.aborted ? 'cancelled' : 'failed'
    }
    winner = { person, name, leg, ms: Math.round(performance.now() - rangAt) }
    stopMore()
    controller.abort(new AnsweredElsewhere())
    won()
    return 'cancelled' // not reported: a winner was not rung in vain
  }

  const ringPerson = async ([person, { name, rings }]: [string, Person]): Promise<void> => {
    const rangAt = performance.now()
    const devices = usableDevices(deps.telephony, rings)
    const results = await Promise.all(devices.map((device) => ringDevice(person, name, device)))
    if (person === winner?.person) return
    options.onRung?.(
      { person, name, result: worthTelling(results), ms: Math.round(performance.now() - rangAt) },
      winner !== null,
    )
  }
  const everybody = async (): Promise<void> => {
    for (let i = 0; i < attempts.length; i++) await attempts[i]
    stopMore() // in the same turn as the last look: nobody may be rung for whom nobody waits
  }
  for (const person of people) attempts.push(ringPerson(person))
  stopMore = options.more?.((person) => attempts.push(ringPerson(person))) ?? stopMore
  // a phone that is released because the caller has left would be rung for him again, without end
  if (controller.signal.aborted) stopMore()
  else controller.signal.addEventListener('abort', () => stopMore(), { once: true })
  await Promise.race([victory, everybody()])
  unlink()
  return winner
}

/** A desk phone that is offline is left out; if all are, the outside numbers are the person. */
function usableDevices(telephony: Pick<Telephony, 'phoneState'>, rings: Rings[]): Rings[] {
  return rings.filter((device) => device.kind === 'outside' || telephony.phoneState(device.endpoint) === 'idle')
}

async function dialDevice(
  deps: RingDevicesDeps,
  reason: RingReason,
  device: Rings,
  further: boolean,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<DialResult | { kind: 'refused'; why?: string }> {
  const channelId = `leg-${ulid()}`
  const { callerId, originator, log } = reason
  const request = { channelId, timeoutMs, signal }
  try {
    if (device.kind === 'outside') return await deps.dialOutside(device.number, { ...request, reason, further })
    const target = { endpoint: device.endpoint }
    return await deps.telephony.dial({ ...request, target, callerId, log, ...(originator && { originator }) })
  } catch (error) {
    log.error('a phone could not be rung', { error, channel: channelId })
    return { kind: 'failed', cause: 0 }
  }
}

function hasNoLine(result: Awaited<ReturnType<typeof dialDevice>>): boolean {
  return result.kind === 'refused' && result.why === 'trunk-full'
}

/** After so many milliseconds. */
async function isStillWanted(ms: number, signal: AbortSignal): Promise<boolean> {
  await sleep(ms, signal).catch(() => {})
  return !signal.aborted
}

async function accepted(deps: RingDevicesDeps, leg: Leg, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  const stop = () => void leg.hangup(cause.answeredElsewhere)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await deps.accepts(leg)
  } catch {
    return false // he hung up
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Of several devices of a person the result that says most about the person. */
function worthTelling(results: RungResult[]): RungResult {
  const order: RungResult[] = ['rejected', 'not-accepted', 'no-answer', 'busy', 'cancelled']
  return order.find((result) => results.includes(result)) ?? results[0] ?? 'offline'
}
