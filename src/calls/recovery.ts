/**
 * After a start or a reconnect: every call that a row says is open gets what its channel says it needs.
 *
 * - talking in Asterisk's hands: left alone, and its end awaited;
 * - waiting with us: put back on its feet, because the task that walked it died with the last process;
 * - in the plain dialplan: left to the doorbell book, which will tell how it ended;
 * - gone: ended. First by the doorbell book, which saw the end; what is not in there (Asterisk lost it) by what we know.
 */
import type { Step } from '../config/sections/flows.ts'
import type { WaitingOffer } from '../model/call-outcome.ts'
import { sleep, untilAborted } from '../runtime/abort.ts'
import type { OpenCall } from '../store/call-records.ts'
import type { Leg, Transfer } from '../telephony/api.ts'
import type { LivingChannel } from '../telephony/link.ts'
import type { Call } from './call.ts'
import { CallPath } from './call-path.ts'
import { endedCall } from './doorbell.ts'
import { serve, transferDeps, type InboundDeps } from './inbound.ts'
import { runTransfers } from './transfers.ts'

export interface RecoveryDeps extends InboundDeps {
  openCalls: () => Promise<OpenCall[]>
  /** A handle for a living channel; its end is told from now on. */
  adopt: (channel: LivingChannel) => Promise<Leg>
  /** Goes on with a caller who was waiting when the last process died. */
  resume: (call: Call, from: ResumePoint) => Promise<void>
  /** Keeps a voice message that was being left when the last process died. False: none was begun. */
  rescue: (path: CallPath) => Promise<boolean>
  /** Marks an operator as talking in this call, for the group that was rung; returns how to unmark them. */
  hold: (person: string, callId: string, group: string | null) => () => void
}

/** Asterisk releases the caller, or gives the caller back, so soon after the operator has hung up. */
const RELEASED_MS = 2_000

/** Where to go on: at the ring that was interrupted, or from the start of the flow. */
export type ResumePoint = RingPoint | { kind: 'flow' }
interface RingPoint {
  kind: 'ring'
  to: string
  at?: string | undefined
  skill?: string | undefined
  priority?: number | undefined
  offer?: WaitingOffer | undefined
}

/** Takes what lives in hand. Returns what serves those calls; to be called once calls can be placed again. */
export async function adoptCalls(deps: RecoveryDeps, channels: LivingChannel[]): Promise<(() => void)[]> {
  const living = new Map(channels.map((channel) => [channel.id, channel]))
  const starts: (() => void)[] = []
  for (const open of await deps.openCalls()) {
    if (open.direction !== 'inbound' || deps.live.has(open.id)) continue
    const channel = living.get(open.id)
    if (channel?.application === 'Stasis' || channel?.application === 'Bridge')
      starts.push(await adoptCall(deps, open, channel, living))
  }
  return starts
}

/** The calls whose channel is gone, and which nobody has in hand. `living`: asked after the rows were read, or a call may come in between. */
export async function lostCalls(deps: RecoveryDeps, living: () => Promise<string[]>): Promise<OpenCall[]> {
  const left = (await deps.openCalls()).filter(({ id, direction }) => direction === 'inbound' && !deps.live.has(id))
  if (left.length === 0) return []
  const channels = new Set(await living())
  return left.filter(({ id }) => !channels.has(id))
}

/** Ends calls of which neither Asterisk nor its doorbell book knows anything more. */
export async function endLostCalls(deps: RecoveryDeps, gone: OpenCall[]): Promise<void> {
  if (gone.length === 0) return
  const still = new Set((await deps.openCalls()).map((call) => call.id))
  for (const open of gone) {
    if (!still.has(open.id) || deps.live.has(open.id)) continue
    const call = endedCall(deps, open)
    if (open.answered) {
      // truth on disk says that he was being put through; how long they spoke nobody knows
      const { operator: person } = open.answered
      call.path.add({ kind: 'talk', person, name: nameOf(call, person), ms: 0 })
    } else {
      await deps.rescue(call.path)
      call.path.add({ kind: 'hung-up', by: 'unknown', cause: 0 })
    }
    deps.log.warn('a call ended while we were away', { call: open.id })
    await deps.endOfCall(call)
  }
}

async function adoptCall(
  deps: RecoveryDeps,
  open: OpenCall,
  channel: LivingChannel,
  living: Map<string, LivingChannel>,
): Promise<() => void> {
  const leg = await deps.adopt(channel)
  const peer = open.answered && living.get(open.answered.peer)
  const peerLeg = peer?.application === 'Stasis' ? await deps.adopt(peer) : null
  const call: Call = {
    ...endedCall(deps, open),
    leg,
    path: new CallPath(open.id, deps.journal, deps.clock, open.steps),
    log: deps.log.child({ call: open.id }),
  }
  deps.live.add(call)
  const talking = channel.application === 'Bridge'
  call.path.add({ kind: 'recovered', how: talking ? 'talking' : 'waiting' })
  call.log.info('a call was taken over from the last process', { talking })
  return () =>
    void serve(deps, call, async () => {
      if (talking) return awaitTalk(deps, call, open, peerLeg)
      const transfer = leg.takeTransfer()
      if (transfer) return backFromTalk(deps, call, open, transfer)
      // what he says is taken down by Asterisk as before: it is awaited, and then he has left his message
      if (!peerLeg && (await deps.rescue(call.path))) return
      // music that the last process started plays on; it would go on under whatever comes now
      await leg.stopMusic()
      return peerLeg ? joinAgain(deps, call, open, peerLeg) : goOn(deps, call, open)
    })
}

