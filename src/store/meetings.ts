/** Who is in a meeting, since when and until when. */
import type { Prisma } from './database.ts'
import { retryBusy } from './retry-busy.ts'

export interface Meeting {
  person: string
  since: number
  /** Null: until it is switched off. */
  until: number | null
  by: string | null
}

export async function meetings(prisma: Prisma): Promise<Meeting[]> {
  const rows = await prisma.meeting.findMany({ orderBy: { since: 'asc' } })
  return rows.map(({ person, since, until, by }) => ({
    person,
    since: since.getTime(),
    until: until?.getTime() ?? null,
    by,
  }))
}

/** From now on; a meeting that is on already gets the new end. */
export async function beginMeeting(prisma: Prisma, { person, since, until, by }: Meeting): Promise<void> {
  await retryBusy(
    () => prisma.$executeRaw`
      INSERT INTO "Meeting" ("person", "since", "until", "by") VALUES (${person}, ${since}, ${until}, ${by})
      ON CONFLICT ("person") DO UPDATE SET "until" = excluded."until", "by" = excluded."by",
        "since" = CASE WHEN "until" IS NOT NULL AND "until" <= excluded."since" THEN excluded."since" ELSE "since" END`,
  )
}

/** False: he was in none. */
export async function endMeeting(prisma: Prisma, person: string, now: number): Promise<boolean> {
  const [row] = await prisma.meeting.findMany({ where: { person } })
  await retryBusy(() => prisma.$executeRaw`DELETE FROM "Meeting" WHERE "person" = ${person}`)
  return row !== undefined && (row.until === null || row.until.getTime() > now)
}
