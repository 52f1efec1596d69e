/** The daemon dies at every named point, under calls all the time, judged from outside. */
import { expect, it } from 'vitest'
import { allPoints } from './effects/points.ts'
import { killRun } from './kill-run.ts'
import { page } from './page.ts'

const SEED = 7
const WITHIN_MS = 600_000

/** Told elsewhere, or of no call: starts.test.ts, the command line, what no caller of the rig asks for. */
const ELSEWHERE =
  /^(config|import|migration)|DoNotCall|TestCall|Campaign|-Contact\.|insert-Contact|-Case|deleteStored|unsubscribe|setChannelVar|Silence|recordings\.stop/

it('every named point once', async () => {
  const points = allPoints().filter((point) => !ELSEWHERE.test(point))
  const run = await killRun({ seed: SEED, kills: 0, points, callsPerSecond: 4, contacts: 120, withinMs: WITHIN_MS })
  console.log(page(run))
  expect(run.violations).toEqual([])
  expect(run.reached.length).toBeGreaterThan(5)
})
