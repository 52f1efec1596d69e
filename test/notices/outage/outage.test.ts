import { expect, test, vi } from 'vitest'
import { playOutage } from './outage.ts'
import { broken } from './verdict.ts'

vi.setConfig({ testTimeout: 180_000 })

const plan = { notices: 1_000, hours: 72, seed: 1 }

test('three days without a server, then greylisting: none lost, none doubled, in order, and no flood', async () => {
  const outage = await playOutage({ ...plan, digests: false })
  expect(broken(outage)).toEqual([])
  expect(outage.taken).toHaveLength(plan.notices)
  // and the backlog is not kept back either: ten a second, after the server's last weakness
  expect(outage.drainedAt - outage.endedAt).toBeLessThan(20 * 60_000 + (plan.notices / outage.perSecond) * 1_500)
})

test('with digests the same calls come in few mails', async () => {
  const outage = await playOutage({ ...plan, notices: 600, hours: 6, digests: true })
  expect(broken(outage)).toEqual([])
  const digests = outage.taken.filter(({ calls }) => calls.length > 1)
  expect(digests.length).toBeGreaterThan(0)
  expect(outage.taken.length).toBeLessThan(outage.losses.length)
})
