/** What contacts of campaigns answered, and how their calls came out. */
import type { Period } from '../../reports/period.ts'
import type { ReportDatabase } from './connection.ts'

/** Campaigns that ran in the period, all their rounds; of them the contacts that changed in it. */
const CONTACTS = `told AS (
  SELECT campaign."key" AS "campaign", contact.* FROM "Campaign" campaign JOIN "Contact" contact ON contact."campaignId" = campaign."id"
  WHERE campaign."createdAt" < :to AND coalesce(campaign."endedAt", :to) >= :from
    AND contact."updatedAt" >= :from AND contact."updatedAt" < :to AND contact."status" <> 'loading')`

export interface AnswerCount {
  campaign: string
  /** From 1. */
  question: number
  answer: string
  contacts: number
}

export function answerCounts(database: ReportDatabase, { from, to }: Period): Promise<AnswerCount[]> {
  return database.rows(
    `WITH ${CONTACTS}
    SELECT told."campaign" AS "campaign", CAST(said.key AS INTEGER) AS "question", CAST(said.value AS TEXT) AS "answer", count(*) AS "contacts"
    FROM told, json_each(told."answers") said GROUP BY 1, 2, 3 ORDER BY 1, 2, 4 DESC, 3`,
    { from, to },
  )
}

export function contactCounts(
  database: ReportDatabase,
  { from, to }: Period,
): Promise<{ campaign: string; status: string; contacts: number }[]> {
  return database.rows(
    `WITH ${CONTACTS} SELECT "campaign", "status", count(*) AS "contacts" FROM told GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2`,
    { from, to },
  )
}

/** Contacts of the campaigns that run or are paused, by how they stand now. */
export function liveContacts(
  database: ReportDatabase,
): Promise<{ campaign: string; status: string; contacts: number }[]> {
  return database.rows(
    `SELECT campaign."key" AS "campaign", contact."status" AS "status", count(*) AS "contacts"
    FROM "Campaign" campaign JOIN "Contact" contact ON contact."campaignId" = campaign."id"
    WHERE campaign."status" IN ('running', 'paused') GROUP BY 1, 2`,
  )
}
