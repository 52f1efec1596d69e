/** When a report is mailed next. Writing is the journal's, together with the mails. */
import type { Prisma } from './database.ts'

/** Milliseconds; null: it was never planned. */
export async function dueReport(prisma: Prisma, name: string): Promise<number | null> {
  const row = await prisma.dueReport.findUnique({ where: { name } })
  return row?.dueAt.getTime() ?? null
}
