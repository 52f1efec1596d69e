/**
 * Random deaths under calls all the time, judged from outside. The long form is `npm run crash -- --kills 2000`; what is printed on failure
 * has the seed that replays it.
 */
import { expect, it } from 'vitest'
import { killRun } from './kill-run.ts'
import { page } from './page.ts'

const SEED = 7
/** Of an idle machine with two cores it takes half of this. */
const WITHIN_MS = 300_000

it('a hundred random deaths', async () => {
  const run = await killRun({ seed: SEED, kills: 100, withinMs: WITHIN_MS })
  console.log(page(run))
  expect(run.violations).toEqual([])
  expect(run.deaths.daemon).toBeGreaterThan(50)
})
