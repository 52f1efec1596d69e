/** What the names of groups stand for. Pure. */
import { operatorOf } from './checks/operator.ts'
import type { Config } from './schema.ts'

/** The group that answers for a caller who had not chosen one. */
export function owningGroup(config: Config, group: string | null): string {
  return group ?? config.missed_calls.callback?.group ?? operatorOf(config).ring
}

/** The people behind the name of a group or a person. */
export function membersOf(config: Config, name: string): string[] {
  return config.groups[name]?.members ?? (name in config.people ? [name] : [])
}
