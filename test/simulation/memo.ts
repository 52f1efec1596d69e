/**
 * Most questions of a day are a worker's look at a table in which nothing has changed. Such a look finds the same until its tables are written,
 * or until the time it asks with reaches one that stands in a row. So the answer is remembered. One in so many is asked for real and compared:
 * a wrong memory ends the day with an error.
 */
import { isDeepStrictEqual } from 'node:util'

/** A time that a look compares with: that of the moment, or one that lies so far from it. */
interface Comparison {
  table: string
  column: string
  /** Milliseconds; what lies back is negative. */
  offset: number
}
export interface Question {
  key: string
  /** Tables whose change may change the answer. */
  tables: readonly number[]
  compares: readonly Comparison[]
}
/** A raw look of a worker. */
export interface Look {
  tables: readonly number[]
  compares: readonly Comparison[]
}
interface Remembered {
  stamp: number
  until: number
  answer: unknown
}
/** The first time in a column that is not before `from`; null: none. */
export type NextTime = (table: string, column: string, from: number) => number | null

const VERIFIED_EVERY = 200
/** The raw looks of workers, also of those that write as they look; their table, and the columns that they compare with the moment. */
const LOOKS: readonly [start: RegExp, table: string, columns: readonly string[]][] = [
  [/^\s*UPDATE "Notice" SET "status" = 'sending'/, 'Notice', ['dueAt', 'leaseUntil']],
  [/^\s*UPDATE "Contact" SET "status" = 'dialing'/, 'Contact', ['dueAt']],
  [/^\s*SELECT min\("dueAt"\) AS "at" FROM "Contact"/, 'Contact', []],
]
/** What a question to Prisma names with its `include`. */
const RELATIONS: Readonly<Record<string, string>> = { campaign: 'Campaign', steps: 'PathStep' }
const NOW = /^1[78]\d{11}$/
const COMPARED = /"(\w+)":\{"([lg]te?)":"([^"]*)"\}/g
const READS = /^(find|count|groupBy)/

export class Memo {
  #tables: ReadonlyMap<string, number>
  #all: readonly number[]
  /** How often each table was changed. */
  #versions: readonly number[]
  #known = new Map<string, Remembered>()
  #nextTime: NextTime
  #now: () => number = () => 0
  #asked = 0

  constructor(tables: readonly string[], nextTime: NextTime) {
    this.#tables = new Map(tables.map((name, i) => [name.toLowerCase(), i]))
    this.#all = tables.map((_name, i) => i)
    this.#versions = tables.map(() => 0)
    this.#nextTime = nextTime
  }

  begin(now: () => number): void {
    this.#now = now
    this.#known.clear()
    this.#asked = 0
  }

  changed(versions: readonly number[]): void {
    this.#versions = versions
  }

  /** null: its answer is not to be remembered. */
  looksAt(sql: string): Look | null {
    const look = LOOKS.find(([start]) => start.test(sql))
    if (!look) return null
    const [, table, columns] = look
    return { tables: this.#named(table), compares: columns.map((column) => ({ table, column, offset: 0 })) }
  }

  ofSql(sql: string, args: readonly unknown[], look: Look | null): Question | null {
    if (!look) return null
    return { key: `${sql} ${args.map((arg) => (NOW.test(String(arg)) ? 'now' : String(arg))).join()}`, ...look }
  }

  /** A question to Prisma. */
  ofModel(model: string, method: string, args: unknown): Question | null {
    if (!READS.test(method)) return null
    const { include } = (args ?? {}) as { include?: object }
    const compares: Comparison[] = []
    const words = JSON.stringify(args)?.replace(COMPARED, (_all, column: string, how: string, value: string) => {
      const offset = Date.parse(value) - this.#now()
      compares.push({ table: model, column, offset })
      return `${column} ${how} ${offset}`
    })
    const tables = [model, ...Object.keys(include ?? {}).map((name) => RELATIONS[name] ?? name)]
    return { key: `${model}.${method} ${words}`, tables: tables.flatMap((name) => this.#named(name)), compares }
  }

  async through<T>(question: Question | null, ask: () => T | PromiseLike<T>): Promise<T> {
    if (question === null) return ask()
    const { key, tables, compares } = question
    const known = this.#known.get(key)
    const stamp = this.#stamp(tables)
    if (known && known.stamp === stamp && this.#now() < known.until) {
      if (++this.#asked % VERIFIED_EVERY !== 0) return known.answer as T
      const answer = await ask()
      if (!isDeepStrictEqual(answer, known.answer)) throw new Error(`a memory was wrong: ${key}`)
      return answer
    }
    const answer = await ask()
    // a look that wrote is no look
    if (stamp === this.#stamp(tables)) this.#known.set(key, { stamp, until: this.#sameUntil(compares), answer })
    return answer
  }

  /** One that nobody knows may be any. */
  #named(table: string): readonly number[] {
    const known = this.#tables.get(table.toLowerCase())
    return known === undefined ? this.#all : [known]
  }

  /** Grows with each change of one of them. */
  #stamp(tables: readonly number[]): number {
    let sum = 0
    for (const table of tables) sum += this.#versions[table]!
    return sum
  }

  /** Until then no time of a row is reached that was not reached when it was asked. */
  #sameUntil(compares: readonly Comparison[]): number {
    const now = this.#now()
    const times = compares.map(({ table, column, offset }) => {
      const next = this.#nextTime(table, column, now + offset)
      // what is just as old as asked for is on the edge
      return next === null ? Infinity : Math.max(next - offset, now + 1)
    })
    return Math.min(Infinity, ...times)
  }
}
