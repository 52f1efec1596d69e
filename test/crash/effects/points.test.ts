import { expect, it } from 'vitest'
import { allPoints } from './points.ts'

it('every effect has two, and there are at least sixty', () => {
  const points = allPoints()
  expect(new Set(points).size).toBe(points.length)
  expect(points.length).toBeGreaterThanOrEqual(60)
  for (const effect of ['ari.channels.originateWithId', 'journal.call.open', 'store.update-Notice'])
    expect(points).toEqual(expect.arrayContaining([`${effect}.before`, `${effect}.after`]))
})
