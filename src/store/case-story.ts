/** Everything that is known of a caller's cases: for `perezvon missed show` and the pages that show the same. */
import type { StepRow } from '../model/call-outcome.ts'
import type { CaseChoice, CaseEnd } from './cases.ts'
import type { Prisma } from './database.ts'

export interface CaseStory {
  id: string
  caller: string
  /** Who called, as far as it was known with one of the calls, the last first. */
  name: string | null
  line: string
  lineGroup: string
  count: number
  openedAt: number
  slaDueAt: number | null
  takenBy: string | null
  takenAt: number | null
  closed: { at: number; how: CaseEnd; by: string | null; note: string | null; talkMs: number | null } | null
  calls: StoryCall[]
  callbacks: { id: string; kind: string; status: string; outcome: string | null; tries: number; at: number }[]
}
export interface StoryCall {
  id: string
  direction: string
  line: string
  at: number
  verdict: string | null
  reason: string | null
  operator: string | null
  steps: StepRow[]
  recordings: { name: string; status: string; file: string | null }[]
}

/** The last of these cases that is open, or else the last one; null when there never was one. */
export async function caseStory(prisma: Prisma, choice: CaseChoice): Promise<CaseStory | null> {
  const cases = await prisma.case.findMany({ where: choice, orderBy: { openedAt: 'desc' }, take: 20 })
  const row = cases.find(({ openKey }) => openKey !== null) ?? cases[0]
  if (!row) return null
  const callbacks = await prisma.callback.findMany({ where: { caseId: row.id }, orderBy: { lostAt: 'asc' } })
  const { caller } = row
  const numbers = [...new Set([caller, ...callbacks.map(({ number }) => number)])]
  const meanwhile = { gte: row.openedAt, ...(row.closedAt && { lte: row.closedAt }) }
  const calls = await prisma.call.findMany({
    where: caller === '' ? { id: row.lastCallId } : { caller: { in: numbers }, arrivedAt: meanwhile },
    include: { steps: { orderBy: { seq: 'asc' } } },
    orderBy: { arrivedAt: 'asc' },
    take: 50,
  })
  const recorded = await prisma.talkRecording.findMany({
    where: { callId: { in: calls.map(({ id }) => id) } },
    select: { name: true, callId: true, status: true, file: true },
    orderBy: { at: 'asc' },
  })
  return {
    id: row.id,
    caller,
    name: calls.findLast(({ callerName }) => callerName !== null)?.callerName ?? null,
    line: row.line,
    lineGroup: row.lineGroup,
    count: row.count,
    openedAt: row.openedAt.getTime(),
    slaDueAt: row.slaDueAt?.getTime() ?? null,
    takenBy: row.takenBy,
    takenAt: row.takenAt?.getTime() ?? null,
    closed: row.closedAt && {
      at: row.closedAt.getTime(),
      how: row.closedHow as CaseEnd,
      by: row.closedBy,
      note: row.note,
      talkMs: row.talkMs,
    },
    calls: calls.map((call) => ({
      id: call.id,
      direction: call.direction,
      line: call.line ?? '',
      at: call.arrivedAt.getTime(),
      verdict: call.verdict,
      reason: call.reason,
      operator: call.operator,
      steps: call.steps.map(
        ({ at, kind, detail }) => ({ ...(JSON.parse(detail) as object), kind, time: at.getTime() }) as StepRow,
      ),
      recordings: recorded.flatMap(({ callId, ...recording }) => (callId === call.id ? recording : [])),
    })),
    callbacks: callbacks.map(({ id, kind, status, outcome, tries, updatedAt }) => ({
      id,
      kind,
      status,
      outcome,
      tries,
      at: updatedAt.getTime(),
    })),
  }
}
