/** `npm run crash -- --kills 2000 --seed 7`: the long form of the crash rig; prints one page. The seed replays its calls and its deaths. */
import { parseArgs } from 'node:util'
import { killRun } from './kill-run.ts'
import { page } from './page.ts'

const number = { type: 'string' } as const
const { values } = parseArgs({
  options: { kills: number, seed: number, rate: number, main: number, point: { ...number, multiple: true } },
})
const seed = Number(values.seed ?? Date.now() % 1_000_000)
const run = await killRun({
  seed,
  kills: Number(values.kills ?? 2_000),
  callsPerSecond: Number(values.rate ?? 3),
  points: values.point ?? [],
  ...(values.main && { main: values.main }),
  onProgress: (text) => process.stderr.write(`${text}\n`),
})
console.log(page(run))
process.exitCode = run.violations.length > 0 ? 1 : 0
