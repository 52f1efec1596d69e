/** `npm run races -- 1000 7`: so many races, of this seed. */
import { runRaces } from './races.ts'

const [count = '1000', seed = '7'] = process.argv.slice(2)
const { races, doubleBridges, releasedAfter, left, violations } = await runRaces(Number(count), Number(seed))
const sorted = releasedAfter.toSorted((a, b) => a - b)
console.log(`${races} races, seed ${seed}; in ${left} the caller left in the moment of the answer
  bridged twice       ${doubleBridges}
  losers released     ${sorted.length}, after ${Math.round(sorted[sorted.length >> 1] ?? 0)} ms (median), ${Math.round(sorted.at(-1) ?? 0)} ms at most
  ${violations.length === 0 ? 'All invariants held.' : violations.join('\n  ')}`)
process.exitCode = doubleBridges + violations.length > 0 ? 1 : 0
