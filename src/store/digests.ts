/**
 * Digests: many notices to one recipient told by one. Each row that was gathered says so (`digested`) and by which digest, so that every call
 * is accounted for; the list of a digest is fixed once its sending has begun.
 */
import type { Prisma } from './database.ts'
import { silentLogger } from '../runtime/logger.ts'
import { Journal } from './journal.ts'
import { type OutboxNotice, patiently, toNotice } from './outbox.ts'

/** More calls than anybody reads in one mail; the next one begins another. */
const MOST_IN_ONE = 300

export interface DigestRow {
  /** The id of the digest, if a new one must be begun. */
  digestId: string
  payload: object
  dueAt: number
  at: number
}

export class Digests {
  #prisma: Prisma
  #journal: Journal

  constructor(prisma: Prisma) {
    this.#prisma = prisma
    this.#journal = new Journal(prisma, silentLogger)
  }

  /** Moves a claimed notice into the recipient's digest, in one transaction with the digest's own row. */
  gather(claim: Pick<OutboxNotice, 'id' | 'tries'>, row: DigestRow): Promise<void> {
    const { id: noticeId, tries } = claim
    return this.#journal.commit([{ op: 'notice.digest', row: { noticeId, tries, most: MOST_IN_ONE, ...row } }])
  }

  /** What the digest tells of, in the order of the calls. */
  async members(digestId: string): Promise<OutboxNotice[]> {
    const rows = await this.#prisma.notice.findMany({
      where: { digestId, status: 'digested' },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    })
    return rows.map(toNotice)
  }

  /** Does another lost call of this caller wait for the recipient, by itself or in a digest that has not begun to be sent? */
  async hasCompany({
    id,
    threadKey,
    recipient,
  }: Pick<OutboxNotice, 'id' | 'threadKey' | 'recipient'>): Promise<boolean> {
    if (threadKey === null) return false
    const rows = await patiently(
      () => this.#prisma.$queryRaw<unknown[]>`
        SELECT 1 FROM "Notice" n
        WHERE n."threadKey" = ${threadKey} AND n."recipient" = ${recipient} AND n."id" <> ${id} AND n."kind" = 'missed'
          AND (n."status" = 'pending' AND n."tries" = 0 OR n."status" = 'digested' AND EXISTS (
            SELECT 1 FROM "Notice" d WHERE d."id" = n."digestId" AND d."status" = 'pending' AND d."tries" = 0))
        LIMIT 1`,
    )
    return rows.length > 0
  }

  /** How many notices have gone to the recipient one by one since then. */
  sentSince(recipient: string, since: number): Promise<number> {
    return patiently(() =>
      this.#prisma.notice.count({
        where: { recipient, status: 'sent', sentAt: { gt: new Date(since) }, kind: { not: 'digest' } },
      }),
    )
  }
}
