/**
 * The reports' own connection to the database. It can write nothing, a query that takes too long is ended, and who waits for the truth of a call
 * on the daemon's connection does not wait for a report: readers and the writer of a WAL file do not meet.
 *
 * libsql finds the first row of a query on a thread of its own, and all others on the thread that asks, which is the one that serves the callers: a
 * report by groups would keep them waiting between its rows. So a report asks for one row, which holds all the others as JSON.
 */
import Database from 'libsql/promise'

/** Milliseconds. */
const BUSY_TIMEOUT_MS = 5_000
export const QUERY_DEADLINE_MS = 60_000

/** A year of calls is more than SQLite's cache of 2 MB: pages are read through the system's, and the steps of a call are found in a larger one. */
const SETTINGS = 'PRAGMA query_only = 1; PRAGMA mmap_size = 2147483648; PRAGMA cache_size = -32000'

/** A query took longer than its deadline and was ended. */
export class ReportTooLong extends Error {
  override name = 'ReportTooLong'
}

type Value = string | number | null
interface Statement {
  raw(): Statement
  columns(): { name: string }[]
  all(values: Record<string, Value | bigint>): Promise<{ rows: string }[]>
}

export class ReportDatabase {
  #file: string
  #deadlineMs: number
  #opened: Promise<Database> | null = null
  #columns = new Map<string, string[]>()

  /** `file`: a database that is migrated already; it is opened with the first question. */
  constructor(file: string, deadlineMs = QUERY_DEADLINE_MS) {
    this.#file = file
    this.#deadlineMs = deadlineMs
  }

  /**
   * The rows of one SELECT; its values are named, `:from`. Arrays and maps go in as JSON.
   * @throws ReportTooLong
   */
  async rows<T>(sql: string, given: Record<string, Value | object> = {}): Promise<T[]> {
    const bound = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, bindable(value)]))
    const database = await (this.#opened ??= open(this.#file))
    const columns = await this.#columnsOf(database, sql)
    const statement = (await database.prepare(asOneRow(sql, columns))) as Statement
    let late = false
    const deadline = setTimeout(() => {
      late = true
      database.interrupt()
    }, this.#deadlineMs)
    try {
      const [answer] = await statement.all(bound)
      const rows = JSON.parse(answer!.rows) as Value[][]
      return rows.map((values) => Object.fromEntries(columns.map((name, i) => [name, values[i]]))) as T[]
    } catch (error) {
      if (late) throw new ReportTooLong(`a query took longer than ${this.#deadlineMs} ms`, { cause: error })
      throw error
    } finally {
      clearTimeout(deadline)
    }
  }

  async #columnsOf(database: Database, sql: string): Promise<string[]> {
    const known = this.#columns.get(sql)
    if (known) return known
    const statement = (await database.prepare(sql)) as Statement
    const columns = statement
      .raw()
      .columns()
      .map(({ name }) => name)
    this.#columns.set(sql, columns)
    return columns
  }

  /** The one row of a SELECT that always has one. */
  async row<T>(sql: string, values: Record<string, Value | object> = {}): Promise<T> {
    const [row] = await this.rows<T>(sql, values)
    if (row === undefined) throw new Error('a report query gave no row')
    return row
  }

  async close(): Promise<void> {
    const opened = this.#opened
    this.#opened = null
    ;(await opened)?.close()
  }
}

async function open(file: string): Promise<Database> {
  const database = new Database(file, { timeout: BUSY_TIMEOUT_MS })
  await (database.exec(SETTINGS) as Promise<void>)
  return database
}

/** SQLite keeps the order of a subquery for an aggregate to which it matters. */
function asOneRow(sql: string, columns: readonly string[]): string {
  const values = columns.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ')
  return `SELECT json_group_array(json_array(${values})) AS "rows" FROM (${sql})`
}

/** libsql takes every number for a floating one, and then an hour is not a whole number of hours. */
function bindable(value: Value | object): Value | bigint {
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value
}
