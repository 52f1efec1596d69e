/** Figures of the moment for /metrics, read from the database when somebody asks. */
import type { Prisma } from '../store/database.ts'

export interface OpenList {
  open: number
  /** Milliseconds; 0 when nobody waits. */
  oldestMs: number
}

/** People who called and were not spoken with yet. */
export async function openList(prisma: Prisma, now: number): Promise<OpenList> {
  const { _count, _min } = await prisma.case.aggregate({
    where: { openKey: { not: null } },
    _count: true,
    _min: { openedAt: true },
  })
  return { open: _count, oldestMs: _min.openedAt ? now - _min.openedAt.getTime() : 0 }
}

/** Callers whom a person has taken and who have not hung up yet. */
export function callsInTalk(prisma: Prisma): Promise<number> {
  return prisma.call.count({ where: { direction: 'inbound', endedAt: null, answeredAt: { not: null } } })
}
