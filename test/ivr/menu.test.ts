import { describe, expect, it } from 'vitest'
import { CallEnded } from '../../src/telephony/api.ts'
import { callerOf, LONG_MS } from './caller.ts'

const MENU = `
  main:
    - menu:
        play: menu
        wait: 1s
        tries: 2
        wrong_prompt: wrong
        keys: { 1: { ring: sales }, 2: { go_to: second } }
        on_wrong: [{ play: wrong-way }, { hangup: normal }]
        on_silence: [{ play: silent-way }, { hangup: normal }]
    - unanswered: { hangup: normal }
  second:
    - menu: { play: second, wait: 1s, keys: { 5: [{ play: five }, { hangup: normal }] } }
    - unanswered: { hangup: normal }`
const ELSE = `
  main:
    - menu: { play: menu, wait: 1s, tries: 1, keys: { 1: { ring: sales } }, else: [{ play: else }, { hangup: normal }] }
    - hangup: normal`
const OPERATOR = `
  main:
    - menu: { play: menu, wait: 1s, tries: 1, keys: { 1: { ring: sales } } }
    - hangup: normal`
const EXTENSIONS = `
  main:
    - menu:
        play: menu
        wait: 1s
        tries: 1
        extension: allowed
        keys: { 1: { go_to: second }, 2: { ring: sales } }
        else: [{ play: else }, { hangup: normal }]
    - hangup: normal
  second:
    - menu: { play: second, wait: 1s, tries: 1, keys: { 5: [{ play: five }, { hangup: normal }] } }
    - hangup: normal`

describe.concurrent('each way out', () => {
  it.each<[string, string, string, string[], string[]]>([
    ['silence: the menu twice, then its own way', MENU, '', ['menu', 'menu', 'silent-way'], []],
    [
      'keys from before that mean nothing here: forgotten, and the menu is said',
      MENU,
      '78',
      ['menu', 'menu', 'silent-way'],
      [],
    ],
    ['one that means nothing, and one that does', MENU, '71', [], ['sales']],
    ['a key rings', MENU, '1', [], ['sales']],
    ['a key below a key', MENU, '25', ['five'], []],
    ['silence without a way of its own', ELSE, '', ['menu', 'else'], []],
    ['no way at all: the operator', OPERATOR, '', ['menu'], ['operators']],
    ['the operator’s key, though no key of this menu', OPERATOR, '0', [], ['operators']],
    ['an extension', EXTENSIONS, '101', [], ['anna']],
    ['an extension that nobody has, from before', EXTENSIONS, '109', ['menu', 'else'], []],
    ['a key with which extensions begin', EXTENSIONS, '1', ['second'], ['operators']],
    ['and a key for the menu behind it', EXTENSIONS, '15', ['five'], []],
    ['a key with which none begins', EXTENSIONS, '2', [], ['sales']],
  ])('%s', async (_, flows, typed, heard, rung) => {
    const caller = callerOf(flows)
    caller.phone.press(typed)
    await caller.run()
    expect(caller.leg.heard).toEqual(heard)
    expect(caller.rung).toEqual(rung)
  })
})

it.concurrent('a wrong key is told before the menu is said again', async () => {
  const caller = callerOf(MENU)
  const walk = caller.run()
  await caller.phone.hears('menu')
  caller.phone.press('7')
  await caller.phone.hears('wrong')
  caller.phone.press('8')
  await walk
  expect(caller.leg.heard).toEqual(['menu', 'wrong', 'wrong-way'])
})

it.concurrent.each([
  ['wrong keys, pressed faster than anything is said: their own way', MENU, '78', ['menu', 'wrong-way']],
  ['a wrong key without a way of its own', ELSE, '7', ['menu', 'else']],
  ['an extension that nobody has', EXTENSIONS, '109', ['menu', 'else']],
])('%s', async (_, flows, pressed, heard) => {
  const caller = callerOf(flows)
  const walk = caller.run()
  await caller.phone.hears('menu')
  caller.phone.press(pressed)
  await walk
  expect(caller.leg.heard).toEqual(heard)
})

it.concurrent('silence and wrong keys are counted apart: one of each leaves a try', async () => {
  const caller = callerOf(MENU)
  const walk = caller.run()
  await caller.phone.hears('menu')
  caller.phone.press('7')
  await walk
  expect(caller.steps('wrong-key')).toHaveLength(1)
  expect(caller.steps('silence')).toHaveLength(2)
  expect(caller.leg.heard.at(-1)).toBe('silent-way')
})

it.concurrent('a key cuts the prompt short', async () => {
  const caller = callerOf(MENU.replace('play: menu', 'play: long'))
  const walk = caller.run()
  await caller.phone.hears('long')
  caller.phone.press('1')
  await walk
  expect(caller.leg.playedMs).toBeLessThan(LONG_MS)
})

it.concurrent('the path tells what was pressed, and what it leads to in people’s words', async () => {
  const caller = callerOf(MENU)
  caller.phone.press('1')
  await caller.run()
  expect(caller.steps('key')).toMatchObject([{ key: '1', label: 'Продажи' }])
})

it.concurrent('a menu whose prompt is missing is answered, and takes keys', async () => {
  const caller = callerOf(MENU.replaceAll('play: menu', 'play: lost/menu'))
  const walk = caller.run()
  await caller.phone.wait(200)
  expect(caller.leg.answered).toBe(true)
  caller.phone.press('1')
  await walk
  expect(caller.rung).toEqual(['sales'])
  expect(caller.steps('sound-failed')).toMatchObject([{ sounds: ['lost/menu'] }])
})

it.concurrent('who hangs up in the menu ends it', async () => {
  const caller = callerOf(MENU)
  const walk = caller.run()
  await caller.phone.hears('menu')
  caller.phone.hangup()
  await expect(walk).rejects.toThrow(CallEnded)
})
