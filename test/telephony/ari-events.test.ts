import { expect, it } from 'vitest'
import { channelIdOf, readChannel } from '../../src/telephony/ari-events.ts'

it('cleans what the caller chose', () => {
  const channel = readChannel({
    id: '1.2',
    name: 'PJSIP/provider-00000001',
    caller: { number: '+7912\r\nBcc: x@example.ru', name: '\u001b[31mИван\u202e' + 'я'.repeat(200) },
  })
  expect(channel?.callerNumber).toBe('+7912 Bcc: x@example.ru')
  expect(channel?.callerName).toMatch(/^\[31mИваня+$/)
  expect(channel?.callerName.length).toBe(64)
})

it.each([null, undefined, 7, 'x', [], {}, { id: 7 }, { id: '' }])('%j is no channel', (value) => {
  expect(readChannel(value)).toBeNull()
})

it('bears any shape below a channel', () => {
  expect(readChannel({ id: 'x', caller: 7, dialplan: null, creationtime: {} })).toMatchObject({
    id: 'x',
    callerNumber: '',
    application: '',
  })
})

it.each([
  [{ type: 'StasisEnd', channel: { id: 'c' } }, 'c'],
  [{ type: 'PlaybackFinished', playback: { target_uri: 'channel:c' } }, 'c'],
  [{ type: 'RecordingFinished', recording: { target_uri: 'channel:c' } }, 'c'],
  [{ type: 'PlaybackFinished', playback: { target_uri: 'bridge:b' } }, null],
  [{ type: 'DeviceStateChanged' }, null],
])('%j belongs to %s', (message, id) => {
  expect(channelIdOf(message)).toBe(id)
})
