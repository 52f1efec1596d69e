/**
 * The hot journal: what happens on calls, on disk before anything is done about it.
 *
 * All that was appended in one turn, by any call, is committed as one statement: a JSON array into a view, whose triggers
 * spread it over the tables. Entries that belong together are appended together and are never torn apart.
 *
 * `commit` is for truth that must be there before the deed: it flushes at once. `note` is for the rest (steps of the path): it goes with
 * the next commit, or alone after a fifth of a second.
 */
import type { Logger } from '../runtime/logger.ts'
import { sleep } from '../runtime/abort.ts'
import { mayCrash, throughWall } from '../runtime/crash-point.ts'
import type { Prisma } from './database.ts'

/**
 * The call in which somebody spoke with a number. What ended after it began is not told by it: others may share the number. Both by its row and by the
 * time (milliseconds since 1970), for the clock may have been set; `talk` is missing where no row is known.
 */
export interface TalkBegan {
  talk?: string | undefined
  began: number
}

export interface JournalRows {
  'call.open': {
    id: string
    /** The first call of those that are one; the call itself if missing. */
    linkedid?: string
    direction: 'inbound' | 'callback' | 'campaign' | 'outbound'
    node: string
    trunk?: string | null
    line: string | null
    lineName: string | null
    caller: string | null
    callerShown: string
    callerName: string | null
    arrivedAt: number
    notice: 'armed' | 'none'
    restored: boolean
    configVersion: string
    group: string | null
  }
  'call.answered': { id: string; at: number; operator: string; peer: string; group: string | null }
  /** A talk has ended, and the caller is still with us: as long as no person takes the call, somebody must be told. */
  'call.rearm': { id: string }
  'call.end': {
    id: string
    at: number
    verdict: string
    reason: string | null
    notice: 'fired' | 'disarmed' | 'none'
    group: string | null
    waitMs: number
    talkMs: number | null
    cause: number | null
  }
  'step': { callId: string; seq: number; at: number; kind: string; detail: object }
  'notice': {
    id: string
    kind: 'missed' | 'closed' | 'callback-failed' | 'escalation' | 'weekly' | 'alarm'
    callId: string | null
    caseId: string | null
    recipient: string
    language: string
    payload: object
    threadKey: string | null
    dueAt: number
    createdAt: number
  }
  'notice.cancel': { caller: string } & TalkBegan
  /** Nothing of `notice.cancel` is sent before `until`: whether they talk is known a moment later. */
  'notice.hold': { caller: string; until: number } & TalkBegan
  'notice.digest': {
    noticeId: string
    tries: number
    most: number
    digestId: string
    payload: object
    dueAt: number
    at: number
  }
  'escalation': {
    caller: string
    callId: string
    step: number
    recipients: { address: string; language: string }[]
    payload: object
    dueAt: number
  }
  'escalation.end': { id: string; status: 'done' | 'cancelled' }
  'closing.told': { caseId: string }
  'case.loss': {
    id: string
    /** E.164; empty: the caller showed no number, or none that could be called. Such a call is a case of its own. */
    caller: string
    line: string
    /** The line itself if missing. */
    lineGroup?: string
    group: string | null
    callId: string
    at: number
    slaDueAt?: number | null
  }
  /** Somebody spoke with him. What is closed by hand goes through store/cases.ts. */
  'case.close': {
    caller: string
    at: number
    how: 'called-back' | 'called-out' | 'came-back' | 'by-hand'
    by: string | null
    talkMs: number | null
  } & TalkBegan
  'callback.new': {
    id: string
    callId: string
    number: string
    line: string
    group: string
    at: number
    dueAt: number
    expiresAt: number
    kind?: 'missed' | 'requested' | 'meeting'
    /** Higher is called first. */
    priority?: number
    /** His place: since when he waits; `at` if missing. */
    since?: number
    /** Caller and line group of the case; number and line if missing. */
    caseKey?: string
  }
  'callback.state': {
    id: string
    at: number
    status: 'waiting' | 'machine' | 'joining' | 'talking' | 'done' | 'failed' | 'cancelled'
    outcome: string | null
    tries: number
    dueAt: number | null
    causes?: Record<string, number>
    legs?: { operator?: string; client?: string }
  }
  /** When a report is mailed next. */
  'report.due': { name: string; dueAt: number }
  'callback.cancel': { number: string; at: number; outcome: string } & TalkBegan
  /** The words of queues/operator-state.ts. */
  'operator.event': {
    id: string
    person: string
    at: number
    state: string
    standing: string
    reason: string | null
    by: string
    callId: string | null
  }
}
export type JournalEntry = { [K in keyof JournalRows]: { op: K; row: JournalRows[K] } }[keyof JournalRows]

/** How long a note may stay in memory. A crash loses at most this much of a call's path, never its verdict. */
const NOTE_MS = 200
/** Under load commits gather for so long; when nothing was committed just before, there is no wait at all. */
const GATHER_MS = 4
/** Ops of the cheap view, see prisma/journal.sql. */
const HOT: ReadonlySet<string> = new Set<JournalEntry['op']>([
  'step',
  'call.open',
  'call.answered',
  'call.rearm',
  'operator.event',
])

