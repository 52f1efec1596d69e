/**
 * Which channels cannot deliver, and which chats have moved: written down before anybody is told, so that a restart
 * neither forgets nor tells twice.
 */
import type { Prisma } from './database.ts'
import { patiently } from './outbox.ts'

export interface Illness {
  /** A lane of the outbox, or `mail host:port` for one of several mail servers. */
  channel: string
  kind: string
  why: string
  /** Milliseconds since 1970 UTC, as all times here. */
  since: number
  /** When the admin was told by another channel. */
  toldAt: number | null
}

export class Illnesses {
  #prisma: Prisma

  constructor(prisma: Prisma) {
    this.#prisma = prisma
  }

  async list(): Promise<Illness[]> {
    const rows = await this.#prisma.channelIllness.findMany({ orderBy: { since: 'asc' } })
    return rows.map((row) => ({ ...row, since: row.since.getTime(), toldAt: row.toldAt?.getTime() ?? null }))
  }

  async save({ channel, kind, why, since, toldAt }: Illness): Promise<void> {
    const row = { kind, why, since: new Date(since), toldAt: toldAt === null ? null : new Date(toldAt) }
    await patiently(() =>
      this.#prisma.channelIllness.upsert({ where: { channel }, create: { channel, ...row }, update: row }),
    )
  }

  async heal(channel: string): Promise<void> {
    await patiently(() => this.#prisma.channelIllness.deleteMany({ where: { channel } }))
  }
}

/** Chats of Telegram that have another number than the configuration says. */
export class MovedChats {
  #prisma: Prisma

  constructor(prisma: Prisma) {
    this.#prisma = prisma
  }

  /** The chat's number now; null: the configuration's is right, or was changed since. */
  async movedTo(channel: string, from: string): Promise<string | null> {
    const row = await this.#prisma.movedChat.findUnique({ where: { channel } })
    return row?.from === from ? row.to : null
  }

  async save(channel: string, from: string, to: string, now: number): Promise<void> {
    const row = { from, to, at: new Date(now) }
    await patiently(() =>
      this.#prisma.movedChat.upsert({ where: { channel }, create: { channel, ...row }, update: row }),
    )
  }
}
