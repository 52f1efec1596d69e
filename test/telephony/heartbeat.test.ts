/** The heartbeat is told by Asterisk's clock, also after one of the two clocks was set. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { silentLogger } from '../../src/runtime/logger.ts'
import { Heartbeat } from '../../src/telephony/heartbeat.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000_000 }))
afterEach(() => void vi.useRealTimers())

function played() {
  let skewSec = 0
  const beats: number[] = []
  const request = async (operation: string, parameters: Record<string, unknown>) => {
    if (operation === 'asterisk.getGlobalVar') return { value: String(Math.floor(Date.now() / 1000) + skewSec) }
    if (parameters['variable'] === 'PEREZVON_HB')
      beats.push(Number(parameters['value']) - Math.floor(Date.now() / 1000))
    return null
  }
  const heartbeat = new Heartbeat(request, () => true, silentLogger)
  return { beats, heartbeat, setClock: (seconds: number) => (skewSec = seconds) }
}

test('a clock that is set while we are connected is followed with the next beat', async () => {
  const { beats, heartbeat, setClock } = played()
  heartbeat.start()
  await vi.advanceTimersByTimeAsync(5_000)
  setClock(-3_600)
  await vi.advanceTimersByTimeAsync(5_000)
  heartbeat.stop()
  expect(beats).toEqual([0, 0, -3_600])
  expect(heartbeat.skewMs).toBe(-3_600_000)
})

test('a beat is told also when the clock could not be asked', async () => {
  const told: unknown[] = []
  const request = async (operation: string, parameters: Record<string, unknown>) => {
    if (operation === 'asterisk.getGlobalVar') throw new Error('no answer')
    told.push(parameters['variable'])
    return null
  }
  const heartbeat = new Heartbeat(request, () => true, silentLogger)
  heartbeat.start()
  await vi.advanceTimersByTimeAsync(1)
  heartbeat.stop()
  expect(told).toEqual(['PEREZVON_DOOR', 'PEREZVON_HB'])
})

test('that the door is open is told until Asterisk has said that it knows', async () => {
  const told: unknown[] = []
  let isDeaf = true
  const request = async (operation: string, parameters: Record<string, unknown>) => {
    if (operation === 'asterisk.getGlobalVar') return { value: String(Math.floor(Date.now() / 1000)) }
    if (parameters['variable'] !== 'PEREZVON_DOOR') return null
    told.push(parameters['value'])
    if (isDeaf) throw new Error('no answer')
    return null
  }
  const heartbeat = new Heartbeat(request, () => true, silentLogger)
  heartbeat.start()
  await vi.advanceTimersByTimeAsync(5_000)
  isDeaf = false
  await vi.advanceTimersByTimeAsync(15_000)
  heartbeat.stop()
  expect(told).toEqual(['open', 'open', 'open'])
})

describe('that the dialplan knows us', () => {
  /** An Asterisk that answers when it is told to: what was asked, and how each is answered. */
  function slow() {
    const asked: { variable: string; answer: (error?: Error) => void }[] = []
    const request = (operation: string, parameters: Record<string, unknown>) => {
      if (operation === 'asterisk.getGlobalVar')
        return Promise.resolve({ value: String(Math.floor(Date.now() / 1000)) })
      return new Promise<unknown>((resolve, reject) => {
        const variable = `${String(parameters['variable'])}=${String(parameters['value']).replace(/^\d{2,}$/, 'now')}`
        asked.push({ variable, answer: (error) => (error ? reject(error) : resolve(null)) })
      })
    }
    const heartbeat = new Heartbeat(request, () => true, silentLogger)
    /** Answers the oldest of these that is open. */
    const answer = async (variable: string, error?: Error) => {
      const at = asked.findIndex((one) => one.variable === variable)
      expect(at, `asked for ${variable}`).toBeGreaterThanOrEqual(0)
      asked.splice(at, 1)[0]!.answer(error)
      await vi.advanceTimersByTimeAsync(0)
    }
    return { heartbeat, answer }
  }
  const OPEN = 'PEREZVON_DOOR=open'
  const BEAT = 'PEREZVON_HB=now'

  test.each([
    [OPEN, BEAT],
    [BEAT, OPEN],
  ])('is so when both %s and %s are acknowledged', async (first, second) => {
    const { heartbeat, answer } = slow()
    heartbeat.start()
    await vi.advanceTimersByTimeAsync(0)
    expect(heartbeat.isKnown).toBe(false)
    await answer(first)
    expect(heartbeat.isKnown).toBe(false)
    await answer(second)
    expect(heartbeat.isKnown).toBe(true)
    heartbeat.stop()
    expect(heartbeat.isKnown).toBe(false)
  })

  test('is not so while one of them was refused, until it is taken', async () => {
    const { heartbeat, answer } = slow()
    heartbeat.start()
    await vi.advanceTimersByTimeAsync(0)
    await answer(BEAT)
    await answer(OPEN, new Error('no answer'))
    expect(heartbeat.isKnown).toBe(false)
    await vi.advanceTimersByTimeAsync(5_000)
    await answer(OPEN)
    expect(heartbeat.isKnown).toBe(true)
    heartbeat.stop()
  })

  test('ends with the last word that was acknowledged, where the next ones are not', async () => {
    const { heartbeat, answer } = slow()
    heartbeat.start()
    await vi.advanceTimersByTimeAsync(0)
    await answer(OPEN)
    await answer(BEAT)
    await vi.advanceTimersByTimeAsync(11_999)
    expect(heartbeat.isKnown).toBe(true)
    await vi.advanceTimersByTimeAsync(1)
    expect(heartbeat.isKnown).toBe(false)
    await answer(BEAT) // that of the second 5: the answer is late, but the word was said 7 s ago
    expect(heartbeat.isKnown).toBe(true)
    heartbeat.stop()
  })

  test('is not so by an answer to a former connection', async () => {
    const { heartbeat, answer } = slow()
    heartbeat.start()
    await vi.advanceTimersByTimeAsync(0)
    heartbeat.stop()
    heartbeat.start()
    await vi.advanceTimersByTimeAsync(0)
    await answer(OPEN)
    await answer(BEAT)
    expect(heartbeat.isKnown).toBe(false)
    await answer(OPEN)
    await answer(BEAT)
    expect(heartbeat.isKnown).toBe(true)
    heartbeat.stop()
  })

  test('ends as the door is closed, and a reconnect does not open it again', async () => {
    const { heartbeat, answer } = slow()
    heartbeat.start()
    await vi.advanceTimersByTimeAsync(0)
    await answer(OPEN)
    await answer(BEAT)
    const closing = heartbeat.closeDoor()
    expect(heartbeat.isKnown).toBe(false)
    await answer('PEREZVON_DOOR=closed')
    await closing
    heartbeat.start()
    await vi.advanceTimersByTimeAsync(0)
    await answer('PEREZVON_DOOR=closed')
    await answer(BEAT)
    expect(heartbeat.isKnown).toBe(false)
    heartbeat.stop()
  })
})
