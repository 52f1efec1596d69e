/**
 * A caller and an operator: the operator's phone rings and is answered after 100 ms, the caller is answered then, both speak, and the caller
 * hangs up 300 ms after he first heard the operator.
 */
import { extensionOf, OPERATORS } from './asterisk.ts'
import { load, newCaller } from './load.ts'
import type { PhoneCall } from './phone-call.ts'
import { outcomeOf, type Workload } from './workload.ts'

const RINGS_MS = 100
const TALKS_MS = 300
const GIVEN_UP_MS = 10_000

export const dial: Workload = {
  async run({ phone, numbers, pace }) {
    const callers = new Map<string, PhoneCall>()
    const operators = new Map<PhoneCall, PhoneCall>()
    phone.behave = () => ({ answerAfterMs: RINGS_MS, speaks: true })
    phone.onRing = (leg) => {
      const caller = callers.get(leg.to)
      if (caller) operators.set(caller, leg)
    }
    phone.onSound = (call, sound) => {
      if (sound === 'operator') setTimeout(() => phone.hangUp(call), TALKS_MS)
    }
    const loaded = await load(
      phone,
      pace,
      (n) => ({
        to: numbers.dial(n % OPERATORS),
        options: { from: newCaller(), speaks: true, timeoutMs: GIVEN_UP_MS },
      }),
      (call, n) => callers.set(extensionOf(n % OPERATORS), call),
    )
    phone.onRing = () => {}
    phone.onSound = () => {}
    const since = (call: PhoneCall, moment: 'invite' | 'answered') => operators.get(call)?.at[moment]
    return outcomeOf(loaded, (call) => call.end === 'we hung up' && since(call, 'answered') !== undefined, {
      'INVITE-INVITE': (call) => since(call, 'invite')! - call.at.invite!,
      '200-200': (call) => call.at.answered! - since(call, 'answered')!,
      '200-hears': (call) => call.at.operator! - since(call, 'answered')!,
    })
  },
}
