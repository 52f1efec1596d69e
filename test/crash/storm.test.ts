import { expect, it } from 'vitest'
import { storm } from './storm.ts'

it('more calls than can be taken: who is let in is served, every call is accounted for', async () => {
  const run = await storm({ rate: 50, seconds: 20, maxCalls: 40, seed: 5 })
  expect(run.calls).toBeGreaterThan(500)
  expect(run.shed).toBeGreaterThan(0)
  expect(run.talked).toBeGreaterThan(0)
  expect(run.harmed).toBe(0)
  expect(run.rows).toBe(run.calls)
  expect(run.ended).toBe(run.rows)
  expect(run.told).toBe(run.lost)
})
