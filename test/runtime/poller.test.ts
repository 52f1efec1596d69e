import { afterEach, expect, it } from 'vitest'
import { silentLogger } from '../../src/runtime/logger.ts'
import { Poller } from '../../src/runtime/poller.ts'

const pollers: Poller[] = []
afterEach(() => Promise.all(pollers.splice(0).map((poller) => poller.stop())))

/** A poller whose passes end when told. */
function played(everyMs: number) {
  const passes: { end: () => void; fail: () => void }[] = []
  const waiting: (() => void)[] = []
  const poller = new Poller({
    everyMs,
    log: silentLogger,
    pass: () =>
      new Promise((resolve, reject) => {
        passes.push({ end: () => resolve(), fail: () => reject(new Error('pass')) })
        for (const go of waiting.splice(0)) go()
      }),
  })
  pollers.push(poller)
  const began = async (count: number) => {
    while (passes.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return { poller, passes, began }
}

it('a wake during a pass makes another follow at once, and never two at a time', async () => {
  const { poller, passes, began } = played(3_600_000)
  poller.start()
  await began(1)
  poller.wake()
  poller.wake()
  expect(passes.length).toBe(1)
  passes[0]!.end()
  await began(2)
  passes[1]!.end()
})

it('a wake between passes shortens the pause', async () => {
  const { poller, passes, began } = played(3_600_000)
  poller.start()
  await began(1)
  passes[0]!.end()
  await new Promise((resolve) => setImmediate(resolve))
  expect(passes.length).toBe(1)
  poller.wake()
  await began(2)
  passes[1]!.end()
})

it('a pass that fails does not end the worker', async () => {
  const { poller, passes, began } = played(1)
  poller.start()
  await began(1)
  passes[0]!.fail()
  await began(2)
  expect(passes.length).toBe(2)
  passes[1]!.end()
})

it('stop waits for the pass that runs, and no other begins', async () => {
  const { poller, passes, began } = played(1)
  poller.start()
  await began(1)
  const stopped = poller.stop()
  poller.wake()
  passes[0]!.end()
  await stopped
  expect(passes.length).toBe(1)
})
