import { expect, it } from 'vitest'
import { hasIdleOperator, linesLeft, linesNeeded, withinRate } from '../../src/callbacks/room.ts'

it.each([
  [3, 0, true],
  [3, 2, true],
  [3, 3, false],
  [0, 0, false],
  [1, 2, false],
])('%i idle, %i callers waiting: %s', (idle, waiting, may) => {
  expect(hasIdleOperator(idle, waiting)).toBe(may)
})

it.each([
  [0, 0, true],
  [19, 4, true],
  [20, 0, false],
  [10, 5, false],
])('%i calls of the last minute, %i over this trunk: %s', (all, trunk, may) => {
  expect(withinRate({ all, trunk }, { per_minute: 20, trunk_per_minute: 5 })).toBe(may)
})

it.each([
  ['an empty gateway keeps its reserve', { lines: 4, reserve_inbound: 1, placed: 0, callers: 0, promised: 0 }, 3],
  ['a caller uses up the reserve', { lines: 4, reserve_inbound: 1, placed: 0, callers: 1, promised: 0 }, 3],
  ['more callers than the reserve', { lines: 4, reserve_inbound: 1, placed: 0, callers: 3, promised: 0 }, 1],
  ['what is dialled, and what is about to be', { lines: 4, reserve_inbound: 1, placed: 1, callers: 0, promised: 1 }, 1],
  ['full', { lines: 4, reserve_inbound: 0, placed: 2, callers: 3, promised: 0 }, -1],
])('lines: %s', (_, use, left) => {
  expect(linesLeft(use)).toBe(left)
})

it('who has only a mobile needs a line of his own', () => {
  expect([linesNeeded(0), linesNeeded(1)]).toEqual([1, 2])
})
