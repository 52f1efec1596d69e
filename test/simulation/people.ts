/** The people of a day: callers with patience and habits, operators with phones, and the contacts of a campaign. */
import type { PlayedAsterisk } from './asterisk.ts'
import type { Chance } from './chance.ts'
import type { Line, Party } from './channel.ts'
import type { Chronicle } from './chronicle.ts'
import { DIRECT_LINE, MENU_LINE, MOBILE, OPT_OUT_KEY } from './company.ts'
import type { PlayedTime } from './played-time.ts'

export interface Outside {
  time: PlayedTime
  chance: Chance
  chronicle: Chronicle
  asterisk: PlayedAsterisk
}

/** Nobody stays on a dead line for longer. */
const SILENCE_ENDURED_MS = { least: 8_000, most: 45_000 }

/** What everybody does who has a phone at his ear. */
class Person implements Party {
  protected readonly outside: Outside
  /** The calls he has, rung ones too. */
  protected lines = new Set<Line>()

  constructor(outside: Outside) {
    this.outside = outside
  }

  get onThePhone(): boolean {
    return this.lines.size > 0
  }

  talks(line: Line): void {
    const { chance } = this.outside
    const ms = chance.yes(0.1) ? chance.int(200, 4_500) : chance.int(5_000, 50_000)
    this.soon(line, ms, () => line.hangup())
  }

  silent(line: Line): void {
    const { chance } = this.outside
    const since = this.outside.time.now()
    const ms = chance.int(SILENCE_ENDURED_MS.least, SILENCE_ENDURED_MS.most)
    this.#silentSince.set(line.id, since)
    this.soon(line, ms, () => {
      if (!line.talking && this.#silentSince.get(line.id) === since) line.hangup()
    })
  }

  hears(line: Line, _media: string): void {
    this.#silentSince.delete(line.id)
  }

  ended(line: Line): void {
    this.lines.delete(line)
    this.#silentSince.delete(line.id)
  }

  protected soon(line: Line, ms: number, deed: () => void): void {
    this.outside.time.after(ms, () => !line.over && deed())
  }

  #silentSince = new Map<string, number>()
}

/** What an operator presses who hears whom he shall call back, and who is asked why not. */
const KEYS = { none: 80, 2: 4, 3: 8, 4: 8 }
const REASONS = { none: 20, 1: 40, 2: 40 }

/** Of the talks of an operator, how many are transferred, and how. */
const TRANSFERS = { 'no': 82, 'blind': 9, 'attended': 4, 'semi-attended': 5 } as const
/** A colleague, somebody outside, a line of ours, a phone that nobody has, something that is no number. */
const TARGETS = { colleague: 50, outside: 14, mobile: 8, line: 14, nobody: 8, nonsense: 6 } as const
/** Before that nobody knows yet what the caller wants. */
const TRANSFERRED_AFTER_MS = { least: 3_200, most: 20_000 }
const OUTSIDE = '+79161112233'
const FORWARDS = ['101', '102', OUTSIDE, DIRECT_LINE] as const
/** Of those who hear that they are put through, how many do not wait. */
const LEAVES = 0.3

/** A desk phone. */
export class Desk extends Person {
  readonly endpoint: string
  /** Where it sends its calls by itself. */
  #forward: string | null = null
  #atLunch: string | null = null
  #here = true
  #ownCall = false

  constructor(outside: Outside, endpoint: string) {
    super(outside)
    this.endpoint = endpoint
    this.#show()
  }

