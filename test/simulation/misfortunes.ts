/** What goes wrong on a day: deaths, lines that break or fall silent, lost events and answers, a daemon that stands still, wrong clocks, a locked database. */
import type { PlayedAri } from './ari.ts'
import type { PlayedAsterisk } from './asterisk.ts'
import type { Chance } from './chance.ts'
import type { Chronicle } from './chronicle.ts'
import type { Life } from './life.ts'
import type { PlayedDatabase } from './played-database.ts'
import type { PlayedTime } from './played-time.ts'

export type Misfortune = keyof typeof WEIGHTS

const WEIGHTS = {
  daemon: 30,
  asterisk: 10,
  line: 14,
  freeze: 12,
  silence: 9,
  events: 9,
  answers: 8,
  clock: 5,
  database: 8,
}
const MINUTE = 60_000
const HOUR = 60 * MINUTE

export interface Struck {
  time: PlayedTime
  chronicle: Chronicle
  asterisk: PlayedAsterisk
  database: PlayedDatabase
  /** The daemon of the moment, and its way to Asterisk; null: it is dead. */
  life: () => Life | null
  ari: () => PlayedAri | null
}

/** Some of them, most soon after the beginning, when people come. `only`: of one kind. */
export function misfortunes(chance: Chance, world: Struck, until: number, only?: Misfortune): void {
  const strike = () => STRIKE[only ?? chance.by(WEIGHTS)](chance, world, only !== undefined)
  const count = chance.int(1, 6)
  for (let i = 0; i < count; i++)
    world.time.after(chance.yes(0.6) ? chance.int(6_000, 180_000) : chance.int(6_000, until - world.time.now()), strike)
}

/** `hard`: as bad as it gets, where it is the only one of a day. */
const STRIKE: Record<Misfortune, (chance: Chance, world: Struck, hard: boolean) => void> = {
  daemon: (chance, { life }) => life()?.dieIn(chance.int(1, 40), chance.yes(0.5)),

  asterisk: (chance, { asterisk }) => {
    if (asterisk.up) asterisk.crash(chance.int(1_000, 40_000))
  },

  line: (chance, { ari, chronicle }) => {
    const line = ari()
    if (!line || line.cut) return
    const ms = chance.int(20, 30_000)
    chronicle.trouble('link', ms)
    line.breakFor(ms)
  },

  freeze: (chance, { ari, chronicle, time }) => {
    const line = ari()
    if (!line || time.frozen) return
    const ms = chance.yes(0.4) ? chance.int(500, 12_000) : chance.int(12_000, 70_000)
    chronicle.trouble('freeze', ms)
    time.freeze()
    line.standsStillFor(ms)
    time.after(ms, () => {
      chronicle.tell('-- the daemon goes on')
      time.thaw()
    })
  },

  silence: (chance, { ari, chronicle }) => {
    const line = ari()
    if (!line?.reachable) return
    const ms = chance.yes(0.4) ? chance.int(200, 9_000) : chance.int(9_000, 60_000)
    chronicle.trouble('silent line', ms)
    line.silentFor(ms)
  },

  events: (chance, { ari, chronicle }, hard) => {
    const line = ari()
    if (!line) return
    const ms = chance.int(5_000, 90_000)
    chronicle.trouble('lost events', ms)
    line.loseEventsFor(ms, hard ? 0.3 : chance.pick([0.01, 0.05, 0.2]))
  },

  answers: (chance, { ari, chronicle }, hard) => {
    const line = ari()
    if (!line) return
    const ms = chance.int(2_000, 30_000)
    chronicle.trouble('deaf requests', ms)
    line.loseAnswersFor(ms, hard ? 0.3 : chance.pick([0.02, 0.1, 0.3]))
  },

  /** The daemon's own, as on a machine beside Asterisk's; somebody sets it right again later. */
  clock: (chance, { time, chronicle }) => {
    if (time.daemonSkewMs !== 0) return
    const size = chance.pick([chance.int(1_000, 90_000), chance.int(MINUTE, 2 * HOUR)])
    const set = (skewMs: number) => {
      chronicle.trouble('clock')
      chronicle.clockIsWrongBy(skewMs)
      time.daemonSkewMs = skewMs
    }
    set(chance.yes(0.5) ? size : -size)
    time.after(chance.int(MINUTE, 40 * MINUTE), () => set(0))
  },

  /** A copy is made, a migration of somebody else's runs: nobody can write meanwhile. */
  database: (chance, { database, chronicle, time }) => {
    if (database.locked) return
    const ms = chance.yes(0.8) ? chance.int(300, 9_000) : chance.int(9_000, 40_000)
    chronicle.trouble('database', ms)
    database.locked = true
    time.after(ms, () => (database.locked = false))
  },
}
