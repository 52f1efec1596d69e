/** Puts invented rows into a database, quickly: one JSON array a table. */
import type { Prisma } from '../../../src/store/database.ts'
import type { Month } from './made-month.ts'

const PIECE = 20_000

export async function writeMonth(prisma: Prisma, month: Month): Promise<void> {
  await insert(prisma, 'Call', month.calls, (call) => ({
    ...call,
    node: 'n',
    callerShown: call.caller ?? '',
    configVersion: 'v',
    notice: 'none',
    restored: 0,
  }))
  await insert(prisma, 'PathStep', month.steps, (step) => ({ ...step, detail: JSON.stringify(step.detail) }))
  await insert(prisma, 'DialLedger', month.dials, (dial) => ({
    ...dial,
    number: '+4917099999999',
    purpose: 'callback',
    counts: 1,
  }))
  await insert(prisma, 'OperatorEvent', month.events, (event) => ({ ...event, standing: 'available', by: 'phone' }))
  await insert(prisma, 'Case', month.cases, (row) => ({
    ...row,
    count: 1,
    lastCallId: row.id,
    lastLossAt: row.openedAt,
  }))
  await insert(prisma, 'Callback', month.callbacks, (row) => ({
    ...row,
    caseId: row.id,
    callId: row.id,
    tries: 1,
    dueAt: row.lostAt,
    expiresAt: row.lostAt,
  }))
}

async function insert<T extends object>(
  prisma: Prisma,
  table: string,
  rows: readonly T[],
  whole: (row: T) => object,
): Promise<void> {
  if (rows.length === 0) return
  const columns = Object.keys(whole(rows[0]!))
  const names = columns.map((column) => `"${column}"`).join(', ')
  const values = columns.map((column) => `value->>'${column}'`).join(', ')
  for (let at = 0; at < rows.length; at += PIECE) {
    const json = JSON.stringify(rows.slice(at, at + PIECE).map(whole))
    await prisma.$executeRawUnsafe(`INSERT INTO "${table}" (${names}) SELECT ${values} FROM json_each(?)`, json)
  }
}
