/** What a caller is told while he waits. Pure. */
import type { Spoken } from '../config/sections/flows.ts'
import type { WaitingOffer } from '../model/call-outcome.ts'

/** `position`: from 1. */
export function waitingParts({ key, play, place }: WaitingOffer, position: number): Spoken[] {
  const where: Spoken[] =
    position === 1
      ? ['prompts/perezvon/you-are-next']
      : ['prompts/perezvon/your-place', { number: String(position), unit: 'none' }]
  const offer: Spoken[] = play === undefined ? ['prompts/perezvon/waiting-offer', { digits: key }] : [play]
  return [...(place ? where : []), ...offer]
}
