/**
 * The outbox: every mail is a row before it is sent, and a row says what is known about it at any moment.
 *
 * pending -> sending (leased) -> sent | pending again | dead | unconfirmed | digested (store/digests.ts). The rows are
 * written by the journal, with the end of the call. A worker that dies in the middle leaves a lease that runs out;
 * `tries` is the token of a claim: a later claim has counted on.
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

/** What a channel has refused for good since it last accepted something. */
export interface RefusalsInARow {
  notices: number
  recipients: number
  /** There is nobody else to whom the lane has had anything lately. */
  everybody: boolean
}

/** A row for people. */
export interface OutboxEntry extends OutboxNotice {
  status: string
  /** The digest that tells of this one in its place. */
  digestId: string | null
  dueAt: number
  lastError: string | null
  sentAt: number | null
  /** Sends that may have arrived although nobody said so. */
  copies: number
  refusedAt: number | null
}

/**
 * Of `n`: no earlier mail of its thread to the same recipient is unfinished. Earlier: written before it, whatever the
 * clock said.
 */
const NOT_OVERTAKING = Prisma.sql`NOT EXISTS (
  SELECT 1 FROM "Notice" e
  WHERE e."threadKey" = n."threadKey" AND e."recipient" = n."recipient" AND e."status" IN ('pending', 'sending')
    AND e.rowid < n.rowid)`

/** Of `known`, which was refused: its recipient has had nothing since. */
const NOTHING_SINCE = Prisma.sql`NOT EXISTS (
  SELECT 1 FROM "Notice" had
  WHERE had."recipient" = known."recipient" AND had."status" = 'sent' AND had."sentAt" > known."refusedAt")`

export interface RawNotice extends Omit<OutboxNotice, 'createdAt'> {
  createdAt: Date
}

/** Whoever else writes waits for no more rows than these. */
const AT_ONCE = 500
/** Whom a lane has had nothing for in this time is not asked after. */
const LATELY_MS = 30 * 86_400_000

const COLUMNS = Prisma.sql`"id", "kind", "callId", "caseId", "recipient", "language", "payload", "threadKey", "tries", "createdAt"`

export class Outbox {
  #prisma: Client

  constructor(prisma: Client) {
    this.#prisma = prisma
  }

