/** The ledger of calls to the outside: a row is the permission to place one call, and the memory that it was placed. */
import type { Prisma } from './database.ts'
import { retryBusy } from './retry-busy.ts'

export type DialPurpose = 'campaign' | 'callback' | 'person' | 'transfer' | 'desk' | 'test'

/** At most `count` of these for one number since `since`. `try`: calls that left our trunk; `talk`: calls that were answered. */
export interface DialLimit {
  code: 'day-limit' | 'talk-limit'
  count: number
  /** Milliseconds. */
  since: number
  unit: 'try' | 'talk'
  purposes: readonly DialPurpose[]
}

export interface Reservation {
  channelId: string
  /** E.164 */
  number: string
  purpose: DialPurpose
  trunk: string
  /** Milliseconds. */
  at: number
  /** Refuse numbers on the do-not-call list. */
  honourDoNotCall: boolean
  /** Refuse while another call to this number is live. */
  oneAtATime: boolean
  /** How many reserved calls may be live on the trunk, with this one. */
  maxLive: number
  /** A row that began before this and has no end is taken for dead: no call is so long. Milliseconds. */
  liveSince: number
  limits: readonly DialLimit[]
}
export type ReservationRefusal = 'already-reserved' | 'do-not-call' | 'number-busy' | 'trunk-full' | DialLimit['code']

/**
 * Reserves one call: every check and the row are one statement, so two that race cannot both pass, nor can an opt-out slip between.
 * Returns null when reserved. Throws when the database does: then nothing may be dialled.
 */
export async function reserveDial(prisma: Prisma, wish: Reservation): Promise<ReservationRefusal | null> {
  const limits = JSON.stringify(wish.limits)
  const rows = await retryBusy(
    () => prisma.$queryRaw<{ channelId: string }[]>`
    INSERT INTO "DialLedger" ("channelId", "number", "purpose", "trunk", "at")
    SELECT ${wish.channelId}, ${wish.number}, ${wish.purpose}, ${wish.trunk}, ${wish.at}
    WHERE NOT (${wish.honourDoNotCall} AND EXISTS (SELECT 1 FROM "DoNotCall" WHERE "number" = ${wish.number}))
      AND NOT (${wish.oneAtATime} AND EXISTS (
        SELECT 1 FROM "DialLedger" WHERE "number" = ${wish.number} AND "endedAt" IS NULL AND "at" >= ${wish.liveSince}))
      AND (SELECT count(*) FROM "DialLedger" WHERE "endedAt" IS NULL AND "at" >= ${wish.liveSince} AND "trunk" = ${wish.trunk})
        < ${wish.maxLive}
      AND NOT EXISTS (
        SELECT 1 FROM json_each(${limits}) AS lim
        WHERE (
          SELECT count(*) FROM "DialLedger" AS led
          WHERE led."number" = ${wish.number} AND led."purpose" IN (SELECT value FROM json_each(lim.value, '$.purposes'))
            AND CASE lim.value->>'unit' WHEN 'talk' THEN led."answeredAt" >= lim.value->>'since'
                ELSE led."counts" AND led."at" >= lim.value->>'since' END
        ) >= lim.value->>'count')
    ON CONFLICT ("channelId") DO NOTHING
    RETURNING "channelId"`,
  )
  return rows.length > 0 ? null : whyNotReserved(prisma, wish)
}

/** Only for the message: what it reads may have changed since the refusal, then the number counts as busy and is tried again later. */
async function whyNotReserved(prisma: Prisma, wish: Reservation): Promise<ReservationRefusal> {
  const [row] = await prisma.$queryRaw<
    { taken: number; listed: number; busy: number; live: number; limit: string | null }[]
  >`
    SELECT
      EXISTS (SELECT 1 FROM "DialLedger" WHERE "channelId" = ${wish.channelId}) AS "taken",
      EXISTS (SELECT 1 FROM "DoNotCall" WHERE "number" = ${wish.number}) AS "listed",
      EXISTS (SELECT 1 FROM "DialLedger"
        WHERE "number" = ${wish.number} AND "endedAt" IS NULL AND "at" >= ${wish.liveSince}) AS "busy",
      (SELECT count(*) FROM "DialLedger"
        WHERE "endedAt" IS NULL AND "at" >= ${wish.liveSince} AND "trunk" = ${wish.trunk}) AS "live",
      (SELECT lim.value->>'code' FROM json_each(${JSON.stringify(wish.limits)}) AS lim
        WHERE (
          SELECT count(*) FROM "DialLedger" AS led
          WHERE led."number" = ${wish.number} AND led."purpose" IN (SELECT value FROM json_each(lim.value, '$.purposes'))
            AND CASE lim.value->>'unit' WHEN 'talk' THEN led."answeredAt" >= lim.value->>'since'
                ELSE led."counts" AND led."at" >= lim.value->>'since' END
        ) >= lim.value->>'count' LIMIT 1) AS "limit"`
  if (row?.taken) return 'already-reserved'
  if (row?.listed && wish.honourDoNotCall) return 'do-not-call'
  if (row?.limit) return row.limit as DialLimit['code']
  if (row && row.live >= wish.maxLive) return 'trunk-full'
  return 'number-busy'
}

/** Calls that occupy a trunk now; older ones than `since` are leftovers. */
export function liveDials(prisma: Prisma, trunk: string, since: number): Promise<number> {
  return prisma.dialLedger.count({ where: { trunk, endedAt: null, at: { gte: new Date(since) } } })
}

/** Calls of one purpose that were placed since then, by trunk. */
export async function recentDials(prisma: Prisma, purpose: DialPurpose, since: number): Promise<Map<string, number>> {
  const where = { purpose, at: { gte: new Date(since) } }
  const rows = await prisma.dialLedger.groupBy({ by: ['trunk'], where, _count: true })
  return new Map(rows.map(({ trunk, _count }) => [trunk, _count]))
}

/** The called person picked up. */
export async function markDialAnswered(prisma: Prisma, channelId: string, at: number): Promise<void> {
  await retryBusy(
    () => prisma.$executeRaw`UPDATE "DialLedger" SET "answeredAt" = ${at} WHERE "channelId" = ${channelId}`,
  )
}

/** The call is over; the line and the number are free. `counts: false`: it never left our trunk, nobody's phone rang. */
export async function endDial(prisma: Prisma, channelId: string, at: number, counts = true): Promise<void> {
  await retryBusy(
    () => prisma.$executeRaw`
    UPDATE "DialLedger" SET "endedAt" = ${at}, "counts" = ${counts} WHERE "channelId" = ${channelId} AND "endedAt" IS NULL`,
  )
}

/** The channel ids of calls that are reserved or under way. */
export async function openDials(prisma: Prisma): Promise<string[]> {
  const rows = await prisma.dialLedger.findMany({ where: { endedAt: null }, select: { channelId: true } })
  return rows.map(({ channelId }) => channelId)
}

/**
 * After a start, and after each time that Asterisk was lost: frees what was reserved before `reservedBefore` and is no live channel any more.
 * Returns how many.
 */
export async function endLostDials(
  prisma: Prisma,
  liveChannelIds: string[],
  at: number,
  reservedBefore = at,
): Promise<number> {
  return retryBusy(
    () => prisma.$executeRaw`
    UPDATE "DialLedger" SET "endedAt" = ${at}
    WHERE "endedAt" IS NULL AND "at" <= ${reservedBefore}
      AND "channelId" NOT IN (SELECT value FROM json_each(${JSON.stringify(liveChannelIds)}))`,
  )
}
