/** After a start the channels that live are taken in hand one after the other, and any of them may end meanwhile. */
import { expect, test } from 'vitest'
import { TakenAway } from '../../src/telephony/api.ts'
import { AriError } from '../../src/telephony/ari-transport.ts'
import { telephonyHouse } from '../support/telephony-house.ts'

const listed = (id: string) => ({ id, state: 'Up', application: 'Stasis' })

test('one that has ended since it was listed is over, its end is for the doorbell book to tell, and the next is taken in hand', async () => {
  const { asterisk, telephony } = telephonyHouse()
  const place = { app_name: 'Stasis', app_data: 'perezvon,inbound' }
  asterisk.answer = (operation, { channelId }) => {
    if (operation !== 'channels.get') return undefined
    if (channelId === 'gone') throw new AriError(operation, 404, 'Channel not found')
    return { id: channelId, name: `PJSIP/${String(channelId)}`, state: 'Up', dialplan: place }
  }
  const [gone, lives] = [await telephony.adopt(listed('gone')), await telephony.adopt(listed('lives'))]
  expect(gone.signal.reason).toBeInstanceOf(TakenAway)
  expect(lives.signal.aborted).toBe(false)
})

test('one of which Asterisk does not answer is not taken for gone', async () => {
  const { asterisk, telephony } = telephonyHouse()
  asterisk.answer = (operation) => {
    if (operation === 'channels.get') throw new AriError(operation, null, 'no answer')
  }
  await expect(telephony.adopt(listed('silent'))).rejects.toBeInstanceOf(AriError)
})
