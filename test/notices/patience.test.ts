import { expect, it } from 'vitest'
import { Patience } from '../../src/notices/patience.ts'

const clock = { time: 1_000_000, now: () => clock.time }
const patient = () => new Patience({ firstMs: 10_000, maxMs: 60_000 }, clock, () => 0)

it('leaves somebody alone for as long as he needs, each time for longer', () => {
  const server = patient()
  expect(server.wantsPeace()).toBe(false)
  for (const wait of [10_000, 20_000, 40_000, 60_000, 60_000]) {
    server.leaveAlone()
    clock.time += wait - 1
    expect(server.wantsPeace()).toBe(true)
    clock.time += 1
    expect(server.wantsPeace()).toBe(false)
  }
})

it('a clock that was ahead and is set back does not prolong it', () => {
  const server = patient()
  clock.time += 7_200_000
  server.leaveAlone()
  clock.time -= 7_200_000
  expect(server.wantsPeace()).toBe(true)
  clock.time += 10_000
  expect(server.wantsPeace()).toBe(false)
})