/** What was appended together and is written together. Nobody waits for a note. */
interface Group {
  entries: readonly JournalEntry[]
  waiter: { resolve: () => void; reject: (error: unknown) => void } | null
}

/** Notes that wait for a database that somebody else has locked; a busy hour has a tenth of them. */
const MOST_WAITING = 20_000

export class Journal {
  #prisma: Prisma
  #log: Logger
  #pending: Group[] = []
  #timer: NodeJS.Timeout | null = null
  /** On the clock of performance.now(): when #timer fires. */
  #due = Infinity
  #writing: Promise<void> | null = null
  #lastWrite = 0

  constructor(prisma: Prisma, log: Logger) {
    this.#prisma = prisma
    this.#log = log
  }

  /**
   * Resolves when all `entries` are on disk, together. Rejects when the database refused them: then nothing was written.
   * `withinMs` lets a commit for which nobody waits ride with the next one.
   */
  commit(entries: JournalEntry[], withinMs = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ entries, waiter: { resolve, reject } })
      this.#flushBy(Math.max(performance.now() + withinMs, this.#lastWrite + GATHER_MS))
    })
  }

  /** Will be on disk soon. */
  note(...entries: JournalEntry[]): void {
    this.#pending.push({ entries, waiter: null })
    this.#flushBy(performance.now() + NOTE_MS)
  }

  /** Everything appended so far is on disk. */
  async drain(): Promise<void> {
    await this.#writing
    if (this.#pending.length > 0) await this.commit([])
  }

  #flushBy(due: number): void {
    if (this.#writing || due >= this.#due) return
    if (this.#timer) clearTimeout(this.#timer)
    this.#due = due
    const wait = due - performance.now()
    if (wait <= 0) {
      this.#timer = null
      // not a timer of 0, which is a millisecond; what else this turn of the loop appends still comes along
      queueMicrotask(() => this.#flush())
    } else this.#timer = setTimeout(() => this.#flush(), wait)
  }

  #flush(): void {
    this.#timer = null
    this.#due = Infinity
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null
      if (this.#pending.length > 0) this.#flushBy(this.#lastWrite + GATHER_MS)
    })
  }

  async #write(): Promise<void> {
    const groups = this.#pending.splice(0)
    try {
      await this.#insert(groups.flatMap(({ entries }) => entries))
      for (const { waiter } of groups) waiter?.resolve()
    } catch (error) {
      if (isBusy(error)) this.#waitOn(groups, error)
      else if (groups.length > 1) await this.#writeOneByOne(groups)
      else for (const group of groups) this.#refused(group, error)
    }
    this.#lastWrite = performance.now()
  }

  /** One of them cannot be written: the others, of other calls, shall not be lost with it. */
  async #writeOneByOne(groups: readonly Group[]): Promise<void> {
    for (const group of groups)
      try {
        await this.#insert(group.entries)
        group.waiter?.resolve()
      } catch (error) {
        this.#refused(group, error)
      }
  }

  /** Somebody else holds the write lock for long. Whoever waits for a commit is told so; what was only noted waits for the lock, before what comes. */
  #waitOn(groups: readonly Group[], error: unknown): void {
    const notes = groups.filter(({ waiter }) => waiter === null)
    const lost = notes.slice(0, Math.max(0, notes.length + this.#pending.length - MOST_WAITING))
    for (const group of [...groups.filter(({ waiter }) => waiter !== null), ...lost]) this.#refused(group, error)
    this.#pending.unshift(...notes.slice(lost.length))
  }

  #refused({ entries, waiter }: Group, error: unknown): void {
    this.#log.error('the database refused journal entries', { error, ops: entries.map(({ op }) => op) })
    waiter?.reject(error)
  }

  async #insert(entries: readonly JournalEntry[]): Promise<void> {
    if (entries.length === 0) return
    const ops = () => [...new Set(entries.map(({ op }) => op))]
    await (mayCrash() ? throughWall('journal', ops(), () => this.#statement(entries)) : this.#statement(entries))
  }

  /** The command line may hold the write lock for a moment: short waits in SQLite, longer ones here, off the thread. */
  async #statement(entries: readonly JournalEntry[]): Promise<void> {
    const batch = JSON.stringify(entries)
    const hot = entries.every((entry) => HOT.has(entry.op))
    for (let tries = 1; ; tries++) {
      try {
        await (hot
          ? this.#prisma
              .$executeRaw`INSERT INTO "journal_hot" ("op", "row") SELECT value->>'op', value->'row' FROM json_each(${batch})`
          : this.#prisma
              .$executeRaw`INSERT INTO "journal" ("op", "row") SELECT value->>'op', value->'row' FROM json_each(${batch})`)
        return
      } catch (error) {
        if (tries >= 20 || !isBusy(error)) throw error
        await sleep(Math.min(50 * tries, 500))
      }
    }
  }
}

/** SQLite's BUSY: somebody else holds the write lock. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && /database is locked|SQLITE_BUSY|SocketTimeout|timed out/i.test(error.message)
}
