/**
 * The outbox: every mail is a row before it is sent, and a row says what is known about it at any moment.
 *
 * pending -> sending (leased) -> sent | pending again | dead | digested (store/digests.ts). The rows are written by the journal, with the end of the call. A worker
 * that dies in the middle leaves a lease that runs out; `tries` is the token of a claim: who claimed later has counted further.
 */
import { sleep } from '../runtime/abort.ts'
import type { Prisma as Client } from './database.ts'
import { Prisma } from './generated/client.ts'
import { isBusy } from './journal.ts'

/** Times are milliseconds since 1970 UTC. */
export interface OutboxNotice {
  id: string
  kind: string
  callId: string | null
  caseId: string | null
  /** A mail address, or `webhook:crm`, `telegram:sales`, `sms:+7…`. */
  recipient: string
  language: string
  /** JSON, see notices/payload.ts. */
  payload: string
  threadKey: string | null
  /** Sends that were begun, the running one included. */
  tries: number
  createdAt: number
}

/** A row for people. */
export interface OutboxEntry extends OutboxNotice {
  status: string
  /** The digest that tells of this one in its place. */
  digestId: string | null
  dueAt: number
  lastError: string | null
  sentAt: number | null
}

/** Of `n`: no earlier mail of its thread to the same recipient is unfinished. Earlier: written before it, whatever the clock said. */
const NOT_OVERTAKING = Prisma.sql`NOT EXISTS (
  SELECT 1 FROM "Notice" e
  WHERE e."threadKey" = n."threadKey" AND e."recipient" = n."recipient" AND e."status" IN ('pending', 'sending')
    AND e.rowid < n.rowid)`

export interface RawNotice extends Omit<OutboxNotice, 'createdAt'> {
  createdAt: Date
}

/** Whoever else writes waits for no more rows than these. */
const AT_ONCE = 500

const COLUMNS = Prisma.sql`"id", "kind", "callId", "caseId", "recipient", "language", "payload", "threadKey", "tries", "createdAt"`

export class Outbox {
  #prisma: Client

  constructor(prisma: Client) {
    this.#prisma = prisma
  }

