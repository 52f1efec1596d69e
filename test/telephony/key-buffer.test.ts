import { describe, expect, it } from 'vitest'
import { CallEnded } from '../../src/telephony/api.ts'
import { Keys } from '../../src/telephony/key-buffer.ts'

function keys() {
  const leg = new AbortController()
  return { buffer: new Keys(leg.signal), end: () => leg.abort(new CallEnded(16)) }
}

describe('next', () => {
  it('takes what was typed ahead, oldest first', async () => {
    const { buffer } = keys()
    buffer.press('1')
    buffer.press('2')
    expect(buffer.peek()).toBe('1')
    expect([await buffer.next(0), await buffer.next(0)]).toEqual(['1', '2'])
  })

  it('waits for a key', async () => {
    const { buffer } = keys()
    const next = buffer.next(1_000)
    buffer.press('5')
    expect(await next).toBe('5')
    expect(buffer.peek()).toBeNull()
  })

  it('is null when the time is over', async () => {
    expect(await keys().buffer.next(1)).toBeNull()
  })

  it('rejects with CallEnded when the leg ends, before or during the wait', async () => {
    const { buffer, end } = keys()
    const next = buffer.next(1_000)
    end()
    await expect(next).rejects.toThrow(CallEnded)
    await expect(buffer.next(1_000)).rejects.toThrow(CallEnded)
  })

  it('rejects with the reason of its own signal, and a later key stays for the next', async () => {
    const { buffer } = keys()
    const scope = new AbortController()
    const next = buffer.next(1_000, scope.signal)
    scope.abort(new Error('another thing'))
    await expect(next).rejects.toThrow('another thing')
    buffer.press('7')
    expect(await buffer.next(0)).toBe('7')
  })
})

it('a watcher may keep a key to itself', async () => {
  const { buffer } = keys()
  const seen: string[] = []
  const unwatch = buffer.watch((key) => {
    seen.push(key)
    return key === '0'
  })
  buffer.press('0')
  buffer.press('1')
  unwatch()
  buffer.press('0')
  expect(seen).toEqual(['0', '1'])
  expect([await buffer.next(0), await buffer.next(0), await buffer.next(0)]).toEqual(['1', '0', null])
})

it('a finger on the keypad does not fill the memory', () => {
  const { buffer } = keys()
  for (let i = 0; i < 10_000; i++) buffer.press('1')
  let count = 0
  while (buffer.peek() !== null) {
    void buffer.next(0)
    count++
  }
  expect(count).toBeLessThan(100)
})
