/**
 * The operator first, who hears whom he will talk to, then the client, then the two together. The operator comes first because then nobody
 * outside ever picks up to silence.
 */
import type { Spoken } from '../config/sections/flows.ts'
import { DateTime } from 'luxon'
import { crashPoint } from '../runtime/crash-point.ts'
import type { Leg, Media } from '../telephony/api.ts'
import {
  type CallbackCallDeps,
  type CallbackTry,
  dialClient,
  endRow,
  isMachine,
  joinTwo,
  ringOperator,
} from './callback-call.ts'
import type { TryResult } from './next-try.ts'
import { operatorChoice } from './operator-keys.ts'

export async function staffFirst(deps: CallbackCallDeps, callbackTry: CallbackTry): Promise<TryResult> {
  const { config } = callbackTry
  const said = announcement(deps, callbackTry) // while his phone rings
  const operator = await ringOperator(deps, callbackTry, callbackTry.person!)
  if (!operator) return { kind: 'operator-did-not-answer' }
  try {
    crashPoint('callback.operator-up')
    const askWhy = deps.spoken(['prompts/perezvon/call-back-why'], config)
    const choice = await operatorChoice(operator, await said, await askWhy)
    if (choice !== 'connect') return { kind: choice }
    return await reachClient(deps, callbackTry, operator)
  } finally {
    if (!operator.signal.aborted) await operator.hangup()
  }
}

/** Who he is, when he called, on which line, and what may be pressed. */
async function announcement(deps: CallbackCallDeps, { task, config }: CallbackTry): Promise<Media[]> {
  const say = (...parts: Spoken[]) => deps.spoken(parts, config)
  const whole = async (intro: Spoken, value: Spoken) => {
    const media = await say(intro, value)
    return media.length > 1 ? media : []
  }
  const time = DateTime.fromMillis(task.lostAt, { zone: config.company.timezone }).toFormat('HH:mm')
  const lines = Object.keys(config.lines).length
  const [number, unknown, when, line, asked, keys] = await Promise.all([
    whole('prompts/perezvon/call-back-to', { digits: task.number }),
    say('prompts/perezvon/call-back-unknown'),
    whole('prompts/perezvon/call-back-when', { time }),
    lines > 1 ? whole('prompts/perezvon/call-back-line', { text: config.lines[task.line]?.name ?? task.line }) : [],
    task.kind === 'missed' ? [] : say('prompts/perezvon/call-back-asked'),
    say('prompts/perezvon/call-back-keys'),
  ])
  const who = number.length > 0 ? number : unknown.length > 0 ? unknown : await say('prompts/perezvon/call-back-to')
  return [...who, ...when, ...line, ...asked, ...keys]
}

async function reachClient(deps: CallbackCallDeps, callbackTry: CallbackTry, operator: Leg): Promise<TryResult> {
  const { task, config } = callbackTry
  // A state of the channel and no sound: one without an end, left behind by a process that dies here, would keep the operator from whatever the next
  // process orders.
  operator.startRinging().catch(() => {})
  const client = await dialClient(deps, callbackTry, operator).finally(
    () => void operator.stopRinging().catch(() => {}),
  )
  if (client.kind === 'over') {
    operator.signal.throwIfAborted()
    if (callbackTry.counted) await tellWhy(deps, callbackTry, operator, client.result)
    return client.result
  }
  let result: TryResult = { kind: 'cancelled' }
  try {
    if (await isMachine(deps, { task, config }, client.leg)) {
      result = { kind: 'machine' }
      await client.leg.hangup()
      await tell(deps, callbackTry, operator, 'prompts/perezvon/call-back-machine')
    } else {
      const person = callbackTry.person!
      result = await joinTwo(deps, task, person, operator, client.leg, () => callbackTry.leaves(person))
    }
    return result
  } finally {
    if (!client.leg.signal.aborted) await client.leg.hangup()
    await endRow(deps, client.id, result)
  }
}

/**
 * Why the client was not reached. The operator has not heard what the network says of a number before it gives up (early sound): most trunks send none,
 * and in a language of their own.
 */
const WHY: Partial<Record<TryResult['kind'], string>> = {
  'busy': 'call-back-busy',
  'rejected': 'call-back-rejected',
  'unreachable': 'call-back-unreachable',
  'unallocated': 'call-back-unallocated',
  'forwarded': 'call-back-forwarded',
  'congestion': 'call-back-no-line',
  'not-placed': 'call-back-no-line',
}

async function tellWhy(deps: CallbackCallDeps, { config }: CallbackTry, leg: Leg, { kind }: TryResult): Promise<void> {
  const say = (name: string) => deps.spoken([`prompts/perezvon/${name}`], config)
  const own = await say(WHY[kind] ?? 'call-back-ended')
  await leg.play(own.length > 0 ? own : await say('call-back-ended')).catch(() => {})
}

async function tell(deps: CallbackCallDeps, { config }: CallbackTry, leg: Leg, prompt: string): Promise<void> {
  await leg.play(await deps.spoken([prompt], config)).catch(() => {})
}
