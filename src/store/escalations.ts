/** Escalations that are due, and closings that nobody was told of yet. Their rows are written by the journal and by the database itself. */
import type { Prisma } from './database.ts'

export interface DueEscalation {
  id: string
  caseId: string
  recipients: { address: string; language: string }[]
  /** JSON, see notices/payload.ts. */
  payload: string
}

export async function dueEscalations(prisma: Prisma, now: number, limit: number): Promise<DueEscalation[]> {
  const rows = await prisma.escalation.findMany({
    where: { status: 'pending', dueAt: { lte: new Date(now) } },
    orderBy: { dueAt: 'asc' },
    take: limit,
  })
  return rows.map(({ id, caseId, recipients, payload }) => ({
    id,
    caseId,
    payload,
    recipients: JSON.parse(recipients) as DueEscalation['recipients'],
  }))
}

/** Is the case still open, and has nobody taken it? */
export async function stillNeeded(prisma: Prisma, caseId: string): Promise<boolean> {
  return (await prisma.case.count({ where: { id: caseId, openKey: { not: null }, takenAt: null } })) > 0
}

export interface ClosedCase {
  caseId: string
  how: string
  by: string | null
  at: number
  talkMs: number | null
  lastCallId: string
}

/** Cases that were closed, and who had been told of them does not know it yet. */
export async function untoldClosings(prisma: Prisma, limit: number): Promise<ClosedCase[]> {
  const closings = await prisma.closing.findMany({ where: { done: false }, orderBy: { at: 'asc' }, take: limit })
  if (closings.length === 0) return []
  const cases = await prisma.case.findMany({ where: { id: { in: closings.map(({ caseId }) => caseId) } } })
  return closings.map(({ caseId, at }) => {
    const row = cases.find(({ id }) => id === caseId)
    return {
      caseId,
      how: row?.closedHow ?? 'by-hand',
      by: row?.closedBy ?? null,
      at: row?.closedAt?.getTime() ?? at.getTime(),
      talkMs: row?.talkMs ?? null,
      lastCallId: row?.lastCallId ?? '',
    }
  })
}

/** What had been told about the case, the newest last: not what nobody ever saw. */
export async function toldAbout(prisma: Prisma, { caseId, lastCallId }: ClosedCase) {
  const notices = await prisma.notice.findMany({
    where: {
      kind: { in: ['missed', 'escalation', 'callback-failed'] },
      OR: [{ caseId }, { caseId: null, callId: lastCallId }],
      status: { in: ['sent', 'sending', 'pending', 'dead', 'unconfirmed', 'digested'] },
    },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  const digests = await prisma.notice.findMany({
    where: {
      id: { in: notices.flatMap(({ digestId }) => digestId ?? []) },
      status: { in: ['sent', 'sending', 'pending', 'dead', 'unconfirmed'] },
    },
    select: { id: true, status: true, tries: true },
  })
  const unseen = new Set(digests.filter(({ status, tries }) => status === 'pending' && tries === 0).map(({ id }) => id))
  return notices.filter(({ digestId }) => digestId === null || !unseen.has(digestId))
}
