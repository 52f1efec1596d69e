import { expect, test } from 'vitest'
import { callsToPlace, type Pace } from '../../src/campaigns/pacing.ts'

const pace: Pace = {
  lines: 3,
  live: 0,
  trunk: { lines: 4, reserveInbound: 1, inUse: 0 },
  msSinceLast: Infinity,
  minIntervalMs: 200,
  perTick: 1,
  ready: true,
}

test.each<[string, Partial<Pace>, number]>([
  ['one at a time', {}, 1],
  ['as many as a look may place', { perTick: 5 }, 3],
  ['all own lines busy', { live: 3 }, 0],
  ['more live than lines, after a reload', { live: 5 }, 0],
  ['the reserve is left', { trunk: { lines: 4, reserveInbound: 1, inUse: 3 } }, 0],
  ['one line left before the reserve', { perTick: 5, trunk: { lines: 4, reserveInbound: 1, inUse: 2 } }, 1],
  ['the reserve eats it all', { trunk: { lines: 2, reserveInbound: 2, inUse: 0 } }, 0],
  ['too soon', { msSinceLast: 199 }, 0],
  ['soon enough', { msSinceLast: 200 }, 1],
  ['the clock went back', { msSinceLast: -5_000 }, 0],
  ['Asterisk is away', { ready: false }, 0],
])('%s', (_what, change, calls) => {
  expect(callsToPlace({ ...pace, ...change })).toBe(calls)
})
