/**
 * Random deaths and every named point, under calls all the time, judged from outside. The long form is `npm run crash -- --kills 2000`; what is
 * printed on failure has the seed that replays it.
 */
import { expect, it } from 'vitest'
import { allPoints } from './effects/points.ts'
import { killRun } from './kill-run.ts'
import { page } from './page.ts'

const SEED = 7
/** Of an idle machine with two cores it takes a third of this. */
const WITHIN_MS = 240_000

/** Told elsewhere, or of no call: starts.test.ts, the command line, what no caller of the rig asks for. */
const ELSEWHERE =
  /^(config|import|migration)|DoNotCall|TestCall|Campaign|-Contact\.|insert-Contact|-Case|deleteStored|unsubscribe|setChannelVar|Silence|recordings\.stop/

it('a hundred random deaths', async () => {
  const run = await killRun({ seed: SEED, kills: 100, withinMs: WITHIN_MS })
  console.log(page(run))
  expect(run.violations).toEqual([])
  expect(run.deaths.daemon).toBeGreaterThan(5)
})

it('every named point once', async () => {
  const points = allPoints().filter((point) => !ELSEWHERE.test(point))
  const run = await killRun({ seed: SEED, kills: 0, points, callsPerSecond: 4, contacts: 120, withinMs: WITHIN_MS })
  console.log(page(run))
  expect(run.violations).toEqual([])
  expect(run.reached.length).toBeGreaterThan(5)
})
