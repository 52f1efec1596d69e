import { expect, it } from 'vitest'
import { ariPath } from '../../src/telephony/ari-operations.ts'

it('fills the path and puts the rest into the query, everything encoded', () => {
  expect(ariPath('channels.playWithId', { channelId: 'a/b?c', playbackId: 'p', media: 'sound:x,number:7' })).toEqual({
    method: 'POST',
    uri: 'channels/a%2Fb%3Fc/play/p?media=sound%3Ax%2Cnumber%3A7',
  })
})

it('leaves out what is undefined', () => {
  expect(ariPath('channels.hangup', { channelId: 'a', reason_code: undefined }).uri).toBe('channels/a')
})

it('refuses a request without the id that its path needs', () => {
  expect(() => ariPath('channels.answer', {})).toThrow('channels.answer needs channelId')
  expect(() => ariPath('channels.answer', { channelId: '' })).toThrow('channelId')
})
