/** How a `ring:` step is meant, in the words of the configuration it stands in. Pure. */
import type { Config } from '../config/schema.ts'
import type { RingTarget } from '../config/sections/flows.ts'
import type { WaitingOffer } from '../model/call-outcome.ts'
import { musicClassName } from '../prompts/music-on-hold.ts'
import type { RingStrategy, RingTerms } from './ring-strategy.ts'

/** `music: null`: the plain ringing tone, and the call is not answered before a person does. */
export interface RingPlan {
  to: string
  name: string
  members: string[]
  strategy: RingStrategy
  terms: Pick<RingTerms, 'priority' | 'weight'>
  eachMs: number
  totalMs: number
  /** Of it, while everybody is busy. */
  busyMs: number
  music: string | null
  screen: boolean
  /** Of the caller, before he is known. */
  priority: number
  skill?: string | undefined
  /** What he is told now and then. */
  offer?: WaitingOffer | undefined
  whisper: string
  record: boolean
}

/** Above every `priority:` of a step. */
const VIP = 10

export function ringPlan(config: Config, ring: RingTarget): RingPlan {
  const group = config.groups[ring.to]
  const named = ring.music ?? Object.keys(config.music)[0]
  const music = named === undefined || named === 'ringing' ? named : musicClassName(named)
  const common = {
    to: ring.to,
    music: music === 'ringing' ? null : (music ?? 'default'),
    screen: ring.screen,
    priority: ring.priority ?? 0,
    skill: ring.skill,
    offer: ring.offer_callback,
  }
  if (group) {
    const { ring: strategy, each, total, whisper, record } = group
    const members = group.terms.filter(({ skills }) => ring.skill === undefined || skills.includes(ring.skill))
    const totalMs = ring.for ?? total
    return {
      ...common,
      name: group.name ?? ring.to,
      members: members.map(({ person }) => person),
      strategy,
      terms: {
        priority: Object.fromEntries(members.map(({ person, priority }) => [person, priority])),
        weight: Object.fromEntries(members.map(({ person, weight }) => [person, weight])),
      },
      eachMs: each,
      totalMs,
      busyMs: Math.min(totalMs, ring.busy ?? group.wait_busy ?? totalMs),
      whisper,
      record,
    }
  }
  const forMs = ring.for ?? 30_000
  const name = config.people[ring.to]?.name ?? ring.to
  return {
    ...common,
    name,
    members: [ring.to],
    strategy: 'all',
    terms: {},
    eachMs: forMs,
    totalMs: forMs,
    busyMs: Math.min(forMs, ring.busy ?? forMs),
    whisper: 'off',
    record: false,
  }
}

/** With which priority this caller waits. */
export function priorityOf(config: Config, caller: string | null, plan: Pick<RingPlan, 'priority'>): number {
  return plan.priority + (caller !== null && config.vip.includes(caller) ? VIP : 0)
}
