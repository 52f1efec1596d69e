/**
 * One try to call somebody back. What is common to both orders: how the client is dialled, how the two are joined, what is written down.
 *
 * Each step is a row before it is a deed, and the step before the client is dialled is conditional: if he got through meanwhile, or a person
 * took his case, it does not happen.
 */
import { ringDevices, type RingDevicesDeps } from '../dialling/ring-devices.ts'
import type { Config } from '../config/schema.ts'
import type { Spoken } from '../config/sections/flows.ts'
import { trunkFor } from '../dialling/caller-id.ts'
import { placeCall, type PlaceResult } from '../dialling/place-call.ts'
import type { Guard } from '../dialling/guard.ts'
import type { CallerNames } from '../model/caller-names.ts'
import { ulid } from '../model/ulid.ts'
import { childController, sleep } from '../runtime/abort.ts'
import type { Clock } from '../runtime/clock.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import type { Language } from '../runtime/i18n.ts'
import type { Logger } from '../runtime/logger.ts'
import { type CallbackTask, countTry, isClaimed } from '../store/callbacks.ts'
import type { Prisma } from '../store/database.ts'
import type { Journal } from '../store/journal.ts'
import type { Leg, Media, Telephony, Transfer } from '../telephony/api.ts'
import type { Call, Snapshot } from '../calls/call.ts'
import { CallPath } from '../calls/call-path.ts'
import { runTransfers, type TransferDeps } from '../calls/transfers.ts'
import { isLostInTransfer } from '../model/call-outcome.ts'
import type { TryResult } from './next-try.ts'

export interface CallbackCallDeps extends RingDevicesDeps {
  telephony: Telephony
  guard: Guard
  prisma: Prisma
  journal: Journal
  clock: Clock
  log: Logger
  node: string
  /** Media of what operator and client hear. */
  spoken: (parts: Spoken[], config: Config) => Promise<Media[]>
  /** Is this number on the line with us now? */
  onTheLine: (number: string) => boolean
  snapshot: () => Snapshot
  /** Missing: there is no phone book. */
  names?: Pick<CallerNames, 'of'>
  /** Where a client goes whom the operator transfers. */
  transfers: TransferDeps
  /** This operator speaks with the client since now; `callId`: the row of the client's call. */
  speaks: (person: string, callId: string, client: string) => void
}
/** What joining the two takes. */
export type JoinDeps = Pick<
  CallbackCallDeps,
  'journal' | 'clock' | 'log' | 'snapshot' | 'transfers' | 'speaks' | 'names'
>

const OPERATOR_RINGS_MS = 20_000
/** What an operator's phone shows beside the client's number. */
const ON_THE_PHONE = { ru: 'Обратный звонок', en: 'Call back' } satisfies Record<Language, string>
/** After the database has refused what must be written. */
export const REFUSED_RETRY_MS = 1_000

/** A try under way. */
export interface CallbackTry {
  task: CallbackTask
  /** Who is reserved for it; null: nobody is yet. */
  person: string | null
  config: Config
  configVersion: string
  /** Aborts when the daemon stops. */
  signal: AbortSignal
  /** Reserves somebody else for it, who is released at its end; null: nobody is free. */
  another: () => string | null
  /** This operator has transferred the client, and is free while the client is not: the try goes on without the operator. */
  leaves: (person: string) => void
  log: Logger
  /** The client was dialled. */
  counted: boolean
}

