/** An operator has taken the call: he is told who it is, the row says that the caller is answered, and the two are joined. */
import type { Call } from '../calls/call.ts'
import type { RungResult } from '../model/call-outcome.ts'
import { ulid } from '../model/ulid.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Journal, JournalEntry, TalkBegan } from '../store/journal.ts'
import { CallEnded, type Media } from '../telephony/api.ts'
import type { Operators } from './operators.ts'
import type { Winner } from '../dialling/ring-devices.ts'
import type { RingPlan } from './ring-plan.ts'

export interface TalkDeps {
  operators: Operators
  journal: Journal
  clock: Clock
  /** What is whispered to the operator of this call; empty when there is nothing to say. */
  whisper: (call: Call, whisper: string) => Promise<Media[]>
}

/**
 * Truth first: from the commit on the caller counts as answered; then the two are joined. False: the operator was gone again, at once or within
 * the seconds in which nothing can have been said, and the caller is to be rung on. `stopWaiting`: the music ends. `signal` may end it before the talk: the caller has left, or pressed a key.
 */
export async function talk(
  deps: TalkDeps,
  call: Call,
  plan: RingPlan,
  { person, name, leg, ms }: Winner,
  stopWaiting: () => void,
  signal: AbortSignal,
): Promise<boolean> {
  const { journal, operators } = deps
  let talked = false
  let failure: RungResult = 'failed'
  try {
    if (plan.whisper !== 'off' && !(await heardWhisper(deps, call, plan.whisper, leg, signal))) {
      failure = 'rejected'
      return false
    }
    const now = deps.clock.now()
    const recording = recordingName(call, plan)
    crashPoint('ring.before-answered')
    await journal.commit([
      { op: 'call.answered', row: { id: call.id, at: now, operator: person, peer: leg.id, group: plan.to } },
      ...(recording ? [call.path.entry({ kind: 'talk-recorded', name: recording })] : []),
    ])
    crashPoint('ring.after-answered')
    operators.speaks(person, call.id, call.caller.number)
    stopWaiting()
    const told = tellTalk(deps, call, now)
    const result = await call.leg.talkWith(leg, recording ? { record: recording } : {}).finally(told.stop)
    if (result.kind === 'not-bridged') return false
    if (result.kind === 'dropped') {
      failure = 'dropped'
      await journal.commit([{ op: 'call.rearm', row: { id: call.id } }])
      return false
    }
    talked = true
    call.path.add({ kind: 'talk', person, name, ms: Math.round(result.ms) })
    return true
  } finally {
    if (!talked) {
      const calledOff = call.leg.signal.aborted || signal.aborted
      call.path.add({ kind: 'rung', person, name, result: calledOff ? 'cancelled' : failure, ms, to: plan.to })
    }
    await leg.hangup()
    operators.release(person, talked, plan.to)
  }
}

/** The caller keeps hearing music meanwhile. False: the operator hung up on it. Rejects when the caller goes. */
async function heardWhisper(
  deps: TalkDeps,
  call: Call,
  whisper: string,
  leg: Winner['leg'],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const media = await deps.whisper(call, whisper)
    if (media.length > 0) await leg.play(media, { signal })
  } catch (error) {
    if (!(error instanceof CallEnded)) call.log.error('the operator could not be told who calls', { error })
  }
  signal.throwIfAborted()
  return !leg.signal.aborted
}

/** A name of ours and nothing of the caller's in it. Nobody is recorded who has not been told. */
function recordingName({ path, log }: Call, plan: RingPlan): string | null {
  if (!plan.record) return null
  if (path.steps.some(({ kind }) => kind === 'announced')) return `talk-${ulid()}`
  log.warn('a talk is not recorded: the caller has not heard that it would be', { group: plan.to })
  return null
}

/**
 * What was planned about this caller waits while it is not known whether they talk, and is called off as soon as they do. `stop`: the talk has
 * ended; what follows from it is written with the end of the call.
 */
function tellTalk({ journal }: TalkDeps, { id, caller, arrivedAt, snapshot }: Call, at: number): { stop: () => void } {
  const { number } = caller
  if (number === null) return { stop: () => {} }
  const { shortest_talk: ms } = snapshot.config.missed_calls
  const began = { talk: id, began: arrivedAt }
  journal.note({ op: 'notice.hold', row: { caller: number, until: at + ms + HELD_MS, ...began } })
  const timer = setTimeout(() => journal.note(...spokenWith(number, at + ms, began)), ms)
  return { stop: () => clearTimeout(timer) }
}

/** Longer than it takes to write that they talk. */
const HELD_MS = 2_000

/** What is called off when a person speaks with somebody. */
function spokenWith(caller: string, at: number, began: TalkBegan): JournalEntry[] {
  return [
    { op: 'notice.cancel', row: { caller, ...began } },
    { op: 'callback.cancel', row: { number: caller, at, outcome: 'came-back', ...began } },
  ]
}
