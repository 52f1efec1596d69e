/** What /metrics counts is what the reports count. */
import { expect, it } from 'vitest'
import { countCall } from '../../src/app/figures.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import type { Verdict } from '../../src/model/call-outcome.ts'
import { reportCompany } from '../reports/support/company.ts'

const LINE = '+4930901820'
const call = {
  line: { number: LINE, name: 'Main' },
  snapshot: { config: reportCompany(), version: 'v' },
} as Parameters<typeof countCall>[1]
const verdict = (change: Partial<Verdict>): Verdict =>
  ({ verdict: 'missed', reason: 'queue_abandon', group: 'sales', waitMs: 8_000, talkMs: null, ...change }) as Verdict

it('a caller who left in a menu was received and not offered, and had no wait', async () => {
  const metrics = createMetrics('test')
  countCall(metrics, call, verdict({ verdict: 'answered', reason: null, talkMs: 60_000, waitMs: 20_000 }))
  countCall(metrics, call, verdict({ waitMs: 4_000 }))
  countCall(metrics, call, verdict({ group: null, reason: 'hangup_menu', waitMs: 30_000 }))
  countCall(metrics, call, verdict({ verdict: 'ignored' }))
  const text = await metrics.registry.metrics()
  expect(text).toContain(`perezvon_calls_received_total{line="Main"} 3`)
  expect(text).toContain(`perezvon_calls_offered_total{line="Main",flow="main"} 2`)
  expect(text).toContain('perezvon_call_wait_seconds_bucket{le="20",group="sales",outcome="answered"} 1')
  expect(text).toContain('perezvon_call_wait_seconds_bucket{le="5",group="sales",outcome="lost"} 1')
  expect(text).not.toContain('group="none",outcome')
  expect(text).not.toContain(LINE.slice(1)) // no number in a label
  expect(text).toContain(`perezvon_calls_missed_total{line="Main",reason="hangup_menu"} 1`)
})
