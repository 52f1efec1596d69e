import { allSteps } from '../walk-steps.ts'
import type { CheckInput } from './report.ts'

/** An announcement that no flow plays is a slip of the pen: nobody will ever have heard it. */
export function checkAnnouncements({ config, incomplete, report }: CheckInput): void {
  if (incomplete.size > 0) return
  const played = new Set<string>()
  for (const { step } of allSteps(config)) if (step.kind === 'play') step.play.forEach((sound) => played.add(sound))
  config.missed_calls.ignore.announcements.forEach(({ play }, i) => {
    if (!played.has(play))
      report('announcement-unplayed', ['missed_calls', 'ignore', 'announcements', i], { values: { sound: play } })
  })
}
