/** What the names of groups stand for, and whose a caller is. Pure. */
import { operatorOf } from './checks/operator.ts'
import type { Config } from './schema.ts'
import type { Step } from './sections/flows.ts'
import { branches } from './walk-steps.ts'

type Owning = Pick<Config, 'lines' | 'flows' | 'missed_calls' | 'operator'>

/**
 * The group or person that owes this caller an answer: whom the caller waited for last, else the people of the line that was called, else who
 * calls back in general, else the operator. `line`: as a key of `lines`; null, or a line that is no more, has no people.
 */
export function owningGroup(config: Owning, line: string | null, rung: string | null): string {
  return (
    rung ??
    (line === null ? null : lineOwner(config, line)) ??
    config.missed_calls.callback?.group ??
    operatorOf(config).ring
  )
}

/** Whose line it is, by its `callback:` or by its flow; null where the flow rings several, or nobody. */
function lineOwner(config: Pick<Config, 'lines' | 'flows'>, number: string): string | null {
  const line = Object.hasOwn(config.lines, number) ? config.lines[number] : undefined
  if (!line) return null
  if (line.callback) return line.callback
  const rung = new Set<string>()
  ringTargets(config, config.flows[line.flow] ?? [], rung, new Set([line.flow]))
  const [only] = rung
  return rung.size === 1 ? only! : null
}

/**
 * Whom the flow rings on its ordinary ways. Who is rung because nobody answered (`unanswered:`), or because the person is in a meeting, stands in
 * for those whose line it is.
 */
function ringTargets(
  config: Pick<Config, 'flows'>,
  steps: readonly Step[],
  rung: Set<string>,
  seen: Set<string>,
): void {
  for (const step of steps) {
    if (step.kind === 'ring') rung.add(step.ring.to)
    if (step.kind === 'go_to' && !seen.has(step.go_to)) {
      seen.add(step.go_to)
      ringTargets(config, config.flows[step.go_to] ?? [], rung, seen)
    }
    if (step.kind === 'unanswered') continue
    const inMeeting = step.kind === 'when' && 'meeting' in step.when ? step.do : null
    for (const branch of branches(step, []))
      if (branch.steps !== inMeeting) ringTargets(config, branch.steps, rung, seen)
  }
}

/** The people behind the name of a group or a person. */
export function membersOf(config: Config, name: string): string[] {
  return config.groups[name]?.members ?? (name in config.people ? [name] : [])
}
