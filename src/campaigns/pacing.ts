/** How many calls a campaign may place now. Pure. */

export interface Pace {
  /** `lines:` of the campaign. */
  lines: number
  /** Calls of this campaign that are live or being placed. */
  live: number
  trunk: { lines: number; reserveInbound: number; inUse: number }
  /** Since this campaign's last call was placed; Infinity before the first. */
  msSinceLast: number
  minIntervalMs: number
  /** How many at most in one look; a trunk that is flooded answers with congestion. */
  perTick: number
  /** Can telephony place calls at all? */
  ready: boolean
}

export function callsToPlace(pace: Pace): number {
  if (!pace.ready || pace.msSinceLast < pace.minIntervalMs) return 0
  const ownFree = pace.lines - pace.live
  const trunkFree = pace.trunk.lines - pace.trunk.reserveInbound - pace.trunk.inUse
  return Math.max(0, Math.min(ownFree, trunkFree, pace.perTick))
}
