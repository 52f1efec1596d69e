/**
 * A caller's way through the house: the row first, then the flow of the number he rang, then the verdict.
 *
 * The row arms the notice: whatever happens to this process from here on, somebody will be told of the call unless a person speaks
 * with the caller.
 */
import { type CallerNames, withBookName } from '../model/caller-names.ts'
import { readPhone } from '../model/phone-number.ts'
import type { Clock } from '../runtime/clock.ts'
import { withTimeout } from '../runtime/abort.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Journal, JournalEntry } from '../store/journal.ts'
import { CallEnded, type Leg, TakenAway } from '../telephony/api.ts'
import type { Arrival } from '../telephony/link.ts'
import { type Call, readCaller, type Snapshot, trunkOf } from './call.ts'
import { CallPath } from './call-path.ts'
import { lookForDeadLines } from './dead-line.ts'
import type { EndOfCall } from './end-of-call.ts'
import { lineOf, numberFormOf } from './line-of.ts'
import type { LiveCalls } from './live-calls.ts'
import { runTransfers, type TransferDeps } from './transfers.ts'

export interface InboundDeps {
  node: string
  journal: Journal
  clock: Clock
  log: Logger
  live: LiveCalls
  /** Missing: there is no phone book. */
  names?: CallerNames
  snapshot: () => Snapshot
  /** Walks the flow to its end; rejects with CallEnded when the caller leaves. */
  runFlow: (call: Call, flow: string) => Promise<void>
  endOfCall: EndOfCall
  transferred: TransferDeps['transferred']
  /** Last resort: the dialplan rings the operators without us. */
  fallback: (leg: Leg) => Promise<void>
}

/**
 * Until the row is written the caller hears nothing. A database that is locked for longer shall not make him wait: the dialplan rings the
 * operators. What was asked of the journal may still come true, and the doorbell book then finds an open row, or none, and tells either way.
 */
const ROW_WITHIN_MS = 3_000

export function inboundCalls(deps: InboundDeps): (arrival: Arrival) => Promise<void> {
  return async (arrival) => {
    const call = openCall(deps, arrival)
    void learnName(deps, call)
    // in hand before it is on disk, or a reconnect in between would take it for an orphan
    deps.live.add(call)
    void lookForDeadLines(deps.live, call)
    try {
      crashPoint('call.before-row')
      const row = deps.journal.commit([
        callOpened(call, deps.node, 'armed'),
        call.path.entry({ kind: 'arrived', did: arrival.did }),
      ])
      await withTimeout(row, ROW_WITHIN_MS, 'the row of a call')
      crashPoint('call.after-row')
    } catch (error) {
      call.log.error('a call could not be written down; the dialplan takes it', { error })
      deps.live.remove(call.id)
      return deps.fallback(arrival.leg).catch(() => {})
    }
    call.log.info('a call came in', { caller: call.caller.shown, line: call.line.number })
    await serve(deps, call, (running) => deps.runFlow(running, flowOf(running)))
  }
}

/**
 * Runs a call's deed and its end. Also the way for calls that recovery puts back on their feet.
 * A call that goes on in the plain dialplan has no end yet: its row stays open, and the doorbell book will tell.
 */
export async function serve(deps: InboundDeps, call: Call, deed: (call: Call) => Promise<void>): Promise<void> {
  let over = true
  call.leg.leaveUntoldEndToBook()
  try {
    await deed(call)
    await runTransfers(transferDeps(deps), call)
    // a step that outlives the caller, a message being kept, has not seen who took him
    throwIfTaken(call)
    noteHangUp(call)
    await call.leg.hangup()
    // we could not be heard, and until we were the dialplan had him
    throwIfTaken(call)
  } catch (error) {
    over = await afterFailure(deps, call, error)
  } finally {
    if (over) {
      deps.live.isOver(call.id)
      await deps.endOfCall(call)
      deps.live.noteEnd(call.id)
    }
    deps.live.remove(call.id)
  }
}

function throwIfTaken({ leg }: Call): void {
  if (leg.signal.reason instanceof TakenAway) throw leg.signal.reason
}

