/** The connection below Prisma: the same answers as libsql's own client gives, and a process that lives on while a statement waits. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { isBusy } from '../../src/store/journal.ts'

let folder: string
let file: string
let database: Database
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perezvon-test-'))
  await mkdir(join(folder, 'Цветочный двор 50%25'))
  file = join(folder, 'Цветочный двор 50%25', 'perezvon.db')
  database = await openDatabase(file)
})
afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

const listed = (number: string) => ({ number, source: 'by-hand', detail: null, addedAt: new Date(1_000) })

it('writes, counts what it changed, and reads it back', async () => {
  const { prisma } = database
  await prisma.doNotCall.createMany({ data: [listed('+79120000001'), listed('+79120000002')] })
  expect(await prisma.$executeRaw`UPDATE "DoNotCall" SET "source" = ${'import'}`).toBe(2)
  expect(await prisma.$executeRaw`UPDATE "DoNotCall" SET "source" = ${'import'} WHERE "number" = ${'none'}`).toBe(0)
  const { count } = await prisma.doNotCall.updateMany({
    where: { number: '+79120000001' },
    data: { source: 'opt-out' },
  })
  expect(count).toBe(1)
  expect(await prisma.doNotCall.findMany({ orderBy: { number: 'asc' } })).toEqual([
    { ...listed('+79120000001'), source: 'opt-out' },
    { ...listed('+79120000002'), source: 'import' },
  ])
})

it('takes a statement again after it failed', async () => {
  const { prisma } = database
  const add = (number: string) =>
    prisma.$executeRaw`INSERT INTO "DoNotCall" ("number", "source", "addedAt") VALUES (${number}, 'import', 0)`
  await add('+79120000001')
  await expect(add('+79120000001')).rejects.toThrow(/unique/i)
  await add('+79120000002')
  await expect(prisma.doNotCall.create({ data: listed('+79120000002') })).rejects.toMatchObject({ code: 'P2002' })
  expect(await prisma.doNotCall.count()).toBe(2)
})

it('reads what another connection has written, and a transaction keeps both or neither', async () => {
  const { prisma } = database
  expect(await prisma.doNotCall.count()).toBe(0)
  const other = await openDatabase(file)
  await other.prisma.doNotCall.create({ data: listed('+79120000001') })
  await other.close()
  expect(await prisma.doNotCall.count()).toBe(1)
  const twice = [listed('+79120000002'), listed('+79120000001')].map((data) => prisma.doNotCall.create({ data }))
  await expect(prisma.$transaction(twice)).rejects.toMatchObject({ code: 'P2002' })
  expect(await prisma.doNotCall.count()).toBe(1)
})

it('is busy while another writes, and the process goes on meanwhile', async () => {
  const writer = await openDatabase(file)
  await writer.prisma.$executeRaw`BEGIN IMMEDIATE`
  let turns = 0
  const loop = setInterval(() => turns++, 1)
  try {
    const error: unknown = await database.prisma.doNotCall
      .create({ data: listed('+79120000001') })
      .catch((e: unknown) => e)
    expect(isBusy(error)).toBe(true)
    expect(turns).toBeGreaterThan(0)
  } finally {
    clearInterval(loop)
    await writer.prisma.$executeRaw`ROLLBACK`
    await writer.close()
  }
  await database.prisma.doNotCall.create({ data: listed('+79120000001') })
})
