/** The call-back tasks: reading what is due, and the two conditional steps that must not be taken twice. The rest is the journal's. */
import type { Prisma } from './database.ts'
import { retryBusy } from './retry-busy.ts'

export interface CallbackTask {
  id: string
  caseId: string
  callId: string
  number: string
  line: string
  group: string
  kind: 'missed' | 'requested' | 'meeting'
  priority: number
  status: string
  outcome: string | null
  tries: number
  /** How many tries ended for each cause. */
  causes: Readonly<Record<string, number>>
  dueAt: number
  lostAt: number
  expiresAt: number
  operator: string | null
  legs: CallbackLegs | null
  updatedAt: number
}
/** Channel ids of a running try. */
export interface CallbackLegs {
  operator?: string
  client?: string
}

/** Whoever took a case is left alone with it for so long. */
export const TAKEN_MS = 1_800_000

const ORDER = [{ priority: 'desc' }, { lostAt: 'asc' }] as const

/** Waiting tasks that are due and that no person has taken just now: the higher priority first, then the oldest loss. */
export async function dueCallbacks(prisma: Prisma, now: number): Promise<CallbackTask[]> {
  const where = { status: 'waiting', dueAt: { lte: new Date(now) } }
  const due = await prisma.callback.findMany({ where, orderBy: [...ORDER], take: 500 })
  if (due.length === 0) return []
  const taken = await prisma.case.findMany({
    where: { openKey: { not: null }, takenAt: { gt: new Date(now - TAKEN_MS) } },
    select: { id: true },
  })
  const left = new Set(taken.map(({ id }) => id))
  return due.filter(({ caseId }) => !left.has(caseId)).map(taskOf)
}

/** Tasks that are not ended, in the order in which they are called. `name`: of the client, as far as it was known with the call. */
export async function openCallbacks(prisma: Prisma): Promise<(CallbackTask & { name: string | null })[]> {
  const rows = await prisma.callback.findMany({ where: { openNumber: { not: null } }, orderBy: [...ORDER] })
  const calls = await prisma.call.findMany({
    where: { id: { in: rows.map(({ callId }) => callId) } },
    select: { id: true, callerName: true },
  })
  const names = new Map(calls.map(({ id, callerName }) => [id, callerName]))
  return rows.map((row) => ({ ...taskOf(row), name: names.get(row.callId) ?? null }))
}

const RUNNING = ['operator', 'client', 'machine', 'joining', 'talking']

/** Tasks that a daemon had in hand: what recovery looks at. */
export async function runningCallbacks(prisma: Prisma): Promise<CallbackTask[]> {
  return (await prisma.callback.findMany({ where: { status: { in: RUNNING } } })).map(taskOf)
}

/** A waiting task becomes due at once, in front of others. False: none waits for this number. */
export async function callBackNow(prisma: Prisma, number: string, priority: number, now: number): Promise<boolean> {
  const moved = await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Callback" SET "dueAt" = ${now}, "priority" = max("priority", ${priority}), "updatedAt" = ${now},
        "expiresAt" = max("expiresAt", ${now + 3_600_000})
      WHERE "openNumber" = ${number} AND "status" = 'waiting'`,
  )
  return moved === 1
}

/** `running`: somebody is on the phone because of it already. */
export async function cancelCallback(
  prisma: Prisma,
  number: string,
  now: number,
): Promise<'cancelled' | 'running' | 'none'> {
  const cancelled = await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Callback" SET "status" = 'cancelled', "openNumber" = NULL, "outcome" = 'by-hand', "updatedAt" = ${now}
      WHERE "openNumber" = ${number} AND "status" = 'waiting'`,
  )
  if (cancelled === 1) return 'cancelled'
  return (await prisma.callback.count({ where: { openNumber: number } })) > 0 ? 'running' : 'none'
}

/** Takes a waiting task for an operator. False: it is not waiting any more. */
export async function claimCallback(prisma: Prisma, id: string, operator: string, now: number): Promise<boolean> {
  const claimed = await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Callback" SET "status" = 'operator', "operator" = ${operator}, "updatedAt" = ${now}, "legs" = '{}'
      WHERE "id" = ${id} AND "status" = 'waiting'`,
  )
  return claimed === 1
}

/**
 * The step before the client is dialled: the try is counted and the channel's id is on disk. False: the task was called off meanwhile, and
 * nobody may be dialled; or a person has just said that he sees to it.
 */
export async function countTry(prisma: Prisma, id: string, legs: CallbackLegs, now: number): Promise<boolean> {
  const counted = await retryBusy(
    () => prisma.$executeRaw`
      UPDATE "Callback" SET "status" = 'client', "tries" = "tries" + 1, "legs" = ${JSON.stringify(legs)}, "updatedAt" = ${now}
      WHERE "id" = ${id} AND "status" = 'operator'
        AND NOT EXISTS (SELECT 1 FROM "Case" c WHERE c."id" = "caseId" AND c."takenAt" > ${now - TAKEN_MS})`,
  )
  return counted === 1
}

/** Is it still in the hands of who claimed it, without the client having been dialled? */
export async function isClaimed(prisma: Prisma, id: string): Promise<boolean> {
  return (await prisma.callback.count({ where: { id, status: 'operator' } })) === 1
}

/** Waiting tasks whose time is over. */
export async function expiredCallbacks(prisma: Prisma, now: number): Promise<CallbackTask[]> {
  const where = { status: 'waiting', expiresAt: { lte: new Date(now) } }
  return (await prisma.callback.findMany({ where })).map(taskOf)
}

function taskOf(row: Awaited<ReturnType<Prisma['callback']['findMany']>>[number]): CallbackTask {
  return {
    ...row,
    kind: row.kind as CallbackTask['kind'],
    causes: JSON.parse(row.causes) as Record<string, number>,
    dueAt: row.dueAt.getTime(),
    lostAt: row.lostAt.getTime(),
    expiresAt: row.expiresAt.getTime(),
    updatedAt: row.updatedAt.getTime(),
    legs: row.legs === null ? null : (JSON.parse(row.legs) as CallbackLegs),
  }
}
