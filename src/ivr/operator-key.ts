/** `0` reaches a person from any place: while a prompt plays, a value is said, a message is recorded, or somebody else is rung. */
import type { Step } from '../config/sections/flows.ts'
import { childController } from '../runtime/abort.ts'
import type { Leave, StepContext } from './step-context.ts'

/** Thrown into a step when the operator's key was pressed. */
class OperatorWanted extends Error {
  override name = 'OperatorWanted'
}

/** Steps that read keys themselves, or hold steps that do. */
const READS_KEYS: ReadonlySet<Step['kind']> = new Set<Step['kind']>([
  'menu',
  'when',
  'unanswered',
  'offer_callback',
  'callback_after_meeting',
])

function readsKeys(step: Step): boolean {
  return READS_KEYS.has(step.kind) || (step.kind === 'ring' && step.ring.offer_callback !== undefined)
}

/** Runs a step that can be left by the operator's key. */
export async function withOperatorKey(
  context: StepContext,
  step: Step,
  run: (context: StepContext) => Promise<Leave>,
): Promise<Leave> {
  const { leg, operatorKey } = context
  if (!operatorKey || readsKeys(step)) return run(context)
  if (step.kind === 'ring' && step.ring.to === operatorKey.ring) return run(context)
  const { controller, unlink } = childController(context.signal)
  const wanted = () => controller.signal.aborted && controller.signal.reason instanceof OperatorWanted
  const unwatch = leg.keys.watch((key) => {
    if (key !== operatorKey.key) return false
    controller.abort(new OperatorWanted())
    return true
  })
  try {
    const left = await run({ ...context, signal: controller.signal })
    if (!wanted() || left.kind !== 'next') return left
  } catch (error) {
    if (leg.signal.aborted || !(error instanceof OperatorWanted)) throw error
  } finally {
    unwatch()
    unlink()
  }
  context.note({ kind: 'key', key: operatorKey.key, label: null })
  return { kind: 'operator' }
}
