import type { Config } from './schema.ts'
import { allSteps } from './walk-steps.ts'

/**
 * Frozen to the bottom. Tables that are looked up by words from outside (a dialled number, a pressed key) lose their prototype, so that a call to
 * `constructor` finds nothing.
 */
export function freeze(config: Config): Config {
  for (const { step } of allSteps(config)) if (step.kind === 'menu') step.menu.keys = table(step.menu.keys)
  return deepFreeze({
    ...config,
    people: table(config.people),
    groups: table(config.groups),
    hours: table(config.hours),
    music: table(config.music),
    trunks: table(config.trunks),
    lines: table(config.lines),
    flows: table(config.flows),
    campaigns: table(config.campaigns),
  })
}

function table<T>(record: Record<string, T>): Record<string, T> {
  return Object.assign(Object.create(null) as Record<string, T>, record)
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.values(value).forEach(deepFreeze)
  return Object.freeze(value)
}
