import { expect, it } from 'vitest'
import type { Call } from '../../src/calls/call.ts'
import { lookForDeadLines } from '../../src/calls/dead-line.ts'
import { LiveCalls } from '../../src/calls/live-calls.ts'
import { type FakeLeg, FakeTelephony } from '../support/fake-telephony.ts'

const telephony = new FakeTelephony()

/** Two calls of one number at the same time; the earlier is at `leg`. */
function twoCalls(): {
  live: LiveCalls
  earlier: FakeLeg
  look: () => Promise<void>
  silentSince: () => number | null
} {
  const legs = ['a', 'b'].map((id) => telephony.incoming(id))
  const calls = legs.map(
    (leg, i) =>
      ({
        id: leg.id,
        arrivedAt: i,
        caller: { number: '+79123456789' },
        line: { number: '+73432001122' },
        snapshot: { config: { lines: {} } },
        leg,
      }) as unknown as Call,
  )
  const live = new LiveCalls()
  for (const call of calls) live.add(call)
  return {
    live,
    earlier: legs[0]!,
    look: () => lookForDeadLines(live, calls[1]!),
    silentSince: () => live.silentSince('a'),
  }
}

it('a line from which nothing comes any more is dead', async () => {
  const { earlier, look, silentSince } = twoCalls()
  await earlier.answer()
  earlier.packets = () => 1_234
  await look()
  expect(silentSince()).toBe(1)
})

it('comfort noise now and then is somebody', async () => {
  const { earlier, look, silentSince } = twoCalls()
  await earlier.answer()
  let looks = 0
  earlier.packets = () => (looks++ < 2 ? 1_234 : 1_235)
  await look()
  expect(silentSince()).toBeNull()
})

it.each([
  ['was not answered yet', () => {}],
  ['is counted by nobody', (leg: FakeLeg) => void (leg.answer(), (leg.packets = () => null))],
  [
    'ends meanwhile',
    (leg: FakeLeg) => void (leg.answer(), (leg.packets = () => 7), setTimeout(() => leg.phone.hangup(), 50)),
  ],
])('of a line that %s nobody can tell', async (_, state) => {
  const { earlier, look, silentSince } = twoCalls()
  state(earlier)
  await look()
  expect(silentSince()).toBeNull()
})
