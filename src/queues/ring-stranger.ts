/** Rings somebody for a caller who is none of `people`: a phone of the PBX, or a number outside, to which an operator has transferred the call. */
import type { Call } from '../calls/call.ts'
import type { RungResult } from '../model/call-outcome.ts'
import { ulid } from '../model/ulid.ts'
import type { PlaceResult } from '../dialling/place-call.ts'
import { childController } from '../runtime/abort.ts'
import { musicClassName } from '../prompts/music-on-hold.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Journal } from '../store/journal.ts'
import type { Leg, Telephony } from '../telephony/api.ts'
import { type WaitingSound, waitingSound } from './waiting-sound.ts'

/** `accepts`: must accept with a key. */
export type Stranger = { name: string } & ({ endpoint: string } | { number: string; accepts: boolean })

export interface StrangerDeps {
  telephony: Pick<Telephony, 'dial'>
  journal: Journal
  clock: Clock
  accepts: (leg: Leg) => Promise<boolean>
  /** Places a call to a number outside, past the guard. Given by app/people.ts. */
  dialTransfer: (
    call: Call,
    number: string,
    request: { channelId: string; timeoutMs: number; signal: AbortSignal },
  ) => Promise<PlaceResult>
}

/** Did the two talk? Rejects with CallEnded when the caller leaves. */
export async function ringStranger(
  deps: StrangerDeps,
  call: Call,
  stranger: Stranger,
  timeoutMs: number,
): Promise<boolean> {
  const { leg, path, snapshot } = call
  const to = 'number' in stranger ? stranger.number : stranger.endpoint
  path.add({ kind: 'ring', to, name: stranger.name })
  const began = performance.now()
  const { controller, unlink } = childController(leg.signal)
  const music = Object.keys(snapshot.config.music)[0]
  const waiting = waitingSound(call, music === undefined ? 'default' : musicClassName(music), undefined, async () => [])
  waiting.start()
  let outcome: 'no-answer' | 'abandoned' | 'talked' = 'abandoned'
  try {
    const placed = await dial(deps, call, stranger, timeoutMs, controller.signal)
    leg.signal.throwIfAborted()
    const result =
      placed.kind === 'answered'
        ? await talkWithStranger(deps, call, to, stranger, placed.leg, waiting)
        : resultOf(placed)
    outcome = result === 'talked' ? 'talked' : 'no-answer'
    if (result !== 'talked') {
      const ms = Math.round(performance.now() - began)
      path.add({ kind: 'rung', person: to, name: stranger.name, result, ms, to })
    }
    return result === 'talked'
  } finally {
    controller.abort()
    unlink()
    if (outcome !== 'talked') {
      path.add({ kind: 'ring-ended', to, outcome })
      await waiting.stop()
    }
  }
}

function dial(
  deps: StrangerDeps,
  call: Call,
  stranger: Stranger,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<PlaceResult> {
  const channelId = `leg-${ulid()}`
  if ('number' in stranger) return deps.dialTransfer(call, stranger.number, { channelId, timeoutMs, signal })
  const { caller, leg, line, log } = call
  return deps.telephony.dial({
    channelId,
    target: { endpoint: stranger.endpoint },
    callerId: { number: caller.number ?? caller.shown, name: caller.name ?? line.name },
    timeoutMs,
    originator: leg.id,
    signal,
    log,
  })
}

/** Truth first, as with an operator: from the commit on the caller counts as answered. */
async function talkWithStranger(
  { journal, clock, accepts }: StrangerDeps,
  { id, leg, path }: Call,
  to: string,
  stranger: Stranger,
  peer: Leg,
  waiting: WaitingSound,
): Promise<RungResult | 'talked'> {
  try {
    if ('number' in stranger && stranger.accepts && !(await accepts(peer).catch(() => false))) return 'not-accepted'
    await journal.commit([
      { op: 'call.answered', row: { id, at: clock.now(), operator: to, peer: peer.id, group: null } },
    ])
    // Asterisk would play it on into the talk; what follows goes the same way, in this order
    void waiting.stop()
    const result = await leg.talkWith(peer)
    if (result.kind === 'not-bridged') return 'failed'
    if (result.kind === 'dropped') {
      await journal.commit([{ op: 'call.rearm', row: { id } }])
      return 'dropped'
    }
    path.add({ kind: 'talk', person: to, name: stranger.name, ms: Math.round(result.ms) })
    return 'talked'
  } finally {
    if (!peer.signal.aborted) await peer.hangup()
  }
}

function resultOf(placed: Exclude<PlaceResult, { kind: 'answered' }>): RungResult {
  return placed.kind === 'refused' ? 'not-placed' : placed.kind
}
