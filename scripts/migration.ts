/**
 * Writes the SQL that takes the committed migrations to today's schema.prisma: `npm run migration -- add_something`.
 *
 * Prisma's own `migrate` downloads an engine and, without it, does nothing and says so to nobody; so the diff is made by the same engine
 * compiled to WASM, against a scratch database into which the committed migrations were run.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyMigrations } from '../src/store/migrations.ts'
import { schemaDiff } from './schema-diff.ts'

const name = process.argv[2]
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error('usage: npm run migration -- name_of_the_change')
  process.exit(2)
}
const scratch = await mkdtemp(join(tmpdir(), 'perezvon-migration-'))
try {
  const file = join(scratch, 'now.db')
  await applyMigrations(file)
  const sql = await schemaDiff(file, await readFile('prisma/schema.prisma', 'utf8'))
  if (!sql.trim() || sql.includes('This is an empty migration')) console.log('schema.prisma and the migrations agree')
  else {
    const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
    const folder = join('prisma/migrations', `${stamp}_${name}`)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'migration.sql'), sql)
    console.log(`wrote ${folder}/migration.sql - read it before you commit it`)
  }
} finally {
  await rm(scratch, { recursive: true })
}
