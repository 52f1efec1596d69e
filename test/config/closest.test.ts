import { expect, it } from 'vitest'
import { closest, editDistance } from '../../src/config/closest.ts'

it.each([
  ['', '', 0],
  ['ads', 'ads', 0],
  ['ad', 'ads', 1],
  ['rign', 'ring', 1],
  ['kitten', 'sitting', 3],
  ['ca', 'abc', 3],
])('from %j to %j it is %d', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance)
  expect(editDistance(b, a)).toBe(distance)
})

it.each([
  ['ad', ['sales', 'ads', 'operators'], 'ads'],
  ['Sales', ['sales'], 'sales'],
  ['sаles', ['sales'], 'sales'], // a Cyrillic а
  ['operator', ['operators', 'opera'], 'operators'],
  ['emial', ['name', 'email'], 'email'],
  ['x', ['a', 'b'], undefined],
  ['night', ['main', 'director'], undefined],
  ['anything', [], undefined],
])('%s of %j is %s', (word, known, expected) => {
  expect(closest(word, known)).toBe(expected)
})
