/** Numbers that no machine of ours may call, and the contacts that must stop with them. */
import type { Prisma } from './database.ts'
import { retryBusy } from './retry-busy.ts'

export type DoNotCallSource = 'opt-out' | 'import' | 'by-hand'
export interface DoNotCallEntry {
  number: string
  source: DoNotCallSource
  detail: string | null
  /** Milliseconds. */
  addedAt: number
}

/**
 * Adds E.164 numbers; those that are there already keep their first source and date. Returns how many were new.
 * From this commit on the guard refuses them: it reads this table in the statement that reserves a call.
 */
export async function addDoNotCall(
  prisma: Prisma,
  numbers: string[],
  entry: { source: DoNotCallSource; detail: string | null; at: number },
): Promise<number> {
  return retryBusy(
    () => prisma.$executeRaw`
    INSERT INTO "DoNotCall" ("number", "source", "detail", "addedAt")
    SELECT DISTINCT value, ${entry.source}, ${entry.detail}, ${entry.at} FROM json_each(${JSON.stringify(numbers)})
    WHERE true ON CONFLICT ("number") DO NOTHING`,
  )
}

/** Takes every waiting contact with a number of the list out of its campaign, in all campaigns at once. Returns how many. */
export async function skipListedContacts(prisma: Prisma, at: number): Promise<number> {
  return retryBusy(
    () => prisma.$executeRaw`
    UPDATE "Contact" SET "status" = 'skipped-dnc', "updatedAt" = ${at}
    WHERE "status" = 'queued' AND "number" IN (SELECT "number" FROM "DoNotCall")`,
  )
}

/** One number's waiting contacts, at an opt-out. */
export async function skipContactsOf(prisma: Prisma, number: string, at: number): Promise<number> {
  return retryBusy(
    () => prisma.$executeRaw`
    UPDATE "Contact" SET "status" = 'skipped-dnc', "updatedAt" = ${at} WHERE "number" = ${number} AND "status" = 'queued'`,
  )
}

/** False: it was not on the list. */
export async function removeDoNotCall(prisma: Prisma, number: string): Promise<boolean> {
  return (await retryBusy(() => prisma.$executeRaw`DELETE FROM "DoNotCall" WHERE "number" = ${number}`)) > 0
}

export async function listDoNotCall(prisma: Prisma): Promise<DoNotCallEntry[]> {
  return prisma.$queryRaw<DoNotCallEntry[]>`
    SELECT "number", "source", "detail", CAST("addedAt" AS INTEGER) AS "addedAt" FROM "DoNotCall" ORDER BY "addedAt", "number"`
}

/** Those of `numbers` that are on the list. */
export async function findDoNotCall(prisma: Prisma, numbers: string[]): Promise<Set<string>> {
  const rows = await prisma.$queryRaw<{ number: string }[]>`
    SELECT "number" FROM "DoNotCall" WHERE "number" IN (SELECT value FROM json_each(${JSON.stringify(numbers)}))`
  return new Set(rows.map((row) => row.number))
}
