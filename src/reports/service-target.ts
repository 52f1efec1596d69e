/** How fast a group should answer. Pure. */
import type { Config } from '../config/schema.ts'

export interface ServiceTarget {
  /** 0 to 1. */
  part: number
  withinMs: number
}

/** 80 % within 20 seconds: the usual promise of the trade, for who has not said another. */
export const USUAL_TARGET: ServiceTarget = { part: 0.8, withinMs: 20_000 }

/** `group`: a key of `groups`, or anybody else that was rung. */
export function targetOf({ groups }: Config, group: string): ServiceTarget {
  const target = Object.hasOwn(groups, group) ? groups[group]!.target : undefined
  return target ? { part: target.percent / 100, withinMs: target.answer_within } : USUAL_TARGET
}

/**
 * What the company as a whole is asked to reach: each group with its part of the calls. `calls`: how many of each group count for the service
 * level; while there are none every group weighs the same. `thresholds` are seconds, each once.
 */
export function targetOfAll(
  config: Config,
  calls: readonly { group: string; counted: number }[],
): { goal: number; thresholds: number[] } {
  const called = calls.filter(({ counted }) => counted > 0)
  const weighed = called.length > 0 ? called : Object.keys(config.groups).map((group) => ({ group, counted: 1 }))
  const targets = weighed.map(({ group, counted }) => ({ ...targetOf(config, group), counted }))
  const all = targets.reduce((sum, { counted }) => sum + counted, 0)
  if (all === 0) return { goal: USUAL_TARGET.part, thresholds: [USUAL_TARGET.withinMs / 1000] }
  const goal = targets.reduce((sum, { part, counted }) => sum + part * counted, 0) / all
  const thresholds = [...new Set(targets.map(({ withinMs }) => withinMs / 1000))]
  return { goal, thresholds: thresholds.toSorted((a, b) => a - b) }
}

/** The threshold in milliseconds of every group that has one of its own. */
export function thresholdsOf(config: Config): Record<string, number> {
  return Object.fromEntries(Object.keys(config.groups).map((group) => [group, targetOf(config, group).withinMs]))
}
