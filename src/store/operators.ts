/** What operators were, and what somebody wants them to be. The rows of their states are written by the journal. */
import type { Prisma } from './database.ts'
import { retryBusy } from './retry-busy.ts'

export interface OperatorEventRow {
  id: string
  person: string
  at: number
  state: string
  standing: string
  reason: string | null
  by: string
  callId: string | null
  /** For which the operator of that call was rung. */
  group: string | null
}

/** The row of each of these people that was written last, whatever the clock said, if he has one. */
export async function lastOperatorEvents(prisma: Prisma, people: string[]): Promise<OperatorEventRow[]> {
  const rows = await prisma.$queryRaw<(Omit<OperatorEventRow, 'at'> & { at: Date })[]>`
    SELECT e."id", e."person", e."at", e."state", e."standing", e."reason", e."by", e."callId", c."group"
    FROM json_each(${JSON.stringify(people)}) p JOIN "OperatorEvent" e ON e.rowid =
      (SELECT max(rowid) FROM "OperatorEvent" WHERE "person" = p.value)
    LEFT JOIN "Call" c ON c."id" = e."callId"`
  return rows.map((row) => ({ ...row, at: row.at.getTime() }))
}

/** How many callers each has spoken with since then. */
export async function talksSince(prisma: Prisma, since: number): Promise<Map<string, number>> {
  const rows = await prisma.call.groupBy({
    by: ['operator'],
    where: { operator: { not: null }, verdict: 'answered', endedAt: { gte: new Date(since) } },
    _count: true,
  })
  return new Map(rows.flatMap(({ operator, _count }) => (operator ? [[operator, _count]] : [])))
}

/** Of the callers who called last: who spoke with each of them last, the latest caller last. */
export async function lastSpeakers(prisma: Prisma, most: number): Promise<Map<string, string>> {
  const rows = await prisma.$queryRaw<{ caller: string; operator: string }[]>`
    SELECT "caller", "operator", max("arrivedAt") AS "last" FROM "Call"
    WHERE "caller" IS NOT NULL AND "operator" IS NOT NULL AND "answeredAt" IS NOT NULL
    GROUP BY "caller" ORDER BY "last" DESC LIMIT ${most}`
  return new Map(rows.toReversed().map(({ caller, operator }) => [caller, operator]))
}

export interface OperatorOrder {
  id: string
  person: string
  wish: string
  reason: string | null
}
export type OrderResult = 'done' | 'refused' | 'unknown'

/** Asks the daemon to carry a wish out; it answers in the row. */
export async function orderOperator(prisma: Prisma, order: OperatorOrder & { at: number }): Promise<void> {
  await retryBusy(
    () => prisma.$executeRaw`
      INSERT INTO "OperatorOrder" ("id", "person", "wish", "reason", "at")
      VALUES (${order.id}, ${order.person}, ${order.wish}, ${order.reason}, ${order.at})`,
  )
}

/** What is not carried out yet, oldest first. */
export function openOrders(prisma: Prisma): Promise<OperatorOrder[]> {
  return prisma.operatorOrder.findMany({
    where: { doneAt: null },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
    select: { id: true, person: true, wish: true, reason: true },
  })
}

export async function endOrder(prisma: Prisma, id: string, result: OrderResult, at: number): Promise<void> {
  await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "OperatorOrder" SET "doneAt" = ${at}, "result" = ${result} WHERE "id" = ${id} AND "doneAt" IS NULL`,
  )
}

/** Null: not carried out yet. */
export async function orderResult(prisma: Prisma, id: string): Promise<OrderResult | null> {
  const row = await prisma.operatorOrder.findUnique({ where: { id }, select: { result: true } })
  return (row?.result as OrderResult | null | undefined) ?? null
}
