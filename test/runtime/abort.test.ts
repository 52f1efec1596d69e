import { describe, expect, it } from 'vitest'
import { abortable, childController, sleep, TimeoutError, withTimeout } from '../../src/runtime/abort.ts'

describe('sleep', () => {
  it('rejects with the reason as soon as its signal aborts', async () => {
    const controller = new AbortController()
    const sleeping = sleep(60_000, controller.signal)
    controller.abort(new Error('enough'))
    await expect(sleeping).rejects.toThrow('enough')
    await expect(sleep(1, controller.signal)).rejects.toThrow('enough')
  })
  it('ends by itself', async () => {
    await expect(sleep(1, new AbortController().signal)).resolves.toBeUndefined()
  })
})

describe('abortable', () => {
  it('settles like the work', async () => {
    const { signal } = new AbortController()
    expect(await abortable(Promise.resolve(7), signal)).toBe(7)
    await expect(abortable(Promise.reject(new Error('work')), signal)).rejects.toThrow('work')
  })
  it('does not wait for work that hangs', async () => {
    const controller = new AbortController()
    const waiting = abortable(new Promise(() => {}), controller.signal)
    controller.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
  })
})

describe('withTimeout', () => {
  it('says what was waited for', async () => {
    await expect(withTimeout(new Promise(() => {}), 1, 'the bell')).rejects.toThrow(TimeoutError)
    await expect(withTimeout(new Promise(() => {}), 1, 'the bell')).rejects.toThrow('the bell')
  })
  it('passes on what came in time', async () => {
    expect(await withTimeout(Promise.resolve('here'), 1_000, 'x')).toBe('here')
  })
})

describe('childController', () => {
  it('aborts with any parent and its reason, also one that had aborted before', () => {
    const [a, b] = [new AbortController(), new AbortController()]
    const { controller } = childController(a.signal, b.signal)
    b.abort(new Error('b'))
    expect((controller.signal.reason as Error).message).toBe('b')
    expect(childController(b.signal).controller.signal.aborted).toBe(true)
  })
  it('does not abort its parent, nor after it was unlinked', () => {
    const parent = new AbortController()
    const { controller, unlink } = childController(parent.signal)
    unlink()
    parent.abort()
    expect(controller.signal.aborted).toBe(false)
    childController(new AbortController().signal).controller.abort()
  })
})
