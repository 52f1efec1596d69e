import type { Path } from '../problem.ts'
import type { Menu, Step } from '../sections/flows.ts'
import { branches, groupRoutes } from '../walk-steps.ts'
import type { CheckInput } from './report.ts'

/** How a list of steps leaves a caller with whom nobody talked: ended by a step, or fallen off its end after the step at `after`. */
type End = { kind: 'ended' } | { kind: 'fell'; after: Path }
const ended: End = { kind: 'ended' }
const endsACall: ReadonlySet<Step['kind']> = new Set<Step['kind']>(['voicemail', 'hangup', 'go_to', 'opt_out'])

/**
 * No step stands where no call can come, and no caller falls off the end of a flow with nothing.
 *
 * Steps run in order; `ring` that connects ends the flow, unanswered it goes on to the next step, and so does a menu whose chosen branch did
 * not connect. `voicemail`, `hangup`, `go_to` and `opt_out` end a path. `unanswered` is run when the end was reached without a talk.
 */
export function checkFlowEnds({ config, incomplete, report }: CheckInput): void {
  for (const [name, steps] of Object.entries(config.flows)) {
    if (incomplete.has(`flows.${name}`)) continue
    const path = ['flows', name]
    const last = steps.at(-1)
    const way = last?.kind === 'unanswered' ? steps.slice(0, -1) : steps
    let end = endOf(way, path, report) ?? { kind: 'fell', after: [...path, 0] }
    if (end.kind === 'fell' && last?.kind === 'unanswered')
      end = endOf(last.unanswered, [...path, steps.length - 1, 'unanswered'], report) ?? ended
    if (end.kind === 'fell') report('dead-end', end.after, { values: { flow: name } }, 'key')
  }
  for (const [number, { on_full, name }] of Object.entries(config.lines)) {
    const end = on_full && endOf(on_full, ['lines', number, 'on_full'], report)
    if (end?.kind === 'fell') report('dead-end', end.after, { values: { flow: name } }, 'key')
  }
  for (const [name, group] of Object.entries(config.groups))
    for (const route of groupRoutes) endOf(group[route] ?? [], ['groups', name, route], report)
  for (const [name, { script }] of Object.entries(config.campaigns))
    if (!incomplete.has(`campaigns.${name}`)) endOf(script, ['campaigns', name, 'script'], report)
}

/** Null for an empty list. */
function endOf(steps: readonly Step[], path: Path, report: CheckInput['report']): End | null {
  let end: End | null = null
  for (const [i, step] of steps.entries()) {
    const here = [...path, i]
    if (end?.kind === 'ended') {
      report('unreachable-step', [...here, step.kind], { values: { before: steps[i - 1]!.kind } }, 'key')
      return end
    }
    end = endOfStep(step, here, report)
  }
  return end
}

function endOfStep(step: Step, path: Path, report: CheckInput['report']): End {
  if (endsACall.has(step.kind)) return ended
  const fell: End = { kind: 'fell', after: [...path, step.kind] }
  // In the wrong place, as flow-shape.ts says; it is never run here.
  if (step.kind === 'unanswered') return fell
  const ends = branches(step, path).map((branch) => endOf(branch.steps, branch.path, report) ?? fell)
  const passesBy =
    step.kind === 'menu' ? leavesToOperator(step.menu) : step.kind === 'when' ? !step.else : ends.length === 0
  return ends.find(({ kind }) => kind === 'fell') ?? (passesBy ? fell : ended)
}

/** Somebody is rung whom no step of the menu names, the operator or a dialled extension, and may not answer. */
function leavesToOperator(menu: Menu): boolean {
  return menu.extension === 'allowed' || (!menu.else && !(menu.on_silence && menu.on_wrong))
}
