/** How full a trunk is, by the ledger and by the callers on it. */
import type { Prisma } from '../store/database.ts'
import { liveDials } from '../store/dial-ledger.ts'
import { type Guard, LEFTOVER_MS } from './guard.ts'

export interface TrunkUse {
  lines: number
  reserve_inbound: number
  placed: number
  callers: number
}

/** Null: no such trunk. */
export async function trunkUse(guard: Guard & { prisma: Prisma }, name: string): Promise<TrunkUse | null> {
  const config = guard.config()
  const trunk = config.trunks[name]
  if (!trunk) return null
  const since = guard.clock.now() - config.dialling.max_call - LEFTOVER_MS
  const { lines, reserve_inbound } = trunk
  const placed = await liveDials(guard.prisma, name, since)
  return { lines, reserve_inbound, placed, callers: guard.callersOn?.(name) ?? 0 }
}