/**
 * The two talk without us; we only wait for the end. When the operator is gone and the caller is not, the operator has passed the caller on: to a
 * colleague in Asterisk, or back to us (the leg then has a transfer, which `serve` carries out).
 */
async function awaitTalk(deps: RecoveryDeps, call: Call, open: OpenCall, peer: Leg | null): Promise<void> {
  const { operator: person, at } = open.answered ?? { operator: '', at: deps.clock.now() }
  const release = deps.hold(person, open.id, open.group)
  const back = call.leg.untilBack()
  try {
    await Promise.race([back, ...(peer ? [untilEnded(peer)] : [])])
  } finally {
    release()
  }
  const left = deps.clock.now()
  if ((await Promise.race([back, sleep(RELEASED_MS)])) === 'dropped') return ringOn(deps, call, open, 'dropped')
  call.path.add({ kind: 'talk', person, name: nameOf(call, person), ms: Math.max(0, left - at) })
  const transfer = await back
  if (typeof transfer === 'object') return runTransfers(transferDeps(deps), call, transfer)
  const goneOn = deps.clock.now() - left
  if (goneOn > RELEASED_MS) call.path.add({ kind: 'transferred', by: person, ms: goneOn })
}

/** An operator had transferred the caller, and the last process died with it. */
async function backFromTalk(deps: RecoveryDeps, call: Call, open: OpenCall, transfer: Transfer): Promise<void> {
  await call.leg.stopMusic()
  const { answered } = open
  // how long they spoke nobody knows any more
  if (answered && !open.steps.some((step) => step.kind === 'talk' && step.time >= answered.at))
    call.path.add({ kind: 'talk', person: answered.operator, name: nameOf(call, answered.operator), ms: 0 })
  await runTransfers(transferDeps(deps), call, transfer)
}

/** The last process died between the row that says "answered" and the bridge: both still wait for it. */
async function joinAgain(deps: RecoveryDeps, call: Call, open: OpenCall, peer: Leg): Promise<void> {
  const { operator: person, at } = open.answered!
  const release = deps.hold(person, open.id, open.group)
  // written with the row that says "answered": nothing has been recorded under this name yet
  const recorded = open.steps.findLast((step) => step.kind === 'talk-recorded' && step.time >= at)
  let how: 'dropped' | 'failed' = 'failed'
  try {
    const result = await call.leg.talkWith(peer, recorded?.kind === 'talk-recorded' ? { record: recorded.name } : {})
    // where an operator's transfer leads to is carried out by `serve`
    if (result.kind === 'talked' || result.kind === 'transferred') {
      call.path.add({ kind: 'talk', person, name: nameOf(call, person), ms: Math.round(result.ms) })
      return
    }
    how = result.kind === 'dropped' ? 'dropped' : 'failed'
  } finally {
    release()
    if (!peer.signal.aborted) await peer.hangup()
  }
  await ringOn(deps, call, open, how)
}

/** The operator has picked up, and nothing can have been said: the caller goes on waiting as if nobody had. */
async function ringOn(deps: RecoveryDeps, call: Call, open: OpenCall, result: 'dropped' | 'failed'): Promise<void> {
  const { operator: person } = open.answered ?? { operator: '' }
  const to = open.group ?? person
  call.path.add({ kind: 'rung', person, name: nameOf(call, person), result, ms: 0, to })
  await goOn(deps, call, open)
}

/** A row that says "answered" is not true of a caller who waits. */
async function goOn(deps: RecoveryDeps, call: Call, open: OpenCall): Promise<void> {
  if (open.answered) await deps.journal.commit([{ op: 'call.rearm', row: { id: call.id } }])
  await deps.resume(call, resumePoint(open))
}

/** Resolves when the leg has ended, however. */
export function untilEnded(leg: Leg): Promise<void> {
  return untilAborted(leg.signal)
}

function nameOf({ snapshot }: Pick<Call, 'snapshot'>, person: string): string {
  return snapshot.config.people[person]?.name ?? person
}

function resumePoint(open: OpenCall): ResumePoint {
  const ring = open.steps.findLast((step) => step.kind === 'ring')
  return ring ?? { kind: 'flow' }
}

/** The steps of a ring that is taken up again, and what the flow says for the case that nobody answers. */
export function resumeSteps({ to, skill, priority, offer, at }: RingPoint, flow: Step[]): Step[] {
  const last = flow.at(-1)
  const target = { to, skill, priority, screen: true, offer_callback: offer }
  const ring: Step = { kind: 'ring', ring: target, ...(at && { at }) }
  return [ring, ...(last?.kind === 'unanswered' ? last.unanswered : [])]
}
