import { describe, expect, it } from 'vitest'
import { acceptsWithKey } from '../../src/queues/outside-number.ts'
import { FakeTelephony } from '../support/fake-telephony.ts'

/** A mobile that was picked up; an hour of its time is 3.6 s of ours. */
const mobile = () => new FakeTelephony({ speed: 1_000, lengthOf: () => 3_000 }).incoming('leg-1')

describe('a mobile is asked', () => {
  it.each<[string, string, boolean]>([
    ['1 accepts', '1', true],
    ['1 after another key accepts', '51', true],
    ['another key does not', '5', false],
    ['a voicemail presses nothing', '', false],
  ])('%s', async (_, keys, accepted) => {
    const leg = mobile()
    const asked = acceptsWithKey(leg, ['accept'])
    await leg.phone.hears('accept')
    leg.phone.press(keys)
    expect(await asked).toBe(accepted)
  })

  it('twice, before it counts as not accepted', async () => {
    const leg = mobile()
    expect(await acceptsWithKey(leg, ['accept'])).toBe(false)
    expect(leg.heard).toEqual(['accept', 'accept'])
  })

  it('and the key ends the question', async () => {
    const leg = mobile()
    const asked = acceptsWithKey(leg, ['accept'])
    await leg.phone.hears('accept')
    leg.phone.press('1')
    await asked
    expect(leg.heard).toEqual(['accept'])
  })

  it('who hangs up has not accepted', async () => {
    const leg = mobile()
    const asked = acceptsWithKey(leg, ['accept']).catch(() => false)
    await leg.phone.hears('accept')
    leg.phone.hangup()
    expect(await asked).toBe(false)
  })
})
