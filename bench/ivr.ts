/** A caller in a menu: answered, presses 1 after 200 ms of the prompt, hears half a second of his choice, and the PBX hangs up. */
import { load, newCaller } from './load.ts'
import { outcomeOf, type Workload } from './workload.ts'

const LISTENS_MS = 200

export const ivr: Workload = {
  async run({ phone, numbers, pace }) {
    const loaded = await load(phone, pace, () => ({
      to: numbers.ivr,
      options: { from: newCaller(), key: { digit: '1', afterMs: LISTENS_MS } },
    }))
    return outcomeOf(loaded, ({ end, at }) => end === 'they hung up' && at.choice !== undefined, {
      'INVITE-200': ({ at }) => at.answered! - at.invite!,
      '200-menu': ({ at }) => at.menu! - at.answered!,
      'key-prompt': ({ at }) => at.choice! - at.key!,
    })
  },
}
