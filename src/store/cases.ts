/**
 * The open list: who called and was not spoken with yet. Losses and talks come through the journal; what people do with a case comes
 * here, one conditional statement each, so that two who press the button at once are told apart. The database itself sees to it that a closed
 * case has neither a call-back that waits nor a mail that was not sent (trigger `case_closed`).
 */
import type { Prisma } from './database.ts'
import { retryBusy } from './retry-busy.ts'

/** How a case ends. The first three: somebody spoke with him. */
export const caseEnds = ['called-back', 'called-out', 'came-back', 'by-hand', 'unreachable'] as const
export type CaseEnd = (typeof caseEnds)[number]

export interface OpenCase {
  id: string
  /** E.164; empty: no number that could be called. */
  caller: string
  /** The number as it came with the last call; empty when it was withheld. */
  shown: string
  /** Who called, as far as it was known with the last call. */
  name: string | null
  line: string
  lineGroup: string
  group: string | null
  count: number
  openedAt: number
  lastCallId: string
  lastLossAt: number
  takenBy: string | null
  takenAt: number | null
  /** When somebody should have spoken with him. */
  slaDueAt: number | null
  escalations: number
  /** The call-back that is planned or under way. */
  callback: OpenCallback | null
}
export interface OpenCallback {
  id: string
  kind: 'missed' | 'requested' | 'meeting'
  number: string
  status: string
  tries: number
  dueAt: number
  outcome: string | null
}

/** One caller's, by number, or one, by its id: a caller without a number has no other name. */
export type CaseChoice = { caller: string } | { id: string }

/** The caller who waits longest first. */
export async function openCases(prisma: Prisma, choice?: CaseChoice): Promise<OpenCase[]> {
  const cases = await prisma.case.findMany({
    where: { ...choice, openKey: { not: null } },
    orderBy: { openedAt: 'asc' },
  })
  const calls = await prisma.call.findMany({
    where: { id: { in: cases.map(({ lastCallId }) => lastCallId) } },
    select: { id: true, callerShown: true, callerName: true },
  })
  const lastCalls = new Map(calls.map((call) => [call.id, call]))
  const tasks = await prisma.callback.findMany({ where: { openNumber: { not: null } } })
  return cases.map((row) => {
    const task = tasks.find(({ caseId }) => caseId === row.id) ?? tasks.find(({ number }) => number === row.caller)
    const { id, line, lineGroup, group, count, lastCallId, takenBy, escalations } = row
    return {
      id,
      caller: row.caller,
      shown: row.caller || (lastCalls.get(lastCallId)?.callerShown ?? ''),
      name: lastCalls.get(lastCallId)?.callerName ?? null,
      line,
      lineGroup,
      group,
      count,
      openedAt: row.openedAt.getTime(),
      lastCallId,
      lastLossAt: row.lastLossAt.getTime(),
      takenBy,
      takenAt: row.takenAt?.getTime() ?? null,
      slaDueAt: row.slaDueAt?.getTime() ?? null,
      escalations,
      callback: task
        ? {
            id: task.id,
            kind: task.kind as OpenCallback['kind'],
            number: task.number,
            status: task.status,
            tries: task.tries,
            dueAt: task.dueAt.getTime(),
            outcome: task.outcome,
          }
        : null,
    }
  })
}

export type TakeResult =
  /** It is his now, or was before. */
  | { kind: 'taken' }
  | { kind: 'taken-by'; by: string; at: number }
  | { kind: 'closed'; how: CaseEnd; by: string | null; at: number }
  | { kind: 'unknown' }

/** `by` says that he sees to it. The system leaves him half an hour before it calls back itself. Saying it twice changes nothing. */
export async function takeCase(prisma: Prisma, id: string, by: string, at: number): Promise<TakeResult> {
  const taken = await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Case" SET "takenAt" = CASE WHEN "takenBy" = ${by} THEN "takenAt" ELSE ${at} END, "takenBy" = ${by}
      WHERE "id" = ${id} AND "openKey" IS NOT NULL AND ("takenBy" IS NULL OR "takenBy" = ${by})`,
  )
  if (taken === 1) return { kind: 'taken' }
  const row = await prisma.case.findUnique({ where: { id } })
  if (!row) return { kind: 'unknown' }
  if (row.openKey !== null) return { kind: 'taken-by', by: row.takenBy ?? '', at: row.takenAt?.getTime() ?? at }
  return {
    kind: 'closed',
    how: row.closedHow as CaseEnd,
    by: row.closedBy,
    at: row.closedAt?.getTime() ?? at,
  }
}

export interface Closing {
  how: CaseEnd
  by: string | null
  note: string | null
  at: number
}

/** Closes a case, calls off its call-back and the mails that were not sent. False: it was closed already, or never there. */
export async function closeCase(prisma: Prisma, id: string, { how, by, note, at }: Closing): Promise<boolean> {
  const closed = await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Case" SET "openKey" = NULL, "closedAt" = ${at}, "closedHow" = ${how}, "closedBy" = ${by}, "note" = ${note}
      WHERE "id" = ${id} AND "openKey" IS NOT NULL`,
  )
  return closed === 1
}
