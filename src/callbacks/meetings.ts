/**
 * Who is in a meeting: kept in memory, because a flow asks while a caller waits, and read again every two seconds, because the command line
 * writes it too.
 */
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import { Poller } from '../runtime/poller.ts'
import type { Prisma } from '../store/database.ts'
import { beginMeeting, endMeeting, type Meeting, meetings } from '../store/meetings.ts'

const EVERY_MS = 2_000

export class Meetings {
  #prisma: Prisma
  #clock: Clock
  #poller: Poller
  #known = new Map<string, Meeting>()
  #onEnd: () => void

  /** `onEnd`: somebody may be called for again. */
  constructor(options: { prisma: Prisma; clock: Clock; log: Logger; onEnd: () => void }) {
    this.#prisma = options.prisma
    this.#clock = options.clock
    this.#onEnd = options.onEnd
    this.#poller = new Poller({ pass: () => this.refresh(), everyMs: EVERY_MS, log: options.log })
  }

  /** Resolves when it is known who is in a meeting. */
  async start(): Promise<void> {
    await this.refresh()
    this.#poller.start()
  }

  stop(): Promise<void> {
    return this.#poller.stop()
  }

  isOn(person: string): boolean {
    const meeting = this.#known.get(person)
    return meeting !== undefined && (meeting.until === null || meeting.until > this.#clock.now())
  }

  /** When his meeting ends; null: nobody knows, or he is in none. */
  untilOf(person: string): number | null {
    return this.isOn(person) ? (this.#known.get(person)?.until ?? null) : null
  }

  /** From the phone, a page, a calendar. */
  async begin(person: string, until: number | null, by: string): Promise<void> {
    await beginMeeting(this.#prisma, { person, since: this.#clock.now(), until, by })
    await this.refresh()
  }

  async end(person: string): Promise<boolean> {
    const was = await endMeeting(this.#prisma, person, this.#clock.now())
    await this.refresh()
    return was
  }

  async refresh(): Promise<void> {
    const before = [...this.#known.keys()].filter((person) => this.isOn(person))
    this.#known = new Map((await meetings(this.#prisma)).map((meeting) => [meeting.person, meeting]))
    if (before.some((person) => !this.isOn(person))) this.#onEnd()
  }
}
