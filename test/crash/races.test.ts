import { expect, it } from 'vitest'
import { runRaces } from './races.ts'

/** The promise; a busy machine may take some more to carry a packet. */
const RELEASE_MS = 500

it('two answer at once: one is bridged, the other released; who leaves in that moment is missed', async () => {
  const { races, doubleBridges, releasedAfter, violations } = await runRaces(60, 3)
  expect(violations).toEqual([])
  expect(doubleBridges).toBe(0)
  expect(races).toBe(60)
  expect(releasedAfter.length).toBeGreaterThan(0)
  const sorted = releasedAfter.toSorted((a, b) => a - b)
  expect(sorted[sorted.length >> 1]).toBeLessThan(RELEASE_MS)
})
