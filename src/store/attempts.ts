/** Attempts: one row for each call that a campaign places, committed before the call is. */
import type { AttemptResult } from '../campaigns/contact-status.ts'
import type { Prisma } from './database.ts'
import { retryBusy } from './retry-busy.ts'

/** Times are milliseconds. */
export interface AttemptRow {
  id: string
  contactId: string
  no: number
  status: 'dialing' | 'answered' | 'ended'
  result: AttemptResult | null
  cause: number | null
  reservedAt: number
  answeredAt: number | null
  endedAt: number | null
}

/** Number of the next attempt of a contact, from 1. */
export async function nextAttemptNo(prisma: Prisma, contactId: string): Promise<number> {
  const [row] = await prisma.$queryRaw<{ no: number }[]>`
    SELECT CAST(coalesce(max("no"), 0) + 1 AS INTEGER) AS "no" FROM "Attempt" WHERE "contactId" = ${contactId}`
  return Number(row?.no ?? 1)
}

/** False: the contact is not claimed by this node any more, or the attempt exists. Then the call must not be placed. */
export async function openAttempt(
  prisma: Prisma,
  attempt: { id: string; contactId: string; no: number; node: string; at: number },
): Promise<boolean> {
  const changed = await retryBusy(
    () => prisma.$executeRaw`
      INSERT INTO "Attempt" ("id", "contactId", "no", "node", "status", "reservedAt")
      SELECT ${attempt.id}, "id", ${attempt.no}, ${attempt.node}, 'dialing', ${attempt.at}
      FROM "Contact" WHERE "id" = ${attempt.contactId} AND "status" = 'dialing' AND "claimedBy" = ${attempt.node}
      ON CONFLICT DO NOTHING`,
  )
  return changed > 0
}

export async function markAttemptAnswered(prisma: Prisma, id: string, at: number): Promise<void> {
  await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Attempt" SET "status" = 'answered', "answeredAt" = ${at} WHERE "id" = ${id} AND "status" = 'dialing'`,
  )
}

/** Only the first end counts. */
export async function endAttempt(
  prisma: Prisma,
  id: string,
  at: number,
  result: AttemptResult,
  cause: number | null,
): Promise<void> {
  await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Attempt" SET "status" = 'ended', "result" = ${result}, "cause" = ${cause}, "endedAt" = ${at}
      WHERE "id" = ${id} AND "status" <> 'ended'`,
  )
}

/** All attempts of a contact, in order. */
export async function attemptsOf(prisma: Prisma, contactId: string): Promise<AttemptRow[]> {
  const rows = await prisma.attempt.findMany({ where: { contactId }, orderBy: { no: 'asc' } })
  return rows.map((row) => ({
    ...row,
    status: row.status as AttemptRow['status'],
    result: row.result as AttemptResult | null,
    reservedAt: row.reservedAt.getTime(),
    answeredAt: row.answeredAt?.getTime() ?? null,
    endedAt: row.endedAt?.getTime() ?? null,
  }))
}

/** The results of a campaign's last attempts since `since`, newest first. */
export async function recentResults(
  prisma: Prisma,
  campaignId: string,
  since: number,
  limit: number,
): Promise<AttemptResult[]> {
  const rows = await prisma.$queryRaw<{ result: AttemptResult }[]>`
    SELECT "Attempt"."result" FROM "Attempt" JOIN "Contact" ON "Contact"."id" = "Attempt"."contactId"
    WHERE "Contact"."campaignId" = ${campaignId} AND "Attempt"."status" = 'ended' AND "Attempt"."reservedAt" >= ${since}
    ORDER BY "Attempt"."endedAt" DESC LIMIT ${limit}`
  return rows.map((row) => row.result)
}

/** A call that is being placed or talked on now. */
export interface LiveCall {
  number: string
  row: number
  status: 'dialing' | 'answered'
  no: number
  /** Milliseconds. */
  since: number
}
export async function liveCalls(prisma: Prisma, campaignId: string): Promise<LiveCall[]> {
  const rows = await prisma.$queryRaw<LiveCall[]>`
    SELECT "Contact"."number", "Contact"."row", "Attempt"."status", "Attempt"."no",
      CAST(coalesce("Attempt"."answeredAt", "Attempt"."reservedAt") AS INTEGER) AS "since"
    FROM "Attempt" JOIN "Contact" ON "Contact"."id" = "Attempt"."contactId"
    WHERE "Contact"."campaignId" = ${campaignId} AND "Attempt"."status" IN ('dialing', 'answered')
    ORDER BY "Attempt"."reservedAt"`
  return rows.map((row) => ({ ...row, row: Number(row.row), no: Number(row.no), since: Number(row.since) }))
}

/** A contact that this node had claimed and never settled. */
export interface UnsettledContact {
  id: string
  key: string
  timezone: string | null
  /** Milliseconds. */
  claimedAt: number
}
export async function unsettledContacts(prisma: Prisma, node: string): Promise<UnsettledContact[]> {
  const rows = await prisma.$queryRaw<UnsettledContact[]>`
    SELECT "Contact"."id", "Campaign"."key", "Contact"."timezone", CAST("Contact"."claimedAt" AS INTEGER) AS "claimedAt"
    FROM "Contact" JOIN "Campaign" ON "Campaign"."id" = "Contact"."campaignId"
    WHERE "Contact"."status" = 'dialing' AND "Contact"."claimedBy" = ${node}`
  return rows.map((row) => ({ ...row, claimedAt: Number(row.claimedAt) }))
}
