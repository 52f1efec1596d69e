/**
 * Brings a database file to the schema of this version: the committed SQL of prisma/migrations, each once, each in one transaction, and
 * then the journal's triggers of prisma/journal.sql, whenever they differ from those that the database has.
 *
 * Prisma's own tool for this needs an engine that it downloads; a machine behind a closed network would not start.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { crashPoint } from '../runtime/crash-point.ts'
import { databaseUrl } from './libsql-client.ts'

const FOLDER = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
const JOURNAL = fileURLToPath(new URL('../../prisma/journal.sql', import.meta.url))
/** Among the names of the migrations: the checksum of the journal's rules in force. */
const JOURNAL_ROW = 'journal.sql'

/** The database was made by a newer version, or its history does not match ours. Nothing was changed. */
export class MigrationError extends Error {
  override name = 'MigrationError'
}

interface Migration {
  name: string
  sql: string
  checksum: string
}

/** Returns the names of the migrations that were applied now. Before touching a database with data a copy is put beside it. */
export async function applyMigrations(file: string, folder = FOLDER, journal = JOURNAL): Promise<string[]> {
  const known = await readMigrations(folder)
  const rules = await readFile(journal, 'utf8')
  const existed = existsSync(file)
  const db = await new PrismaLibSql({ url: databaseUrl(file), timeout: 5_000 }).connect()
  try {
    await db.executeScript('PRAGMA journal_mode = WAL')
    await db.executeScript(
      'CREATE TABLE IF NOT EXISTS "_prisma_migrations" ("name" TEXT PRIMARY KEY, "checksum" TEXT NOT NULL, "appliedAt" INTEGER NOT NULL)',
    )
    const { rows } = await db.queryRaw({
      sql: 'SELECT "name", "checksum" FROM "_prisma_migrations" ORDER BY "name"',
      args: [],
      argTypes: [],
    })
    const applied = new Map(rows.map(([name, checksum]) => [String(name), String(checksum)]))
    refuseStrangers(applied, known)
    const missing = known.filter((migration) => !applied.has(migration.name))
    if (missing.length > 0 && existed && applied.size > 0) {
      await db.executeScript(`VACUUM INTO '${`${file}.before-${missing[0]!.name}`.replaceAll("'", "''")}'`)
    }
    for (const { name, sql, checksum } of missing) {
      const record = `INSERT INTO "_prisma_migrations" VALUES ('${name}', '${checksum}', unixepoch() * 1000)`
      crashPoint('migration.before')
      await db.executeScript(`BEGIN IMMEDIATE;\n${sql}\n;${record};\nCOMMIT;`)
      crashPoint('migration.after')
    }
    await giveJournal(db, rules, applied)
    return missing.map((migration) => migration.name)
  } finally {
    await db.dispose()
  }
}

type Db = Awaited<ReturnType<PrismaLibSql['connect']>>

/**
 * The views and triggers of the journal, all of them and no others. They hold no data, so they are made anew rather than changed; in one
 * transaction, because a database without them would take entries and write nothing.
 */
async function giveJournal(db: Db, rules: string, applied: ReadonlyMap<string, string>): Promise<void> {
  const checksum = sha256(rules)
  if (applied.get(JOURNAL_ROW) === checksum) return
  const objects = `SELECT "type", "name" FROM sqlite_master WHERE "type" IN ('trigger', 'view') ORDER BY "type"`
  const { rows } = await db.queryRaw({ sql: objects, args: [], argTypes: [] })
  const drops = rows.map(([type, name]) => `DROP ${String(type)} "${String(name)}";`)
  const record = `INSERT OR REPLACE INTO "_prisma_migrations" VALUES ('${JOURNAL_ROW}', '${checksum}', unixepoch() * 1000)`
  crashPoint('journal.before')
  await db.executeScript(`BEGIN IMMEDIATE;\n${drops.join('\n')}\n${rules}\n;${record};\nCOMMIT;`)
  crashPoint('journal.after')
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  const migrations = names.map(async ({ name }) => {
    const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8')
    return { name, sql, checksum: sha256(sql) }
  })
  return (await Promise.all(migrations)).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function refuseStrangers(applied: Map<string, string>, known: Migration[]): void {
  for (const [name, checksum] of applied) {
    if (name === JOURNAL_ROW) continue
    const ours = known.find((migration) => migration.name === name)
    if (!ours) throw new MigrationError(`the database was written by a newer version: it holds ${name}`)
    if (ours.checksum !== checksum) throw new MigrationError(`${name} was changed after it had been applied`)
  }
}
