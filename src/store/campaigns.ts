/** Campaigns as the daemon and the command line share them: whoever changes a status, the other sees it at its next look. */
import type { Prisma } from './database.ts'
import { retryBusy } from './retry-busy.ts'

export type CampaignStatus = 'draft' | 'running' | 'paused' | 'done' | 'stopped'

/** Times are milliseconds. */
export interface CampaignRow {
  id: string
  key: string
  round: number
  status: CampaignStatus
  reason: string | null
  listName: string
  columns: string[]
  delimiter: string
  encoding: string
  tested: boolean
  waivedBy: string | null
  createdAt: number
  startedAt: number | null
  resumedAt: number | null
  endedAt: number | null
}

/** The newest round of a campaign; null: no list was ever imported. */
export async function findCampaign(prisma: Prisma, key: string): Promise<CampaignRow | null> {
  const rows = await prisma.campaign.findMany({ where: { key }, orderBy: { round: 'desc' }, take: 1 })
  return rows[0] ? fromRecord(rows[0]) : null
}

/** The newest round of each campaign, the last begun first; with `status` only those that have it. */
export async function listCampaigns(prisma: Prisma, status?: CampaignStatus): Promise<CampaignRow[]> {
  const rows = await prisma.campaign.findMany({
    where: status ? { status } : {},
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  })
  const newest = new Map<string, CampaignRow>()
  for (const row of rows.map(fromRecord)) {
    if (row.round > (newest.get(row.key)?.round ?? 0)) newest.set(row.key, row)
  }
  return [...newest.values()]
}

export interface ListInfo {
  listName: string
  columns: string[]
  delimiter: string
  encoding: string
}

/**
 * The round that a list may be added to: the unfinished one, or a new one after a finished. Columns of a further list are added to those
 * that are there.
 */
export async function openRound(prisma: Prisma, key: string, list: ListInfo, at: number): Promise<CampaignRow> {
  const current = await findCampaign(prisma, key)
  if (current && current.status !== 'done' && current.status !== 'stopped') {
    const columns = [...new Set([...current.columns, ...list.columns])]
    await retryBusy(
      () => prisma.$executeRaw`
        UPDATE "Campaign" SET "listName" = ${list.listName}, "columns" = ${JSON.stringify(columns)},
          "delimiter" = ${list.delimiter}, "encoding" = ${list.encoding} WHERE "id" = ${current.id}`,
    )
    return { ...current, ...list, columns }
  }
  const round = (current?.round ?? 0) + 1
  await retryBusy(
    () => prisma.$executeRaw`
      INSERT INTO "Campaign" ("id", "key", "round", "status", "listName", "columns", "delimiter", "encoding", "createdAt")
      VALUES (${`${key}#${round}`}, ${key}, ${round}, 'draft', ${list.listName}, ${JSON.stringify(list.columns)},
        ${list.delimiter}, ${list.encoding}, ${at})
      ON CONFLICT DO NOTHING`,
  )
  return (await findCampaign(prisma, key))!
}

/** Draft to running. False: it is not a draft with waiting contacts, or neither tested nor waived by somebody. */
export async function startCampaign(prisma: Prisma, id: string, at: number, waivedBy: string | null): Promise<boolean> {
  const changed = await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Campaign" SET "status" = 'running', "reason" = NULL, "startedAt" = ${at}, "resumedAt" = ${at},
        "waivedBy" = CASE WHEN "tested" THEN NULL ELSE ${waivedBy} END
      WHERE "id" = ${id} AND "status" = 'draft' AND ("tested" OR ${waivedBy} IS NOT NULL)
        AND EXISTS (SELECT 1 FROM "Contact" WHERE "campaignId" = ${id} AND "status" = 'queued')`,
  )
  return changed > 0
}

/** Calls under way go on to their end; nobody else is called. False: it was not running. */
export async function pauseCampaign(prisma: Prisma, id: string, reason: string): Promise<boolean> {
  const changed = await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Campaign" SET "status" = 'paused', "reason" = ${reason} WHERE "id" = ${id} AND "status" = 'running'`,
  )
  return changed > 0
}

export async function resumeCampaign(prisma: Prisma, id: string, at: number): Promise<boolean> {
  const changed = await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Campaign" SET "status" = 'running', "reason" = NULL, "resumedAt" = ${at}
      WHERE "id" = ${id} AND "status" = 'paused'`,
  )
  return changed > 0
}

/** For good. Contacts that were not reached stay `queued` in the results. */
export async function stopCampaign(prisma: Prisma, id: string, at: number): Promise<boolean> {
  const changed = await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Campaign" SET "status" = 'stopped', "endedAt" = ${at}
      WHERE "id" = ${id} AND "status" IN ('draft', 'running', 'paused')`,
  )
  return changed > 0
}

/** Running to done, once no contact waits, is called or is being loaded. */
export async function finishCampaign(prisma: Prisma, id: string, at: number): Promise<boolean> {
  const changed = await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Campaign" SET "status" = 'done', "endedAt" = ${at} WHERE "id" = ${id} AND "status" = 'running'
        AND NOT EXISTS (
          SELECT 1 FROM "Contact" WHERE "campaignId" = ${id} AND "status" IN ('loading', 'queued', 'dialing'))`,
  )
  return changed > 0
}

type CampaignRecord = NonNullable<Awaited<ReturnType<Prisma['campaign']['findFirst']>>>

function fromRecord(record: CampaignRecord): CampaignRow {
  const ms = (at: Date | null) => at?.getTime() ?? null
  return {
    ...record,
    status: record.status as CampaignStatus,
    columns: JSON.parse(record.columns) as string[],
    createdAt: record.createdAt.getTime(),
    startedAt: ms(record.startedAt),
    resumedAt: ms(record.resumedAt),
    endedAt: ms(record.endedAt),
  }
}
