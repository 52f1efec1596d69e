/** Reading the calls: what is open, and what is known of a caller. Writing is the journal's. */
import type { StepRow } from '../model/call-outcome.ts'
import type { Prisma } from './database.ts'

export interface OpenCall {
  id: string
  linkedid: string
  direction: 'inbound' | 'callback' | 'campaign' | 'outbound'
  trunk: string | null
  node: string
  line: string
  lineName: string
  caller: string | null
  callerShown: string
  callerName: string | null
  arrivedAt: number
  answered: { at: number; operator: string; peer: string } | null
  group: string | null
  restored: boolean
  configVersion: string
  steps: StepRow[]
}

/** Calls without an end that `node` had in hand, oldest first. */
export async function openCalls(prisma: Prisma, node: string): Promise<OpenCall[]> {
  const rows = await prisma.call.findMany({
    where: { endedAt: null, node },
    include: { steps: { orderBy: { seq: 'asc' } } },
    orderBy: { arrivedAt: 'asc' },
  })
  return rows.map((row) => ({
    id: row.id,
    linkedid: row.linkedid ?? row.id,
    trunk: row.trunk,
    direction: row.direction as OpenCall['direction'],
    node: row.node,
    line: row.line ?? '',
    lineName: row.lineName ?? '',
    caller: row.caller,
    callerShown: row.callerShown,
    callerName: row.callerName,
    arrivedAt: row.arrivedAt.getTime(),
    answered:
      row.answeredAt && row.operator && row.peer
        ? { at: row.answeredAt.getTime(), operator: row.operator, peer: row.peer }
        : null,
    group: row.group,
    restored: row.restored,
    configVersion: row.configVersion,
    steps: row.steps.map(
      ({ at, kind, detail }) => ({ ...(JSON.parse(detail) as object), kind, time: at.getTime() }) as StepRow,
    ),
  }))
}

/** `missing`: no such call; `open`: not ended yet; `ended`. */
export async function callState(prisma: Prisma, id: string): Promise<'missing' | 'open' | 'ended'> {
  const row = await prisma.call.findUnique({ where: { id }, select: { endedAt: true } })
  return row ? (row.endedAt ? 'ended' : 'open') : 'missing'
}

export interface CallerRecord {
  /** How often this number called us since then, and until the call that is asked about. */
  calls: number
  /** When somebody last spoke with it, in either direction. */
  lastTalk: { at: number; operator: string | null; ms: number; began: number } | null
  doNotCall: boolean
  /** The system has called this number back since `lately`, and none of its call-backs waits. */
  calledLately: boolean
}

/**
 * One statement, because each missed call asks it. `until`: when the call that is asked about came: what came after it, before it was over or before
 * we learned of it, was no earlier call. A talk that seems to come after `now` was written by a clock that was wrong: it says nothing
 * of when it was.
 */
export async function callerRecord(
  prisma: Prisma,
  number: string,
  since: number,
  lately: number,
  now: number,
  until = Number.MAX_SAFE_INTEGER,
): Promise<CallerRecord> {
  type Row = {
    calls: number
    listed: number
    lately: number
    answeredAt: Date | null
    arrivedAt: Date | null
    operator: string | null
    talkMs: number | null
  }
  const [row] = await prisma.$queryRaw<[Row]>`
    SELECT t.*, EXISTS (SELECT 1 FROM "DoNotCall" WHERE "number" = ${number}) AS "listed",
      EXISTS (SELECT 1 FROM "DialLedger" WHERE "number" = ${number} AND "purpose" = 'callback' AND "counts" AND "at" >= ${lately})
        AND NOT EXISTS (SELECT 1 FROM "Callback" WHERE "openNumber" = ${number}) AS "lately",
      (SELECT count(*) FROM "Call" WHERE "caller" = ${number} AND "direction" = 'inbound'
        AND "arrivedAt" >= ${since} AND "arrivedAt" <= ${until}) AS "calls"
    FROM (SELECT 1) LEFT JOIN (
      SELECT "answeredAt", "arrivedAt", "operator", "talkMs" FROM "Call"
      WHERE "caller" = ${number} AND "verdict" = 'answered' AND "answeredAt" <= ${now}
      ORDER BY "arrivedAt" DESC LIMIT 1) t ON true`
  const { calls, listed, answeredAt, arrivedAt, operator, talkMs } = row
  const lastTalk = answeredAt &&
    arrivedAt && { at: answeredAt.getTime(), operator, ms: talkMs ?? 0, began: arrivedAt.getTime() }
  return { calls, lastTalk, doNotCall: listed === 1, calledLately: row.lately === 1 }
}

/**
 * A call with the number of the call `id` that began at `since` or later and in which somebody spoke with it, or does; its id. A talk that we began
 * ourselves and that is shorter than `shortestMs` was none. What seems to begin after `now` was written by a clock that was wrong, and need not be
 * later. Nor need a call whose row was written before that of `id`, whatever its time says: the clock may have been set meanwhile. Only a call that
 * was written down after its end (`restored`) has a row that is too late to tell.
 */
export async function spokenLater(
  prisma: Prisma,
  { id, number }: { id: string; number: string },
  since: number,
  shortestMs: number,
  now: number,
): Promise<string | null> {
  // who called us was answered by a person; whom we called may have been a machine for a moment
  const [row] = await prisma.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Call"
    WHERE "caller" = ${number} AND "arrivedAt" >= ${since} AND "arrivedAt" <= ${now} AND "answeredAt" IS NOT NULL
      AND ("direction" = 'inbound' OR "talkMs" >= ${shortestMs})
      AND rowid > coalesce((SELECT own.rowid FROM "Call" own WHERE own."id" = ${id} AND NOT own."restored"), 0)
    ORDER BY "arrivedAt" LIMIT 1`
  return row?.id ?? null
}

/** When each operator last ended a talk. */
export async function lastTalks(prisma: Prisma): Promise<Map<string, number>> {
  const rows = await prisma.call.groupBy({
    by: ['operator'],
    // who picked up when the caller was gone already has not talked
    where: { operator: { not: null }, verdict: 'answered', endedAt: { not: null } },
    _max: { endedAt: true },
  })
  return new Map(
    rows.flatMap(({ operator, _max }) => (operator && _max.endedAt ? [[operator, _max.endedAt.getTime()]] : [])),
  )
}
