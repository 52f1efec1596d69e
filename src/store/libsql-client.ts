/**
 * The connection below Prisma. libsql's own client compiles every statement each time (half a millisecond for the journal's triggers)
 * and waits for the disk on the thread that serves the callers. Here statements stay compiled, and a statement runs on a thread of
 * libsql's: a disk that stalls for a second delays those who wait for their commit, and nobody else.
 */
import { fileURLToPath, pathToFileURL } from 'node:url'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import Database from 'libsql/promise'
import { mayCrash, throughWall } from '../runtime/crash-point.ts'

/**
 * libsql runs what it is asked on as many threads as there are processors, and a report keeps one of them for seconds. There must be one left for a
 * commit, also on a machine with one or two. Read when the first database is opened.
 */
process.env['TOKIO_WORKER_THREADS'] ??= '4'

type Config = Parameters<PrismaLibSql['createClient']>[0]
type Client = ReturnType<PrismaLibSql['createClient']>
type ResultSet = Awaited<ReturnType<Client['execute']>>

/** Of libsql's statements what is used here; its own types leave them open. `all` also runs a statement that returns no rows. */
interface Statement {
  readonly reader: boolean
  raw(): Statement
  columns(): { name: string; type: string | null }[]
  all(values: unknown[]): Promise<ResultSet['rows']>
  get(values: unknown[]): { n: number }
}
interface Compiled {
  statement: Statement
  columns: string[]
  columnTypes: string[]
}

/** More than the house has; Prisma writes an `IN` of each length as another statement. */
const KEPT = 300

/** The address of a database file; a folder may be called `50%`. */
export function databaseUrl(file: string): string {
  return pathToFileURL(file).href
}

export class PreparedLibSql extends PrismaLibSql {
  override createClient(config: Config): Client {
    const client = super.createClient(config)
    const statements = new Statements(config)
    const close = client.close.bind(client)
    // transactions and scripts stay the client's, on a connection of its own: the adapter never runs two things at once
    return Object.assign(client, {
      execute: ({ sql, args }: { sql: string; args: unknown[] }) => statements.execute(sql, args),
      close: () => {
        statements.close()
        close()
      },
    })
  }
}

class Statements {
  #database: Database
  #compiled = new Map<string, Promise<Compiled>>()
  #changes: Promise<Statement>

  constructor({ url, timeout }: Config) {
    this.#database = new Database(fileURLToPath(url), { timeout })
    this.#changes = this.#prepare('SELECT changes() AS n')
  }

  async execute(sql: string, values: unknown[]): Promise<ResultSet> {
    const { statement, columns, columnTypes } = await this.#compile(sql)
    const run = () => statement.all(values.map(bindable))
    const rows = await (mayCrash() ? throughWall('store', written(sql), run) : run())
    const rowsAffected = statement.reader ? 0 : (await this.#changes).get([]).n
    return { columns, columnTypes, rows, rowsAffected, lastInsertRowid: undefined, toJSON: () => rows }
  }

  close(): void {
    this.#compiled.clear()
    this.#database.close()
  }

  #compile(sql: string): Promise<Compiled> {
    const known = this.#compiled.get(sql)
    if (known) return known
    const compiled = this.#prepare(sql).then((statement) => {
      const columns = statement.reader ? statement.raw().columns() : []
      return { statement, columns: columns.map(({ name }) => name), columnTypes: columns.map(({ type }) => type ?? '') }
    })
    compiled.catch(() => this.#compiled.delete(sql))
    this.#compiled.set(sql, compiled)
    if (this.#compiled.size > KEPT) this.#compiled.delete(this.#compiled.keys().next().value!)
    return compiled
  }

  #prepare(sql: string): Promise<Statement> {
    return this.#database.prepare(sql) as Promise<Statement>
  }
}

/** What a statement changes, for the points at which tests kill us: `update-Notice`; nothing if it only reads. */
export function written(sql: string): string[] {
  const found = /^\s*(INSERT|UPDATE|DELETE)\b(?:\s+(?:INTO|FROM))?\s+(?:[`"]main[`"]\.)?[`"](\w+)[`"]/i.exec(sql)
  // the journal has points of its own
  return found && !found[2]!.startsWith('journal') ? [`${found[1]!.toLowerCase()}-${found[2]}`] : []
}

/** SQLite has no booleans. */
function bindable(value: unknown): unknown {
  return typeof value === 'boolean' ? Number(value) : value
}
