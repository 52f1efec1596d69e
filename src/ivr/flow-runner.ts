/**
 * Walks a flow with a caller: step by step, top to bottom, as it reads in the file.
 *
 * A step that did not connect him falls through to the next. `unanswered:` stands last and runs when the flow came to its end without a
 * talk. The operator's key is heard in every place; what happens then is a `ring:` of the operators and, in vain, `unanswered:`.
 */
import type { Step } from '../config/sections/flows.ts'
import type { Leave, StepContext } from './step-context.ts'
import { runStep, runSteps } from './steps.ts'

/** More jumps than any menu tree needs; a caller who goes round and round is brought to a person. */
const MOST_JUMPS = 50

/** Resolves when the flow is over; the call may still be up. Rejects with CallEnded when the caller leaves. */
export async function runFlow(context: StepContext, flow: string): Promise<void> {
  let next: string | null = flow
  for (let jumps = 0; next !== null; jumps++) {
    context.note({ kind: 'flow', flow: next })
    const left: Leave = jumps < MOST_JUMPS ? await runOneFlow(context, next) : await ringOperator(context)
    next = left.kind === 'go-to' ? left.flow : null
  }
}

/** Steps that belong to no flow, for a caller who enters none. */
export async function runRoute(context: StepContext, steps: readonly Step[]): Promise<void> {
  let left = await runSteps(context, steps)
  if (left.kind === 'operator') left = await ringOperator(context)
  if (left.kind === 'go-to') await runFlow(context, left.flow)
}

async function runOneFlow(context: StepContext, flow: string): Promise<Leave> {
  const steps = context.config.flows[flow] ?? []
  const last = steps.at(-1)
  const unanswered = last?.kind === 'unanswered' ? last.unanswered : []
  const before = steps.filter((step) => step.kind !== 'unanswered')
  let left = await runSteps(context, before, unanswered)
  if (left.kind === 'operator') left = await ringOperator(context)
  // in `unanswered:` the key was answered in vain already: it may be pressed once more, not for ever
  if (left.kind === 'next') left = await runSteps(context, unanswered)
  return left.kind === 'operator' ? ringOperator(context) : left
}

async function ringOperator(context: StepContext): Promise<Leave> {
  if (!context.operatorKey) return { kind: 'next' }
  context.leg.keys.clear()
  return runStep(context, { kind: 'ring', ring: { to: context.operatorKey.ring, screen: true } })
}
