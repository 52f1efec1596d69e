import { allSteps, branches, groupRoutes } from '../walk-steps.ts'
import type { Path } from '../problem.ts'
import type { Step } from '../sections/flows.ts'
import type { CheckInput } from './report.ts'

/** Nobody is passed from group to group in a circle: neither overflow nor routes lead back to where they began. */
export function checkOverflow({ config, report }: CheckInput): void {
  const ways = groupWays(config)
  for (const key of Object.keys(config.groups)) {
    const circle = wayBack(ways, key, [key])
    if (circle) report('overflow-loop', ['groups', key], { values: { circle: circle.join(' → ') } }, 'key')
  }
}

function wayBack(ways: Map<string, Set<string>>, to: string, way: string[]): string[] | null {
  for (const next of ways.get(way.at(-1)!) ?? []) {
    if (next === to) return [...way, to]
    const found = way.includes(next) ? null : wayBack(ways, to, [...way, next])
    if (found) return found
  }
  return null
}

/** Group -> the groups that may be rung because it did not answer. */
function groupWays(config: CheckInput['config']): Map<string, Set<string>> {
  const ways = new Map<string, Set<string>>()
  for (const [key, { overflow }] of Object.entries(config.groups)) ways.set(key, new Set(overflow ? [overflow.to] : []))
  for (const { step, owner } of allSteps(config))
    if (owner.kind === 'group' && step.kind === 'ring') ways.get(owner.name)?.add(step.ring.to)
  return ways
}

/**
 * Nobody is recorded who was not told: on every way to a `ring` of a group with `record` stands an `announce_recording`.
 *
 * Flows are gone through until nothing changes: one that is entered both with and without the announcement counts as without.
 */
export function checkRecording({ config, incomplete, report }: CheckInput): void {
  const recording = Object.keys(config.groups).filter((group) => config.groups[group]!.record)
  if (recording.length === 0) return
  const entered = new Map<string, boolean>(Object.keys(config.flows).map((flow) => [flow, true]))
  const enter = (flow: string, announced: boolean): boolean => {
    if (announced || entered.get(flow) !== true) return false
    entered.set(flow, false)
    return true
  }
  for (const { flow } of Object.values(config.lines)) enter(flow, false)
  const silent = new Map<string, Path>()
  /** Groups whose routes are being looked at. */
  const inside = new Set<string>()

  const through = (steps: readonly Step[], path: Path, announced: boolean, jump: typeof enter): boolean => {
    let now = announced
    for (const [i, step] of steps.entries()) {
      const here = [...path, i]
      if (step.kind === 'announce_recording') now = true
      if (step.kind === 'go_to') jump(step.go_to, now)
      if (step.kind === 'ring') {
        const rung = withOverflow(config, step.ring.to)
        if (!now && rung.some((group) => recording.includes(group))) silent.set(JSON.stringify(here), [...here, 'ring'])
        for (const group of rung.filter((group) => !inside.has(group))) {
          inside.add(group)
          for (const route of groupRoutes)
            through(config.groups[group]?.[route] ?? [], ['groups', group, route], now, jump)
          inside.delete(group)
        }
      }
      const after = branches(step, here).map((branch) => through(branch.steps, branch.path, now, jump))
      const passesBy = step.kind === 'menu' || (step.kind === 'when' && !step.else)
      if (after.length > 0) now = after.every(Boolean) && (!passesBy || now)
    }
    return now
  }
  for (let changed = true; changed;) {
    changed = false
    silent.clear()
    const jump = (flow: string, announced: boolean) => {
      const isNew = enter(flow, announced)
      changed ||= isNew
      return isNew
    }
    for (const [name, steps] of Object.entries(config.flows)) through(steps, ['flows', name], entered.get(name)!, jump)
    for (const [number, { on_full = [] }] of Object.entries(config.lines))
      through(on_full, ['lines', number, 'on_full'], false, jump)
  }
  for (const path of silent.values())
    if (!incomplete.has(`${String(path[0])}.${String(path[1])}`)) report('recording-unannounced', path, {}, 'key')
}

/** The group, and those that step in for it, each once. */
function withOverflow(config: CheckInput['config'], group: string): string[] {
  const way: string[] = []
  for (let next: string | undefined = group; next !== undefined && !way.includes(next);) {
    way.push(next)
    next = config.groups[next]?.overflow?.to
  }
  return way
}
