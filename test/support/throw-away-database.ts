/** A real SQLite file with all migrations, in a folder that goes with the test. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '../../src/store/database.ts'

export interface ThrowAwayDatabase extends Database {
  file: string
}

/** Close it at the end of the test. */
export async function throwAwayDatabase(): Promise<ThrowAwayDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'perezvon-test-'))
  const file = join(folder, 'perezvon.db')
  const database = await openDatabase(file)
  return {
    ...database,
    file,
    async close() {
      await database.close()
      await rm(folder, { recursive: true })
    },
  }
}
