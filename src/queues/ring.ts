/**
 * A caller waits for a person or a group: music, phones that ring by the group's strategy, again and again until somebody takes the call
 * or the group's time is over. While everybody is busy the caller waits too: who becomes free first is rung.
 */
import type { Call } from '../calls/call.ts'
import type { Person } from '../config/sections/people.ts'
import type { RingOutcome, RungResult, WaitingOffer } from '../model/call-outcome.ts'
import { childController } from '../runtime/abort.ts'
import type { Media } from '../telephony/api.ts'
import type { Place } from './operators.ts'
import { ringDevices, type RingDevicesDeps, type RingReason } from '../dialling/ring-devices.ts'
import type { LineTurns, LineWish } from './line-turns.ts'
import { outsideDialsOf } from './outside-dials.ts'
import { priorityOf, type RingPlan } from './ring-plan.ts'
import { type FreeOperator, mayJoin, nextToRing, type RingTerms } from './ring-strategy.ts'
import { talk, type TalkDeps } from './talk.ts'
import type { CallersInLine, PlaceInLine } from './waiting-line.ts'
import { type WaitingSound, waitingSound } from './waiting-sound.ts'

export interface RingDeps extends RingDevicesDeps, TalkDeps {
  /** Everybody who waits for somebody now. */
  line: CallersInLine
  /** Those of them for whom no line of the gateway was free. */
  lineTurns: LineTurns
  /** Tells a caller his place and what he may press instead of waiting. */
  waitingWords: (call: Call, offer: WaitingOffer, position: number) => Promise<Media[]>
}

/** A phone that picks up and drops by itself would be rung all the time. */
const AFTER_DROP_MS = 2_000

/** These will not come out otherwise if tried again for the same caller. */
const FINAL: ReadonlySet<RungResult> = new Set<RungResult>([
  'busy',
  'rejected',
  'not-accepted',
  'offline',
  'unreachable',
  'unallocated',
  'not-placed',
  'forwarded',
  'failed',
])

/**
 * Resolves with `talked` when a person spoke with the caller, else with why nobody did. `signal` ends the ringing without ending the call
 * (the caller pressed a key); it then rejects with the signal's reason. Rejects with CallEnded when the caller leaves.
 */
export async function ringFor(
  deps: RingDeps,
  call: Call,
  plan: RingPlan,
  at: string | undefined,
  signal: AbortSignal,
): Promise<'talked' | RingOutcome> {
  const { to, name, skill, priority, offer } = plan
  call.path.add({
    kind: 'ring',
    to,
    name,
    at,
    ...(skill && { skill }),
    ...(priority && { priority }),
    ...(offer && { offer }),
  })
  const { controller, unlink } = childController(call.leg.signal, signal)
  const place = placeOf(call, plan)
  const inLine = deps.line.joins(plan.members, place)
  const waiting = waitingSound(call, plan.music, offer, async () =>
    offer ? deps.waitingWords(call, offer, inLine.position()) : [],
  )
  const line = deps.lineTurns.of(place)
  const tried = new Map<string, number>()
  let outcome: RingOutcome | 'talked' = 'abandoned'
  try {
    waiting.start()
    outcome = await ringUntil(deps, call, plan, { place, line, inLine }, tried, waiting, controller.signal)
    return outcome
  } catch (error) {
    if (!call.leg.signal.aborted) outcome = 'interrupted'
    throw error
  } finally {
    unlink()
    if (outcome !== 'talked') {
      noteUnrung(deps, call, plan, tried)
      // where nobody is there is no line
      const position = outcome === 'none-online' ? undefined : inLine.position()
      call.path.add({ kind: 'ring-ended', to: plan.to, outcome, ...(position && { position }) })
    }
    inLine.leaves()
    line.done()
    await waiting.stop()
  }
}

/** Whom the caller could not reach because they were talking or away. */
function noteUnrung(
  { operators }: RingDeps,
  { path, snapshot }: Call,
  plan: RingPlan,
  tried: Map<string, number>,
): void {
  for (const person of plan.members) {
    const result = operators.presence(person)
    if (tried.has(person) || result === 'free') continue
    const name = snapshot.config.people[person]?.name ?? person
    path.add({ kind: 'rung', person, name, result, ms: 0, to: plan.to })
  }
}

