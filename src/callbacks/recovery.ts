/**
 * Call-backs that a former life of the daemon had in hand. Nobody outside is dialled again within a try that may have rung; who has both
 * sides on the line is put together.
 */
import { untilEnded } from '../calls/recovery.ts'
import { type CallbackTask, runningCallbacks } from '../store/callbacks.ts'
import { endDial } from '../store/dial-ledger.ts'
import type { Leg } from '../telephony/api.ts'
import type { LivingChannel } from '../telephony/link.ts'
import { afterTalk, type CallbackCallDeps, type CallbackTry, endRow, joinTwo } from './callback-call.ts'
import { bringOperator } from './client-first.ts'
import type { DueCallbacks } from './due-callbacks.ts'
import type { TryResult } from './next-try.ts'

export interface CallbackRecoveryDeps extends Pick<
  CallbackCallDeps,
  | 'prisma'
  | 'journal'
  | 'clock'
  | 'log'
  | 'spoken'
  | 'telephony'
  | 'dialOutside'
  | 'accepts'
  | 'snapshot'
  | 'transfers'
  | 'speaks'
> {
  callbacks: Pick<DueCallbacks, 'settle' | 'isRunning' | 'takeOver' | 'reserveFor' | 'release'>
  adopt: (channel: LivingChannel) => Promise<Leg>
  hangUp: (channelId: string) => Promise<void>
  /** Marks an operator as talking in this call, for the group of the task; returns how to unmark them. */
  hold: (person: string, callId: string, group: string) => () => void
}

export interface AdoptedCallbacks {
  /** The tasks that talked when we died and whose channels are gone: the doorbell book may know for how long. */
  gone: CallbackTask[]
  starts: (() => void)[]
}

export async function adoptCallbacks(deps: CallbackRecoveryDeps, channels: LivingChannel[]): Promise<AdoptedCallbacks> {
  const living = new Map(channels.map((channel) => [channel.id, channel]))
  const adopted: AdoptedCallbacks = { gone: [], starts: [] }
  for (const { id } of await runningCallbacks(deps.prisma)) {
    if (deps.callbacks.isRunning(id)) continue
    // after a new connection it may be one of this process that has come to its end while the rows were read, and waits or was claimed again
    const task = (await runningCallbacks(deps.prisma)).find((row) => row.id === id)
    if (!task || deps.callbacks.isRunning(id)) continue
    deps.log.warn('a call-back was interrupted by the end of the last process', {
      callback: task.id,
      status: task.status,
    })
    const operator = living.get(task.legs?.operator ?? '')
    const client = living.get(task.legs?.client ?? '')
    const takeOver = (deed: () => Promise<TryResult>) =>
      adopted.starts.push(() => deps.callbacks.takeOver(task.id, async () => endTry(deps, task, await deed())))
    if (operator?.application === 'Bridge') {
      const [leg, clientLeg] = await Promise.all([deps.adopt(operator), client ? deps.adopt(client) : null])
      takeOver(() => awaitTalk(deps, task, leg, clientLeg))
    } else if (waits(operator) && waits(client)) {
      const [operatorLeg, clientLeg] = await Promise.all([deps.adopt(operator), deps.adopt(client)])
      takeOver(() => joinAgain(deps, task, operatorLeg, clientLeg))
    } else if (waits(client) && task.legs?.operator === undefined) {
      const leg = await deps.adopt(client)
      takeOver(() => bringAgain(deps, task, leg))
    } else if (task.status === 'talking' && !operator && !client) adopted.gone.push(task)
    else {
      const legs = [operator, client].flatMap((leg) => (leg ? [leg.id] : []))
      takeOver(async () => {
        await Promise.all(legs.map((id) => deps.hangUp(id)))
        return { kind: task.status === 'operator' ? 'interrupted' : 'unknown' }
      })
    }
  }
  return adopted
}

/** `ms`: how long they talked; null when nobody knows, then the client is tried again by the rule. */
export async function endTalk(deps: CallbackRecoveryDeps, task: CallbackTask, ms: number | null): Promise<void> {
  await endTry(deps, task, ms === null ? { kind: 'unknown' } : { kind: 'talked', ms })
}

function waits(channel: LivingChannel | undefined): channel is LivingChannel {
  return channel?.application === 'Stasis' && channel.state === 'Up'
}

async function awaitTalk(
  deps: CallbackRecoveryDeps,
  task: CallbackTask,
  operator: Leg,
  client: Leg | null,
): Promise<TryResult> {
  const release = task.operator ? deps.hold(task.operator, task.legs?.client ?? task.id, task.group) : () => {}
  const back = client?.untilBack()
  await untilEnded(operator)
  release()
  const began = task.updatedAt
  const ms = Math.max(0, deps.clock.now() - began)
  // the client is released with the operator, unless the operator has transferred the client
  const transfer = await back
  if (client === null || typeof transfer !== 'object') return { kind: 'talked', ms, began }
  return afterTalk(deps, task, task.operator ?? '', ms, client, transfer, () => {})
}

/** The last process died between the client's answer and the talk. */
async function joinAgain(
  deps: CallbackRecoveryDeps,
  task: CallbackTask,
  operator: Leg,
  client: Leg,
): Promise<TryResult> {
  const release = task.operator ? deps.hold(task.operator, task.legs?.client ?? task.id, task.group) : () => {}
  try {
    await operator.stopRinging()
    return await joinTwo(deps, { ...task, tries: task.tries - 1 }, task.operator ?? '', operator, client, release)
  } catch {
    return { kind: 'unknown' }
  } finally {
    release()
    if (!operator.signal.aborted) await operator.hangup()
  }
}

/** The client was first, and waits for somebody of ours: whoever is free now. */
async function bringAgain(deps: CallbackRecoveryDeps, task: CallbackTask, client: Leg): Promise<TryResult> {
  const { config, version } = deps.snapshot()
  const reserved = new Set<string>()
  const another = () => {
    const person = deps.callbacks.reserveFor(task, config)
    if (person) reserved.add(person)
    return person
  }
  const callbackTry: CallbackTry = {
    task: { ...task, tries: task.tries - 1 },
    person: another(),
    config,
    configVersion: version,
    signal: client.signal,
    another,
    leaves: (person) => {
      if (reserved.delete(person)) deps.callbacks.release(person, true, task.group)
    },
    log: deps.log.child({ callback: task.id }),
    counted: true,
  }
  let result: TryResult = { kind: 'cancelled' }
  try {
    result = await bringOperator(deps, callbackTry, client)
  } catch {
    // he has hung up
  } finally {
    for (const person of reserved)
      deps.callbacks.release(person, result.kind === 'talked' && person === callbackTry.person, task.group)
    if (!client.signal.aborted) await client.hangup()
  }
  return result
}

/** The try was counted on disk before the client was dialled, so it is not counted here. */
async function endTry(deps: CallbackRecoveryDeps, task: CallbackTask, result: TryResult): Promise<void> {
  if (task.legs?.client) {
    await endRow(deps, task.legs.client, result)
    await endDial(deps.prisma, task.legs.client, deps.clock.now())
  }
  await deps.callbacks.settle(task, task.operator ?? '', deps.snapshot().config, result, false)
}
