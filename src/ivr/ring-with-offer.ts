/**
 * A caller waits, and may press a key at any moment rather than wait: he is called back and keeps his place. That he may is told him while he
 * waits (queues/waiting-sound.ts); who knows it need not wait for that.
 */
import type { RingStep } from '../config/sections/flows.ts'
import { childController } from '../runtime/abort.ts'
import { promise } from './offer-callback.ts'
import { withOperatorKey } from './operator-key.ts'
import type { CallbackDesk, Leave, RingEnd, StepContext } from './step-context.ts'

/** Thrown into the ringing when the key was pressed. */
class CallbackWanted extends Error {
  override name = 'CallbackWanted'
}

/** `after`: what follows when the ringing has ended by itself. */
export async function ringWithOffer(
  context: StepContext,
  step: RingStep,
  key: string,
  callbacks: CallbackDesk,
  after: (context: StepContext, end: RingEnd) => Promise<Leave>,
): Promise<Leave> {
  // the operator's key is heard while it rings, and is a digit while he dials the number on which he wants to be called
  const ringing: RingStep = { ...step, ring: { ...step.ring, offer_callback: undefined } }
  for (;;) {
    let wanted = false
    const left = await withOperatorKey(context, ringing, async (scope) => {
      const end = await ringUntilKey(scope, step, key)
      wanted = end === 'wanted'
      return end === 'wanted' ? { kind: 'next' } : after(scope, end)
    })
    if (!wanted) return left
    context.note({ kind: 'offer', at: step.at })
    context.note({ kind: 'key', key, label: null, at: step.at })
    const promised = await promise(context, callbacks, callbacks.owner(), false, step.at)
    if (promised.kind !== 'next') return promised
    // nobody could be called: he waits on, at his place
  }
}

async function ringUntilKey(context: StepContext, step: RingStep, key: string): Promise<RingEnd | 'wanted'> {
  const { leg } = context
  const { controller, unlink } = childController(context.signal)
  const isWanted = () => controller.signal.reason instanceof CallbackWanted
  const unwatch = leg.keys.watch((pressed) => {
    if (pressed !== key) return false
    leg.keys.clear() // what was pressed before it is no answer to what is asked now
    controller.abort(new CallbackWanted())
    return true
  })
  try {
    const end = await context.ring(step, controller.signal)
    // who was answered in the same moment has no need to be called
    return end !== 'talked' && isWanted() ? 'wanted' : end
  } catch (error) {
    if (leg.signal.aborted || !(error instanceof CallbackWanted)) throw error
    return 'wanted'
  } finally {
    unwatch()
    unlink()
  }
}
