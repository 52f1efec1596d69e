/** Test calls of a campaign: the command line asks by a row, the daemon answers in it. */
import type { Prisma } from './database.ts'
import { retryBusy } from './retry-busy.ts'

export interface TestCallRow {
  id: string
  campaignId: string
  key: string
  /** E.164, or `PJSIP/101`. */
  to: string
  row: number
  status: 'requested' | 'dialing' | 'passed' | 'failed'
  result: string | null
}

/** Nobody is rung for a request that the daemon finds when it comes back hours later. */
const STALE_MS = 120_000

/**
 * Asks the daemon for a call. Who asks for the same one anew, because his first command was killed or found no daemon, is rung once: the
 * request that still waits is as of now. Resolves with the id to look for.
 */
export async function requestTestCall(
  prisma: Prisma,
  test: { id: string; campaignId: string; to: string; row: number; at: number },
): Promise<string> {
  const [waiting] = await retryBusy(
    () => prisma.$queryRaw<{ id: string }[]>`
      UPDATE "TestCall" SET "requestedAt" = ${test.at}
      WHERE "status" = 'requested' AND "id" = (SELECT "id" FROM "TestCall" WHERE "status" = 'requested'
        AND "campaignId" = ${test.campaignId} AND "to" = ${test.to} AND "row" = ${test.row} LIMIT 1)
      RETURNING "id"`,
  )
  if (waiting) return waiting.id
  await retryBusy(
    () => prisma.$executeRaw`
      INSERT INTO "TestCall" ("id", "campaignId", "to", "row", "status", "requestedAt")
      VALUES (${test.id}, ${test.campaignId}, ${test.to}, ${test.row}, 'requested', ${test.at})`,
  )
  return test.id
}

/** Takes one request for this daemon alone; null: there is none. */
export async function claimTestCall(prisma: Prisma, at: number): Promise<TestCallRow | null> {
  const waiting = await prisma.testCall.findFirst({
    where: { status: 'requested' },
    orderBy: { requestedAt: 'asc' },
    include: { campaign: { select: { key: true } } },
  })
  if (!waiting) return null
  const stale = waiting.requestedAt.getTime() < at - STALE_MS
  const changed = await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "TestCall" SET "status" = ${stale ? 'failed' : 'dialing'}, "result" = ${stale ? 'too-late' : null},
        "endedAt" = ${stale ? at : null}
      WHERE "id" = ${waiting.id} AND "status" = 'requested'`,
  )
  return changed > 0 && !stale ? { ...waiting, key: waiting.campaign.key, status: 'dialing' } : null
}

/** A passed test lets the campaign be started. */
export async function endTestCall(
  prisma: Prisma,
  test: { id: string; campaignId: string },
  passed: boolean,
  result: string,
  at: number,
): Promise<void> {
  if (passed) {
    await retryBusy(() => prisma.$executeRaw`UPDATE "Campaign" SET "tested" = true WHERE "id" = ${test.campaignId}`)
  }
  await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "TestCall" SET "status" = ${passed ? 'passed' : 'failed'}, "result" = ${result}, "endedAt" = ${at}
      WHERE "id" = ${test.id}`,
  )
}

export async function findTestCall(
  prisma: Prisma,
  id: string,
): Promise<{ status: TestCallRow['status']; result: string | null } | null> {
  const row = await prisma.testCall.findUnique({ where: { id } })
  return row && { status: row.status as TestCallRow['status'], result: row.result }
}

/** After a start: test calls during which the daemon died. */
export async function failLostTestCalls(prisma: Prisma, at: number): Promise<void> {
  await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "TestCall" SET "status" = 'failed', "result" = 'interrupted', "endedAt" = ${at} WHERE "status" = 'dialing'`,
  )
}
