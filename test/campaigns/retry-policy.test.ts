import { expect, test } from 'vitest'
import type { AttemptResult } from '../../src/campaigns/contact-status.ts'
import { afterAttempt, type EndedAttempt } from '../../src/campaigns/retry-policy.ts'
import { outboundConfig } from '../support/outbound-config.ts'

const { retry } = outboundConfig().campaigns['delivery']!
const [busy, noAnswer, absent, trouble] = [600_000, 3_600_000, 10_800_000, 120_000]

/** `busy`, or `answered 4000` with the length of the talk. */
function attempts(text: string): EndedAttempt[] {
  return text.split(', ').map((one) => {
    const [result, talkMs] = one.split(' ')
    return { result: result as AttemptResult, talkMs: talkMs === undefined ? null : Number(talkMs) }
  })
}

test.each<[string, string | number]>([
  ['busy', busy],
  ['busy, busy', busy],
  ['busy, busy, busy', 'busy'],
  ['no-answer', noAnswer],
  ['no-answer, no-answer, no-answer', 'no-answer'],
  ['no-answer, busy, no-answer, busy', busy],
  ['no-answer, busy, no-answer, busy, no-answer', 'no-answer'],
  ['unreachable', absent],
  ['unreachable, unreachable', 'unreachable'],
  ['unallocated', 'invalid'],
  ['busy, unallocated', 'invalid'],
  ['rejected', 'day'],
  ['rejected, rejected', 'declined'],
  ['trouble', trouble],
  ['trouble, trouble, trouble, trouble', trouble],
  ['trouble, trouble, trouble, trouble, trouble', 'failed'],
  ['busy, trouble, busy', busy],
  ['unknown', noAnswer],
  ['unknown, interrupted, unknown', 'unknown'],
  ['interrupted', noAnswer],
  ['interrupted 4000', 'unknown'],
  ['no-answer, no-answer, interrupted', 'unknown'],
  ['completed 20000', 'completed'],
  ['partial 20000', 'partial'],
  ['declined 9000', 'declined'],
  ['opted-out 3000', 'opted-out'],
  ['machine 3000', 'machine'],
  ['failed 3000', 'failed'],
  ['answered 4999', noAnswer],
  ['answered 5000', 'answered'],
  ['answered 1000, answered 1000', 'answered'],
  ['busy, busy, no-answer, no-answer, unreachable', absent],
  ['busy, busy, no-answer, no-answer, unreachable, rejected', 'declined'],
])('after %s: %s', (history, next) => {
  const verdict = afterAttempt(attempts(history), retry)
  expect(verdict.kind === 'final' ? verdict.status : verdict.after).toBe(next)
})

test('trouble on our side spends none of the contact’s attempts', () => {
  const history = attempts('trouble, trouble, trouble, trouble, busy, busy')
  expect(afterAttempt(history, { ...retry, total: 3 })).toEqual({ kind: 'retry', after: busy })
  expect(afterAttempt([...history, ...attempts('busy')], { ...retry, total: 3 })).toMatchObject({ kind: 'final' })
})

test('whatever happens, a contact comes to an end', () => {
  const results: AttemptResult[] = [
    'busy',
    'no-answer',
    'unreachable',
    'rejected',
    'trouble',
    'unknown',
    'interrupted',
    'answered',
  ]
  let seed = 7
  for (let run = 0; run < 500; run++) {
    const history: EndedAttempt[] = []
    do {
      seed = (seed * 48_271) % 2_147_483_647
      history.push({ result: results[seed % results.length]!, talkMs: null })
    } while (afterAttempt(history, retry).kind === 'retry')
    expect(history.length).toBeLessThanOrEqual(retry.total + retry.trouble.tries)
  }
})
