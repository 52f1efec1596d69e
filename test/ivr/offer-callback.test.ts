import { describe, expect, it } from 'vitest'
import { CALLER, callerOf } from './caller.ts'

const flow = (step: string) => `
  main:
    - ring: sales
    - ${step}
    - hangup: normal`
const offer = flow('offer_callback: { key: 1 }')
const asked = (changes: object = {}) => ({
  kind: 'callback-asked',
  number: CALLER,
  to: 'sales',
  since: 1_000,
  afterMeeting: false,
  ...changes,
})
/** Presses these keys, one row for each prompt that is heard. */
async function calls(
  flows: string,
  answers: [prompt: string, keys: string][],
  more?: (c: ReturnType<typeof callerOf>) => void,
) {
  const caller = callerOf(flows)
  more?.(caller)
  for (const [prompt, keys] of answers)
    void caller.phone.hears(prompt).then(
      () => caller.phone.press(keys),
      () => {},
    )
  await caller.run()
  return caller
}
const step = ({ path }: ReturnType<typeof callerOf>) => path.find(({ kind }) => kind === 'callback-asked')
const OFFER = 'prompts/perezvon/offer-call-back'
const CONFIRM = expect.anything() as unknown
const NUMBER = '"prompts/perezvon/call-back-number"'
const ENTER = 'prompts/perezvon/call-back-enter'
const PROMISED = 'prompts/perezvon/call-back-promised'

describe.concurrent('a call back instead of waiting', () => {
  it('one key and a confirmation: it is on disk before it is promised, with his place', async () => {
    const caller = await calls(offer, [
      [OFFER, '1'],
      [NUMBER, '1'],
    ])
    expect(step(caller)).toMatchObject(asked())
    expect(caller.leg.heard).toContain(PROMISED)
    expect(CONFIRM).toBeDefined()
  })
  it('who confirms nothing is called all the same', async () => {
    expect(step(await calls(offer, [[OFFER, '1']]))).toMatchObject(asked())
  })
  it('who presses nothing goes on in the flow', async () => {
    const caller = await calls(offer, [])
    expect(step(caller)).toBeUndefined()
    expect(caller.leg.heard).not.toContain(PROMISED)
  })
  it('another number, as he dials it', async () => {
    const caller = await calls(offer, [
      [OFFER, '1'],
      [NUMBER, '2'],
      [ENTER, '89120000777#'],
    ])
    expect(step(caller)).toMatchObject(asked({ number: '+79120000777' }))
  })
  it.each(['4951234567', '84951234567'])('a number of Moscow with its 8 or without: %s', async (digits) => {
    const caller = await calls(offer, [
      [OFFER, '1'],
      [NUMBER, '2'],
      [ENTER, `${digits}#`],
    ])
    expect(step(caller)).toMatchObject(asked({ number: '+74951234567' }))
  })
  it('a number that may not be called is refused, and his own is taken in the end', async () => {
    const caller = await calls(offer, [
      [OFFER, '1'],
      [NUMBER, '2'],
      [ENTER, '88091234567#'],
    ])
    expect(caller.leg.heard).toContain('prompts/perezvon/call-back-bad-number')
    expect(step(caller)).toMatchObject(asked())
  })
  it('who withholds his number is asked for one; without one nothing is promised', async () => {
    const withheld = (caller: ReturnType<typeof callerOf>) => (caller.context.callbacks!.caller = null)
    const given = await calls(
      offer,
      [
        [OFFER, '1'],
        [ENTER, '89120000777#'],
      ],
      withheld,
    )
    expect(step(given)).toMatchObject(asked({ number: '+79120000777' }))
    const silent = await calls(offer, [[OFFER, '1']], withheld)
    expect(step(silent)).toBeUndefined()
    expect(silent.leg.heard).not.toContain(PROMISED)
  })
})

describe('a meeting', () => {
  const meeting = (person: string) => `
  main:
    - when: { meeting: ${person} }
      do: { callback_after_meeting: ${person} }
    - ring: sales
    - hangup: normal`
  it('who calls for somebody in a meeting is promised a call after it', async () => {
    const caller = await calls(meeting('boris'), [[NUMBER, '1']])
    expect(step(caller)).toMatchObject(asked({ to: 'boris', afterMeeting: true }))
    expect(caller.rung).toEqual([])
  })
  it('who is in none is rung', async () => {
    expect((await calls(meeting('anna'), [])).rung).toEqual(['sales'])
  })
})
