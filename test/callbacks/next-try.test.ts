import { describe, expect, it } from 'vitest'
import { afterTry, type AfterTry, type Causes, POSTPONE_MS, type TryResult } from '../../src/callbacks/next-try.ts'
import { missedCalls, type CallbackRules } from '../../src/config/sections/missed-calls.ts'

const MINUTE = 60_000
const rules: CallbackRules = missedCalls.parse({
  mail: { to: ['group'] },
  callback: {
    tries: '3',
    every: ['5m', '20m', '60m'],
    success: '5s',
    retry: { busy: ['1m', '2m'], trouble: ['30s', '90s'] },
  },
}).callback!
const after = (result: TryResult, tries = 1, causes: Causes = {}): AfterTry => afterTry(rules, result, tries, causes)

describe('who was spoken with is done', () => {
  it.each([
    [5_000, { status: 'done' }],
    [4_999, { status: 'waiting', outcome: 'short', counted: true, inMs: 5 * MINUTE }],
  ])('a talk of %i ms: %j', (ms, expected) => {
    expect(after({ kind: 'talked', ms })).toMatchObject(expected)
  })
})

describe('each cause has its own waits, or those of all', () => {
  it.each<[TryResult['kind'], number, Causes, number]>([
    ['busy', 1, {}, MINUTE],
    ['busy', 2, { busy: 1 }, 2 * MINUTE],
    ['busy', 2, { no_answer: 1 }, MINUTE],
    ['no-answer', 1, {}, 5 * MINUTE],
    ['no-answer', 2, { busy: 1 }, 20 * MINUTE],
    ['rejected', 1, {}, 5 * MINUTE],
    ['cancelled', 1, {}, 5 * MINUTE],
    ['unreachable', 2, { no_answer: 1 }, 20 * MINUTE],
    ['machine', 2, { machine: 1 }, 20 * MINUTE],
    ['unknown', 1, {}, 30_000],
    ['failed', 2, { trouble: 1 }, 90_000],
    ['operator-vanished', 2, { trouble: 5 }, 90_000],
  ])('%s as call %i after %j: %i ms', (kind, tries, causes, inMs) => {
    expect(after({ kind } as TryResult, tries, causes)).toMatchObject({ status: 'waiting', counted: true, inMs })
  })
  it('remembers how often what happened', () => {
    expect(after({ kind: 'busy' }, 2, { busy: 1, no_answer: 1 })).toMatchObject({ causes: { busy: 2, no_answer: 1 } })
  })
  it.each(['busy', 'no-answer', 'machine', 'unknown'] as const)('the last try, %s, gives up', (kind) => {
    expect(after({ kind }, 3)).toEqual({ status: 'failed', outcome: kind })
  })
})

describe('what did not disturb the client is no try', () => {
  it.each<[TryResult, number]>([
    [{ kind: 'operator-did-not-answer' }, 0],
    [{ kind: 'operator-refused' }, 0],
    [{ kind: 'not-mine' }, 0],
    [{ kind: 'cannot-now' }, 0],
    [{ kind: 'on-the-line' }, 0],
    [{ kind: 'interrupted' }, 0],
    [{ kind: 'taken' }, 0],
    [{ kind: 'postponed' }, POSTPONE_MS],
    [{ kind: 'congestion' }, 30_000],
    [{ kind: 'not-placed' }, 30_000],
    [{ kind: 'refused', why: 'trunk-full' }, 30_000],
  ])('%j', (result, inMs) => {
    expect(after(result, 9)).toMatchObject({ status: 'waiting', counted: false, inMs })
  })
})

it.each<[TryResult, AfterTry]>([
  [{ kind: 'called-off' }, { status: 'cancelled', outcome: 'came-back' }],
  [{ kind: 'no-need' }, { status: 'cancelled', outcome: 'no-need', closes: 'by-hand' }],
  [{ kind: 'done-by-hand' }, { status: 'cancelled', outcome: 'done-by-hand', closes: 'by-hand' }],
  [{ kind: 'unallocated' }, { status: 'failed', outcome: 'unallocated' }],
  [
    { kind: 'refused', why: 'do-not-call' },
    { status: 'failed', outcome: 'do-not-call' },
  ],
  [
    { kind: 'refused', why: 'day-limit' },
    { status: 'failed', outcome: 'day-limit' },
  ],
])('%j ends the task', (result, end) => {
  expect(after(result)).toEqual(end)
})
