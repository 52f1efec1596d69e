import { describe, expect, it } from 'vitest'
import { callerOf } from './caller.ts'

const flow = (steps: string, more = '') => `
  main:
${steps.replace(/^/gm, '    ')}
${more}`

describe('top to bottom', () => {
  it('a step that did not connect him falls through to the next, and `unanswered` is last', async () => {
    const caller = callerOf(
      flow('- ring: sales\n- play: sorry\n- ring: anna\n- unanswered: [{ play: bye }, { hangup: normal }]'),
    )
    await caller.run()
    expect(caller.rung).toEqual(['sales', 'anna'])
    expect(caller.leg.heard).toEqual(['sorry', 'bye'])
  })

  it('after a talk nothing more is done', async () => {
    const caller = callerOf(flow('- ring: sales\n- play: sorry\n- unanswered: { hangup: normal }'))
    caller.context.ring = async () => 'talked'
    await caller.run()
    expect(caller.leg.heard).toEqual([])
  })

  it('a message is the end of it', async () => {
    const caller = callerOf(flow('- voicemail: { to: sales }'))
    await caller.run()
    expect(caller.rung).toEqual([])
  })

  it('closed hours take their branch, open ones the other', async () => {
    const caller = callerOf(
      flow(`- when: { closed: never }
  do: { play: closed }
  else: { play: open }
- when: { open: always }
  do: { play: day }
- hangup: busy`),
    )
    await caller.run()
    expect(caller.leg.heard).toEqual(['closed', 'day'])
    expect(caller.steps('closed')).toMatchObject([{ hours: 'never' }])
    expect(caller.steps('hung-up')).toMatchObject([{ by: 'us', cause: 17 }])
  })

  it('prompts that are missing are noted, and those that are there are played', async () => {
    const caller = callerOf(flow('- play: [lost/one, two]\n- say: [lost/three, { number: "5" }]\n- hangup: normal'))
    await caller.run()
    expect(caller.leg.heard[0]).toBe('two')
    expect(caller.steps('sound-failed')).toMatchObject([{ sounds: ['lost/one'] }])
  })

  it('who goes round and round is brought to a person', async () => {
    const caller = callerOf(
      flow('- menu: { play: menu, wait: 1s, keys: { 1: { go_to: main } }, else: { hangup: normal } }'),
    )
    for (let i = 0; i < 60; i++) caller.phone.press('1')
    await caller.run()
    expect(caller.rung).toEqual(['operators'])
    expect(caller.steps('flow')).toHaveLength(51)
  })
})

describe('the operator’s key', () => {
  const steps = '- play: greeting\n- ring: sales\n- unanswered: [{ play: sorry }, { hangup: normal }]'

  it('cuts the prompt short and rings the operators; in vain, the flow ends as if nobody had answered', async () => {
    const caller = callerOf(flow(steps))
    const walk = caller.run()
    await caller.phone.hears('greeting')
    caller.phone.press('0')
    await walk
    expect(caller.rung).toEqual(['operators'])
    expect(caller.leg.heard).toEqual(['greeting', 'sorry'])
    expect(caller.steps('key')).toMatchObject([{ key: '0' }])
  })

  it('calls off the ringing of others', async () => {
    const caller = callerOf(flow(steps))
    let calledOff: unknown
    caller.context.ring = ({ ring }, signal) => {
      caller.rung.push(ring.to)
      if (ring.to === 'operators') return Promise.resolve('talked')
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject((calledOff = signal.reason) as Error))
        caller.phone.press('0')
      })
    }
    await caller.run()
    expect(caller.rung).toEqual(['sales', 'operators'])
    expect(calledOff).toMatchObject({ name: 'OperatorWanted' })
  })

  it('interrupts a message', async () => {
    const caller = callerOf(flow('- voicemail: { to: sales }'))
    caller.context.voicemail = (_, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve('interrupted'))
        caller.phone.press('0')
      })
    await caller.run()
    expect(caller.rung).toEqual(['operators'])
  })

  it('may be pressed once more in `unanswered`, not for ever', async () => {
    const caller = callerOf(flow(steps))
    const walk = caller.run()
    await caller.phone.hears('greeting')
    caller.phone.press('0')
    await caller.phone.hears('sorry')
    caller.phone.press('0')
    await walk
    expect(caller.rung).toEqual(['operators', 'operators'])
  })

  it('is another one where the configuration says so', async () => {
    const caller = callerOf(flow(steps), 'operator: { key: "9", ring: anna }')
    const walk = caller.run()
    await caller.phone.hears('greeting')
    caller.phone.press('9')
    await walk
    expect(caller.rung).toEqual(['anna'])
  })
})
