/** A key while something is played: it ends what is played, and counts for the menu that follows. */
import { describe, expect, it } from 'vitest'
import { callerOf, LONG_MS } from './caller.ts'

const MENU =
  '- menu: { play: menu, wait: 1s, tries: 1, keys: { 1: { ring: sales }, 2: { ring: anna } }, else: { hangup: normal } }'
const END = '- unanswered: { hangup: normal }'
const flow = (...steps: string[]) => `
  main:
    ${[...steps, END].join('\n    ')}`

/** Walks the flow; presses these keys when the sound begins. */
async function presses(flows: string, when: string, keys: string, more = '') {
  const caller = callerOf(flows, more)
  const walk = caller.run()
  await caller.phone.hears(when)
  caller.phone.press(keys)
  await walk
  return { ...caller, heard: caller.leg.heard, isCut: caller.leg.playedMs < LONG_MS }
}

describe.concurrent('a key in the greeting', () => {
  it('ends it, and chooses in the menu', async () => {
    const { heard, rung, isCut, steps } = await presses(flow('- play: long', MENU), 'long', '1')
    expect({ heard, rung, isCut }).toEqual({ heard: ['long'], rung: ['sales'], isCut: true })
    expect(steps('key')).toMatchObject([{ key: '1', label: 'Продажи' }])
  })

  it('passes by what else is played before the menu', async () => {
    const { heard, rung } = await presses(flow('- play: long', '- play: two', '- say: five', MENU), 'long', '2')
    expect({ heard, rung }).toEqual({ heard: ['long'], rung: ['anna'] })
  })

  it('also into another flow', async () => {
    const flows = `
  main: [{ play: long }, { go_to: second }]
  second: [{ play: two }, ${MENU.slice(2)}, ${END.slice(2)}]`
    const { heard, rung } = await presses(flows, 'long', '1')
    expect({ heard, rung }).toEqual({ heard: ['long'], rung: ['sales'] })
  })

  it('that means nothing in the menu ends the greeting, and is no wrong key', async () => {
    const { heard, isCut, steps } = await presses(flow('- play: long', '- play: two', MENU), 'long', '7')
    // nobody asked to pass by the second one
    expect({ heard, isCut }).toEqual({ heard: ['long', 'two', 'menu'], isCut: true })
    expect(steps('wrong-key')).toEqual([])
    expect(steps('silence')).toHaveLength(1)
  })

  it('brings the caller to the ringing; there, and in a menu after it, it means nothing', async () => {
    const { heard, rung, isCut, steps } = await presses(flow('- play: long', '- ring: sales', MENU), 'long', '2')
    expect({ heard, rung, isCut }).toEqual({ heard: ['long', 'menu'], rung: ['sales'], isCut: true })
    expect([...steps('key'), ...steps('wrong-key')]).toEqual([])
  })

  it('that is the operator’s rings the operator', async () => {
    const { rung, isCut } = await presses(flow('- play: long', MENU), 'long', '0')
    expect({ rung, isCut }).toEqual({ rung: ['operators'], isCut: true })
  })

  it('is an answer to the offer of a call-back that follows, if it is its key', async () => {
    const offer = '- offer_callback: { key: 1, play: five, wait: 1s }'
    const asked = await presses(flow('- play: long', offer, MENU), 'long', '1')
    expect(asked.heard).not.toContain('five')
    expect(asked.steps('callback-asked')).toHaveLength(1)
    // another one is for the menu behind it, and the offer is made
    const chose = await presses(flow('- play: long', offer, MENU), 'long', '2')
    expect(chose.heard).toEqual(['long', 'five'])
    expect(chose.rung).toEqual(['anna'])
  })
})

describe.concurrent('is played to its end', () => {
  it('what must be heard; the key counts all the same', async () => {
    const must = '- play: { sound: [greeting, day], skip: false }'
    const { heard, rung, steps } = await presses(flow(must, MENU), 'greeting', '1')
    expect({ heard, rung }).toEqual({ heard: ['greeting', 'day'], rung: ['sales'] })
    expect(steps('played')).toMatchObject([{ sounds: ['greeting', 'day'] }])
  })

  it('what must be heard, though a key was typed ahead', async () => {
    const { heard, rung } = await presses(
      flow('- play: long', '- play: { sound: day, skip: false }', MENU),
      'long',
      '1',
    )
    expect({ heard, rung }).toEqual({ heard: ['long', 'day'], rung: ['sales'] })
  })

  it('that talks are recorded', async () => {
    const { heard, rung, steps } = await presses(flow('- announce_recording: greeting', MENU), 'greeting', '1')
    expect({ heard, rung }).toEqual({ heard: ['greeting'], rung: ['sales'] })
    expect(steps('announced')).toHaveLength(1)
  })

  it('what nothing follows but the end: a key pressed twice hangs up on nobody', async () => {
    const flows = flow('- menu: { play: menu, wait: 1s, keys: { 3: { play: five } }, else: { hangup: normal } }')
    const { heard, steps } = await presses(flows, 'menu', '33')
    expect(heard).toEqual(['menu', 'five'])
    expect(steps('key')).toHaveLength(1)
  })
  it('the same while it is played', async () => {
    const heardAll = await presses(flow('- play: [greeting, five]', '- hangup: normal'), 'greeting', '5')
    expect(heardAll.heard).toEqual(['greeting', 'five'])
  })
})

describe.concurrent('what a caller has heard', () => {
  it.each([
    ['greeting', '', 1],
    ['long', '7', 0],
  ])('%s, and the key %s: the announcement was heard to its end %i times', async (sound, key, times) => {
    const caller = callerOf(flow(`- play: ${sound}`, MENU))
    const { missed_calls: rules, ...config } = caller.context.config
    const ignore = { ...rules.ignore, announcements: [{ play: sound }] }
    caller.context.config = { ...config, missed_calls: { ...rules, ignore } }
    const walk = caller.run()
    await caller.phone.hears(sound)
    caller.phone.press(key)
    await walk
    expect(caller.steps('heard')).toHaveLength(times)
  })

  it('a value that was cut was not told', async () => {
    const caller = callerOf(flow('- say: long', MENU))
    caller.context.spoken = async () => ['long']
    const walk = caller.run()
    await caller.phone.hears('long')
    caller.phone.press('1')
    await walk
    expect(caller.steps('lookup')).toHaveLength(1)
    expect(caller.steps('told')).toEqual([])
  })
})
