/** `npm run storm`: 100 calls a second for two minutes; `npm run storm -- 50 20` for other figures. */
import { storm } from './storm.ts'

const [rate = '100', seconds = '120', maxCalls = '60'] = process.argv.slice(2)
const run = await storm({ rate: Number(rate), seconds: Number(seconds), maxCalls: Number(maxCalls), seed: 7 })
console.log(`${rate} calls a second for ${seconds} s, ${maxCalls} let in at once
  calls        ${run.placed} placed, ${run.calls} known to Asterisk; ${run.shed} turned away as busy
  let in       ${run.admitted}: ${run.talked} talked, ${run.harmed} were left hanging
  records      ${run.rows} rows, ${run.ended} ended; ${run.told} of ${run.lost} losses have a notice
  settled      ${(run.settledAfterMs / 1_000).toFixed(1)} s after the storm`)
process.exitCode = run.harmed === 0 && run.rows === run.calls && run.told === run.lost ? 0 : 1
