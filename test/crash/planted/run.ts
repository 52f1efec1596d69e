/** `npm run planted`: plants each bug and says who caught it. `npm run planted -- ledger` plants those whose name has that word. */
import { plantedBugs } from './bugs.ts'
import { type Testimony, Workshop } from './workshop.ts'

const wanted = plantedBugs.filter(({ name }) => process.argv.slice(2).every((word) => name.includes(word)))
const workshop = await Workshop.open()
const missed: string[] = []
try {
  console.log(`| planted | caught by | s |\n|---|---|---|`)
  for (const bug of wanted) {
    const { caught, seconds } = await workshop.hear(bug, bug.caughtBy)
    if (!caught) missed.push(bug.name)
    console.log(`| ${bug.name} | ${caught ? bug.caughtBy.join(': ') : '**nobody**'} | ${seconds.toFixed(0)} |`)
  }
  // witnesses that complain of sound code have caught nothing
  const liars: [string, Testimony][] = []
  for (const witness of new Map(wanted.map(({ caughtBy }) => [caughtBy.join(': '), caughtBy])).values()) {
    const testimony = await workshop.hear(null, witness)
    if (testimony.caught) liars.push([witness.join(': '), testimony])
  }
  for (const [witness, { words }] of liars)
    console.log(`\n${witness} also fails without a bug:\n${words.slice(-1_500)}`)
  console.log(`\n${wanted.length - missed.length} of ${wanted.length} caught`)
  process.exitCode = missed.length + liars.length > 0 ? 1 : 0
} finally {
  await workshop.close()
}
