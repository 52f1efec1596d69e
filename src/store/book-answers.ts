/** What a CRM has answered about callers' numbers. */
import type { Prisma } from './database.ts'
import { retryBusy } from './retry-busy.ts'

export interface BookAnswer {
  /** E.164 */
  number: string
  name: string | null
  /** Milliseconds since 1970 UTC. */
  at: number
}

export class BookAnswers {
  #prisma: Prisma

  constructor(prisma: Prisma) {
    this.#prisma = prisma
  }

  async load(source: string, since: number): Promise<BookAnswer[]> {
    const rows = await this.#prisma.bookAnswer.findMany({
      where: { source, at: { gte: new Date(since) } },
      orderBy: { at: 'asc' },
    })
    return rows.map(({ number, name, at }) => ({ number, name, at: at.getTime() }))
  }

  async save(source: string, { number, name, at }: BookAnswer): Promise<void> {
    const row = { name, at: new Date(at) }
    await retryBusy(() =>
      this.#prisma.bookAnswer.upsert({
        where: { source_number: { source, number } },
        create: { source, number, ...row },
        update: row,
      }),
    )
  }

  async forget(source: string, before: number): Promise<void> {
    await retryBusy(() => this.#prisma.bookAnswer.deleteMany({ where: { source, at: { lt: new Date(before) } } }))
  }
}
