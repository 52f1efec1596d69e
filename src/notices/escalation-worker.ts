/**
 * Nobody has taken a case in time: the notices to whom the rule names. The row and its notices are one transaction, and the notices' ids follow
 * from the row: who dies here writes the same again.
 */
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import { Poller } from '../runtime/poller.ts'
import type { Prisma } from '../store/database.ts'
import { type DueEscalation, dueEscalations } from '../store/escalations.ts'
import type { Journal, JournalEntry } from '../store/journal.ts'
import { escalation } from './payload.ts'

export interface EscalationParts {
  prisma: Prisma
  journal: Journal
  clock: Clock
  log: Logger
  /** Is the case still open, and has nobody taken it? */
  stillNeeded: (caseId: string) => Promise<boolean>
  /** Something was written into the outbox. */
  onNotices: () => void
  everyMs?: number
}

const AT_ONCE = 50

export class EscalationWorker {
  #parts: EscalationParts
  #poller: Poller

  constructor(parts: EscalationParts) {
    this.#parts = parts
    this.#poller = new Poller({ pass: () => this.pass(), everyMs: parts.everyMs ?? 5_000, log: parts.log })
  }

  start(): void {
    this.#poller.start()
  }

  stop(): Promise<void> {
    return this.#poller.stop()
  }

  async pass(): Promise<void> {
    const { prisma, clock } = this.#parts
    for (;;) {
      const due = await dueEscalations(prisma, clock.now(), AT_ONCE)
      for (const row of due) await this.#fire(row)
      if (due.length > 0) this.#parts.onNotices()
      if (due.length < AT_ONCE) return
    }
  }

  async #fire(row: DueEscalation): Promise<void> {
    const { journal, clock, log, stillNeeded } = this.#parts
    const needed = await stillNeeded(row.caseId)
    const notices = needed ? this.#notices(row, clock.now()) : []
    await journal.commit([
      ...notices,
      { op: 'escalation.end', row: { id: row.id, status: needed ? 'done' : 'cancelled' } },
    ])
    if (needed) log.info('nobody has taken a case in time', { case: row.caseId, told: notices.length })
  }

  #notices({ id, caseId, recipients, payload: json }: DueEscalation, now: number): JournalEntry[] {
    const payload = escalation.parse(JSON.parse(json))
    return recipients.map(({ address, language }) => ({
      op: 'notice',
      row: {
        id: `${id}.${Buffer.from(address.toLowerCase()).toString('base64url')}`,
        kind: 'escalation',
        callId: payload.callId,
        caseId,
        recipient: address,
        language,
        payload,
        threadKey: null,
        dueAt: now,
        createdAt: now,
      },
    }))
  }
}
