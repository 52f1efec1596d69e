/**
 * The daemon dies at the named points, under calls all the time, judged from outside. In a story each: points.test.ts; on played days, all of
 * them every time: test/simulation/points.test.ts.
 */
import { expect, it } from 'vitest'
import { allPoints } from './effects/points.ts'
import { killRun } from './kill-run.ts'
import { page } from './page.ts'

const SEED = 7
/** Of an idle machine with two cores; a point to which nobody comes costs eight seconds. */
const WITHIN_MS = 270_000

/** Told elsewhere, or of no call: starts.test.ts, points.test.ts, the command line in orders.test.ts, what no caller of the rig asks for. */
const ELSEWHERE =
  /^(config|import|migration|callback|attempt)|DoNotCall|TestCall|Campaign|Contact|-Case|Meeting|OperatorOrder|TalkRecording|deleteStored|setChannelVar|recordings\.stop|escalation|digest|report\.due/

/** Neither told elsewhere nor played. */
const ONLY_HERE = ['ring', 'ringStop'].flatMap((name) => [`ari.channels.${name}.before`, `ari.channels.${name}.after`])

it('every named point that calls come to', async () => {
  // a campaign ends, and call-backs have to wait for people who are free: theirs come first
  const first = (point: string) => (ONLY_HERE.includes(point) ? 0 : /Attempt|Callback|callback/.test(point) ? 1 : 2)
  const points = allPoints()
    .filter((point) => !ELSEWHERE.test(point))
    .toSorted((a, b) => first(a) - first(b))
  const run = await killRun({ seed: SEED, kills: 0, points, callsPerSecond: 3, contacts: 80, withinMs: WITHIN_MS })
  console.log(page(run))
  expect(run.violations).toEqual([])
  // nine of ten on an idle machine; a busy one starts slowly
  expect(run.reached.length).toBeGreaterThan(points.length / 4)
  expect(run.reached).toEqual(expect.arrayContaining(ONLY_HERE))
})
