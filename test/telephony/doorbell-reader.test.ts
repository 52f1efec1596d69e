import { expect, test } from 'vitest'
import { silentLogger } from '../../src/runtime/logger.ts'
import type { AriChannel } from '../../src/telephony/ari-events.ts'
import type { AriOperation, AriParameters } from '../../src/telephony/ari-operations.ts'
import { DoorbellReader } from '../../src/telephony/doorbell-reader.ts'

function reader() {
  const asked: [AriOperation, AriParameters][] = []
  const taken: string[] = []
  const request = async (operation: AriOperation, parameters: AriParameters) => void asked.push([operation, parameters])
  const take = async (id: string) => {
    taken.push(id)
    return 'ack' as const
  }
  const channel = (id: string) => ({ id }) as AriChannel
  return { asked, taken, channel, book: new DoorbellReader(request, take, silentLogger) }
}

test('a reader of a former life is sent away: its end is not the end of the book, its entries are read by ours', async () => {
  const { asked, taken, channel, book } = reader()
  const drained = book.drain(5_000)
  const ours = String(asked[0]![1]['otherChannelId'])
  book.end(channel('perezvon-doorbell-1-half'))
  await book.entry(channel('perezvon-doorbell-1-half'), ['1700000000.1', 'a', 'b'])
  expect(taken).toEqual([])
  expect(asked.slice(1)).toEqual([
    ['channels.hangup', { channelId: 'perezvon-doorbell-1-half' }],
    ['channels.hangup', { channelId: 'perezvon-doorbell-1-half' }],
  ])
  await book.entry(channel(ours), ['1700000000.1', 'a', 'b'])
  expect(taken).toEqual(['1700000000.1'])
  expect(asked.at(-1)).toEqual(['channels.continueInDialplan', { channelId: ours, extension: 'ack', priority: 1 }])
  const end = await Promise.race([drained, Promise.resolve('still reading')])
  expect(end).toBe('still reading')
  book.end(channel(ours))
  expect(await drained).toBe(true)
})

test('a lost connection ends the reading at once, though its request may still wait; who was reading is sent away later', async () => {
  const { taken, asked, channel, book } = reader()
  const drained = book.drain(60_000)
  const before = String(asked[0]![1]['otherChannelId'])
  book.breakOff()
  expect(await drained).toBe(false)
  await book.entry(channel(before), ['1700000000.1', 'a', 'b'])
  expect(taken).toEqual([])
  expect(asked.at(-1)).toEqual(['channels.hangup', { channelId: before }])
  const again = book.drain(60_000)
  book.end(channel(String(asked.at(-1)![1]['otherChannelId'])))
  expect(await again).toBe(true)
})
