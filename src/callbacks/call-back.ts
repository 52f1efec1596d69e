/** One try, in the order that the configuration wants. */
import { CallEnded } from '../telephony/api.ts'
import type { CallbackCallDeps, CallbackTry } from './callback-call.ts'
import { clientFirst } from './client-first.ts'
import type { TryResult } from './next-try.ts'
import { staffFirst } from './staff-first.ts'

/** The task is claimed for `person` already. Never rejects. */
export async function callBack(deps: CallbackCallDeps, callbackTry: CallbackTry): Promise<TryResult> {
  const rules = callbackTry.config.missed_calls.callback
  try {
    return await (rules?.call_first === 'client' ? clientFirst : staffFirst)(deps, callbackTry)
  } catch (error) {
    if (error instanceof CallEnded && !callbackTry.counted) return { kind: 'operator-refused' }
    if (!(error instanceof CallEnded)) callbackTry.log.error('a call-back failed', { error })
    return { kind: callbackTry.counted ? 'cancelled' : 'interrupted' }
  }
}
