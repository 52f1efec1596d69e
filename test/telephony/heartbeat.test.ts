/** The heartbeat is told by Asterisk's clock, also after one of the two clocks was set. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
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
