/** Every step of every flow, script and route, with its path in the file. */
import type { Config } from './schema.ts'
import type { Path } from './problem.ts'
import type { Step } from './sections/flows.ts'

/** A step, where it stands, and the flow, campaign, group or line that it belongs to. `depth` 0: in the flow's own list. */
export interface PlacedStep {
  step: Step
  path: Path
  owner: { kind: 'flow' | 'campaign' | 'group' | 'line'; name: string }
  depth: number
}
/** The lists of steps inside a step, with what leads there. */
export interface Branch {
  steps: Step[]
  path: Path
  /** `key` needs a key press; `no-key`: silence, a wrong key, or what both fall back to; `condition`: an opening hour decides. */
  by: 'key' | 'no-key' | 'condition' | 'unanswered'
}

export function* allSteps(
  config: Pick<Config, 'flows' | 'campaigns'> & Partial<Pick<Config, 'groups' | 'lines'>>,
): Generator<PlacedStep> {
  for (const [name, steps] of Object.entries(config.flows))
    yield* walk(steps, ['flows', name], { kind: 'flow', name }, 0)
  for (const [name, campaign] of Object.entries(config.campaigns))
    yield* walk(campaign.script, ['campaigns', name, 'script'], { kind: 'campaign', name }, 0)
  for (const [name, group] of Object.entries(config.groups ?? {}))
    for (const route of groupRoutes)
      yield* walk(group[route] ?? [], ['groups', name, route], { kind: 'group', name }, 1)
  for (const [name, line] of Object.entries(config.lines ?? {}))
    yield* walk(line.on_full ?? [], ['lines', name, 'on_full'], { kind: 'line', name }, 1)
}

/** Where a caller goes whom a group did not answer. */
export const groupRoutes = ['on_none_online', 'on_all_busy', 'on_timeout'] as const

function* walk(steps: Step[], path: Path, owner: PlacedStep['owner'], depth: number): Generator<PlacedStep> {
  for (const [i, step] of steps.entries()) {
    const here = [...path, i]
    yield { step, path: here, owner, depth }
    for (const branch of branches(step, here)) yield* walk(branch.steps, branch.path, owner, depth + 1)
  }
}

export function branches(step: Step, path: Path): Branch[] {
  if (step.kind === 'unanswered') return [{ steps: step.unanswered, path: [...path, 'unanswered'], by: 'unanswered' }]
  if (step.kind === 'when') {
    const otherwise: Branch[] = step.else ? [{ steps: step.else, path: [...path, 'else'], by: 'condition' }] : []
    return [{ steps: step.do, path: [...path, 'do'], by: 'condition' }, ...otherwise]
  }
  if (step.kind !== 'menu') return []
  const keys = Object.entries(step.menu.keys).map(([key, steps]): Branch => ({
    steps,
    path: [...path, 'menu', 'keys', key],
    by: 'key',
  }))
  const others = (['on_silence', 'on_wrong', 'else'] as const).flatMap((name): Branch[] => {
    const steps = step.menu[name]
    return steps ? [{ steps, path: [...path, 'menu', name], by: 'no-key' }] : []
  })
  return [...keys, ...others]
}
