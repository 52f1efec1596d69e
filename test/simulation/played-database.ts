/**
 * The product's own SQL on a real SQLite, without threads and without a disk: each statement is done when it returns, so that one seed is one
 * story. A worker keeps one database for all its days and empties it in between.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import Sqlite from 'libsql'
import { Prisma as Sql, PrismaClient } from '../../src/store/generated/client.ts'
import { mayCrash, throughWall } from '../../src/runtime/crash-point.ts'
import type { Prisma } from '../../src/store/database.ts'
import { written } from '../../src/store/libsql-client.ts'
import type { Life } from './life.ts'
import { type Look, Memo, type NextTime } from './memo.ts'
import type { PlayedTime } from './played-time.ts'

type Config = Parameters<PrismaLibSql['createClient']>[0]
type Client = ReturnType<PrismaLibSql['createClient']>
type ResultSet = Awaited<ReturnType<Client['execute']>>

interface Statement {
  readonly reader: boolean
  raw(): Statement
  columns(): { name: string; type: string | null }[]
  all(values: unknown[]): ResultSet['rows']
  get(values: unknown[]): { n: number }
}
interface Compiled {
  statement: Statement
  reader: boolean
  writes: boolean
  columns: string[]
  columnTypes: string[]
}

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
const JOURNAL = fileURLToPath(new URL('../../prisma/journal.sql', import.meta.url))

export interface PlayedDatabase {
  prisma: Prisma
  /** For the checker, past Prisma. */
  rows<T>(sql: string, ...values: unknown[]): T[]
  run(sql: string, ...values: unknown[]): void
  /** The database as one life of the daemon has it: what a dead one asks is never answered. */
  forLife(life: Life, time: PlayedTime): Prisma
  /** Questions that Prisma works on; it needs turns of the loop for that. */
  asking: number
  /** Another process holds the write lock. */
  locked: boolean
  /** When the next row that waits is due: milliseconds, Infinity if none is. */
  nextDue(): number
  memo: Memo
  /** Statements so far. */
  statements: number
  empty(): void
}

export function openPlayedDatabase(): PlayedDatabase {
  const sqlite = new Sqlite(':memory:')
  for (const name of readdirSync(MIGRATIONS).toSorted()) {
    if (name.includes('.')) continue
    sqlite.exec(readFileSync(join(MIGRATIONS, name, 'migration.sql'), 'utf8'))
  }
  const rules = sqlite.prepare(`SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY type`)
  for (const { type, name } of rules.all() as { type: string; name: string }[]) sqlite.exec(`DROP ${type} "${name}"`)
  sqlite.exec(readFileSync(JOURNAL, 'utf8'))
  const compiled = new Map<string, Compiled>()
  const compile = (sql: string): Compiled => {
    const known = compiled.get(sql)
    if (known) return known
    const statement = sqlite.prepare(sql) as unknown as Statement
    const { reader } = statement
    const columns = reader ? statement.raw().columns() : []
    const fresh = {
      statement,
      reader,
      writes: !/^\s*(SELECT|WITH)/i.test(sql),
      columns: columns.map(({ name }) => name),
      columnTypes: columns.map(({ type }) => type ?? ''),
    }
    compiled.set(sql, fresh)
    return fresh
  }
  const changes = sqlite.prepare('SELECT changes() AS n') as unknown as Statement
  const tables = (
    sqlite.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).all() as {
      name: string
    }[]
  ).map(({ name }) => name)

  sqlite.exec(touchedBy(tables))
  const touched = (sqlite.prepare('SELECT * FROM "touched"') as unknown as Statement).raw()

  const due = sqlite.prepare(NEXT_DUE)
  const versions = () => (touched.all([]) as unknown as number[][])[0]!
  const nextDue = () => (due.get() as { at: number | null }).at ?? Infinity

  const nextTime: NextTime = (table, column, from) => {
    const first = compile(`SELECT min("${column}") FROM "${table}" WHERE "${column}" >= ?`)
    return (first.statement.all([from]) as unknown as (number | null)[][])[0]![0]!
  }

  const database: PlayedDatabase = {
    prisma: null as unknown as Prisma,
    rows: (sql, ...values) => sqlite.prepare(sql).all(...values) as never[],
    run: (sql, ...values) => {
      sqlite.prepare(sql).run(...values)
      database.memo.changed(versions())
    },
    forLife: (life, time) => livingPrisma(database, life, time, run),
    locked: false,
    asking: 0,
    statements: 0,
    nextDue,
    memo: new Memo(tables, nextTime),
    empty: () => {
      database.locked = false
      const all = tables.map((table) => `DELETE FROM "${table}";`).join('')
      sqlite.exec(`PRAGMA foreign_keys = OFF; BEGIN; ${all} COMMIT; PRAGMA foreign_keys = ON`)
    },
  }
  const run = (sql: string, args: unknown[]): ResultSet => {
    database.statements++
    const { statement, reader, writes, columns, columnTypes } = compile(sql)
    const rows = statement.all(args.map(bindable))
    const rowsAffected = reader ? 0 : changes.get([]).n
    if (writes) database.memo.changed(versions())
    return { columns, columnTypes, rows, rowsAffected, lastInsertRowid: undefined, toJSON: () => rows }
  }
  const execute = async ({ sql, args }: { sql: string; args: unknown[] }): Promise<ResultSet> => run(sql, args)
  class Played extends PrismaLibSql {
    override createClient(config: Config): Client {
      return Object.assign(super.createClient(config), { execute })
    }
  }
  const adapter = new Played({ url: ':memory:' }, { timestampFormat: 'unixepoch-ms' })
  database.prisma = new PrismaClient({ adapter })
  return database
}

