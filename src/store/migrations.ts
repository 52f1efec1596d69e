/**
 * Brings a database file to the schema of this version: the committed SQL of prisma/migrations, each once, each in one transaction.
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
export async function applyMigrations(file: string, folder = FOLDER): Promise<string[]> {
  const known = await readMigrations(folder)
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
    return missing.map((migration) => migration.name)
  } finally {
    await db.dispose()
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  const migrations = names.map(async ({ name }) => {
    const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8')
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
  })
  return (await Promise.all(migrations)).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function refuseStrangers(applied: Map<string, string>, known: Migration[]): void {
  for (const [name, checksum] of applied) {
    const ours = known.find((migration) => migration.name === name)
    if (!ours) throw new MigrationError(`the database was written by a newer version: it holds ${name}`)
    if (ours.checksum !== checksum) throw new MigrationError(`${name} was changed after it had been applied`)
  }
}
