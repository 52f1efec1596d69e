/** When a campaign stops itself because the fault is not with the people it calls. Pure. */
import type { AttemptResult } from './contact-status.ts'

export type PauseReason = 'trunk-trouble' | 'carrier-rejects'

const WINDOW = 20
/** More than 30 % of the window; so many are enough also before it is full, the rest cannot make it good. */
const TROUBLES = 7
/** A carrier that blocks us answers as a person does who rejects; that half of all people do is not believed. */
const REJECTIONS = 11

const ours: ReadonlySet<AttemptResult> = new Set(['trouble', 'unknown', 'failed'])

/** `results`: the latest attempts since the campaign was last started or resumed, newest first. */
export function pauseReason(results: readonly AttemptResult[]): PauseReason | null {
  const window = results.slice(0, WINDOW)
  if (window.filter((result) => ours.has(result)).length >= TROUBLES) return 'trunk-trouble'
  if (window.filter((result) => result === 'rejected').length >= REJECTIONS) return 'carrier-rejects'
  return null
}
