/**
 * What somebody dials from a desk phone that is no extension: one of our own numbers is a caller's way through its flow; any other goes outside, past
 * the guard, if that person may (`people: outbound`); else the phone hears a tone.
 *
 * A call outside is a row before the client is rung. A talk with the client closes what is open about them, as any talk does.
 */
import type { Config } from '../config/schema.ts'
import type { Guard } from '../dialling/guard.ts'
import { placeCall, type PlaceResult } from '../dialling/place-call.ts'
import { trunkFor } from '../dialling/caller-id.ts'
import { isLostInTransfer } from '../model/call-outcome.ts'
import type { CallerNames } from '../model/caller-names.ts'
import { parsePhone } from '../model/phone-number.ts'
import { ulid } from '../model/ulid.ts'
import { childController } from '../runtime/abort.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Journal, JournalEntry } from '../store/journal.ts'
import type { Leg, Telephony } from '../telephony/api.ts'
import { DESK_CONTEXT } from '../telephony/contexts.ts'
import type { Call, Snapshot } from './call.ts'
import { CallPath } from './call-path.ts'
import { callOpened } from './inbound.ts'
import type { OutsideTalk } from './outside-talk.ts'
import { runTransfers, type TransferDeps } from './transfers.ts'

export interface DeskCallDeps {
  node: string
  telephony: Telephony
  guard: Guard
  journal: Pick<Journal, 'commit' | 'note'>
  clock: Clock
  log: Logger
  snapshot: () => Snapshot
  /** Keys of people who have this phone. */
  ownersOf: (config: Config, endpoint: string) => readonly string[]
  transfers: TransferDeps
  /** Missing: there is no phone book. */
  names?: Pick<CallerNames, 'of'>
  /** Ids of the desk channels that this process looks after. */
  inHand: Set<string>
  /** What the talk closes: cases, call-backs, notices that were not sent yet. */
  closing: (talk: OutsideTalk, config: Config) => JournalEntry[]
}

const RINGS_MS = 60_000

/** `dialled`: digits, perhaps with a plus. `endpoint`: of the phone, `PJSIP/101`. Never rejects. */
export function deskCalls(deps: DeskCallDeps): (leg: Leg, dialled: string, endpoint: string) => Promise<void> {
  return async (leg, dialled, endpoint) => {
    deps.inHand.add(leg.id)
    const { config } = deps.snapshot()
    const number = parsePhone(dialled, config.company.country)
    const isLine = Object.hasOwn(config.lines, dialled) || (number !== null && Object.hasOwn(config.lines, number))
    const [person] = deps.ownersOf(config, endpoint)
    try {
      if (isLine) return await leg.continueInDialplan(DESK_CONTEXT, 'line')
      if (number === null || person === undefined || !config.people[person]!.outbound) {
        deps.log.info('a phone may not dial this number', { endpoint, dialled })
        return await leg.continueInDialplan(DESK_CONTEXT, 'refused')
      }
      await callOutside(deps, leg, person, number)
    } catch (error) {
      if (!leg.signal.aborted) deps.log.error('a call from a desk failed', { error, endpoint })
      if (!leg.signal.aborted) await leg.hangup().catch(() => {})
    } finally {
      deps.inHand.delete(leg.id)
    }
  }
}

async function callOutside(deps: DeskCallDeps, leg: Leg, person: string, number: string): Promise<void> {
  const { clock, guard, journal, node, telephony } = deps
  const snapshot = deps.snapshot()
  const { config } = snapshot
  const line = config.people[person]!.line ?? Object.keys(config.lines)[0]!
  const call: Call = {
    id: leg.id,
    direction: 'outbound',
    line: { number: line, name: config.lines[line]?.name ?? '' },
    caller: { number, shown: number, name: deps.names?.of(number) ?? null },
    arrivedAt: clock.now(),
    leg,
    snapshot,
    path: new CallPath(leg.id, journal, clock),
    log: deps.log.child({ call: leg.id }),
  }
  await journal.commit([callOpened(call, node, 'none')])
  const { controller, unlink } = childController(leg.signal)
  const order = {
    purpose: 'desk' as const,
    channelId: `leg-${ulid()}`,
    number,
    trunk: trunkFor(config, line),
    shown: line,
  }
  const placed = await placeCall(guard, telephony, order, {
    timeoutMs: RINGS_MS,
    originator: leg.id,
    signal: controller.signal,
    onRinging: () => void leg.startRinging().catch(() => {}),
    log: call.log,
  }).finally(unlink)
  if (placed.kind !== 'answered') {
    await endDeskCall(deps, call, null, placed.kind)
    if (!leg.signal.aborted) await leg.continueInDialplan(DESK_CONTEXT, toneFor(placed))
    return
  }
  const at = clock.now()
  await journal.commit([
    { op: 'call.answered', row: { id: call.id, at, operator: person, peer: placed.leg.id, group: null } },
  ])
  const talked = await talkWith(deps, call, person, placed.leg).catch(() => false)
  const ms = talked ? Math.max(0, clock.now() - at) : null
  await endDeskCall(deps, call, ms === null ? null : { person, at, ms }, talked ? null : 'no-answer')
}

/** Did they talk, and was the client not left alone by a transfer? */
async function talkWith({ transfers }: DeskCallDeps, call: Call, person: string, client: Leg): Promise<boolean> {
  const name = call.snapshot.config.people[person]?.name ?? person
  try {
    const result = await call.leg.talkWith(client)
    if (result.kind === 'not-bridged' || result.kind === 'dropped') return false
    call.path.add({ kind: 'talk', person, name, ms: Math.round(result.ms) })
    await runTransfers(transfers, { ...call, leg: client })
    return !isLostInTransfer(call.path.steps)
  } finally {
    if (!client.signal.aborted) await client.hangup()
  }
}

/** The end of the row, with what the talk closes. `ms`: how long they talked; 0: nobody knows. */
export async function endDeskCall(
  { clock, closing, journal, snapshot }: Pick<DeskCallDeps, 'clock' | 'closing' | 'journal' | 'snapshot'>,
  { id, caller }: Pick<Call, 'id' | 'caller'>,
  talk: { person: string; at: number; ms: number } | null,
  reason: string | null,
): Promise<void> {
  const now = clock.now()
  const ms = talk?.ms ?? null
  const row = {
    id,
    at: now,
    verdict: talk ? 'answered' : 'missed',
    reason,
    notice: 'none' as const,
    group: null,
    waitMs: 0,
    talkMs: ms,
    cause: null,
  }
  const closed =
    talk && caller.number
      ? closing({ id, number: caller.number, operator: talk.person, ms: talk.ms, at: talk.at }, snapshot().config)
      : []
  await journal.commit([{ op: 'call.end', row }, ...closed])
}

function toneFor(placed: Exclude<PlaceResult, { kind: 'answered' }>): string {
  if (placed.kind === 'busy') return 'busy'
  return placed.kind === 'refused' ? 'refused' : 'congestion'
}