  /** He comes and goes until then, and has calls of his own that Perezvon did not place. */
  live(until: number): void {
    const { time, chance } = this.outside
    if (time.now() > until) return
    time.after(chance.int(60_000, 1_500_000), () => {
      if (this.onThePhone || this.#ownCall) return this.live(until)
      const does = chance.by({ calls: 42, goes: 42, forwards: 16 })
      if (does === 'calls') this.#ownCall = true
      else if (does === 'goes') this.#here = false
      else this.#forward = chance.pick(FORWARDS)
      this.#show()
      time.after(chance.int(20_000, 400_000), () => {
        this.#ownCall = false
        this.#here = true
        this.#forward = null
        this.#show()
        this.live(until)
      })
    })
  }

  forwards(): string | null {
    return this.#forward ?? this.#atLunch
  }

  /** For so long it sends all its calls somewhere else. */
  lunch(ms: number): void {
    const { chance, time } = this.outside
    this.#atLunch = chance.pick(FORWARDS)
    time.after(ms, () => (this.#atLunch = null))
  }

  rings(line: Line): void {
    const { chance } = this.outside
    if (this.onThePhone || this.#ownCall) return line.refuse(17)
    if (!this.#here) return line.refuse(20)
    this.lines.add(line)
    this.#show()
    const does = chance.by({ answers: 60, ignores: 25, rejects: 10, busy: 5 })
    if (does === 'answers') this.soon(line, chance.int(800, 9_000), () => line.answer())
    else if (does !== 'ignores') this.soon(line, chance.int(500, 4_000), () => line.refuse(does === 'busy' ? 17 : 21))
  }

  override talks(line: Line): void {
    super.talks(line)
    this.#show()
    const { chance } = this.outside
    const how = chance.by(TRANSFERS)
    if (how === 'no') return
    const to = this.#target(how === 'blind' ? chance.by(TARGETS) : 'colleague')
    const { least, most } = TRANSFERRED_AFTER_MS
    this.soon(line, chance.int(least, most), () => line.talking && line.transfer(how, to))
  }

  #target(whom: keyof typeof TARGETS): string {
    switch (whom) {
      case 'colleague':
        return this.endpoint.endsWith('101') ? '102' : '101'
      case 'outside':
        return OUTSIDE
      case 'mobile':
        return MOBILE
      case 'line':
        return this.outside.chance.pick([MENU_LINE, DIRECT_LINE])
      case 'nobody':
        return '199'
      case 'nonsense':
        return '*99'
    }
  }

  /** Before a call-back he may say that there is no need of it. */
  override hears(line: Line, media: string): void {
    super.hears(line, media)
    const { chance } = this.outside
    const asked = media.includes('call-back-keys') ? KEYS : media.includes('call-back-why') ? REASONS : null
    const key = asked ? chance.by(asked) : 'none'
    if (key === 'none') return
    this.soon(line, chance.int(200, 2_500), () => {
      if (line.talking) return
      const settles = key === (media.includes('why') ? '2' : '4')
      if (settles) this.outside.chronicle.act('key', { id: '', caller: line.shown, line: '' })
      line.press(key)
    })
  }

  override ended(line: Line): void {
    super.ended(line)
    this.#show()
  }

  #show(): void {
    const ringing = [...this.lines].some(({ talking }) => !talking)
    const state = !this.#here ? 'UNAVAILABLE' : this.#ownCall ? 'INUSE' : null
    this.outside.asterisk.setDeviceState(
      this.endpoint,
      state ?? (this.lines.size === 0 ? 'NOT_INUSE' : ringing ? 'RINGING' : 'INUSE'),
    )
  }
}

/** An employee's mobile: it has a voicemail, and asks to press 1. */
export class Mobile extends Person {
  rings(line: Line): void {
    const { chance } = this.outside
    if (this.onThePhone) return line.refuse(17)
    this.lines.add(line)
    const does = chance.by({ answers: 35, voicemail: 15, ignores: 35, rejects: 15 })
    if (does === 'rejects') return this.soon(line, chance.int(1_000, 5_000), () => line.refuse(21))
    if (does === 'ignores') return
    this.#presses = does === 'answers'
    this.soon(line, chance.int(2_000, 9_000), () => line.answer())
  }

  override hears(line: Line, media: string): void {
    super.hears(line, media)
    const { chance } = this.outside
    if (this.#presses && !line.talking) this.soon(line, chance.int(300, 2_500), () => !line.talking && line.press('1'))
  }

  #presses = false
}

export interface Habits {
  /** Rings again after a loss, up to so often. */
  again: number
  patienceMs: number
  line: string
  number: string
}

/** Somebody outside. */
export class Caller extends Person {
  readonly habits: Habits
  #talked = false
  #optsOut = false

  constructor(outside: Outside, habits: Habits) {
    super(outside)
    this.habits = habits
  }

  call(): void {
    const { habits } = this
    const { asterisk, chance } = this.outside
    if (this.onThePhone) return // they ring him just now
    const line = asterisk.incoming(habits.number, habits.line, this)
    if (line.over) return
    this.lines.add(line)
    this.soon(line, chance.int(habits.patienceMs / 2, habits.patienceMs), () => !line.talking && line.hangup())
  }

  /** We ring him. */
  rings(line: Line): void {
    const { chance } = this.outside
    if (this.onThePhone) return line.refuse(17)
    this.lines.add(line)
    const does = chance.by({ answers: 60, ignores: 20, rejects: 8, off: 7, congested: 5 })
    this.#optsOut = chance.yes(0.15)
    if (does === 'answers') return this.soon(line, chance.int(1_500, 12_000), () => line.answer())
    const cause = { ignores: 0, rejects: 21, off: 20, congested: 34 }[does]
    if (cause) this.soon(line, chance.int(200, 5_000), () => line.refuse(cause))
  }

  override hears(line: Line, media: string): void {
    super.hears(line, media)
    const { chance } = this.outside
    if (media.includes('reminder') && this.#optsOut) this.soon(line, 1_000, () => line.press(OPT_OUT_KEY))
    else if (media.includes('confirm')) this.soon(line, chance.int(500, 3_000), () => line.press('1'))
    else if (media.includes('olga-meets')) {
      const key = chance.by({ '1': 60, '2': 20, 'none': 20 })
      if (key !== 'none') this.soon(line, chance.int(500, 4_000), () => line.press(key))
    } else if (media.includes('menu')) {
      const key = chance.by({ '1': 35, '0': 30, '5': 10, 'none': 25 })
      if (key !== 'none') this.soon(line, chance.int(500, 5_000), () => line.press(key))
    }
  }

  override talks(line: Line): void {
    this.#talked = true
    super.talks(line)
  }

  passedOn(line: Line): void {
    const { chance } = this.outside
    if (chance.yes(LEAVES)) this.soon(line, chance.int(500, 7_000), () => !line.talking && line.hangup())
  }

  override ended(line: Line): void {
    super.ended(line)
    const { time, chance } = this.outside
    if (this.#talked || this.habits.again-- <= 0) return
    time.after(chance.yes(0.4) ? chance.int(1_000, 9_000) : chance.int(10_000, 1_800_000), () => this.call())
  }
}

export function someHabits(chance: Chance, number: string): Habits {
  return {
    number,
    line: chance.yes(0.5) ? MENU_LINE : DIRECT_LINE,
    again: chance.yes(0.5) ? 0 : chance.int(1, 3),
    patienceMs: chance.yes(0.2) ? chance.int(500, 6_000) : chance.int(10_000, 110_000),
  }
}
