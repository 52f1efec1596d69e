/** Will the system call this caller back, when, and if not, why not? Pure; the mail says what this says. */
import type { Config } from '../config/schema.ts'
import type { Asked } from '../model/call-outcome.ts'
import { openFrom } from '../dialling/open-from.ts'
import { countryOf } from '../model/phone-number.ts'
import { addWorkingTime } from './open-case.ts'

export type CallbackPlan =
  | { kind: 'callback'; number: string; group: string; dueAt: number; expiresAt: number; whenFree: boolean }
  | {
      kind: 'none'
      why:
        | 'withheld'
        | 'not-callable'
        | 'never'
        | 'do-not-call'
        | 'switched-off'
        | 'too-old'
        | 'too-often'
        | 'lure'
        | 'spoken-with'
    }

export interface LostCall {
  /** E.164, or null. */
  number: string | null
  withheld: boolean
  /** Who owes this caller an answer. */
  owner: string
  arrivedAt: number
  now: number
  /** When the last call began in which somebody spoke with this number; null: none. We may learn of a loss after that. */
  lastTalkBegan: number | null
  doNotCall: boolean
  /** The system has called him within the last hour, and no call-back of his waits. */
  calledLately: boolean
  /** When his call was over. */
  endedAt: number
  /** He pressed a key to be called back. */
  asked: Asked | null
  /** The guard's word on the number: may it be dialled at all? */
  diallable: boolean
}

/** A number from abroad that rings but once wants to be called back, and paid for. */
const LURE_MS = 4_000

export function callbackPlan(config: Config, lost: LostCall): CallbackPlan {
  const rules = config.missed_calls.callback
  const { asked } = lost
  const number = asked?.number ?? lost.number
  // whom nobody can call back is told first: it matters to the reader also where the system never calls back
  if (!number) return { kind: 'none', why: lost.withheld ? 'withheld' : 'not-callable' }
  if (lost.lastTalkBegan !== null && lost.lastTalkBegan >= lost.endedAt) return { kind: 'none', why: 'spoken-with' }
  if (!rules) return { kind: 'none', why: 'switched-off' }
  const group = asked?.to ?? lost.owner
  if (Object.keys(config.trunks).length === 0) return { kind: 'none', why: 'switched-off' }
  if (rules.never.includes(number)) return { kind: 'none', why: 'never' }
  if (lost.doNotCall) return { kind: 'none', why: 'do-not-call' }
  if (number in config.lines || !lost.diallable) return { kind: 'none', why: 'not-callable' }
  if (!asked && lost.calledLately) return { kind: 'none', why: 'too-often' }
  if (!asked && lost.endedAt - lost.arrivedAt < LURE_MS && countryOf(number) !== config.company.country)
    return { kind: 'none', why: 'lure' }
  const earliest = Math.max(lost.now, asked ? 0 : lost.arrivedAt + rules.after)
  const dueAt = openFrom(config, rules.only, earliest)
  // a night's call is due at opening time however old it is by then; a call that we learn of late is not
  if (dueAt === null || (lost.now - lost.arrivedAt > rules.max_age && dueAt <= lost.now))
    return { kind: 'none', why: 'too-old' }
  const expiresAt =
    (rules.only ? addWorkingTime(config, rules.only, dueAt, rules.expires) : null) ?? dueAt + rules.expires
  return { kind: 'callback', number, group, dueAt, expiresAt, whenFree: dueAt <= lost.now }
}

/** Where the system calls nobody back, the usual time: a machine that picked up is gone by then. */
const USUAL_SUCCESS_MS = 5_000

/** A talk that we began, whoever of us did, and that is shorter was none. */
export function successMs({ missed_calls }: Config): number {
  return missed_calls.callback?.success ?? USUAL_SUCCESS_MS
}
