import { expect, test } from 'vitest'
import { pauseReason } from '../../src/campaigns/auto-pause.ts'
import type { AttemptResult } from '../../src/campaigns/contact-status.ts'

const of = (counts: Partial<Record<AttemptResult, number>>): AttemptResult[] =>
  Object.entries(counts).flatMap(([result, n]) => Array.from({ length: n }, () => result as AttemptResult))

test.each<[string, AttemptResult[], string | null]>([
  ['nothing yet', [], null],
  ['30 % of twenty', of({ trouble: 6, completed: 14 }), null],
  ['more than 30 %', of({ trouble: 7, completed: 13 }), 'trunk-trouble'],
  ['a dead trunk is plain after seven', of({ trouble: 7 }), 'trunk-trouble'],
  ['six may be chance', of({ trouble: 6 }), null],
  ['unknown and broken count as ours', of({ unknown: 4, failed: 3, busy: 13 }), 'trunk-trouble'],
  ['people being busy is no trouble', of({ 'busy': 10, 'no-answer': 10 }), null],
  ['older than twenty is past', of({ completed: 20, trouble: 20 }), null],
  ['half of them reject', of({ rejected: 10, completed: 10 }), null],
  ['no people rejects like that', of({ rejected: 11, completed: 9 }), 'carrier-rejects'],
])('%s', (_what, results, reason) => {
  expect(pauseReason(results)).toBe(reason)
})
