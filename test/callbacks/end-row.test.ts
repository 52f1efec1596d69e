import { expect, test, vi } from 'vitest'
import { endRow } from '../../src/callbacks/callback-call.ts'
import { silentLogger } from '../../src/runtime/logger.ts'

test('a talk stays a talk when the database refuses its end for a while', async () => {
  vi.useFakeTimers()
  try {
    const commit = vi
      .fn<() => Promise<void>>()
      .mockRejectedValueOnce(new Error('locked'))
      .mockRejectedValueOnce(new Error('locked'))
    const clock = { now: () => 1_700_000_000_000 }
    const written = endRow({ journal: { commit } as never, clock, log: silentLogger }, 'cb-1', {
      kind: 'talked',
      ms: 9_000,
    })
    await vi.advanceTimersByTimeAsync(5_000)
    await written
    expect(commit).toHaveBeenCalledTimes(3)
    expect(commit).toHaveBeenLastCalledWith([
      { op: 'call.end', row: expect.objectContaining({ id: 'cb-1', verdict: 'answered', talkMs: 9_000 }) },
    ])
  } finally {
    vi.useRealTimers()
  }
})
