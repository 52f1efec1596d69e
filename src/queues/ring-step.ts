/** A `ring:` step as a caller lives it: the group, the group that steps in for it after a time, and what follows when nobody talked. */
import type { Call } from '../calls/call.ts'
import type { Config } from '../config/schema.ts'
import type { RingStep, RingTarget, Step } from '../config/sections/flows.ts'
import type { RingOutcome } from '../model/call-outcome.ts'
import { type RingDeps, ringFor } from './ring.ts'
import { ringPlan } from './ring-plan.ts'

/** `route`: nobody talked, and the group says what should follow. */
export type RingEnd = 'talked' | 'nobody' | { route: readonly Step[] }

export async function ringStep(deps: RingDeps, call: Call, step: RingStep, signal: AbortSignal): Promise<RingEnd> {
  const { config } = call.snapshot
  const visited: string[] = []
  let target: RingTarget = step.ring
  for (;;) {
    const plan = ringPlan(config, target)
    const overflow = config.groups[target.to]?.overflow
    const next = overflow && !visited.includes(overflow.to) ? overflow : null
    if (next) plan.totalMs = Math.min(plan.totalMs, next.after)
    visited.push(target.to)
    const outcome = await ringFor(deps, call, plan, step.at, signal)
    if (outcome === 'talked') return outcome
    if (!next) return routeAfter(config, visited, outcome)
    // the time and the skill were asked of the first group
    const { for: _for, skill: _skill, ...rest } = target
    target = { ...rest, to: next.to }
  }
}

/** Of the group in which he ended, else of the one before. */
function routeAfter(config: Config, groups: readonly string[], outcome: RingOutcome): RingEnd {
  const name = routeOf(outcome)
  const route = name && groups.map((group) => config.groups[group]?.[name]).findLast((steps) => steps !== undefined)
  return route ? { route } : 'nobody'
}

function routeOf(outcome: RingOutcome): 'on_none_online' | 'on_all_busy' | 'on_timeout' | null {
  switch (outcome) {
    case 'none-online':
      return 'on_none_online'
    case 'all-busy':
      return 'on_all_busy'
    case 'no-answer':
    case 'timeout':
      return 'on_timeout'
    case 'abandoned':
    case 'interrupted':
      return null
  }
}
