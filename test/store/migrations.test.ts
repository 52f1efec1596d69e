import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { schemaDiff } from '../../scripts/schema-diff.ts'
import { openDatabase } from '../../src/store/database.ts'
import { applyMigrations, MigrationError } from '../../src/store/migrations.ts'

let dir: string
let file: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'perezvon-store-'))
  file = join(dir, 'perezvon.db')
})
afterEach(() => rm(dir, { recursive: true }))

it('the committed migrations make exactly the schema of schema.prisma', async () => {
  await applyMigrations(file)
  const diff = await schemaDiff(file, await readFile('prisma/schema.prisma', 'utf8'))
  expect(diff.replaceAll(/^--.*$/gm, '').trim()).toBe('')
})

it('applies each migration once', async () => {
  expect((await applyMigrations(file)).length).toBeGreaterThan(0)
  expect(await applyMigrations(file)).toEqual([])
})

it('refuses a database of a newer version and leaves it alone', async () => {
  const newer = join(dir, 'migrations')
  await cp('prisma/migrations', newer, { recursive: true })
  await cp(join(newer, (await readdir(newer))[0]!), join(newer, '29991231000000_from_the_future'), { recursive: true })
  await writeFile(join(newer, '29991231000000_from_the_future/migration.sql'), 'CREATE TABLE "Later" ("id" TEXT)')
  await applyMigrations(file, newer)
  await expect(applyMigrations(file)).rejects.toThrow(MigrationError)
  await expect(openDatabase(file)).rejects.toThrow('29991231000000_from_the_future')
})

it('refuses when a migration that was applied has been edited', async () => {
  const ours = join(dir, 'migrations')
  await cp('prisma/migrations', ours, { recursive: true })
  await applyMigrations(file, ours)
  const first = join(ours, (await readdir(ours)).sort()[0]!, 'migration.sql')
  await writeFile(first, `${await readFile(first, 'utf8')}\n-- harmless?`)
  await expect(applyMigrations(file, ours)).rejects.toThrow('was changed after it had been applied')
})

it('a migration that fails half-way changes nothing, and a copy of the data was put beside it', async () => {
  await applyMigrations(file)
  const more = join(dir, 'migrations')
  await cp('prisma/migrations', more, { recursive: true })
  await cp(join(more, (await readdir(more))[0]!), join(more, '29990101000000_broken'), { recursive: true })
  await writeFile(
    join(more, '29990101000000_broken/migration.sql'),
    'CREATE TABLE "Half" ("id" TEXT);\nINSERT INTO "NoSuchTable" VALUES (1);',
  )
  await expect(applyMigrations(file, more)).rejects.toThrow('NoSuchTable')
  const database = await openDatabase(file)
  expect(await database.prisma.$queryRaw`SELECT name FROM sqlite_master WHERE name = 'Half'`).toEqual([])
  await database.close()
  expect(await readdir(dir)).toContain('perezvon.db.before-29990101000000_broken')
})

it('gives the journal its rules anew when they differ, and only then', async () => {
  await applyMigrations(file)
  const triggers = async () => {
    const database = await openDatabase(file)
    const rows = await database.prisma.$queryRaw<
      { name: string }[]
    >`SELECT name FROM sqlite_master WHERE type = 'trigger'`
    await database.close()
    return rows.map(({ name }) => name)
  }
  const ours = await triggers()
  expect(ours).toContain('journal_call_end')
  const other = join(dir, 'journal.sql')
  const rules = await readFile('prisma/journal.sql', 'utf8')
  await writeFile(other, rules.replaceAll('"journal_call_end"', '"journal_call_ends"'))
  await applyMigrations(file, undefined, other)
  expect(await triggers()).toEqual(ours) // openDatabase gives it back
  await writeFile(other, `${rules}\nCREATE TRIGGER "broken" AFTER INSERT ON "NoSuchTable" BEGIN SELECT 1; END;`)
  await expect(applyMigrations(file, undefined, other)).rejects.toThrow('NoSuchTable')
  expect(await triggers()).toEqual(ours)
})

it('refuses a damaged file and says what to do', async () => {
  await applyMigrations(file)
  const database = await openDatabase(file)
  await database.prisma.doNotCall.createMany({
    data: Array.from({ length: 500 }, (_, i) => ({ number: `+7900${i}`, source: 'import', addedAt: new Date(0) })),
  })
  await database.close()
  const bytes = await readFile(file)
  bytes.fill(0x5a, 4096 * 4, 4096 * 12)
  await writeFile(file, bytes)
  await expect(openDatabase(file)).rejects.toThrow(/damaged|malformed/)
})
