/**
 * Most questions of a day are a worker's look at a table in which nothing has changed. Such a look that found nothing finds nothing until
 * its table is written or a time is reached that stands in a row; what does not ask for the time finds the same until its table is written.
 * So the answer is remembered. One in so many is asked for real and compared: a wrong memory ends the day with an error.
 */
import { isDeepStrictEqual } from 'node:util'

export interface Question {
  key: string
  /** Tables whose change may change the answer. */
  tables: readonly number[]
}
interface Remembered {
  stamp: number
  until: number
  answer: unknown
}

const VERIFIED_EVERY = 200
/** The raw looks of workers, also of those that write as they look, and the table they look at. */
const LOOKS: readonly [start: RegExp, table: string][] = [
  [/^\s*UPDATE "Notice" SET "status" = 'sending'/, 'Notice'],
  [/^\s*UPDATE "Contact" SET "status" = 'dialing'/, 'Contact'],
  [/^\s*SELECT min\("dueAt"\) AS "at" FROM "Contact"/, 'Contact'],
  [/^\s*SELECT .*FROM "TalkRecording"/s, 'TalkRecording'],
]
/** What a question to Prisma names with its `include`. */
const RELATIONS: Readonly<Record<string, string>> = { campaign: 'Campaign', steps: 'PathStep' }
const NOW = /^1[78]\d{11}$/
const READS = /^(find|count|groupBy)/

export class Memo {
  #tables: ReadonlyMap<string, number>
  #all: readonly number[]
  /** How often each table was changed. */
  #versions: readonly number[]
  #known = new Map<string, Remembered>()
  #nextDue: () => number
  #due: { stamp: number; at: number } | null = null
  #now: () => number = () => 0
  #asked = 0

  constructor(tables: readonly string[], nextDue: () => number) {
    this.#tables = new Map(tables.map((name, i) => [name.toLowerCase(), i]))
    this.#all = tables.map((_name, i) => i)
    this.#versions = tables.map(() => 0)
    this.#nextDue = nextDue
  }

  begin(now: () => number): void {
    this.#now = now
    this.#known.clear()
    this.#due = null
    this.#asked = 0
  }

  changed(versions: readonly number[]): void {
    this.#versions = versions
  }

  /** The tables of a raw look; null: its answer is not to be remembered. */
  looksAt(sql: string): readonly number[] | null {
    const look = LOOKS.find(([start]) => start.test(sql))
    return look ? this.#named(look[1]) : null
  }

  /** A raw look. */
  ofSql(sql: string, args: readonly unknown[], tables: readonly number[] | null): Question | null {
    if (!tables) return null
    return { key: `${sql} ${args.map((arg) => (NOW.test(String(arg)) ? 'now' : String(arg))).join()}`, tables }
  }

  /** A question to Prisma. */
  ofModel(model: string, method: string, args: unknown): Question | null {
    if (!READS.test(method)) return null
    const { include = {} } = (args ?? {}) as { include?: object }
    const key = `${model}.${method} ${JSON.stringify(args)?.replace(/"(lte)":"[^"]*"/g, '"$1":"now"')}`
    return {
      key,
      tables: [model, ...Object.keys(include).map((name) => RELATIONS[name] ?? name)].flatMap((name) =>
        this.#named(name),
      ),
    }
  }

  async through<T>(question: Question | null, ask: () => T | PromiseLike<T>): Promise<T> {
    if (question === null) return ask()
    const { key, tables } = question
    const known = this.#known.get(key)
    const stamp = this.#stamp(tables)
    if (known && known.stamp === stamp && this.#now() < known.until) {
      if (++this.#asked % VERIFIED_EVERY !== 0) return known.answer as T
      const answer = await ask()
      if (!isDeepStrictEqual(answer, known.answer)) throw new Error(`a memory was wrong: ${key}`)
      return answer
    }
    const answer = await ask()
    const forTime = key.includes('now')
    if (stamp === this.#stamp(tables) && (!forTime || isNothing(answer)))
      this.#known.set(key, { stamp, until: forTime ? this.#dueAt() : Infinity, answer })
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

  #dueAt(): number {
    const stamp = this.#stamp(this.#all)
    if (this.#due?.stamp !== stamp) this.#due = { stamp, at: this.#nextDue() }
    // a time that has been reached already and yet found nothing: what keeps it back may end with any minute
    return this.#due.at > this.#now() ? this.#due.at : this.#now() + 1_000
  }
}

function isNothing(answer: unknown): boolean {
  return (
    answer === 0 ||
    (Array.isArray(answer) &&
      (answer.length === 0 || (answer.length === 1 && isDeepStrictEqual(answer[0], { at: null }))))
  )
}
