/** From ended attempts to what becomes of the contact: the rule of retry-policy.ts, written down. */
import type { CampaignPlan } from '../config/sections/campaigns.ts'
import { startOfNextDay } from '../dialling/calendar-day.ts'
import { type AttemptRow, attemptsOf } from '../store/attempts.ts'
import { settleContact } from '../store/contacts.ts'
import type { Prisma } from '../store/database.ts'
import { afterAttempt, type EndedAttempt } from './retry-policy.ts'

/** `zone`: in which the contact's days are counted. Doing it again for the same attempts changes nothing. */
export async function settleByRule(
  prisma: Prisma,
  contactId: string,
  plan: CampaignPlan,
  zone: string,
  at: number,
): Promise<void> {
  const verdict = afterAttempt((await attemptsOf(prisma, contactId)).flatMap(ended), plan.retry)
  if (verdict.kind === 'final') return settleContact(prisma, contactId, at, { status: verdict.status })
  const dueAt = verdict.after === 'day' ? startOfNextDay(at, zone) : at + verdict.after
  await settleContact(prisma, contactId, at, { status: 'queued', dueAt })
}

function ended(attempt: AttemptRow): EndedAttempt[] {
  if (attempt.result === null) return []
  const talkMs = attempt.answeredAt === null ? null : (attempt.endedAt ?? attempt.answeredAt) - attempt.answeredAt
  return [{ result: attempt.result, talkMs }]
}
