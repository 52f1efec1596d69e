/** The connection is ready to work before callers are sent over it: it says which of the two it is. */
import { expect, test } from 'vitest'
import { telephonyHouse } from '../support/telephony-house.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))
const turns = async () => {
  for (let i = 0; i < 20; i++) await turn()
}

test('callers come when Asterisk has acknowledged the open door and the heartbeat, and not before; anew after each reconnect', async () => {
  const { asterisk, telephony } = telephonyHouse()
  let held: { variable: string; go: () => void }[] = []
  asterisk.answer = (operation, { variable }) => {
    if (operation !== 'asterisk.setGlobalVar' || !/DOOR|HB/.test(String(variable))) return undefined
    return new Promise<object>((resolve) => held.push({ variable: String(variable), go: () => resolve({}) }))
  }
  telephony.start()
  for (let connection = 1; connection <= 2; connection++) {
    await turns()
    expect(telephony.ready).toBe(true)
    expect(held.map(({ variable }) => variable)).toEqual(['PEREZVON_DOOR', 'PEREZVON_HB'])
    const seen = [telephony.takesCallers]
    for (const { go } of held) {
      go()
      await turns()
      seen.push(telephony.takesCallers)
    }
    expect(seen).toEqual([false, false, true])
    held = []
    telephony.resynchronise()
    expect(telephony.takesCallers).toBe(false)
  }
  asterisk.answer = () => undefined
  await telephony.stop()
})

test('a daemon that is going takes nobody', async () => {
  const { telephony } = telephonyHouse()
  telephony.start()
  await turns()
  expect(telephony.takesCallers).toBe(true)
  await telephony.retire()
  expect([telephony.ready, telephony.takesCallers]).toEqual([true, false])
  telephony.resynchronise()
  await turns()
  expect([telephony.ready, telephony.takesCallers]).toEqual([true, false])
  await telephony.stop()
})
