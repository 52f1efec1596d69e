import { afterEach, beforeEach, expect, it } from 'vitest'
import { pingDatabase, type Prisma } from '../../src/store/database.ts'
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/throw-away-database.ts'

let database: ThrowAwayDatabase
beforeEach(async () => {
  database = await throwAwayDatabase()
})
afterEach(() => database.close())

async function settings(prisma: Prisma) {
  const [journal] = await prisma.$queryRaw<[{ journal_mode: string }]>`PRAGMA journal_mode`
  const [synchronous] = await prisma.$queryRaw<[{ synchronous: number }]>`PRAGMA synchronous`
  const [keys] = await prisma.$queryRaw<[{ foreign_keys: number }]>`PRAGMA foreign_keys`
  return { ...journal, synchronous: Number(synchronous.synchronous), foreignKeys: Number(keys.foreign_keys) }
}

it('is in WAL, every commit on disk before it counts (FULL), also after a transaction', async () => {
  const { prisma } = database
  const wanted = { journal_mode: 'wal', synchronous: 2, foreignKeys: 1 }
  expect(await settings(prisma)).toEqual(wanted)
  await prisma.$transaction([prisma.doNotCall.count(), prisma.call.count()])
  expect(await settings(prisma)).toEqual(wanted)
})

it('that cannot be written is not well, though it can be read', async () => {
  const { prisma } = database
  await pingDatabase(prisma)
  await prisma.$executeRaw`PRAGMA query_only = 1`
  expect(await prisma.call.count()).toBe(0)
  await expect(pingDatabase(prisma)).rejects.toThrow(
    /^the database cannot be written: attempt to write a readonly database$/,
  )
  await prisma.$executeRaw`PRAGMA query_only = 0`
  await pingDatabase(prisma)
})
