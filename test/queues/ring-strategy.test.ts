import { expect, it } from 'vitest'
import { mayJoin, nextToRing, type RingStrategy, type RingTerms } from '../../src/queues/ring-strategy.ts'

const MEMBERS = ['anna', 'boris', 'vera']

it.each<[string, RingStrategy, Record<string, number>, Record<string, number>, string[]]>([
  ['all: every free member, in their order', 'all', { vera: 0, anna: 5, boris: 9 }, {}, ['anna', 'boris', 'vera']],
  [
    'all: who was rung in vain is rung again, after the others',
    'all',
    { anna: 0, boris: 0 },
    { anna: 3 },
    ['boris', 'anna'],
  ],
  ['all: nobody is free', 'all', {}, {}, []],
  ['all: not those of other groups', 'all', { gleb: 0, anna: 0 }, {}, ['anna']],
  ['in turn: the first who is free', 'in-turn', { vera: 0, boris: 9 }, {}, ['boris']],
  ['in turn: the next, when the first did not answer', 'in-turn', { anna: 0, boris: 9 }, { anna: 1 }, ['boris']],
  ['in turn: the first again, when all were tried', 'in-turn', { anna: 0, boris: 9 }, { anna: 1, boris: 1 }, ['anna']],
  ['in turn: the same again, when nobody else is free', 'in-turn', { boris: 9 }, { boris: 2 }, ['boris']],
  ['in turn: nobody is free', 'in-turn', {}, { anna: 1 }, []],
  ['longest idle: who talked longest ago', 'longest-idle', { anna: 300, boris: 100, vera: 200 }, {}, ['boris']],
  ['longest idle: who has not talked yet', 'longest-idle', { anna: 300, boris: 100, vera: 0 }, {}, ['vera']],
  ['longest idle: of equals the first', 'longest-idle', { vera: 0, boris: 0 }, {}, ['boris']],
  [
    'longest idle: who did not answer comes after those not tried',
    'longest-idle',
    { anna: 300, boris: 100 },
    { boris: 1 },
    ['anna'],
  ],
])('%s', (_, strategy, free, tried, expected) => {
  const operators = Object.entries(free).map(([person, idleSince]) => ({ person, idleSince, calls: 0 }))
  expect(nextToRing(strategy, MEMBERS, operators, new Map(Object.entries(tried)))).toEqual(expected)
})

type Free = Record<string, { idleSince?: number; calls?: number }>

