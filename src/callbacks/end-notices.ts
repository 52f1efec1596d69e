/** The mails when a call-back is given up: to whom the missed call was told, in the same thread. A success closes the case, which is told by itself. */
import { rungResults } from '../model/call-outcome.ts'
import type { CallbackFailedPayload, MissedCallPayload } from '../notices/payload.ts'
import type { CallbackTask } from '../store/callbacks.ts'
import type { Prisma } from '../store/database.ts'
import type { JournalEntry } from '../store/journal.ts'
import type { CallbackEnd } from './settle.ts'

/** Only who got the mail about the call hears how it ended. */
export async function endNotices(prisma: Prisma, task: CallbackTask, end: CallbackEnd): Promise<JournalEntry[]> {
  if (end.status !== 'failed') return []
  const told = await prisma.notice.findMany({
    where: {
      callId: task.callId,
      kind: 'missed',
      status: { in: ['sent', 'sending', 'pending', 'dead', 'unconfirmed', 'digested'] },
    },
  })
  const tries = await triesOf(prisma, task)
  return told.map((notice): JournalEntry => {
    const { callId, caller, line, company, replyTo, calledAt } = JSON.parse(notice.payload) as MissedCallPayload
    const common = { callId, caller, line, company, replyTo, calledAt }
    const payload: CallbackFailedPayload = { ...common, tries }
    return {
      op: 'notice',
      row: {
        id: `${task.id}.${end.status}.${notice.id.slice(notice.id.lastIndexOf('.') + 1)}`,
        kind: 'callback-failed',
        callId: task.callId,
        caseId: task.caseId,
        recipient: notice.recipient,
        language: notice.language,
        payload,
        threadKey: notice.threadKey,
        dueAt: end.at,
        createdAt: end.at,
      },
    }
  })
}

async function triesOf(prisma: Prisma, task: CallbackTask): Promise<CallbackFailedPayload['tries']> {
  const calls = await prisma.call.findMany({
    where: { direction: 'callback', caller: task.number, arrivedAt: { gte: new Date(task.lostAt) } },
    orderBy: { arrivedAt: 'asc' },
  })
  // a talk that was too short to count is none of these results
  return calls.map(({ arrivedAt, reason }) => ({
    at: arrivedAt.getTime(),
    result: rungResults.find((result) => result === reason) ?? 'unknown',
  }))
}
