import { expect, it } from 'vitest'
import { dialFailure } from '../../src/telephony/hangup-cause.ts'

it.each([
  [17, true, 'busy'],
  [17, false, 'busy'],
  [18, true, 'no-answer'],
  [19, true, 'no-answer'],
  [16, true, 'no-answer'],
  [16, false, 'failed'],
  [0, true, 'no-answer'],
  [0, false, 'failed'],
  [20, false, 'unreachable'],
  [21, true, 'rejected'],
  [1, false, 'unallocated'],
  [28, false, 'unallocated'],
  [34, false, 'congestion'],
  [34, true, 'no-answer'],
  [42, true, 'no-answer'],
  [38, false, 'failed'],
  [127, true, 'failed'],
] as const)('cause %i, rang: %s: %s', (code, rang, kind) => {
  expect(dialFailure(code, rang)).toBe(kind)
})

// 480 and 408 of a carrier whose subscriber is switched off; one who let it ring, or took its time, is somebody who does not answer
it.each([
  [18, false, 0, 'unreachable'],
  [19, false, 4_999, 'unreachable'],
  [19, false, 5_000, 'no-answer'],
  [19, true, 1_000, 'no-answer'],
  [18, true, 4_000, 'no-answer'],
  [34, false, 300, 'congestion'],
  [17, false, 300, 'busy'],
] as const)('cause %i, rang: %s, after %i ms: %s', (code, rang, ms, kind) => {
  expect(dialFailure(code, rang, ms)).toBe(kind)
})

// a desk phone that is told not to disturb rings for a blink and says 480; it would be rung again at once, without end
it.each([
  [19, true, 100, 'rejected'],
  [18, true, 4_999, 'rejected'],
  [34, true, 100, 'rejected'],
  [19, true, 5_000, 'no-answer'],
  [19, false, 100, 'unreachable'],
  [17, true, 100, 'busy'],
] as const)('a desk phone, cause %i, rang: %s, after %i ms: %s', (code, rang, ms, kind) => {
  expect(dialFailure(code, rang, ms, true)).toBe(kind)
})