it.each<[string, RingStrategy, Free, Record<string, number>, RingTerms, string[]]>([
  ['priority: the higher first', 'in-turn', { anna: {}, boris: {} }, {}, { priority: { boris: 2 } }, ['boris']],
  [
    'priority: the lower, when the higher is not free',
    'in-turn',
    { anna: {} },
    {},
    { priority: { boris: 2 } },
    ['anna'],
  ],
  [
    'priority: the lower, when the higher did not answer',
    'in-turn',
    { anna: {}, boris: {} },
    { boris: 1 },
    { priority: { boris: 2 } },
    ['anna'],
  ],
  [
    'priority: the higher again, when all were tried',
    'in-turn',
    { anna: {}, boris: {} },
    { anna: 1, boris: 1 },
    { priority: { boris: 2 } },
    ['boris'],
  ],
  [
    'priority: all of the higher at once',
    'all',
    { anna: {}, boris: {}, vera: {} },
    {},
    { priority: { anna: 2, vera: 2 } },
    ['anna', 'vera'],
  ],
  [
    'priority: then all of the lower',
    'all',
    { anna: {}, boris: {}, vera: {} },
    { anna: 1, vera: 1 },
    { priority: { anna: 2, vera: 2 } },
    ['boris'],
  ],
  [
    'priority: 0 comes after those of whom nothing is said',
    'all',
    { anna: {}, boris: {} },
    {},
    { priority: { anna: 0 } },
    ['boris'],
  ],
  [
    'fewest calls: who had fewest today',
    'fewest-calls',
    { anna: { calls: 4 }, boris: { calls: 2 }, vera: { calls: 3 } },
    {},
    {},
    ['boris'],
  ],
  [
    'fewest calls: of equals the longest idle',
    'fewest-calls',
    { anna: { idleSince: 9 }, boris: { idleSince: 3 } },
    {},
    {},
    ['boris'],
  ],
  [
    'fewest calls: who did not answer comes later',
    'fewest-calls',
    { anna: { calls: 4 }, boris: { calls: 2 } },
    { boris: 1 },
    {},
    ['anna'],
  ],
  ['random: the lot decides', 'random', { anna: {}, boris: {}, vera: {} }, {}, { random: () => 0.99 }, ['vera']],
  ['random: the first', 'random', { anna: {}, boris: {}, vera: {} }, {}, { random: () => 0 }, ['anna']],
  ['random: nobody is free', 'random', {}, {}, { random: () => 0.5 }, []],
  [
    'weighted: a ticket of the heavy one',
    'weighted',
    { anna: {}, boris: {} },
    {},
    { weight: { anna: 3 }, random: () => 0.74 },
    ['anna'],
  ],
  [
    'weighted: a ticket of the light one',
    'weighted',
    { anna: {}, boris: {} },
    {},
    { weight: { anna: 3 }, random: () => 0.76 },
    ['boris'],
  ],
  [
    'weighted: without weight only when nobody else is there',
    'weighted',
    { anna: {}, boris: {} },
    {},
    { weight: { anna: 0 }, random: () => 0 },
    ['boris'],
  ],
  ['weighted: without weight, alone', 'weighted', { anna: {} }, {}, { weight: { anna: 0 }, random: () => 0 }, ['anna']],
  [
    'last operator: she who knows him',
    'last-operator-first',
    { anna: { idleSince: 1 }, vera: { idleSince: 9 } },
    {},
    { lastOperator: 'vera' },
    ['vera'],
  ],
  [
    'last operator: also of a lower priority',
    'last-operator-first',
    { anna: {}, vera: {} },
    {},
    { lastOperator: 'vera', priority: { anna: 2 } },
    ['vera'],
  ],
  [
    'last operator: not free, then the longest idle',
    'last-operator-first',
    { anna: { idleSince: 5 }, boris: { idleSince: 2 } },
    {},
    { lastOperator: 'vera' },
    ['boris'],
  ],
  [
    'last operator: did not answer, then the others',
    'last-operator-first',
    { anna: {}, vera: {} },
    { vera: 1 },
    { lastOperator: 'vera' },
    ['anna'],
  ],
  [
    'last operator: nobody knows him',
    'last-operator-first',
    { anna: { idleSince: 5 }, boris: { idleSince: 2 } },
    {},
    { lastOperator: null },
    ['boris'],
  ],
  [
    'last operator: of another group',
    'last-operator-first',
    { anna: {}, gleb: {} },
    {},
    { lastOperator: 'gleb' },
    ['anna'],
  ],
])('%s', (_, strategy, free, tried, terms, expected) => {
  const operators = Object.entries(free).map(([person, { idleSince = 0, calls = 0 }]) => ({ person, idleSince, calls }))
  expect(nextToRing(strategy, MEMBERS, operators, new Map(Object.entries(tried)), terms)).toEqual(expected)
})

it('weighted: over many calls each has his share', () => {
  const free = ['anna', 'boris'].map((person) => ({ person, idleSince: 0, calls: 0 }))
  let step = 0
  const terms = { weight: { anna: 3, boris: 1 }, random: () => ((step++ % 100) + 0.5) / 100 }
  const chosen = Array.from({ length: 100 }, () => nextToRing('weighted', MEMBERS, free, new Map(), terms)[0])
  expect(chosen.filter((person) => person === 'anna').length).toBe(75)
})

it.each<[string, string, string[], Record<string, number>, boolean]>([
  ['an equal may join', 'boris', ['anna'], {}, true],
  ['a better one may join', 'boris', ['anna'], { boris: 2 }, true],
  ['a lesser one waits for his turn', 'boris', ['anna'], { anna: 2 }, false],
])('%s', (_, person, rung, priority, may) => expect(mayJoin(person, rung, { priority })).toBe(may))