  /**
   * Takes up to `limit` notices of a lane that are due, or whose sender's lease has run out, the longest due first.
   * Nobody else gets them for `leaseMs`. A mail never overtakes an unfinished earlier one of its thread to the same
   * recipient. Nothing for the recipients who are `busy`, and none of the rows of `passed`.
   */
  async claimDueNotices(
    now: number,
    limit: number,
    leaseMs: number,
    lane = 'mail',
    busy: readonly string[] = [],
    passed: readonly string[] = [],
  ): Promise<OutboxNotice[]> {
    const others = Prisma.sql`n."recipient" NOT IN (SELECT value FROM json_each(${JSON.stringify(busy)}))
      AND n."id" NOT IN (SELECT value FROM json_each(${JSON.stringify(passed)}))`
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

  /** The send goes on: its row stays the claimant's until then. */
  async renewLease(claim: Pick<OutboxNotice, 'id' | 'tries'>, until: number): Promise<void> {
    await patiently(
      () => this.#prisma.$executeRaw`
        UPDATE "Notice" SET "leaseUntil" = ${until}
        WHERE "id" = ${claim.id} AND "status" = 'sending' AND "tries" = ${claim.tries}`,
    )
  }

  /**
   * At the start: who held a lease is dead, because one daemon works with one data folder. Returns how many mails were
   * on their way.
   */
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
   * The mail that begins the notice's thread: the first to this recipient that was written and goes by itself, or may
   * have gone before it was called off; possibly the notice itself. The same at every try, for the Message-ID hangs on
   * it.
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
        UPDATE "Notice" SET "status" = 'sent', "sentAt" = ${now}, "leaseUntil" = NULL, "lastError" = NULL, "refusedAt" = NULL
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

  /**
   * Given up, until somebody says `retryDead`. Nothing happens when the row was claimed again meanwhile. `refusedAt`:
   * the other side refused it then; null: it is given up for another reason.
   */
  async markDead(
    claim: Pick<OutboxNotice, 'id' | 'tries'>,
    error: string,
    refusedAt: number | null = null,
  ): Promise<void> {
    await patiently(
      () => this.#prisma.$executeRaw`
        UPDATE "Notice" SET "status" = 'dead', "leaseUntil" = NULL, "lastError" = ${error}, "refusedAt" = ${refusedAt}
        WHERE "id" = ${claim.id} AND "status" = 'sending' AND "tries" = ${claim.tries}`,
    )
  }

  /** Another send of it may have arrived. Returns how many may have by now; the row stays claimed. */
  async countCopy(claim: Pick<OutboxNotice, 'id' | 'tries'>): Promise<number> {
    const rows = await patiently(
      () => this.#prisma.$queryRaw<{ copies: bigint }[]>`
        UPDATE "Notice" SET "copies" = "copies" + 1
        WHERE "id" = ${claim.id} AND "status" = 'sending' AND "tries" = ${claim.tries}
        RETURNING "copies"`,
    )
    return Number(rows[0]?.copies ?? 0)
  }

  /** It has been sent as often as it may be, and nobody knows whether it arrived. */
  async markUnconfirmed(claim: Pick<OutboxNotice, 'id' | 'tries'>, error: string): Promise<void> {
    await patiently(
      () => this.#prisma.$executeRaw`
        UPDATE "Notice" SET "status" = 'unconfirmed', "leaseUntil" = NULL, "lastError" = ${error}
        WHERE "id" = ${claim.id} AND "status" = 'sending' AND "tries" = ${claim.tries}`,
    )
  }

  /** Those of a lane that were sent `copies` times without a word go once more. Returns how many. */
  async reviveUnconfirmed(lane: string, copies: number, now: number): Promise<number> {
    return patiently(
      () => this.#prisma.$executeRaw`
        UPDATE "Notice" SET "status" = 'pending', "dueAt" = ${now}
        WHERE "status" = 'unconfirmed' AND "lane" = ${lane} AND "copies" = ${copies}`,
    )
  }

  /** Has the lane accepted anything since then? */
  async acceptedSince(lane: string, since: number): Promise<boolean> {
    return ((await this.#lastAccepted(lane)) ?? -Infinity) >= since
  }

  async #lastAccepted(lane: string): Promise<number | null> {
    const last = await this.#prisma.notice.findFirst({
      where: { lane, status: 'sent' },
      orderBy: { sentAt: 'desc' },
      select: { sentAt: true },
    })
    return last?.sentAt?.getTime() ?? null
  }

  /**
   * What was refused since the lane last accepted something. Recipients who were refused before that, and have had
   * nothing since, are known to be wrong: their refusals say nothing of the channel.
   */
  async refusalsInARow(lane: string, now: number): Promise<RefusalsInARow> {
    const accepted = (await this.#lastAccepted(lane)) ?? -1
    const rows = await this.#prisma.$queryRaw<{ recipient: string; notices: bigint }[]>`
      SELECT n."recipient", count(*) AS "notices" FROM "Notice" n
      WHERE n."status" = 'dead' AND n."lane" = ${lane} AND n."refusedAt" > ${accepted} AND NOT EXISTS (
        SELECT 1 FROM "Notice" known
        WHERE known."status" = 'dead' AND known."lane" = ${lane} AND known."recipient" = n."recipient"
          AND known."refusedAt" <= ${accepted} AND ${NOTHING_SINCE})
      GROUP BY n."recipient"`
    if (rows.length === 0) return { notices: 0, recipients: 0, everybody: false }
    const notices = rows.reduce((sum, row) => sum + Number(row.notices), 0)
    const asked = JSON.stringify(rows.map(({ recipient }) => recipient))
    const others = await this.#prisma.$queryRaw<unknown[]>`
      SELECT 1 FROM "Notice" n
      WHERE n."lane" = ${lane} AND n."createdAt" > ${now - LATELY_MS} AND n."kind" <> 'alarm'
        AND n."status" NOT IN ('cancelled', 'digested')
        AND n."recipient" NOT IN (SELECT value FROM json_each(${asked}))
        AND NOT EXISTS (
          SELECT 1 FROM "Notice" known
          WHERE known."status" = 'dead' AND known."lane" = ${lane} AND known."recipient" = n."recipient"
            AND known."refusedAt" IS NOT NULL AND ${NOTHING_SINCE})
      LIMIT 1`
    return { notices, recipients: rows.length, everybody: others.length === 0 }
  }

  /**
   * The refusals since the lane last accepted something were the channel's fault: their notices wait again, in their
   * old places. What is about a case that was closed meanwhile stays where it is. Returns how many.
   */
  async reviveRefused(lane: string): Promise<number> {
    const accepted = (await this.#lastAccepted(lane)) ?? -1
    return patiently(
      () => this.#prisma.$executeRaw`
        UPDATE "Notice" SET "status" = 'pending', "refusedAt" = NULL
        WHERE "status" = 'dead' AND "lane" = ${lane} AND "refusedAt" > ${accepted}
          AND ("kind" = 'closed' OR NOT EXISTS (
            SELECT 1 FROM "Case" c WHERE c."id" = "Notice"."caseId" AND c."openKey" IS NULL))`,
    )
  }

  /**
   * The caller got through: mails about these calls that nobody has tried to send yet are not needed. Returns how many.
   */
  async cancelPending(callIds: string[]): Promise<number> {
    const { count } = await patiently(() =>
      this.#prisma.notice.updateMany({
        where: { callId: { in: callIds }, kind: 'missed', status: 'pending', tries: 0 },
        data: { status: 'cancelled' },
      }),
    )
    return count
  }

  /**
   * Dead ones start over with fresh tries: all of them, or only `ids`. One that may have arrived goes again only where
   * it is named. Returns how many.
   */
  async retryDead(now: number, ids?: string[]): Promise<number> {
    const { count } = await patiently(() =>
      this.#prisma.notice.updateMany({
        where: ids ? { status: { in: ['dead', 'unconfirmed'] }, id: { in: ids } } : { status: 'dead' },
        data: { status: 'pending', dueAt: new Date(now), tries: 0, copies: 0, refusedAt: null },
      }),
    )
    return count
  }

  /**
   * How many wait (or are on their way), are dead, may have arrived or not; and since when the oldest waiting one was
   * due.
   */
  async counts(): Promise<{ pending: number; dead: number; unconfirmed: number; oldestDueAt: number | null }> {
    const [pending, stuck, oldest] = await Promise.all([
      this.#prisma.notice.count({ where: { status: { in: ['pending', 'sending'] } } }),
      this.stuck(),
      this.#prisma.notice.aggregate({ where: { status: 'pending' }, _min: { dueAt: true } }),
    ])
    return { pending, ...stuck, oldestDueAt: oldest._min.dueAt?.getTime() ?? null }
  }

  /** What moves no more by itself. */
  async stuck(): Promise<{ dead: number; unconfirmed: number }> {
    const [dead, unconfirmed] = await Promise.all(
      ['dead', 'unconfirmed'].map((status) => this.#prisma.notice.count({ where: { status } })),
    )
    return { dead: dead ?? 0, unconfirmed: unconfirmed ?? 0 }
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
      refusedAt: row.refusedAt?.getTime() ?? null,
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
