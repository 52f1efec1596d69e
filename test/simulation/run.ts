/** `npm run simulate-days -- --days 20000 --seed 1`: plays days and prints one page. `--only SEED` plays one day and tells its story. */
import { Command } from 'commander'
import { createLogger } from '../../src/runtime/logger.ts'
import { type Figures, playDay } from './day.ts'
import type { Misfortune } from './misfortunes.ts'
import { realNow } from './played-time.ts'
import { openPlayedDatabase } from './played-database.ts'

interface Options {
  days: string
  seed: string
  faults: boolean
  misfortune?: Misfortune
  only?: string
  log?: boolean
}

const options = new Command('simulate-days')
  .option('--days <n>', 'how many', '1000')
  .option('--seed <n>', 'of the first day; the next has the next', '1')
  .option('--no-faults', 'nothing goes wrong')
  .option(
    '--misfortune <kind>',
    'one kind alone: daemon, asterisk, line, freeze, silence, events, answers, clock, database',
  )
  .option('--only <seed>', 'this day alone, with its story')
  .option('--log', 'with what the daemon says, if one day is played')
  .parse()
  .opts<Options>()

const faults = options.misfortune ?? options.faults
const database = openPlayedDatabase()
await database.prisma.callback.findMany()
const say = (text: string) => process.stdout.write(`${text}\n`)

if (options.only) {
  const log = options.log && { log: createLogger({ level: 'debug', format: 'text' }) }
  const day = await playDay({ seed: Number(options.only), database, faults, traced: true, ...log })
  say(day.trace.join('\n'))
  say(day.broken.length > 0 ? day.broken.join('\n') : 'every promise was kept')
  process.exit(day.broken.length > 0 ? 1 : 0)
}

const days = Number(options.days)
const first = Number(options.seed)
const sums = new Map<string, number>()
const failed: string[] = []
const began = realNow()
let played = first
// of the product's own, too: what it leaves uncaught would end the daemon
process.on('uncaughtException', (error) => {
  say(`seed ${played}: ${error.stack}`)
  process.exit(1)
})
for (let seed = first; seed < first + days; seed++) {
  played = seed
  const { broken, figures } = await playDay({ seed, database, faults })
  for (const [name, value] of Object.entries(figures) as [keyof Figures, number][])
    sums.set(name, (sums.get(name) ?? 0) + value)
  for (const line of broken) failed.push(`seed ${seed}: ${line}`)
}
const seconds = (realNow() - began) / 1000
say(`${days} days from seed ${first}, ${faults ? 'with' : 'without'} misfortunes: ${seconds.toFixed(1)} s`)
for (const [name, value] of sums) say(`${name.padEnd(12)} ${value}`)
say(failed.length === 0 ? 'every promise was kept on every day' : failed.join('\n'))
if (failed.length > 0) say('one day alone, with its story: npm run simulate-days -- --only SEED')
process.exit(failed.length > 0 ? 1 : 0)
