/** Whatever the line between the daemon and Asterisk does: nobody is forgotten (I1), nobody is dialled twice (I4). */
import { expect, it } from 'vitest'
import { badLineRun, type Fault } from './bad-lines.ts'

it.each<[string, Fault[]]>([
  ['resets, half-open and late', ['reset', 'half-open', 'late']],
  ['1 % of the frames lost', ['frames lost']],
  ['no originate is ever answered', ['originates unanswered']],
])('%s', async (_what, faults) => {
  const run = await badLineRun(faults, 11)
  expect(run.violations).toEqual([])
  expect(run.counts.calls).toBeGreaterThan(0)
  expect(run.lost > 0).toBe(!faults.includes('reset'))
})
