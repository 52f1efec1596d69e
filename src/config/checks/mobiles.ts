import type { Config } from '../schema.ts'
import type { CheckInput } from './report.ts'

/**
 * Can the lines carry a team without desk phones? Every mobile is rung over the first trunk. Where it is the only one, the caller has a line of it
 * too; and a call-back takes two beside the reserve, for the employee and for the client.
 */
export function checkMobiles({ config, incomplete, report }: CheckInput): void {
  const [name] = Object.keys(config.trunks)
  if (name === undefined || incomplete.size > 0) return
  const { lines, reserve_inbound: reserve } = config.trunks[name]!
  const isOnly = Object.keys(config.trunks).length === 1
  const groups = Object.keys(config.groups).filter((group) => hasNoPhone(config, group))
  const [group] = groups
  if (group === undefined) return
  if (isOnly && lines < 2) {
    report('mobile-without-line', ['trunks', name, 'lines'], { values: { group, lines } })
    return
  }
  if (isOnly && config.missed_calls.callback && lines - reserve < 2)
    report('callback-without-lines', ['trunks', name, 'reserve_inbound'], { values: { lines, reserve } })
  // one mobile may always be rung; further ones only beside the reserve
  const free = Math.max(1, Math.min(lines - reserve, isOnly ? lines - 1 : lines))
  for (const key of groups) {
    const mobiles = config.groups[key]!.members.flatMap((person) => config.people[person]?.rings ?? []).length
    if (config.groups[key]!.ring === 'all' && mobiles > free)
      report('mobiles-over-lines', ['groups', key, 'ring'], { values: { mobiles, free } })
  }
}

function hasNoPhone({ groups, people }: Config, group: string): boolean {
  const devices = groups[group]!.members.flatMap((person) => people[person]?.rings ?? [])
  return devices.length > 0 && devices.every(({ kind }) => kind === 'outside')
}