async function ringUntil(
  deps: RingDeps,
  call: Call,
  plan: RingPlan,
  { place, line, inLine }: { place: Place; line: LineWish; inLine: PlaceInLine },
  tried: Map<string, number>,
  waiting: WaitingSound,
  signal: AbortSignal,
): Promise<'talked' | RingOutcome> {
  const { operators } = deps
  const { config } = call.snapshot
  const began = performance.now()
  const deadline = began + plan.totalMs
  const terms: RingTerms = { ...plan.terms, lastOperator: operators.talks.lastWith(call.caller.number ?? '') }
  const final = rejectedBy(call)
  const outside = outsideDialsOf(call)
  const devices = { ...deps, dialOutside: outside.remembering(deps.dialOutside) }
  const droppedAt = new Map<string, number>()
  const restMs = (person: string) =>
    Math.max(
      outside.pauseMs(config.people[person]!, deps.telephony),
      (droppedAt.get(person) ?? -Infinity) + AFTER_DROP_MS - performance.now(),
      0,
    )
  const withoutLine = new Set<string>()
  for (;;) {
    signal.throwIfAborted()
    const members = plan.members.filter((person) => !final.has(person))
    // who has rung somebody may try again; who waits for the first does so only while that makes sense
    const left = (tried.size > 0 ? deadline : began + plan.busyMs) - performance.now()
    if (members.length === 0) return tried.size > 0 || final.size > 0 ? 'no-answer' : 'all-busy'
    if (left <= 0) return tried.size > 0 ? 'timeout' : 'all-busy'
    if (members.every((person) => operators.presence(person) === 'offline'))
      return tried.size > 0 ? 'no-answer' : 'none-online'
    // their mobiles are left alone for longer than the caller may wait
    if (members.every((person) => restMs(person) >= left)) return 'timeout'
    const pauseMs = line.pauseMs()
    const able = (free: FreeOperator[]) =>
      free.filter(
        ({ person }) => restMs(person) === 0 && (pauseMs === 0 || line.needsNone(person, config.people[person]!)),
      )
    const untilMs = Math.min(left, ...[pauseMs, ...members.map(restMs)].filter((ms) => ms > 0))
    const chosen = await reserveWithin(untilMs, signal, (limited) =>
      operators.reserve(
        members,
        (free) => nextToRing(plan.strategy, members, able(free), tried, terms),
        limited,
        place,
      ),
    )
    if (!chosen && untilMs < left) continue
    if (!chosen) return tried.size > 0 ? 'timeout' : 'all-busy'
    for (const person of chosen) tried.set(person, (tried.get(person) ?? 0) + 1)
    const withPhones = (person: string): [string, Person] => [person, outside.rested(config.people[person]!)]
    const others = members.filter(
      (person) => !chosen.includes(person) && mayJoin(person, chosen, terms) && restMs(person) === 0,
    )
    let withLine = chosen.length
    const timeoutMs = Math.min(plan.eachMs, Math.max(1_000, deadline - performance.now()))
    const winner = await ringDevices(devices, ringReason(call, line), chosen.map(withPhones), {
      timeoutMs,
      screen: plan.screen,
      asksAgain: line.isRefused,
      signal,
      onRung: ({ person, name, result, ms }, taken) => {
        const isNews = result !== 'congestion' || !withoutLine.has(person)
        // called off because another took the call, or for the operator's key: nobody missed him
        if (isNews && (result !== 'cancelled' || (!taken && call.leg.signal.aborted)))
          call.path.add({ kind: 'rung', person, name, result, ms, to: plan.to })
        if (result === 'congestion') {
          // he was not rung: he comes before those who were
          withLine--
          withoutLine.add(person)
          line.didNotReach(person)
          tried.set(person, tried.get(person)! - 1)
        }
        if (FINAL.has(result)) final.add(person)
        operators.release(person, false)
      },
      ...(plan.strategy === 'all' && {
        more: (ring) =>
          operators.reserveMore(
            others,
            (person) => {
              tried.set(person, (tried.get(person) ?? 0) + 1)
              withLine++
              ring(withPhones(person))
            },
            place,
          ),
      }),
    })
    if (winner || withLine > 0) line.done()
    else line.refused()
    if (winner) {
      // the music's end is not awaited: what follows goes the same way to Asterisk, in this order
      let silent = false
      const stopWaiting = () => {
        silent = true
        inLine.leaves() // who talks is before nobody any more
        void waiting.stop()
      }
      if (await talk(deps, call, plan, winner, stopWaiting, signal)) return 'talked'
      if (wasDropped(call, winner.person)) droppedAt.set(winner.person, performance.now())
      else final.add(winner.person)
      if (!silent) continue
      inLine.comesBack()
      waiting.start()
    }
  }
}

/** Picked up by accident, perhaps: that operator may be rung again, after the others. */
function wasDropped({ path }: Call, person: string): boolean {
  const last = path.steps.findLast((step) => step.kind === 'rung' && step.person === person)
  return last?.kind === 'rung' && last.result === 'dropped'
}

/** He keeps his place through all groups that ring for him, and through a restart: his steps are on disk. */
function placeOf({ path, caller, snapshot, arrivedAt }: Call, plan: RingPlan): Place {
  const since = path.steps.find(({ kind }) => kind === 'ring')?.time ?? arrivedAt
  return { priority: priorityOf(snapshot.config, caller.number, plan), since }
}

/** Who has refused this caller is not rung for him again, in no group. */
function rejectedBy({ path }: Call): Set<string> {
  return new Set(path.steps.flatMap((step) => (step.kind === 'rung' && step.result === 'rejected' ? step.person : [])))
}

function ringReason({ caller, line, leg, log }: Call, wish: LineWish): RingReason {
  const callerId = { number: caller.number ?? caller.shown, name: caller.name ?? line.name }
  return { callerId, line: line.number, originator: leg.id, mayTakeLine: () => wish.mayAsk(), log }
}

/** Null when the time was over. */
async function reserveWithin(
  ms: number,
  signal: AbortSignal,
  reserve: (signal: AbortSignal) => Promise<string[]>,
): Promise<string[] | null> {
  const { controller, unlink } = childController(signal)
  const timer = setTimeout(() => controller.abort(new Error('the time of the group is over')), ms)
  try {
    return await reserve(controller.signal)
  } catch (error) {
    if (signal.aborted) throw error
    return null
  } finally {
    clearTimeout(timer)
    unlink()
  }
}