  /**
   * Takes up to `limit` notices of a lane that are due, or whose sender's lease has run out, the longest due first. Nobody else gets them
   * for `leaseMs`. A mail never overtakes an unfinished earlier one of its thread to the same recipient. Nothing for those who are `busy`.
   */
  async claimDueNotices(
    now: number,
    limit: number,
    leaseMs: number,
    lane = 'mail',
    busy: readonly string[] = [],
  ): Promise<OutboxNotice[]> {
    const others = Prisma.sql`n."recipient" NOT IN (SELECT value FROM json_each(${JSON.stringify(busy)}))`
    const mayGo = Prisma.sql`${others} AND ${NOT_OVERTAKING}`
    const rows = await patiently(
      () => this.#prisma.$queryRaw<RawNotice[]>`
        UPDATE "Notice" SET "status" = 'sending', "leaseUntil" = ${now + leaseMs}, "tries" = "tries" + 1
        WHERE "id" IN (
          SELECT "id" FROM (
            SELECT * FROM (
              SELECT n."id", n."dueAt", n."createdAt" FROM "Notice" n
              WHERE n."status" = 'pending' AND n."lane" = ${lane} AND n."dueAt" <= ${now} AND ${mayGo}
              ORDER BY n."dueAt", n."createdAt", n."id" LIMIT ${limit})
            UNION ALL
            SELECT * FROM (
              SELECT n."id", n."dueAt", n."createdAt" FROM "Notice" n
              WHERE n."status" = 'sending' AND n."lane" = ${lane} AND n."leaseUntil" <= ${now} AND ${mayGo}
              ORDER BY n."dueAt", n."createdAt", n."id" LIMIT ${limit})
          ) ORDER BY "dueAt", "createdAt", "id" LIMIT ${limit}
        )
        RETURNING ${COLUMNS}`,
    )
    return rows.map(toNotice).sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
  }

  /** At the start: who held a lease is dead, because one daemon works with one data folder. Returns how many mails were on their way. */
  async releaseLeases(): Promise<number> {
    return patiently(
      () => this.#prisma.$executeRaw`
        UPDATE "Notice" SET "status" = 'pending', "leaseUntil" = NULL WHERE "status" = 'sending'`,
    )
  }

  /** Lanes that have something to do; one of a channel that the configuration does not name any more is among them. */
  async unfinishedLanes(): Promise<string[]> {
    const rows = await this.#prisma.notice.groupBy({
      by: ['lane'],
      where: { status: { in: ['pending', 'sending'] } },
    })
    return rows.map(({ lane }) => lane)
  }

  /**
   * The mail that begins the notice's thread: the first to this recipient that was written and goes by itself, or may have gone before it was
   * called off; possibly the notice itself. The same at every try, for the Message-ID hangs on it.
   */
  async firstOfThread(notice: OutboxNotice): Promise<OutboxNotice> {
    if (notice.threadKey === null) return notice
    const rows = await patiently(
      () => this.#prisma.$queryRaw<RawNotice[]>`
        SELECT ${COLUMNS} FROM "Notice"
        WHERE "threadKey" = ${notice.threadKey} AND "recipient" = ${notice.recipient}
          AND ("status" NOT IN ('cancelled', 'digested') OR "tries" > 0)
        ORDER BY rowid LIMIT 1`,
    )
    return rows[0] ? toNotice(rows[0]) : notice
  }

  /** It was accepted. This is said whoever holds the row by now: it has left the house. */
  async markSent(id: string, now: number): Promise<void> {
    await patiently(
      () => this.#prisma.$executeRaw`
        UPDATE "Notice" SET "status" = 'sent', "sentAt" = ${now}, "leaseUntil" = NULL, "lastError" = NULL
        WHERE "id" = ${id} AND "status" <> 'sent'`,
    )
  }

  /** Back to pending, due at `dueAt`. Nothing happens when the row was claimed again meanwhile. */
  async postpone(claim: Pick<OutboxNotice, 'id' | 'tries'>, dueAt: number, error: string): Promise<void> {
    await patiently(
      () => this.#prisma.$executeRaw`
        UPDATE "Notice" SET "status" = 'pending', "dueAt" = ${dueAt}, "leaseUntil" = NULL, "lastError" = ${error}
        WHERE "id" = ${claim.id} AND "status" = 'sending' AND "tries" = ${claim.tries}`,
    )
  }

  /** Not now, and not as a try: due again at `dueAt`, or in its old place where that is null. */
  async hold(
    claim: Pick<OutboxNotice, 'id' | 'tries'>,
    dueAt: number | null,
    why: string | null = null,
  ): Promise<void> {
    await patiently(
      () => this.#prisma.$executeRaw`
        UPDATE "Notice" SET "status" = 'pending', "leaseUntil" = NULL, "tries" = "tries" - 1,
          "dueAt" = coalesce(${dueAt}, "dueAt"), "lastError" = coalesce(${why}, "lastError")
        WHERE "id" = ${claim.id} AND "status" = 'sending' AND "tries" = ${claim.tries}`,
    )
  }

  /** Nothing of a lane goes to this recipient before `until`; what waits keeps its order. */
  async holdRecipient(recipient: string, lane: string, until: number): Promise<void> {
    let held = AT_ONCE
    while (held === AT_ONCE)
      held = await patiently(
        () => this.#prisma.$executeRaw`
          UPDATE "Notice" SET "dueAt" = ${until} WHERE "id" IN (
            SELECT "id" FROM "Notice"
            WHERE "recipient" = ${recipient} AND "status" = 'pending' AND "lane" = ${lane} AND "dueAt" < ${until}
            LIMIT ${AT_ONCE})`,
      )
  }

  /** Nobody needs it any more. */
  async cancel(claim: Pick<OutboxNotice, 'id' | 'tries'>, why: string): Promise<void> {
    await patiently(
      () => this.#prisma.$executeRaw`
        UPDATE "Notice" SET "status" = 'cancelled', "leaseUntil" = NULL, "lastError" = ${why}
        WHERE "id" = ${claim.id} AND "status" = 'sending' AND "tries" = ${claim.tries}`,
    )
  }

  /** Given up, until somebody says `retryDead`. Nothing happens when the row was claimed again meanwhile. */
  async markDead(claim: Pick<OutboxNotice, 'id' | 'tries'>, error: string): Promise<void> {
    await patiently(
      () => this.#prisma.$executeRaw`
        UPDATE "Notice" SET "status" = 'dead', "leaseUntil" = NULL, "lastError" = ${error}
        WHERE "id" = ${claim.id} AND "status" = 'sending' AND "tries" = ${claim.tries}`,
    )
  }

  /** The caller got through: mails about these calls that nobody has tried to send yet are not needed. Returns how many. */
  async cancelPending(callIds: string[]): Promise<number> {
    const { count } = await patiently(() =>
      this.#prisma.notice.updateMany({
        where: { callId: { in: callIds }, kind: 'missed', status: 'pending', tries: 0 },
        data: { status: 'cancelled' },
      }),
    )
    return count
  }

  /** Dead ones start over with fresh tries. All of them, or only `ids`. Returns how many. */
  async retryDead(now: number, ids?: string[]): Promise<number> {
    const { count } = await patiently(() =>
      this.#prisma.notice.updateMany({
        where: { status: 'dead', ...(ids ? { id: { in: ids } } : {}) },
        data: { status: 'pending', dueAt: new Date(now), tries: 0 },
      }),
    )
    return count
  }

  /** For metrics: how many wait (or are on their way), how many are dead, and since when the oldest waiting one was due. */
  async counts(): Promise<{ pending: number; dead: number; oldestDueAt: number | null }> {
    const [pending, dead, oldest] = await Promise.all([
      this.#prisma.notice.count({ where: { status: { in: ['pending', 'sending'] } } }),
      this.#prisma.notice.count({ where: { status: 'dead' } }),
      this.#prisma.notice.aggregate({ where: { status: 'pending' }, _min: { dueAt: true } }),
    ])
    return { pending, dead, oldestDueAt: oldest._min.dueAt?.getTime() ?? null }
  }

  /** The newest `limit` rows of the given states, newest first. */
  async list(statuses: string[], limit: number): Promise<OutboxEntry[]> {
    const rows = await this.#prisma.notice.findMany({
      where: { status: { in: statuses } },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit,
    })
    return rows.map((row) => ({
      ...row,
      createdAt: row.createdAt.getTime(),
      dueAt: row.dueAt.getTime(),
      sentAt: row.sentAt?.getTime() ?? null,
    }))
  }
}

export function toNotice(raw: RawNotice): OutboxNotice {
  return { ...raw, createdAt: raw.createdAt.getTime() }
}

/** Another process may hold the write lock for a moment. A mail that was sent and is not marked would be sent twice. */
export async function patiently<T>(deed: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await deed()
    } catch (error) {
      if (tries >= 20 || !isBusy(error)) throw error
      await sleep(Math.min(50 * tries, 500))
    }
  }
}
