/** Who may ask for the next line of a full gateway. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Person } from '../../src/config/sections/people.ts'
import { LineTurns } from '../../src/queues/line-turns.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** An old customer who came last, and two in the order in which they came. */
function callers() {
  const turns = new LineTurns()
  return {
    first: turns.of({ priority: 0, since: 1_000 }),
    second: turns.of({ priority: 0, since: 2_000 }),
    known: turns.of({ priority: 1, since: 3_000 }),
  }
}

test('who stands before others and was refused has the next line; they do not keep him from it', () => {
  const { first, second, known } = callers()
  first.refused()
  second.refused()
  expect([first, second, known].map((wish) => wish.mayAsk())).toEqual([true, false, true])
  known.refused()
  expect([first, second, known].map((wish) => wish.mayAsk())).toEqual([false, false, true])
})

test('it is the next one’s turn when he is served or leaves, and when he does not ask again', () => {
  const { first, second } = callers()
  first.refused()
  first.done()
  expect(second.mayAsk()).toBe(true)
  first.refused()
  vi.advanceTimersByTime(2_400) // he is just asking
  expect(second.mayAsk()).toBe(false)
  vi.advanceTimersByTime(200)
  expect(second.mayAsk()).toBe(true)
})

test('for two seconds he asks for no line, and may be given who needs none', () => {
  const { first } = callers()
  const [desk, both, mobile] = [['phone'], ['phone', 'outside'], ['outside']].map(
    (kinds) => ({ rings: kinds.map((kind) => ({ kind })) }) as unknown as Person,
  )
  first.didNotReach('both')
  first.refused()
  expect(first.pauseMs()).toBe(2_000)
  expect([first.needsNone('desk', desk!), first.needsNone('both', both!), first.needsNone('mobile', mobile!)]).toEqual([
    true,
    false, // his desk phone is away: he was to be reached over a line
    false,
  ])
  vi.advanceTimersByTime(2_000)
  expect(first.pauseMs()).toBe(0)
  expect(first.needsNone('both', both!)).toBe(true)
})
