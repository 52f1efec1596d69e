/** One random day of the small company, from its seed: what happens outside, and the lives and deaths of the daemon in it. */
import { silentLogger, type Logger } from '../../src/runtime/logger.ts'
import { ulid } from '../../src/model/ulid.ts'
import { PlayedAri } from './ari.ts'
import { PlayedAsterisk } from './asterisk.ts'
import { Chance } from './chance.ts'
import { check } from './checker.ts'
import { Chronicle } from './chronicle.ts'
import { CommandLine } from './command-line.ts'
import { DESKS, playedConfig } from './company.ts'
import { bornDaemon } from './daemon.ts'
import { Life } from './life.ts'
import { workOnTheList } from './list-work.ts'
import { meet } from './meetings.ts'
import { type Misfortune, misfortunes } from './misfortunes.ts'
import { comeAndGo } from './orders.ts'
import { haveMoods, People, startCampaign } from './morning.ts'
import type { PlayedDatabase } from './played-database.ts'
import { PlayedMailServer } from './played-mail.ts'
import { PlayedTime } from './played-time.ts'
import type { Planted } from './planted.ts'
import { type CrashPoint, visitCrashPoints } from '../../src/runtime/crash-point.ts'
import type { Prisma } from '../../src/store/database.ts'

export interface DayOptions {
  seed: number
  database: PlayedDatabase
  /** Deaths of the daemon and of Asterisk, broken lines, and the rest of misfortunes.ts; or one kind alone. */
  faults?: boolean | Misfortune
  traced?: boolean
  /** Asked at each point of src/runtime/crash-point.ts that the daemon comes to: does it die there? */
  diesAt?: (point: CrashPoint) => boolean
  /** A bug that somebody planted, to see whether the checker finds it. */
  planted?: Planted
  log?: Logger
}
export interface DayResult {
  seed: number
  /** Broken promises, in words. */
  broken: string[]
  trace: string[]
  figures: Figures
}
export interface Figures {
  calls: number
  talks: number
  mails: number
  dialled: number
  misfortunes: number
  statements: number
  moments: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** A Tuesday at midnight in Yekaterinburg. */
const MIDNIGHT = Date.parse('2026-11-24T00:00:00+05:00')
/** A day has some thirty thousand; one whose mail server is away for the last hour has been seen with twice as many. */
const MOST_MOMENTS = 400_000
/** A day that a planted bug keeps from its end is judged sooner. */
const MOST_MOMENTS_PLANTED = 40_000
/** The slowest worker looks every five seconds. */
const LOOKED_AROUND_MS = 6_000
const READING_MS = 60_000
/** After the last caller everything that is owed is given so long to be paid. */
const AFTERMATH_MS = 8 * 24 * HOUR

export async function playDay(options: DayOptions): Promise<DayResult> {
  const chance = new Chance(options.seed)
  // the working day, its edges, a little of the evening
  const startsAt = MIDNIGHT + chance.int(8 * 60 + 30, 17 * 60 + 30) * MINUTE
  const time = new PlayedTime(startsAt)
  const giveBack = time.install(chance.child())
  const takeOut = options.planted?.code?.()
  try {
    refillIds(time)
    return await new Day(options, chance, time).play()
  } finally {
    visitCrashPoints(null)
    takeOut?.()
    giveBack()
  }
}

class Day {
  #options: DayOptions
  #chance: Chance
  #time: PlayedTime
  #chronicle: Chronicle
  #asterisk: PlayedAsterisk
  #mail: PlayedMailServer
  #commandLine: CommandLine
  #people: People
  #life: Life | null = null
  #ari: PlayedAri | null = null
  #lives = 0
  #skips: { at: number; ms: number }[] = []
  #moments = 0

