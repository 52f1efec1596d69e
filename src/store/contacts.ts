/** The contacts of campaigns: loaded as a whole or not at all, claimed by one dialer at a time, settled once. */
import type { ContactStatus } from '../campaigns/contact-status.ts'
import type { Prisma } from './database.ts'
import { retryBusy } from './retry-busy.ts'

export interface NewContact {
  id: string
  row: number
  /** E.164 */
  number: string
  timezone: string | null
  values: Record<string, string>
}
/** Times are milliseconds. */
export interface ContactRow extends NewContact {
  campaignId: string
  status: ContactStatus
  note: string | null
  /** Words by number of the question. */
  answers: Record<string, string>
  dueAt: number
}

/**
 * Writes a chunk of a list; they are not dialled before `finishLoading`. Returns the rows that were taken: the others' numbers are in the
 * campaign already. Running it again with the same chunk changes nothing.
 */
export async function loadContacts(
  prisma: Prisma,
  campaignId: string,
  list: string,
  contacts: NewContact[],
  at: number,
): Promise<Set<number>> {
  const taken = await retryBusy(
    () => prisma.$queryRaw<{ row: number }[]>`
      INSERT INTO "Contact"
        ("id", "campaignId", "list", "row", "number", "timezone", "values", "status", "dueAt", "updatedAt")
      SELECT value->>'id', ${campaignId}, ${list}, value->>'row', value->>'number', value->>'timezone', value->'values',
        'loading', ${at}, ${at}
      FROM json_each(${JSON.stringify(contacts)}) WHERE true
      ON CONFLICT ("campaignId", "number") DO UPDATE SET "list" = excluded."list", "row" = excluded."row",
        "timezone" = excluded."timezone", "values" = excluded."values", "updatedAt" = excluded."updatedAt"
      WHERE "status" = 'loading'
      RETURNING "row"`,
  )
  return new Set(taken.map(({ row }) => Number(row)))
}

/**
 * Forgets what an import that was cut off had left, also one of this very list: what was right about a number then need not be now, and a row
 * that nobody wants any more would keep `finishLoading` from ever agreeing.
 */
export async function dropLoading(prisma: Prisma, campaignId: string): Promise<void> {
  await retryBusy(
    () => prisma.$executeRaw`DELETE FROM "Contact" WHERE "campaignId" = ${campaignId} AND "status" = 'loading'`,
  )
}

/** All of the list at once become `queued`. False: there are not `expected` of them, another import got in between; nothing changed. */
export async function finishLoading(
  prisma: Prisma,
  campaignId: string,
  list: string,
  expected: number,
  at: number,
): Promise<boolean> {
  const changed = await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Contact" SET "status" = 'queued', "dueAt" = ${at}, "updatedAt" = ${at}
      WHERE "campaignId" = ${campaignId} AND "list" = ${list} AND "status" = 'loading' AND ${expected} = (
        SELECT count(*) FROM "Contact" WHERE "campaignId" = ${campaignId} AND "list" = ${list} AND "status" = 'loading')`,
  )
  return changed === expected
}

/** Takes the contact that is due longest, for this node alone. null: nobody is due. */
export async function claimContact(
  prisma: Prisma,
  campaignId: string,
  node: string,
  at: number,
): Promise<ContactRow | null> {
  const [row] = await retryBusy(
    () => prisma.$queryRaw<RawContact[]>`
      UPDATE "Contact" SET "status" = 'dialing', "claimedAt" = ${at}, "claimedBy" = ${node}, "updatedAt" = ${at}
      WHERE "status" = 'queued' AND "id" = (
        SELECT "id" FROM "Contact" WHERE "campaignId" = ${campaignId} AND "status" = 'queued' AND "dueAt" <= ${at}
        ORDER BY "dueAt", "row" LIMIT 1)
      RETURNING "id", "campaignId", "row", "number", "timezone", "values", "status", "note", "answers",
        CAST("dueAt" AS INTEGER) AS "dueAt"`,
  )
  return row ? parsed(row) : null
}

/** What a claimed contact becomes. `queued` needs the time of the next try. Nothing happens to one that is not claimed any more. */
export async function settleContact(
  prisma: Prisma,
  id: string,
  at: number,
  outcome: { status: ContactStatus; dueAt?: number; note?: string },
): Promise<void> {
  await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Contact" SET "status" = ${outcome.status}, "dueAt" = ${outcome.dueAt ?? at}, "note" = ${outcome.note ?? null},
        "claimedBy" = NULL, "updatedAt" = ${at}
      WHERE "id" = ${id} AND "status" = 'dialing'`,
  )
}

/** Puts off, at once, all due contacts of a zone in which nobody may be called now. */
export async function postponeZone(
  prisma: Prisma,
  campaignId: string,
  timezone: string | null,
  at: number,
  until: number,
): Promise<void> {
  await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Contact" SET "dueAt" = ${until}, "note" = 'hours', "updatedAt" = ${at}
      WHERE "campaignId" = ${campaignId} AND "status" = 'queued' AND "dueAt" <= ${at} AND "timezone" IS ${timezone}`,
  )
}

/** Kept the moment it is given: whoever hangs up now has answered this much. */
export async function saveAnswer(
  prisma: Prisma,
  contactId: string,
  question: number,
  word: string,
  at: number,
): Promise<void> {
  await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Contact" SET "answers" = json_set("answers", ${`$."${question}"`}, ${word}), "updatedAt" = ${at}
      WHERE "id" = ${contactId}`,
  )
}

/** How many contacts there are in each status. */
export async function countContacts(
  prisma: Prisma,
  campaignId: string,
): Promise<Partial<Record<ContactStatus, number>>> {
  const rows = await prisma.$queryRaw<{ status: ContactStatus; n: number }[]>`
    SELECT "status", CAST(count(*) AS INTEGER) AS "n" FROM "Contact" WHERE "campaignId" = ${campaignId} GROUP BY "status"`
  return Object.fromEntries(rows.map(({ status, n }) => [status, Number(n)]))
}

/** When the next waiting contact is due; null: none waits. */
export async function nextDue(prisma: Prisma, campaignId: string): Promise<number | null> {
  const [row] = await prisma.$queryRaw<{ at: number | null }[]>`
    SELECT min("dueAt") AS "at" FROM "Contact" WHERE "campaignId" = ${campaignId} AND "status" = 'queued'`
  return row?.at == null ? null : Number(row.at)
}

/** The contact with this line number in the list. */
export async function contactAtRow(prisma: Prisma, campaignId: string, row: number): Promise<ContactRow | null> {
  const [found] = await prisma.$queryRaw<RawContact[]>`
    SELECT "id", "campaignId", "row", "number", "timezone", "values", "status", "note", "answers",
      CAST("dueAt" AS INTEGER) AS "dueAt"
    FROM "Contact" WHERE "campaignId" = ${campaignId} AND "row" = ${row} ORDER BY "updatedAt" DESC LIMIT 1`
  return found ? parsed(found) : null
}

type RawContact = Omit<ContactRow, 'values' | 'answers'> & { values: string; answers: string }

function parsed(row: RawContact): ContactRow {
  return {
    ...row,
    row: Number(row.row),
    dueAt: Number(row.dueAt),
    values: JSON.parse(row.values) as Record<string, string>,
    answers: JSON.parse(row.answers) as Record<string, string>,
  }
}
