/**
 * Opens the truth: one SQLite file through Prisma and libsql, WAL, every commit on disk before it counts (synchronous FULL).
 *
 * No interactive transaction is used anywhere: libsql drops a connection's settings after one, and a write that waits for another
 * write of the same thread would wait for itself. What must be atomic is one statement, or one journal batch (journal.ts).
 */
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PrismaClient } from './generated/client.ts'
import { databaseUrl, PreparedLibSql } from './libsql-client.ts'
import { applyMigrations } from './migrations.ts'
import { retryBusy } from './retry-busy.ts'

export type Prisma = PrismaClient

export interface Database {
  prisma: Prisma
  close(): Promise<void>
}

/** Another process (the command line) may hold the file for a moment; all that we read and write waits meanwhile, so it is a short one. */
const BUSY_TIMEOUT_MS = 250

/** Creates the file and applies missing migrations. Throws MigrationError, or Error when the file is damaged. */
export async function openDatabase(file: string): Promise<Database> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await applyMigrations(file)
  const prisma = connect(file, BUSY_TIMEOUT_MS)
  const [check] = await prisma.$queryRaw<{ quick_check: string }[]>`PRAGMA quick_check(1)`
  if (check?.quick_check !== 'ok') {
    await prisma.$disconnect()
    throw new Error(`the database ${file} is damaged (${check?.quick_check}); put a backup in its place`)
  }
  return {
    prisma,
    close: async () => {
      // so that the one file is the whole truth for who copies it; not while another process reads it, then the WAL stays
      await prisma.$queryRaw`PRAGMA wal_checkpoint(TRUNCATE)`.catch(() => {})
      await prisma.$disconnect()
    },
  }
}

/** A connection to a file that somebody else has opened: nothing is created, migrated or checked. */
export function connect(file: string, busyTimeoutMs: number): Prisma {
  const adapter = new PreparedLibSql(
    { url: databaseUrl(file), timeout: busyTimeoutMs },
    { timestampFormat: 'unixepoch-ms' },
  )
  return new PrismaClient({ adapter })
}

/** Can the truth be written down? For /ready. A statement that only reads is content with a full disk; this one writes a page. */
export async function pingDatabase(prisma: Prisma): Promise<void> {
  try {
    await retryBusy(() => prisma.$executeRaw`PRAGMA user_version = 1`)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // Prisma wraps what the database said into a page of its own
    const said = /Message: `(.*)`/.exec(message)?.[1] ?? message
    throw new Error(`the database cannot be written: ${said}`, { cause: error })
  }
}