/** How often each table was changed, also by the triggers of others. */
function touchedBy(tables: readonly string[]): string {
  const columns = tables.map((table) => `"${table}" INTEGER DEFAULT 0`).join()
  const triggers = tables.flatMap((table) =>
    ['INSERT', 'UPDATE', 'DELETE'].map(
      (deed) =>
        `CREATE TEMP TRIGGER "${table} ${deed}" AFTER ${deed} ON main."${table}" BEGIN UPDATE "touched" SET "${table}" = "${table}" + 1; END;`,
    ),
  )
  return `CREATE TEMP TABLE "touched" (${columns}); INSERT INTO "touched" DEFAULT VALUES; ${triggers.join('')}`
}

/** So long the system leaves a case to who has taken it. */
const TAKEN_MS = 30 * 60_000
/** One that is on until it is switched off ends with a deed of somebody. */
const AFTER_MEETING = `CASE WHEN m."person" IS NULL THEN 0 ELSE coalesce(m."until", 9e15) END`
const NEXT_DUE = `SELECT min(at) AS at FROM (
  SELECT min("dueAt") AS at FROM "Notice" n WHERE "status" = 'pending' AND NOT EXISTS (
    SELECT 1 FROM "Notice" e WHERE e."threadKey" = n."threadKey" AND e."recipient" = n."recipient"
      AND e."status" IN ('pending', 'sending') AND e.rowid < n.rowid)
  UNION ALL SELECT min("leaseUntil") FROM "Notice" WHERE "status" = 'sending'
  UNION ALL SELECT min("dueAt") FROM "Escalation" WHERE "status" = 'pending'
  UNION ALL SELECT min(max(k."dueAt", coalesce(c."takenAt" + ${TAKEN_MS}, 0), ${AFTER_MEETING})) FROM "Callback" k
    LEFT JOIN "Case" c ON c."id" = k."caseId" LEFT JOIN "Meeting" m ON m."person" = k."group" WHERE k."status" = 'waiting'
  UNION ALL SELECT min("expiresAt") FROM "Callback" WHERE "status" = 'waiting'
  UNION ALL SELECT min(c."dueAt") FROM "Contact" c JOIN "Campaign" g ON g."id" = c."campaignId"
    WHERE c."status" = 'queued' AND g."status" = 'running')`

/** So long a statement waits for the lock in the file's own way; then it says so. src/store/database.ts */
const BUSY_TIMEOUT_MS = 250
const WRITES = /^\s*(INSERT|UPDATE|DELETE|REPLACE)|^PRAGMA user_version = /i
const WRITING_METHOD = /^(create|update|delete|upsert)/

type Run = (sql: string, args: unknown[]) => ResultSet
type Deed = (...args: unknown[]) => PromiseLike<unknown>

/**
 * Raw statements go straight to SQLite, which spares nine tenths of their time and changes nothing about them; all others take Prisma's
 * way. Looks that found nothing are remembered (memo.ts).
 */
