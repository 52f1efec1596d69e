import { describe, expect, it } from 'vitest'
import { problemsWith } from '../folder.ts'

const inFlow = (steps: string, more = '') => problemsWith({ flows: `{ main: [${steps}]${more} }` })
const voicemail = '{ voicemail: { to: operators } }'

describe('a dead end', () => {
  it.each([
    ['a ring with nothing after it', '{ ring: sales }', ['E167 flows.main[0].ring']],
    ['a flow that only speaks', '{ play: p }', ['E167 flows.main[0].play']],
    ['a ring, then a hangup on purpose', '{ ring: sales }, { hangup: busy }', []],
    ['a ring, then unanswered', `{ ring: sales }, { unanswered: ${voicemail} }`, []],
    [
      'unanswered that rings again',
      '{ ring: sales }, { unanswered: { ring: boris } }',
      ['E167 flows.main[1].unanswered[0].ring'],
    ],
    [
      'a menu that leaves silence to the operator',
      '{ menu: { play: p, keys: { 1: { voicemail: { to: anna } } } } }',
      ['E167 flows.main[0].menu'],
    ],
    [
      'a menu of which one key rings',
      `{ menu: { play: p, keys: { 1: { ring: sales } }, else: ${voicemail} } }`,
      ['E167 flows.main[0].menu.keys.1[0].ring'],
    ],
    [
      'a menu that is closed on all sides',
      `{ menu: { play: p, keys: { 1: ${voicemail} }, else: { hangup: normal } } }`,
      [],
    ],
    [
      'silence and wrong keys named apart',
      `{ menu: { play: p, keys: { 1: ${voicemail} }, on_silence: ${voicemail}, on_wrong: ${voicemail} } }`,
      [],
    ],
    [
      'only silence named',
      `{ menu: { play: p, keys: { 1: ${voicemail} }, on_silence: ${voicemail} } }`,
      ['E167 flows.main[0].menu'],
    ],
    [
      'extensions that may not answer',
      `{ menu: { play: p, keys: { 1: ${voicemail} }, else: ${voicemail}, extension: allowed } }`,
      ['E167 flows.main[0].menu'],
    ],
    ['hours without an else', `{ when: { closed: office }, do: ${voicemail} }`, ['E167 flows.main[0].when']],
    [
      'hours with both ways ended',
      `{ when: { closed: office }, do: ${voicemail}, else: [{ ring: sales }, ${voicemail}] }`,
      [],
    ],
    [
      'hours of which one way falls through',
      `{ when: { closed: office }, do: ${voicemail}, else: { ring: sales } }`,
      ['E167 flows.main[0].else[0].ring'],
    ],
    ['a jump to a flow', '{ go_to: other }', []],
  ])('%s', (_, steps, expected) => {
    expect(inFlow(steps, steps.includes('other') ? `, other: [${voicemail}]` : '')).toEqual(expected)
  })

  it('is no matter in a campaign: its script may simply end', () => {
    expect(problemsWith({ campaigns: campaign('[{ play: p }]') })).toEqual([])
  })
})

describe('an unreachable step', () => {
  it.each([
    ['after a voicemail', `${voicemail}, { ring: sales }`, ['E166 flows.main[1].ring']],
    ['after a hangup', `{ hangup: busy }, { play: p }, ${voicemail}`, ['E166 flows.main[1].play']],
    [
      'after hours with both ways ended',
      `{ when: { open: office }, do: ${voicemail}, else: { hangup: busy } }, { ring: sales }`,
      ['E166 flows.main[1].ring'],
    ],
    [
      'inside a key',
      `{ menu: { play: p, keys: { 1: [${voicemail}, { play: p }] }, else: ${voicemail} } }`,
      ['E166 flows.main[0].menu.keys.1[1].play'],
    ],
    [
      'after a menu that is closed on all sides',
      `{ menu: { play: p, keys: { 1: ${voicemail} }, else: ${voicemail} } }, { ring: sales }`,
      ['E166 flows.main[1].ring'],
    ],
    [
      'not after a menu without else: the operator may not answer',
      `{ menu: { play: p, keys: { 1: ${voicemail} } } }, ${voicemail}`,
      [],
    ],
    ['not unanswered: the operator’s key leads to it', `${voicemail}, { unanswered: ${voicemail} }`, []],
  ])('%s', (_, steps, expected) => {
    expect(inFlow(steps)).toEqual(expected)
  })
})