export function transferDeps({ clock, journal, transferred }: InboundDeps): TransferDeps {
  return { clock, commit: (entries) => journal.commit(entries), transferred }
}

/** Is the call over? */
async function afterFailure(deps: InboundDeps, call: Call, error: unknown): Promise<boolean> {
  // the caller's own leg counts: a CallEnded of another leg that nobody caught must not leave him in silence
  if (call.leg.signal.reason instanceof TakenAway) {
    call.log.warn('what became of a call is for the doorbell book to tell: nobody told us')
    return false
  }
  if (call.leg.signal.aborted) {
    noteHangUp(call)
    return true
  }
  call.log.error('a call failed; the dialplan takes it', { error })
  try {
    await deps.fallback(call.leg)
    return false
  } catch (failed) {
    call.log.error('the fallback failed too', { error: failed })
    if (failed instanceof TakenAway) return false
    call.path.add({ kind: 'hung-up', by: 'unknown', cause: 0 })
    return true
  }
}

/** Who has ended the call, unless a step of the flow has said so. */
function noteHangUp({ leg, path }: Call): void {
  const { reason, aborted } = leg.signal
  if (path.steps.some((step) => step.kind === 'hung-up')) return
  if (!aborted) return path.add({ kind: 'hung-up', by: 'us', cause: 16 })
  if (!(reason instanceof CallEnded)) return
  const talked = path.steps.some((step) => step.kind === 'talk') // then the other may have been the one
  path.add({ kind: 'hung-up', by: reason.causeCode === 0 || talked ? 'unknown' : 'caller', cause: reason.causeCode })
}

/** A CRM answers while the caller hears the greeting: whoever is told of the caller after that is told the name. */
export function learnName({ names }: Pick<InboundDeps, 'names'>, { caller }: Pick<Call, 'caller'>): Promise<void> {
  const found = names?.find(caller.number) ?? Promise.resolve(null)
  return found.then((name) => {
    if (name !== null) caller.name = name
  })
}

/** The call as it will be written down. */
export function openCall(deps: InboundDeps, arrival: Arrival): Call {
  const snapshot = deps.snapshot()
  const { config } = snapshot
  const log = deps.log.child({ call: arrival.leg.id })
  const trunk = trunkOf(config, arrival.trunk)
  const { number, known } = lineOf(config, arrival.did, trunk)
  if (!known) log.warn('a call to a number that no line names; it takes the first line', { did: arrival.did })
  const form = numberFormOf(config, trunk)
  const read = readCaller(arrival.callerNumber, arrival.callerName, config.company.country, form)
  const caller = withBookName(read, deps.names)
  // a phone of the house shows its extension
  if (caller.shown !== '' && caller.number === null && trunk !== null && Object.hasOwn(config.trunks, trunk)) {
    const reading = readPhone(caller.shown, config.company.country, form)
    const why = 'refused' in reading ? reading.refused : 'unknown'
    log.warn('a caller’s number is none that could be called back', { caller: caller.shown, why, trunk })
  }
  return {
    id: arrival.leg.id,
    linkedid: deps.live.latestOver(caller.number)?.linkedid ?? arrival.leg.id,
    direction: 'inbound',
    trunk,
    line: { number, name: config.lines[number]!.name },
    caller,
    arrivedAt: arrival.arrivedAt,
    leg: arrival.leg,
    snapshot,
    path: new CallPath(arrival.leg.id, deps.journal, deps.clock),
    log,
  }
}

export function flowOf(call: Call): string {
  return call.snapshot.config.lines[call.line.number]!.flow
}

export function callOpened(
  call: Omit<Call, 'leg' | 'log'>,
  node: string,
  notice: 'armed' | 'none',
  restored = false,
): JournalEntry {
  return {
    op: 'call.open',
    row: {
      id: call.id,
      linkedid: call.linkedid ?? call.id,
      direction: call.direction,
      node,
      trunk: call.trunk ?? null,
      line: call.line.number,
      lineName: call.line.name,
      caller: call.caller.number,
      callerShown: call.caller.shown,
      callerName: call.caller.name,
      arrivedAt: call.arrivedAt,
      notice,
      restored,
      configVersion: call.snapshot.version,
      group: null,
    },
  }
}