function livingPrisma(database: PlayedDatabase, life: Life, time: PlayedTime, run: Run): Prisma {
  const unlocked = async () => {
    await new Promise<void>((resolve) => time.reach(BUSY_TIMEOUT_MS, resolve))
    if (life.dead) return life.never()
    if (database.locked) throw new Error('SQLITE_BUSY: database is locked')
  }
  const alive = async (writes: boolean, deed: () => unknown): Promise<unknown> => {
    const fate = life.next()
    if (fate === 'before') return life.never()
    try {
      if (writes && database.locked) await unlocked()
      const result = await deed()
      if (fate === 'after') life.die()
      return life.dead ? await life.never() : result
    } catch (error) {
      return life.dead ? await life.never() : Promise.reject(error)
    }
  }
  const raw = (parts: unknown, values: unknown[], read: (result: ResultSet) => unknown): Promise<unknown> => {
    const { sql, args, looksAt } = flattened(database.memo, parts as TemplateStringsArray, values)
    return database.memo.through(database.memo.ofSql(sql, args, looksAt), () => read(run(sql, args)))
  }
  const atPoints = (what: () => string[], deed: () => Promise<unknown>) =>
    mayCrash() ? throughWall('store', what(), deed) : deed()
  const raws: Record<string, Deed> = {
    $executeRaw: (parts, ...values) =>
      atPoints(
        () => written((parts as string[]).join('?')),
        () => alive(true, () => raw(parts, values, ({ rowsAffected }) => rowsAffected)),
      ),
    $queryRaw: (parts, ...values) =>
      atPoints(
        () => written((parts as string[]).join('?')),
        () => alive(WRITES.test(String((parts as string[])[0])), () => raw(parts, values, objects)),
      ),
  }
  const model = (name: string, delegate: object) =>
    new Proxy(delegate, {
      get: (target, method) => {
        const value: unknown = Reflect.get(target, method)
        if (typeof value !== 'function') return value
        return (args: unknown) =>
          alive(WRITING_METHOD.test(String(method)), () =>
            database.memo.through(database.memo.ofModel(name, String(method), args), () =>
              asking(database, () => (value as Deed).call(target, args)),
            ),
          )
      },
    })
  const models = new Map<string | symbol, object>()
  return new Proxy(database.prisma, {
    get: (target, key) => {
      if (typeof key === 'string' && raws[key]) return raws[key]
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'object' || value === null || String(key).startsWith('$')) return value
      if (!models.has(key)) models.set(key, model(String(key), value))
      return models.get(key)
    },
  })
}

async function asking<T>(database: PlayedDatabase, ask: () => PromiseLike<T>): Promise<T> {
  database.asking++
  try {
    return await ask()
  } finally {
    database.asking--
  }
}

interface Flat {
  sql: string
  looksAt: Look | null
  /** Pieces of SQL among the values, by their place. */
  pieces: ReadonlyMap<number, unknown>
}
const flats = new WeakMap<TemplateStringsArray, Flat>()

/** A template with its values as one statement. The same template with the same pieces of SQL in it is the same statement. */
function flattened(
  memo: Memo,
  parts: TemplateStringsArray,
  values: unknown[],
): Omit<Flat, 'pieces'> & { args: unknown[] } {
  const known = flats.get(parts)
  if (known && [...known.pieces].every(([i, piece]) => values[i] === piece))
    return { ...known, args: known.pieces.size > 0 ? values.filter((_value, i) => !known.pieces.has(i)) : values }
  const { sql, values: args } = Sql.sql(parts, ...(values as never[]))
  const looksAt = memo.looksAt(sql)
  const pieces = new Map([...values.entries()].filter(([, value]) => value instanceof Sql.Sql))
  // a piece with values of its own is another statement each time
  if ([...pieces.values()].every((piece) => (piece as { values: unknown[] }).values.length === 0))
    flats.set(parts, { sql, looksAt, pieces })
  return { sql, looksAt, args }
}

function objects({ columns, columnTypes, rows }: ResultSet): object[] {
  return rows.map((row) =>
    Object.fromEntries(
      columns.map((column, i) => [column, valueOf(columnTypes[i]!, (row as unknown as unknown[])[i])]),
    ),
  )
}

function valueOf(type: string, value: unknown): unknown {
  if (value === null) return null
  if (/^DATETIME$/i.test(type)) return new Date(Number(value))
  return /^BOOLEAN$/i.test(type) ? value !== 0 : value
}

/** SQLite has no booleans; a moment is its milliseconds. */
function bindable(value: unknown): unknown {
  if (value instanceof Date) return value.getTime()
  return typeof value === 'boolean' ? Number(value) : value
}