describe('a circle of go_to', () => {
  const flows = (text: string) => problemsWith({ flows: `{ ${text} }` })

  it.each([
    ['to itself', 'main: [{ play: p }, { go_to: main }]', ['E169 flows.main[1].go_to']],
    ['after an unanswered ring', 'main: [{ ring: sales }, { go_to: main }]', ['E169 flows.main[1].go_to']],
    [
      'through unanswered',
      'main: [{ ring: sales }, { unanswered: { go_to: main } }]',
      ['E169 flows.main[1].unanswered[0].go_to'],
    ],
    [
      'by silence',
      `main: [{ menu: { play: p, keys: { 1: ${voicemail} }, on_silence: { go_to: main }, else: ${voicemail} } }]`,
      ['E169 flows.main[0].menu.on_silence[0].go_to'],
    ],
    [
      'by a wrong key',
      `main: [{ menu: { play: p, keys: { 1: ${voicemail} }, on_wrong: { go_to: main }, else: ${voicemail} } }]`,
      ['E169 flows.main[0].menu.on_wrong[0].go_to'],
    ],
    ['over another flow', 'main: [{ go_to: b }], b: [{ ring: sales }, { go_to: main }]', ['E169 flows.b[1].go_to']],
    [
      'not by a key: who presses it, wants it',
      `main: [{ menu: { play: p, keys: { 1: { go_to: main } }, else: ${voicemail} } }]`,
      [],
    ],
    [
      'not when the hours exclude it',
      'main: [{ when: { closed: office }, do: { go_to: b } }, { voicemail: { to: anna } }], b: [{ when: { open: office }, do: { go_to: main } }, { voicemail: { to: anna } }]',
      [],
    ],
    [
      'but when they do not',
      'main: [{ when: { closed: office }, do: { go_to: b } }, { voicemail: { to: anna } }], b: [{ when: { closed: office }, do: { go_to: main } }, { voicemail: { to: anna } }]',
      ['E169 flows.main[0].do[0].go_to'],
    ],
    [
      'in the else of hours',
      `main: [{ when: { open: office }, do: ${voicemail}, else: { go_to: main } }]`,
      ['E169 flows.main[0].else[0].go_to'],
    ],
  ])('%s', (_, text, expected) => {
    expect(flows(text)).toEqual(expected)
  })

  it('ends in time with very many hours and flows', () => {
    const names = Array.from({ length: 14 }, (_, i) => `h${i}`)
    const hours = `{ ${names.map((name) => `${name}: { week: { mon: 24h } }`).join(', ')} }`
    const steps = names.map((name) => `{ when: { open: ${name} }, do: { play: p } }`).join(', ')
    const many = Array.from({ length: 30 }, (_, i) => `f${i}: [${steps}, { go_to: f${(i + 1) % 30} }]`).join(', ')
    const found = problemsWith({ hours, flows: `{ main: [{ go_to: f0 }], ${many} }` })
    expect(found).toEqual(['E169 flows.f29[14].go_to'])
  })
})

describe('the shape of a flow', () => {
  it.each([
    ['unanswered in the middle', `{ unanswered: ${voicemail} }, ${voicemail}`, ['E168 flows.main[0].unanswered']],
    [
      'unanswered under a key',
      `{ menu: { play: p, keys: { 1: { unanswered: ${voicemail} } }, else: ${voicemail} } }, ${voicemail}`,
      ['E168 flows.main[0].menu.keys.1[0].unanswered'],
    ],
    ['a step of campaigns', `{ answer: yes }, ${voicemail}`, ['E171 flows.main[0].answer']],
    ['a menu without keys', `{ menu: { play: p } }, ${voicemail}`, ['E165 flows.main[0].menu']],
    ['a menu of extensions only', `{ menu: { play: p, extension: allowed } }, ${voicemail}`, []],
    [
      'the operator’s key taken',
      `{ menu: { play: p, keys: { 0: { ring: boris } } } }, ${voicemail}`,
      ['E164 flows.main[0].menu.keys.0'],
    ],
    [
      'the operator’s key for the operator',
      `{ menu: { play: p, keys: { 0: { ring: operators }, 1: { ring: sales } } } }, ${voicemail}`,
      [],
    ],
  ])('%s', (_, steps, expected) => {
    expect(inFlow(steps)).toEqual(expected)
  })

  it('tells flows that nobody enters, also when they only enter themselves', () => {
    const flows = `{ main: [${voicemail}], day: [{ go_to: night }], night: [${voicemail}], self: [{ menu: { play: p, keys: { 1: { go_to: self } }, else: ${voicemail} } }] }`
    expect(problemsWith({ flows })).toEqual(['W202 flows.day', 'W202 flows.self'])
  })
})

describe('the script of a campaign', () => {
  it.each([
    [
      'steps of inbound calls',
      '[{ menu: { play: p, keys: { 1: { voicemail: { to: anna } } } } }, { unanswered: { play: p } }]',
      '',
      ['E172 campaigns.c.script[0].menu.keys.1[0].voicemail', 'E172 campaigns.c.script[1].unanswered'],
    ],
    [
      'the opt-out key for something else',
      '[{ menu: { play: p, keys: { 9: { answer: no } } } }]',
      '',
      ['E173 campaigns.c.script[0].menu.keys.9'],
    ],
    ['the opt-out key for opting out', '[{ menu: { play: p, keys: { 9: { opt_out: true } } } }]', '', []],
    ['a jump to a flow, which nobody would run', '[{ go_to: main }]', '', ['E172 campaigns.c.script[0].go_to']],
    ['a step after opting out', '[{ opt_out: true }, { play: p }]', '', ['E166 campaigns.c.script[1].play']],
    [
      'the operator’s key as an answer: it has no meaning here',
      '[{ menu: { play: p, keys: { 0: { answer: zero } } } }]',
      '',
      [],
    ],
    ['more lines than the trunk has', '[{ play: p }]', ', lines: 9', ['W205 campaigns.c.lines']],
    ['a number that is not ours', '[{ play: p }]', ', line: "+7 343 200-11-99"', ['E110 campaigns.c.line']],
    [
      'names that are nowhere',
      '[{ ring: nobody }]',
      ', trunk: none, hours: never',
      ['E104 campaigns.c.script[0].ring.to', 'E106 campaigns.c.hours', 'E108 campaigns.c.trunk'],
    ],
  ])('%s', (_, script, more, expected) => {
    expect(problemsWith({ campaigns: campaign(script, more) })).toEqual(expected)
  })
})

function campaign(script: string, more = ''): string {
  const fields = { name: 'C', kind: 'reminder', line: '"+7 343 200-11-22"', trunk: 'city', hours: 'office', script }
  const given = Object.entries(fields).filter(([key]) => !more.includes(`${key}:`))
  return `{ c: { ${given.map(([key, value]) => `${key}: ${value}`).join(', ')}${more} } }`
}
