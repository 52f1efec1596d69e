/** A line takes no more callers at once than its `max_calls`; the next ones go another way. */
import type { Step } from '../config/sections/flows.ts'
import type { Call } from './call.ts'
import type { LiveCalls } from './live-calls.ts'

const BUSY: Step[] = [{ kind: 'hangup', hangup: 'busy' }]

/** He is in hand already, so he counts himself. */
export function isBeyondItsLine({ line, snapshot }: Call, live: LiveCalls): boolean {
  const most = snapshot.config.lines[line.number]?.max_calls
  if (most === undefined) return false
  return [...live.all()].filter((call) => call.line.number === line.number).length > most
}

/** What he goes through instead of the line's flow. His path says why. */
export function fullRoute({ line, snapshot, path }: Call): readonly Step[] {
  path.add({ kind: 'fallback', why: 'full' })
  return snapshot.config.lines[line.number]?.on_full ?? BUSY
}