export async function ringOperator(
  deps: RingDevicesDeps & Pick<CallbackCallDeps, 'names'>,
  { task, config, log, signal }: CallbackTry,
  person: string,
  limits: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<Leg | null> {
  const word = ON_THE_PHONE[config.people[person]?.language ?? config.company.language]
  const client = deps.names?.of(task.number) ?? null
  // a phone shows the beginning: that this is no caller must be seen before who it is
  const name = client === null ? word : `${word}: ${client}`
  const reason = { callerId: { number: task.number, name }, line: task.line, log }
  const options = { timeoutMs: OPERATOR_RINGS_MS, screen: true, signal, ...limits }
  const winner = await ringDevices(deps, reason, [[person, config.people[person]!]], options)
  return winner?.leg ?? null
}

/** Why the client is not dialled although everything was ready. */
class CalledOff extends Error {
  override name = 'CalledOff'
  readonly kind: 'called-off' | 'on-the-line' | 'taken'
  constructor(kind: CalledOff['kind']) {
    super(kind)
    this.kind = kind
  }
}

/** The client's leg with the id of its row. */
export type ClientResult = { kind: 'up'; leg: Leg; id: string } | { kind: 'over'; result: TryResult }

/** Dials the client, unless he was spoken with meanwhile. `operator`: who is on the line for him already. */
export async function dialClient(
  deps: CallbackCallDeps,
  callbackTry: CallbackTry,
  operator: Leg | null,
): Promise<ClientResult> {
  const { task, config, signal, log } = callbackTry
  const channelId = `cb-${ulid()}`
  const { controller, unlink } = childController(signal, ...(operator ? [operator.signal] : []))
  const trunk = trunkFor(config, task.line)
  const order = { purpose: 'callback' as const, channelId, number: task.number, trunk, shown: task.line }
  let placed: PlaceResult
  try {
    placed = await placeCall(deps.guard, deps.telephony, order, {
      timeoutMs: config.missed_calls.callback?.ring_client ?? 40_000,
      ...(operator && { originator: operator.id }),
      onRinging: () => crashPoint('callback.client-rings'),
      signal: controller.signal,
      log,
      beforeDial: () => writeTry(deps, callbackTry, operator, channelId),
    })
  } catch (error) {
    if (error instanceof CalledOff) return { kind: 'over', result: { kind: error.kind } }
    throw error
  } finally {
    unlink()
  }
  if (placed.kind === 'answered') return { kind: 'up', leg: placed.leg, id: channelId }
  if (placed.kind === 'refused') return { kind: 'over', result: { kind: 'refused', why: placed.why } }
  const result: TryResult = { kind: placed.kind }
  await endRow(deps, channelId, result)
  return { kind: 'over', result }
}

async function writeTry(deps: CallbackCallDeps, callbackTry: CallbackTry, operator: Leg | null, client: string) {
  const { task, configVersion } = callbackTry
  const now = deps.clock.now()
  if (deps.onTheLine(task.number)) throw new CalledOff('on-the-line')
  crashPoint('callback.before-count')
  const legs = operator ? { operator: operator.id, client } : { client }
  if (!(await countTry(deps.prisma, task.id, legs, now)))
    throw new CalledOff((await isClaimed(deps.prisma, task.id)) ? 'taken' : 'called-off')
  callbackTry.counted = true
  await deps.journal.commit([callRow(deps, task, client, configVersion, now)])
  crashPoint('callback.after-count')
}

/** Listens whether a machine picked up; the state is on disk meanwhile, for the channel is out of our hands. */
export async function isMachine(
  deps: Pick<CallbackCallDeps, 'journal' | 'clock'>,
  { task, config }: Pick<CallbackTry, 'task' | 'config'>,
  client: Leg,
): Promise<boolean> {
  if (!config.missed_calls.callback?.amd) return false
  await deps.journal.commit([stateEntry(deps, task, 'machine')])
  return (await client.detectMachine()) === 'machine'
}

/** A step within a try whose client was dialled. */
export function stateEntry(
  { clock }: Pick<CallbackCallDeps, 'clock'>,
  task: CallbackTask,
  status: 'machine' | 'joining' | 'talking',
  legs?: { operator: string; client: string },
): Parameters<Journal['note']>[0] {
  const row = { id: task.id, at: clock.now(), status, outcome: null, tries: task.tries + 1, dueAt: null }
  return { op: 'callback.state', row: { ...row, ...(legs && { legs }) } }
}

/**
 * The client has answered: truth first, then the two are joined. Rejects with CallEnded when the operator was gone before a word could be said. `leaves`: as
 * in CallbackTry.
 */
export async function joinTwo(
  deps: JoinDeps,
  task: CallbackTask,
  person: string,
  operatorLeg: Leg,
  client: Leg,
  leaves: () => void,
): Promise<TryResult> {
  try {
    crashPoint('callback.client-up')
    const now = deps.clock.now()
    await deps.journal.commit([
      {
        op: 'call.answered',
        row: { id: client.id, at: now, operator: person, peer: operatorLeg.id, group: task.group },
      },
      stateEntry(deps, task, 'talking', { operator: operatorLeg.id, client: client.id }),
    ])
    crashPoint('callback.after-answered')
    deps.speaks(person, client.id, task.number)
    const result = await operatorLeg.talkWith(client)
    if (result.kind === 'not-bridged' || result.kind === 'dropped') return { kind: 'no-answer' }
    const after = await afterTalk(deps, task, person, Math.round(result.ms), client, client.takeTransfer(), leaves)
    return after.kind === 'talked' ? { ...after, began: now, talk: client.id } : after
  } finally {
    if (!client.signal.aborted) await client.hangup()
  }
}

/** The operator may have transferred the client with the phone: then it is not over, and if nobody takes the call there, the client was left alone. */
export async function afterTalk(
  deps: JoinDeps,
  task: CallbackTask,
  person: string,
  ms: number,
  client: Leg,
  transfer: Transfer | null,
  leaves: () => void,
): Promise<TryResult> {
  const { clock, journal, log, snapshot, transfers } = deps
  const began = clock.now()
  const path = new CallPath(client.id, journal, clock)
  if (!transfer && !client.passedOn) return { kind: 'talked', ms }
  leaves()
  const current = snapshot()
  const name = current.config.people[person]?.name ?? person
  path.add({ kind: 'talk', person, name, ms })
  const call: Call = {
    id: client.id,
    direction: 'callback',
    line: { number: task.line, name: current.config.lines[task.line]?.name ?? '' },
    caller: { number: task.number, shown: task.number, name: deps.names?.of(task.number) ?? null },
    arrivedAt: began,
    leg: client,
    snapshot: current,
    path,
    log: log.child({ call: client.id }),
  }
  try {
    await runTransfers(transfers, call, transfer)
  } catch (error) {
    // the client has hung up meanwhile
    if (!client.signal.aborted) throw error
  }
  if (isLostInTransfer(path.steps)) return { kind: 'transfer-unanswered' }
  return { kind: 'talked', ms: ms + Math.max(0, clock.now() - began) }
}

function callRow(
  deps: CallbackCallDeps,
  task: CallbackTask,
  id: string,
  configVersion: string,
  now: number,
): Parameters<Journal['note']>[0] {
  return {
    op: 'call.open',
    row: {
      id,
      direction: 'callback',
      node: deps.node,
      line: task.line,
      lineName: null,
      caller: task.number,
      callerShown: task.number,
      callerName: deps.names?.of(task.number) ?? null,
      arrivedAt: now,
      notice: 'none',
      restored: false,
      configVersion,
      group: task.group,
    },
  }
}

/**
 * The end of the call to the client, written however often the database refuses: a talk must not count as none for that. Its `reason` is how the
 * dialling came out, if not with a talk.
 */
export async function endRow(
  deps: Pick<CallbackCallDeps, 'journal' | 'clock' | 'log'>,
  id: string,
  result: TryResult,
): Promise<void> {
  const talked = result.kind === 'talked'
  const row = {
    id,
    at: deps.clock.now(),
    verdict: talked ? 'answered' : 'missed',
    reason: talked ? null : result.kind,
    notice: 'none' as const,
    group: null,
    waitMs: 0,
    talkMs: talked ? result.ms : null,
    cause: null,
  }
  for (;;)
    try {
      return await deps.journal.commit([{ op: 'call.end', row }])
    } catch (error) {
      deps.log.error('the end of a call could not be written; trying again', { error, call: id })
      await sleep(REFUSED_RETRY_MS)
    }
}
