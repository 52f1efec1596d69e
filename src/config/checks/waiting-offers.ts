import { allSteps } from '../walk-steps.ts'
import type { CheckInput } from './report.ts'

/** An offer whose time comes when nobody is rung any more is never heard. */
export function checkWaitingOffers({ config, report }: CheckInput): void {
  for (const { step, path } of allSteps(config)) {
    if (step.kind !== 'ring' || !step.ring.offer_callback) continue
    const { to, for: own, offer_callback: offer } = step.ring
    const total = own ?? config.groups[to]?.total
    if (total !== undefined && offer.every >= total)
      report('offer-never-heard', [...path, 'ring', 'offer_callback', 'every'], { values: { seconds: total / 1000 } })
  }
}
