/** What came of every contact, page by page: a list of half a million never stands in memory. */
import type { ContactStatus } from '../campaigns/contact-status.ts'
import type { Prisma } from './database.ts'

/** Times are milliseconds. */
export interface ContactResult {
  row: number
  number: string
  values: Record<string, string>
  status: ContactStatus
  answers: Record<string, string>
  attempts: number
  lastAttempt: number | null
  /** Of the last answered call; 0: never answered. */
  talkMs: number
  /** Q.850, of the last attempt. */
  cause: number | null
}

const PAGE = 500

/** In the order of the lists and their rows. */
export async function* contactResults(prisma: Prisma, campaignId: string): AsyncGenerator<ContactResult> {
  let after = { list: '', row: -1, id: '' }
  for (;;) {
    const page = await prisma.$queryRaw<(Raw & { id: string; list: string })[]>`
      SELECT c."id", c."list", c."row", c."number", c."values", c."status", c."answers",
        CAST(count(a."id") AS INTEGER) AS "attempts", max(a."reservedAt") AS "lastAttempt",
        (SELECT coalesce("endedAt" - "answeredAt", 0) FROM "Attempt"
          WHERE "contactId" = c."id" AND "answeredAt" IS NOT NULL AND "result" <> 'interrupted'
          ORDER BY "no" DESC LIMIT 1) AS "talkMs",
        (SELECT "cause" FROM "Attempt" WHERE "contactId" = c."id" ORDER BY "no" DESC LIMIT 1) AS "cause"
      FROM "Contact" AS c LEFT JOIN "Attempt" AS a ON a."contactId" = c."id"
      WHERE c."campaignId" = ${campaignId} AND c."status" <> 'loading'
        AND (c."list", c."row", c."id") > (${after.list}, ${after.row}, ${after.id})
      GROUP BY c."id" ORDER BY c."list", c."row", c."id" LIMIT ${PAGE}`
    for (const row of page) yield parsed(row)
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = { list: last.list, row: Number(last.row), id: last.id }
  }
}

interface Raw {
  row: number
  number: string
  values: string
  status: ContactStatus
  answers: string
  attempts: number
  lastAttempt: number | bigint | null
  talkMs: number | bigint | null
  cause: number | null
}

function parsed(raw: Raw): ContactResult {
  return {
    row: Number(raw.row),
    number: raw.number,
    values: JSON.parse(raw.values) as Record<string, string>,
    status: raw.status,
    answers: JSON.parse(raw.answers) as Record<string, string>,
    attempts: Number(raw.attempts),
    lastAttempt: raw.lastAttempt === null ? null : Number(raw.lastAttempt),
    talkMs: Number(raw.talkMs ?? 0),
    cause: raw.cause === null ? null : Number(raw.cause),
  }
}
