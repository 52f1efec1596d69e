/** How many more call-backs may begin now. Pure: due-callbacks.ts counts, this decides. */

/** Calls to clients of the last minute: those that were placed, and those whose operator is being rung for it already. */
export interface Recent {
  all: number
  trunk: number
}

/** Never more in flight than people who would be idle without them: `idle` are not reserved, `waiting` callers want one of them. */
export function hasIdleOperator(idle: number, waiting: number): boolean {
  return idle - waiting > 0
}

export function withinRate(recent: Recent, caps: { per_minute: number; trunk_per_minute: number }): boolean {
  return recent.all < caps.per_minute && recent.trunk < caps.trunk_per_minute
}

export interface TrunkLines {
  lines: number
  reserve_inbound: number
  /** Calls of ours on it, and callers. */
  placed: number
  callers: number
  /** Clients who are dialled next, over lines that nobody has taken yet. */
  promised: number
}

/** Lines that call-backs may take: what is kept for callers stays free, and callers who are here use up what was kept for them. */
export function linesLeft({ lines, reserve_inbound, placed, callers, promised }: TrunkLines): number {
  return Math.min(lines - callers, lines - reserve_inbound) - placed - promised
}

/** Each outside number of the person who calls back takes a line of its own, and the client one. */
export function linesNeeded(outside: number): number {
  return outside + 1
}
