/**
 * The client first, while somebody of ours is reserved for him and nobody else; then that person's phone. If he has gone meanwhile a
 * colleague is rung, and if there is none the client is told within two seconds: nobody stays on the line with silence.
 */
import type { Leg } from '../telephony/api.ts'
import {
  type CallbackCallDeps,
  type CallbackTry,
  dialClient,
  endRow,
  isMachine,
  type JoinDeps,
  joinTwo,
  ringOperator,
  stateEntry,
} from './callback-call.ts'
import type { TryResult } from './next-try.ts'

/** The client waits meanwhile. */
const RINGS_MS = 15_000

export async function clientFirst(deps: CallbackCallDeps, callbackTry: CallbackTry): Promise<TryResult> {
  const client = await dialClient(deps, callbackTry, null)
  if (client.kind === 'over') return client.result
  let result: TryResult = { kind: 'cancelled' }
  try {
    result = (await isMachine(deps, callbackTry, client.leg))
      ? { kind: 'machine' }
      : await bringOperator(deps, callbackTry, client.leg)
    return result
  } finally {
    if (!client.leg.signal.aborted) await client.leg.hangup()
    await endRow(deps, client.id, result)
  }
}

/** The client is on the line. Also for a try that a former life of the daemon began. Rejects with CallEnded when he leaves. */
export async function bringOperator(
  deps: JoinDeps & Pick<CallbackCallDeps, 'spoken' | 'telephony' | 'dialOutside' | 'accepts'>,
  callbackTry: CallbackTry,
  client: Leg,
): Promise<TryResult> {
  const { task, config } = callbackTry
  await deps.journal.commit([stateEntry(deps, task, 'joining')])
  const welcome = new AbortController()
  const greeting = deps.spoken(['prompts/perezvon/call-back-from-us'], config).then(async (media) => {
    await client.play(media, { signal: welcome.signal })
    if (!welcome.signal.aborted) await client.startMusic('default')
  })
  greeting.catch(() => {})
  try {
    for (let person: string | null = callbackTry.person; person !== null; person = callbackTry.another()) {
      callbackTry.person = person
      const operator = await ringOperator(deps, callbackTry, person, { timeoutMs: RINGS_MS, signal: client.signal })
      client.signal.throwIfAborted()
      if (!operator) continue
      welcome.abort()
      await client.stopMusic()
      try {
        const speaker = person
        return await joinTwo(deps, task, person, operator, client, () => callbackTry.leaves(speaker))
      } finally {
        if (!operator.signal.aborted) await operator.hangup()
      }
    }
  } finally {
    welcome.abort()
  }
  await client.stopMusic()
  await client.play(await deps.spoken(['prompts/perezvon/call-back-sorry'], config))
  return { kind: 'operator-vanished' }
}
