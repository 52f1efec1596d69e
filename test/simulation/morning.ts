/** Who is there on a day, and what they intend: desks and a mobile, callers, a campaign's contacts, the mail server's moods. */
import type { PlayedAsterisk } from './asterisk.ts'
import type { Chance } from './chance.ts'
import type { Party } from './channel.ts'
import type { Chronicle } from './chronicle.ts'
import { CAMPAIGN, DESKS, DIRECT_LINE, MOBILE } from './company.ts'
import { Caller, Desk, Mobile, someHabits, type Outside } from './people.ts'
import type { PlayedDatabase } from './played-database.ts'
import type { Mood, PlayedMailServer } from './played-mail.ts'
import type { PlayedTime } from './played-time.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Of all days. */
const RUSH = 0.15
const COMPANIES = 0.3
/** Of all days; then both desks forward their calls for a time. */
const LUNCH = 0.2
/** What a company shows for all its people. */
const HEAD_NUMBERS = ['+73432009000', '+78124005000']

interface Town {
  time: PlayedTime
  chance: Chance
  chronicle: Chronicle
}

/** Everybody who has a telephone. */
export class People {
  #town: Town
  #parties = new Map<string, Desk | Mobile | Caller>()

  constructor(town: Town) {
    this.#town = town
  }

  /** Who answers there; a number that nobody has yet belongs to a stranger from now on. */
  at(endpoint: string, asterisk: PlayedAsterisk): Party | null {
    const number = /^PJSIP\/(\+?\d{5,})@/.exec(endpoint)?.[1]
    const known = this.#parties.get(number ?? endpoint)
    if (known || !number) return known ?? null
    const habits = { ...someHabits(this.#town.chance, number), again: 0 }
    const stranger = new Caller(this.#outside(asterisk), habits)
    this.#parties.set(number, stranger)
    return stranger
  }

  comeToWork(asterisk: PlayedAsterisk, until: number): void {
    for (const endpoint of DESKS) {
      const desk = new Desk(this.#outside(asterisk), endpoint)
      desk.live(until)
      this.#parties.set(endpoint, desk)
    }
    this.#parties.set(MOBILE, new Mobile(this.#outside(asterisk)))
  }

  call(asterisk: PlayedAsterisk, lastCallAt: number): void {
    const { chance, time } = this.#town
    const people = chance.int(2, 8)
    for (let i = 0; i < people; i++) {
      const number = chance.yes(0.06) ? '' : `+7912000000${i}`
      const caller = new Caller(this.#outside(asterisk), someHabits(chance, number))
      if (number) this.#parties.set(number, caller)
      // calls come in crowds
      const spread = chance.yes(0.6) ? chance.int(0, 60_000) : chance.int(0, lastCallAt - time.now())
      time.after(5_000 + spread, () => caller.call())
    }
  }

  /** On some days more ring the direct line than there are people: they must wait, each for his turn. */
  rush(asterisk: PlayedAsterisk, chance: Chance, lastCallAt: number): void {
    const { time } = this.#town
    if (!chance.yes(RUSH)) return
    const began = chance.int(0, lastCallAt - time.now())
    for (let i = 0, callers = chance.int(4, 7); i < callers; i++) {
      const number = `+7912000002${i}`
      const patienceMs = chance.int(60_000, 110_000)
      const habits = { number, line: DIRECT_LINE, again: 0, patienceMs }
      const caller = new Caller(this.#outside(asterisk), habits)
      this.#parties.set(number, caller)
      time.after(began + chance.int(0, 20_000), () => caller.call())
    }
  }

  lunch(chance: Chance, lastCallAt: number): void {
    const { time } = this.#town
    if (!chance.yes(LUNCH)) return
    const begins = chance.yes(0.5) ? 0 : chance.int(0, lastCallAt - time.now())
    for (const endpoint of DESKS) {
      const desk = this.#parties.get(endpoint)
      if (desk instanceof Desk) time.after(begins, () => desk.lunch(chance.int(5 * MINUTE, 40 * MINUTE)))
    }
  }

  /** On some days several people of a company call in the same minute, for one line or for two, and all show its head number. */
  companies(asterisk: PlayedAsterisk, chance: Chance, lastCallAt: number): void {
    const { time } = this.#town
    if (!chance.yes(COMPANIES)) return
    for (const number of HEAD_NUMBERS.slice(0, chance.int(1, 2))) {
      const began = chance.int(0, lastCallAt - time.now())
      for (let i = 0, people = chance.int(2, 4); i < people; i++) {
        const caller = new Caller(this.#outside(asterisk), someHabits(chance, number))
        // whoever is called back under it is the one who called first, at the switchboard
        if (i === 0) this.#parties.set(number, caller)
        time.after(began + chance.int(0, 40_000), () => caller.call())
      }
    }
  }

  #outside(asterisk: PlayedAsterisk): Outside {
    const { time, chance, chronicle } = this.#town
    return { time, chance: chance.child(), chronicle, asterisk }
  }
}

export function startCampaign(database: PlayedDatabase, chance: Chance, now: number): void {
  const id = `${CAMPAIGN}#1`
  database.run(
    `INSERT INTO "Campaign" ("id", "key", "round", "status", "listName", "columns", "delimiter", "encoding", "tested", "createdAt", "startedAt", "resumedAt")
     VALUES (?, ?, 1, 'running', 'list.csv', '["number"]', ',', 'utf-8', 1, ?, ?, ?)`,
    id,
    CAMPAIGN,
    now,
    now,
    now,
  )
  for (let i = 0; i < chance.int(1, 3); i++) {
    // some of them are callers too
    const number = chance.yes(0.4) ? `+7912000000${chance.int(0, 3)}` : `+7912000001${i}`
    database.run(
      `INSERT INTO "Contact" ("id", "campaignId", "list", "row", "number", "values", "status", "dueAt", "updatedAt")
       VALUES (?, ?, 'list.csv', ?, ?, '{}', 'queued', ?, ?) ON CONFLICT DO NOTHING`,
      `contact-${i}`,
      id,
      i + 2,
      number,
      now,
      now,
    )
  }
}

const MOODS: Record<Mood, number> = {
  'well': 60,
  'unreachable': 12,
  'greylists': 10,
  'slow': 8,
  'takes its time': 5,
  'greets late': 4,
  'loses its word': 7,
  'refuses us': 5,
  'refuses for good': 3,
}
/** On some days it is ill from the morning on, for hours. */
const ILL_ALL_DAY = 0.08

/** The mail server has its moods until an hour after the last call. */
export function haveMoods({ time, chance }: Omit<Town, 'chronicle'>, mail: PlayedMailServer, lastCallAt: number): void {
  if (chance.yes(ILL_ALL_DAY)) {
    const { well: _well, ...ill } = MOODS
    return void (mail.mood = chance.by(ill))
  }
  const change = () => {
    mail.mood = chance.by(MOODS)
    if (time.now() < lastCallAt + HOUR) time.after(chance.int(MINUTE, 40 * MINUTE), change)
  }
  change()
}
