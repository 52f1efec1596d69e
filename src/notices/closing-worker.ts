/**
 * A case was closed, by whomever and whatever: who had been told of it hears that nobody needs to call any more, once. The database notes
 * the closing itself (trigger `case_closed_notices`); the notices and the note that they are written are one transaction.
 */
import type { Config } from '../config/schema.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import { Poller } from '../runtime/poller.ts'
import type { Prisma } from '../store/database.ts'
import { type ClosedCase, toldAbout, untoldClosings } from '../store/escalations.ts'
import type { Journal, JournalEntry } from '../store/journal.ts'
import { type ClosedPayload, closings, readContent } from './payload.ts'

export interface ClosingParts {
  prisma: Prisma
  journal: Journal
  config: () => Config
  clock: Clock
  log: Logger
  /** Something was written into the outbox. */
  onNotices: () => void
  everyMs?: number
}

const AT_ONCE = 50

export class ClosingWorker {
  #parts: ClosingParts
  #poller: Poller

  constructor(parts: ClosingParts) {
    this.#parts = parts
    this.#poller = new Poller({ pass: () => this.pass(), everyMs: parts.everyMs ?? 2_000, log: parts.log })
  }

  start(): void {
    this.#poller.start()
  }

  stop(): Promise<void> {
    return this.#poller.stop()
  }

  async pass(): Promise<void> {
    const { prisma, journal, onNotices } = this.#parts
    for (;;) {
      const closed = await untoldClosings(prisma, AT_ONCE)
      for (const row of closed) {
        const notices = await this.#notices(row)
        await journal.commit([...notices, { op: 'closing.told', row: { caseId: row.caseId } }])
        if (notices.length > 0) onNotices()
      }
      if (closed.length < AT_ONCE) return
    }
  }

  async #notices(row: ClosedCase): Promise<JournalEntry[]> {
    const told = await toldAbout(this.#parts.prisma, row)
    // of several notices to one recipient the first names the thread
    const first = new Map(told.toReversed().map((notice) => [notice.recipient.toLowerCase(), notice]))
    const now = this.#parts.clock.now()
    const { caseId, at, talkMs } = row
    const how = closings.find((known) => known === row.how) ?? 'by-hand'
    const by = row.by && (this.#parts.config().people[row.by]?.name ?? row.by)
    return [...first.values()].flatMap((notice): JournalEntry[] => {
      const common = this.#commonOf(notice)
      if (!common) return []
      const payload: ClosedPayload = { ...common, closed: { how, by, at, talkMs } }
      const { recipient, language, threadKey, callId } = notice
      return [
        {
          op: 'notice',
          row: {
            id: `${caseId}.closed.${Buffer.from(recipient.toLowerCase()).toString('base64url')}`,
            kind: 'closed',
            callId,
            caseId,
            recipient,
            language,
            payload,
            threadKey,
            dueAt: now,
            createdAt: now,
          },
        },
      ]
    })
  }

  #commonOf(notice: { id: string; kind: string; payload: string }): Omit<ClosedPayload, 'closed'> | null {
    try {
      const { callId, caller, line, company, replyTo, calledAt } = readContent(notice.kind, notice.payload).payload
      return { callId, caller, line, company, replyTo, calledAt }
    } catch (error) {
      this.#parts.log.warn('a closing cannot be told: the notice before it is not understood', {
        notice: notice.id,
        error,
      })
      return null
    }
  }
}
