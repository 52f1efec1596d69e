import { expect, test } from 'vitest'
import { defaultBackoff, givenUp, waitAfter } from '../../src/notices/backoff.ts'

const MINUTE = 60_000

test.each([
  [1, 1],
  [2, 2],
  [3, 4],
  [6, 32],
  [7, 60],
  [8, 60],
  [500, 60],
])('after %d failures it waits %d minutes, and up to a fifth more', (tries, minutes) => {
  expect(waitAfter(tries, defaultBackoff, () => 0)).toBe(minutes * MINUTE)
  expect(waitAfter(tries, defaultBackoff, () => 0.999999)).toBeLessThanOrEqual(minutes * MINUTE * 1.2)
  expect(waitAfter(tries, defaultBackoff, () => 0.999999)).toBeGreaterThan(minutes * MINUTE * 1.19)
})

test('a server that asks to wait is asked for five days before the mail is dead', () => {
  let now = 0
  let tries = 0
  do {
    tries++
    now += waitAfter(tries, defaultBackoff, () => 0.5)
  } while (!givenUp({ createdAt: 0, tries }, now, defaultBackoff))
  expect(now).toBeGreaterThanOrEqual(5 * 86_400_000)
  expect(tries).toBeGreaterThan(100)
})

test('a mail that lay still for a week is not given up at its first failure', () => {
  const week = 7 * 86_400_000
  expect(givenUp({ createdAt: 0, tries: 1 }, week, defaultBackoff)).toBe(false)
  expect(givenUp({ createdAt: 0, tries: 10 }, week, defaultBackoff)).toBe(true)
})
