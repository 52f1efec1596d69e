/** Who is told when nobody has taken the case in time, and when that is. Pure; the rows wait in the database. */
import type { EndedCall } from '../calls/end-of-call.ts'
import type { Config } from '../config/schema.ts'
import type { EscalationPayload, MissedCallPayload } from '../notices/payload.ts'
import type { JournalEntry } from '../store/journal.ts'
import { addWorkingTime } from './open-case.ts'
import { listed, type Recipient } from './recipients.ts'

export interface EscalationStep {
  step: number
  recipients: Recipient[]
  afterMs: number
  dueAt: number
}

/** Counted from `lostAt` in working time, of the case of `owner`. A rule that reaches nobody, or whose hours never come, makes no step. */
export function escalationSteps(config: Config, owner: string, lostAt: number): EscalationStep[] {
  const { escalate, hours, callback } = config.missed_calls
  return escalate.flatMap((rule, i) => {
    const dueAt = workingTimeAfter(config, rule.hours ?? hours ?? callback?.only, lostAt, rule.after)
    const recipients = listed(config, rule.to, owner)
    if (dueAt === null || recipients.length === 0) return []
    return [{ step: i + 1, recipients, afterMs: rule.after, dueAt }]
  })
}

/** When `ms` of the named hours will have passed since `from`. Without a name every hour counts. */
export function workingTimeAfter(config: Config, hours: string | undefined, from: number, ms: number): number | null {
  return hours === undefined ? from + ms : addWorkingTime(config, hours, from, ms)
}

/** For the transaction of the call's end, after its case, whose `caller` is '' where nobody knows the number. */
export function escalationEntries(
  call: EndedCall,
  missed: MissedCallPayload,
  owner: string,
  caseCaller: string,
): JournalEntry[] {
  const { callId, caller, line, company, replyTo, calledAt, reason } = missed
  return escalationSteps(call.snapshot.config, owner, call.arrivedAt).map(({ step, recipients, afterMs, dueAt }) => {
    const payload: EscalationPayload = { callId, caller, line, company, replyTo, calledAt, reason, afterMs }
    return { op: 'escalation', row: { caller: caseCaller, callId: call.id, step, recipients, payload, dueAt } }
  })
}
