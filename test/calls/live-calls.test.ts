import { expect, it, vi } from 'vitest'
import type { Call } from '../../src/calls/call.ts'
import { LiveCalls } from '../../src/calls/live-calls.ts'

/** Of a call only who called whom and when. */
const call = (id: string, number: string | null, arrivedAt: number) =>
  ({
    id,
    arrivedAt,
    caller: { number, shown: number ?? '', name: null },
    line: { number: '+73432001122', name: 'Главный' },
    snapshot: { config: { lines: {} }, version: '1' },
  }) as unknown as Call
const HIM = '+79123456789'
/** Longer than a test: who waits so long would be seen. */
const LONG_MS = 60_000

function lost(...over: Call[]): LiveCalls {
  const live = new LiveCalls()
  for (const one of over) {
    live.add(one)
    live.isOver(one.id)
  }
  return live
}

it('a loss waits for its caller to ring again, and is told by whom', async () => {
  const first = call('a', HIM, 1)
  const live = lost(first)
  const later = live.laterThan(first, 2, LONG_MS)
  live.add(call('x', '+79120000000', 2))
  const second = call('b', HIM, 3)
  live.add(second)
  expect(await later).toBe(second)
})

it('who does not ring again is decided when the time is over', async () => {
  const first = call('a', HIM, 1)
  expect(await lost(first).laterThan(first, 2, 5)).toBeNull()
})

it('nobody is waited for when the daemon stops', async () => {
  const first = call('a', HIM, 1)
  const live = lost(first)
  const later = live.laterThan(first, 2, LONG_MS)
  live.settleNow()
  expect(await later).toBeNull()
})

it.each([
  ['withholds his number', call('a', null, 1)],
  ['was not served by this process', call('elsewhere', HIM, 1)],
])('who %s is not waited for', async (_, first) => {
  expect(await lost(call('b', '+79120000000', 1)).laterThan(first, 2, LONG_MS)).toBeNull()
})

it('only a later call tells for an earlier one, whichever ends first', async () => {
  const [first, second] = [call('a', HIM, 1), call('b', HIM, 2)]
  const live = lost(first, second)
  expect(await live.laterThan(first, 2, LONG_MS)).toBe(second)
  expect(await live.laterThan(second, 3, 5)).toBeNull()
})

it('an earlier call is none that came later, also when the clock was set back between the two', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const [beside, lostOne] = [call('a', HIM, 80_000), call('b', HIM, 10_000)]
  const live = new LiveCalls()
  live.add(beside)
  vi.advanceTimersByTime(3_000)
  live.add(lostOne)
  vi.advanceTimersByTime(20_000)
  live.isOver(lostOne.id)
  vi.useRealTimers()
  expect(await live.laterThan(lostOne, 30_000, 5)).toBeNull()
})

it('two people behind one number wait at the same time: neither tells for the other', async () => {
  const [first, second] = [call('a', HIM, 1), call('b', HIM, 2)]
  const live = new LiveCalls()
  live.add(first)
  live.add(second)
  expect([live.latestOver(HIM), live.besides(second)]).toEqual([null, [first]])
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 600)
  live.isOver('a')
  vi.restoreAllMocks()
  expect(await live.laterThan(first, 3, 5)).toBeNull()
})

it('a network that hands a call on may begin the second before it has ended the first', async () => {
  const [first, second] = [call('a', HIM, 1), call('b', HIM, 2)]
  const live = new LiveCalls()
  live.add(first)
  live.add(second)
  live.isOver('a')
  expect(await live.laterThan(first, 3, 5)).toBe(second)
})

it('whose line was dead when the number rang again is told by that call, however long Asterisk held the dead channel', async () => {
  const [first, second] = [call('a', HIM, 1), call('b', HIM, 2)]
  const live = new LiveCalls()
  live.add(first)
  live.add(second)
  live.wasDead(first, second)
  live.isOver('a')
  expect(live.silentSince('a')).toBe(2)
  expect(await live.laterThan(first, 120_000, LONG_MS)).toBe(second)
})

it('a loss of a former life is told by a call that came when it had ended, not by one that was there at the same time', async () => {
  const [beside, after] = [call('b', HIM, 5), call('c', HIM, 20)]
  const live = new LiveCalls()
  live.add(beside)
  expect(await live.laterThan(call('a', HIM, 1), 10, LONG_MS)).toBeNull()
  live.add(after)
  expect(await live.laterThan(call('a', HIM, 1), 10, LONG_MS)).toBe(after)
})

it('a call that is over is on the line no more, but not yet forgotten', async () => {
  const first = call('a', HIM, 1)
  const live = lost(first)
  expect([live.size, live.withCaller(HIM), live.has('a'), live.latestOver(HIM)]).toEqual([0, false, true, first])
  const none = live.whenNone()
  live.remove('a')
  await none
  expect(live.has('a')).toBe(false)
})
