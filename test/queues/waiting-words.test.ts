import { expect, it } from 'vitest'
import { CallersInLine } from '../../src/queues/waiting-line.ts'
import { waitingParts } from '../../src/queues/waiting-words.ts'

const offer = { every: 60_000, key: '1', place: true }

it.each([
  ['the first', offer, 1, ['prompts/perezvon/you-are-next', 'prompts/perezvon/waiting-offer', { digits: '1' }]],
  [
    'the third',
    offer,
    3,
    ['prompts/perezvon/your-place', { number: '3', unit: 'none' }, 'prompts/perezvon/waiting-offer', { digits: '1' }],
  ],
  ['own words', { ...offer, play: 'prompts/wait' }, 1, ['prompts/perezvon/you-are-next', 'prompts/wait']],
  ['without the place', { ...offer, key: '7', place: false }, 2, ['prompts/perezvon/waiting-offer', { digits: '7' }]],
] as const)('%s', (_, told, position, said) => expect(waitingParts(told, position)).toEqual(said))

it('a place in the line: by priority, then by time, among those who wait for one of the same people', () => {
  const line = new CallersInLine()
  const joins = (members: string[], since: number, priority = 0) => line.joins(members, { priority, since })
  const late = joins(['anna'], 300)
  const early = joins(['anna', 'boris'], 100)
  const other = joins(['vera'], 50)
  const vip = joins(['anna'], 400, 10)
  const places = () => [vip, early, late, other].map(({ position }) => position())
  expect(places()).toEqual([1, 2, 3, 1])
  early.leaves()
  expect([vip, late].map(({ position }) => position())).toEqual([1, 2])
})
