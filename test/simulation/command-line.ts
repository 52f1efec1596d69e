/** Another process on the daemon's machine, with the product's own functions: the command line. It works whether the daemon lives or not. */
import type { Prisma } from '../../src/store/database.ts'
import type { PlayedDatabase } from './played-database.ts'
import type { PlayedTime } from './played-time.ts'

const TRY_AGAIN_MS = 1_000

export class CommandLine {
  /** When it was last at work; until somebody has looked that is news. */
  lastAt = 0
  #time: PlayedTime
  #database: PlayedDatabase

  constructor(time: PlayedTime, database: PlayedDatabase) {
    this.#time = time
    this.#database = database
  }

  /** Done within this moment, or as soon as nobody else holds the file. */
  run(deed: (prisma: Prisma) => Promise<void>): void {
    const database = this.#database
    if (database.locked) return void this.#time.after(TRY_AGAIN_MS, () => this.run(deed))
    database.asking++
    this.lastAt = this.#time.now()
    void deed(database.prisma).finally(() => database.asking--)
  }
}