  constructor(options: DayOptions, chance: Chance, time: PlayedTime) {
    this.#options = options
    this.#chance = chance
    this.#time = time
    const chronicle = new Chronicle(() => time.now(), options.traced ?? false)
    this.#chronicle = chronicle
    this.#people = new People({ time, chance, chronicle })
    this.#asterisk = new PlayedAsterisk({
      time,
      chance: chance.child(),
      chronicle,
      partyAt: (endpoint) => this.#people.at(endpoint, this.#asterisk),
      fallbackPhones: DESKS,
      maxCalls: 8,
    })
    this.#mail = new PlayedMailServer({ time, chance: chance.child(), chronicle })
    this.#commandLine = new CommandLine(time, options.database)
    options.planted?.asterisk?.(this.#asterisk)
    options.planted?.mail?.(this.#mail)
  }

  async play(): Promise<DayResult> {
    const { database, faults = false, seed } = this.#options
    const time = this.#time
    const chance = this.#chance
    const statements = database.statements
    database.empty()
    database.memo.begin(() => time.daemonNow())
    const lastCallAt = time.now() + chance.int(10 * MINUTE, 90 * MINUTE)
    this.#people.comeToWork(this.#asterisk, lastCallAt + HOUR)
    if (chance.yes(0.5)) startCampaign(database, chance, time.now())
    this.#start()
    this.#people.call(this.#asterisk, lastCallAt)
    haveMoods({ time, chance }, this.#mail, lastCallAt)
    if (faults) this.#misfortunes(lastCallAt, faults === true ? undefined : faults)
    this.#peopleAct(lastCallAt)
    this.#people.rush(this.#asterisk, chance.child(), lastCallAt)
    this.#people.lunch(chance.child(), lastCallAt)
    this.#people.companies(this.#asterisk, chance.child(), lastCallAt)
    await this.#until(lastCallAt + 2 * HOUR, false)
    // from here on the world is well: what is owed must be paid
    this.#mail.mood = 'well'
    time.daemonSkewMs = 0
    await this.#until(lastCallAt + AFTERMATH_MS, true)
    // the reader of the doorbell book may be at it just now
    const living = [...this.#asterisk.channels.values()].filter(
      ({ record, createdAt }) => record || time.now() - createdAt - this.#skippedSince(createdAt) > READING_MS,
    )
    const broken = check({ chronicle: this.#chronicle, database, living })
    if (this.#moments > this.#most) broken.push(`I6 the day does not come to an end: ${this.#left()}`)
    const calls = [...this.#chronicle.calls.values()]
    const figures: Figures = {
      calls: calls.filter(({ direction }) => direction === 'in').length,
      talks: calls.filter(({ direction, talks }) => direction === 'in' && talks.length > 0).length,
      mails: this.#chronicle.mails.length,
      dialled: calls.filter(({ direction }) => direction === 'out').length,
      misfortunes: this.#chronicle.troubles.length,
      statements: database.statements - statements,
      moments: this.#moments,
    }
    this.#life?.die()
    return { seed, broken, trace: this.#chronicle.lines, figures }
  }

  /** By the command line. */
  #peopleAct(lastCallAt: number): void {
    const time = this.#time
    const office = () => {
      return { time, chance: this.#chance.child(), chronicle: this.#chronicle, commandLine: this.#commandLine }
    }
    workOnTheList(office(), lastCallAt + 90 * MINUTE)
    comeAndGo(office(), lastCallAt + HOUR)
    meet(office(), lastCallAt + HOUR)
  }

  #misfortunes(lastCallAt: number, only: Misfortune | undefined): void {
    const world = {
      time: this.#time,
      chronicle: this.#chronicle,
      asterisk: this.#asterisk,
      database: this.#options.database,
      life: () => this.#life,
      ari: () => this.#ari,
    }
    misfortunes(this.#chance, world, lastCallAt + HOUR, only)
  }

  /** Plays on. `owed`: only until nothing waits any more. */
  async #until(end: number, owed: boolean): Promise<void> {
    const time = this.#time
    const { database } = this.#options
    let quietSince = time.now()
    const goOn = () => {
      if (++this.#moments > this.#most) return false
      const now = time.now()
      if (!this.#isQuiet) quietSince = now
      if (now - quietSince < LOOKED_AROUND_MS) return true
      // nobody is on the line and the workers have looked around: on to what comes next
      const next = Math.min(time.nextDeedAt(), database.nextDue() - time.daemonSkewMs)
      if (owed && next > end) return false
      const ms = Math.min(next, end) - now - 1_000
      if (ms > LOOKED_AROUND_MS) this.#skip(ms)
      quietSince = time.now()
      return true
    }
    await time.play(end, goOn, () => database.asking > 0)
  }

  /** The daemon has looked at everything, and nobody is on the line. */
  get #isQuiet(): boolean {
    if (this.#commandLine.lastAt === this.#time.now()) return false
    return this.#life !== null && this.#asterisk.people === 0 && !this.#time.frozen && !this.#options.database.locked
  }

  get #most(): number {
    return this.#options.planted ? MOST_MOMENTS_PLANTED : MOST_MOMENTS
  }

  /** What still waits, for people. */
  #left(): string {
    const { database } = this.#options
    const waiting = [
      ...database.rows<object>(
        `SELECT "id", "status", "dueAt", "leaseUntil", "tries", "lastError" FROM "Notice" WHERE "status" IN ('pending', 'sending')`,
      ),
      ...database.rows<object>(
        `SELECT "id", "status", "dueAt", "expiresAt", "tries", "outcome" FROM "Callback" WHERE "openNumber" IS NOT NULL`,
      ),
      ...database.rows<object>(`SELECT "id", "status", "dueAt" FROM "Escalation" WHERE "status" = 'pending'`),
      ...database.rows<object>(
        `SELECT "id", "status", "dueAt", "note" FROM "Contact" WHERE "status" IN ('queued', 'dialing')`,
      ),
    ]
    return [`now ${this.#time.now()}`, ...waiting.map((row) => JSON.stringify(row))].join(' ')
  }

  /** The night, or an hour in which nothing happens: not the daemon's timers, but Asterisk's word of it goes along. */
  #skip(ms: number): void {
    this.#skips.push({ at: this.#time.now(), ms })
    this.#time.skip(ms)
    if (this.#life) this.#asterisk.dialplan.heartbeat += Math.ceil(ms / 1000)
  }

  /** The daemon's timers have stood still for so long. */
  #skippedSince(at: number): number {
    return this.#skips.reduce((sum, skip) => (skip.at >= at ? sum + skip.ms : sum), 0)
  }

  #start(): void {
    const { database, planted, log = silentLogger } = this.#options
    const time = this.#time
    this.#lives++
    this.#chronicle.tell(`-- the daemon starts, life ${this.#lives}`)
    time.accepting = true
    const life = new Life(() => this.#died(life))
    if (this.#options.diesAt) visitCrashPoints((point) => this.#visited(point, life))
    const ari = new PlayedAri(this.#asterisk, this.#chance.child(), life)
    this.#life = life
    this.#ari = ari
    let prisma: Prisma = database.forLife(life, time)
    if (planted?.prisma) prisma = planted.prisma(prisma)
    if (planted?.ari) planted.ari(ari)
    const app = bornDaemon({
      life,
      time,
      ari,
      mail: this.#mail,
      prisma,
      liveConfig: playedConfig(() => time.daemonNow()),
      log,
    })
    app.start().catch((error: unknown) => {
      // as main.ts: who cannot start ends, and is started again
      if (!life.dead) this.#chronicle.tell(`-- it cannot start: ${String(error)}`)
      life.die()
    })
  }

  #visited(point: CrashPoint, life: Life): void {
    if (life.dead || !this.#options.diesAt?.(point)) return
    this.#chronicle.tell(`-- it dies at ${point}`)
    life.die()
  }

  #died(life: Life): void {
    if (this.#life !== life) return
    const time = this.#time
    const { chance } = this.#asterisk.parts
    const ms = chance.yes(0.8) ? chance.int(800, 6_000) : chance.int(6_000, 90_000)
    this.#life = null
    time.accepting = false
    time.dropTimers()
    this.#chronicle.trouble('daemon', ms)
    this.#ari?.disconnect()
    this.#ari = null
    // a moment of its own: what the dead one had begun has come to rest by then
    time.after(ms, () => void time.after(0, () => this.#start()))
  }
}

/** Ids come from a pool of chance; the rest of another day's pool is no part of this seed. */
function refillIds(time: PlayedTime): void {
  while (time.chanceAsked === 0) ulid()
}
