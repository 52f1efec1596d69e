/**
 * The weekly mail to the director. When it is due stands in a row; node-schedule only wakes us. A time that passed while nobody was there is
 * seen at the next start, and of several such weeks the last is mailed. The mails and the next due time are one commit: never none, never two.
 */
import { createHash } from 'node:crypto'
import { DateTime } from 'luxon'
import { type Job, scheduleJob } from 'node-schedule'
import type { Config } from '../../config/schema.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Language } from '../../runtime/i18n.ts'
import type { Logger } from '../../runtime/logger.ts'
import { Poller } from '../../runtime/poller.ts'
import type { Prisma } from '../../store/database.ts'
import { dueReport } from '../../store/due-reports.ts'
import type { Journal, JournalEntry } from '../../store/journal.ts'
import type { ReportDatabase } from '../../store/reports/connection.ts'
import { lastWeek } from '../period.ts'
import { callRules } from '../reports.ts'
import { weeklyPayload } from './content.ts'
import { readWeek } from './read-week.ts'
import { nextWeekTime } from './week-time.ts'

export interface WeeklyMailParts {
  prisma: Prisma
  journal: Pick<Journal, 'commit'>
  database: ReportDatabase
  config: () => Config
  clock: Clock
  log: Logger
  /** Mails wait since now. */
  onNotices: () => void
}

const NAME = 'weekly'
/** Looks also by itself: for a configuration that has changed, and for a wake-up that was lost. */
const EVERY_MS = 600_000

export class WeeklyMail {
  #parts: WeeklyMailParts
  #poller: Poller
  #job: Job | null = null

  constructor(parts: WeeklyMailParts) {
    this.#parts = parts
    this.#poller = new Poller({ pass: () => this.pass(), everyMs: EVERY_MS, log: parts.log })
  }

  start(): void {
    this.#poller.start()
  }

  async stop(): Promise<void> {
    this.#job?.cancel()
    await this.#poller.stop()
  }

  /** Plans the next mail, or writes the one that is due. */
  async pass(): Promise<void> {
    const { prisma, journal, config, clock } = this.#parts
    const { company, reports } = config()
    if (!reports.weekly) return
    const now = clock.now()
    const due = await dueReport(prisma, NAME)
    const next = nextWeekTime(reports.weekly.at, company.timezone, now)
    const planned: JournalEntry = { op: 'report.due', row: { name: NAME, dueAt: next } }
    if (due !== null && due <= now) {
      const mails = await this.#mails(due)
      await journal.commit([...mails, planned])
      this.#parts.log.info('the weekly mail was written', { mails: mails.length, next: new Date(next).toISOString() })
      this.#parts.onNotices()
    } else if (due !== next) await journal.commit([planned])
    this.#wakeAt(next)
  }

  /** One for each recipient, in his language. The id is that of the week: written twice, it is there once. */
  async #mails(due: number): Promise<JournalEntry[]> {
    const { config, clock } = this.#parts
    const snapshot = config()
    const { timezone: zone } = snapshot.company
    const now = clock.now()
    // of weeks that were slept through the last one
    const period = lastWeek(zone, now)
    const context = { config: snapshot, period, cut: null, now }
    const week = await readWeek(this.#parts.database, zone, now, callRules({ config: snapshot }))
    return recipients(snapshot).map(({ address, language }) => ({
      op: 'notice',
      row: {
        id: `weekly.${DateTime.fromMillis(period.from, { zone }).toISODate()}.${shortHash(address)}`,
        kind: 'weekly',
        callId: null,
        caseId: null,
        recipient: address,
        language,
        payload: weeklyPayload({ ...context, language }, week),
        threadKey: null,
        dueAt: due,
        createdAt: now,
      },
    }))
  }

  #wakeAt(at: number): void {
    this.#job?.cancel()
    this.#job = scheduleJob(new Date(at), () => this.#poller.wake())
  }
}

/** People without an address were refused when the configuration was loaded. */
function recipients({ reports, people, company }: Config): { address: string; language: Language }[] {
  const found = (reports.weekly?.to ?? []).flatMap((word) => {
    const person = Object.hasOwn(people, word) ? people[word] : undefined
    const address = person ? person.email : word
    return address === undefined ? [] : [{ address, language: person?.language ?? company.language }]
  })
  return [...new Map(found.map((one) => [one.address, one])).values()]
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
