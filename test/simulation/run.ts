/** `npm run simulate-days -- --days 20000 --seed 1`: plays days and prints one page. `--only SEED` plays one day and tells its story. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { createLogger } from '../../src/runtime/logger.ts'
import { type Figures, playDay } from './day.ts'
import type { Misfortune } from './misfortunes.ts'
import { realNow } from './played-time.ts'
import { openPlayedDatabase } from './played-database.ts'

interface Options {
  days: string
  seed: string
  processes: string
  faults: boolean
  misfortune?: Misfortune
  only?: string
  log?: boolean
}

const options = new Command('simulate-days')
  .option('--days <n>', 'how many', '1000')
  .option('--seed <n>', 'of the first day; the next has the next', '1')
  .option('--processes <n>', 'that share the days', '1')
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

/** What one process played. */
interface Played {
  figures: [string, number][]
  failed: string[]
}

const days = Number(options.days)
const first = Number(options.seed)
const processes = Math.min(Number(options.processes), days)

async function play(from: number, count: number): Promise<Played> {
  const sums = new Map<string, number>()
  const failed: string[] = []
  let played = from
  // of the product's own, too: what it leaves uncaught would end the daemon
  process.on('uncaughtException', (error) => {
    say(`seed ${played}: ${error.stack}`)
    process.exit(1)
  })
  const wanted = process.ppid
  for (; played < from + count; played++) {
    if (process.send && process.ppid !== wanted) process.exit(1) // who wanted to know is gone
    const { broken, figures } = await playDay({ seed: played, database, faults })
    for (const [name, value] of Object.entries(figures) as [keyof Figures, number][])
      sums.set(name, (sums.get(name) ?? 0) + value)
    for (const line of broken.map((words) => `seed ${played}: ${words}`)) {
      failed.push(line)
      process.stderr.write(`${line}\n`) // a long run says at once what it finds
    }
    const done = played - from + 1
    if (done % 500 === 0 && done < count) process.stderr.write(`seeds ${from} to ${played} are played\n`)
  }
  return { figures: [...sums], failed }
}

/** Another process plays some of the days. */
function playElsewhere(from: number, count: number): Promise<Played> {
  const how = [
    options.faults ? [] : ['--no-faults'],
    options.misfortune ? ['--misfortune', options.misfortune] : [],
  ].flat()
  const child = fork(fileURLToPath(import.meta.url), ['--days', `${count}`, '--seed', `${from}`, ...how])
  return new Promise((resolve) => {
    let result: Played = {
      figures: [],
      failed: [`seeds ${from} to ${from + count - 1}: the process that played them died`],
    }
    child.on('message', (message) => (result = message as Played))
    child.on('exit', () => resolve(result))
  })
}

if (process.send) {
  const result = await play(first, days)
  process.send(result, () => process.exit(0))
} else {
  const began = realNow()
  const share = Math.ceil(days / processes)
  const shares = Array.from(
    { length: processes },
    (_, i) => [first + i * share, Math.min(share, days - i * share)] as const,
  )
  const [mine, ...others] = shares.filter(([, count]) => count > 0)
  const elsewhere = others.map(([from, count]) => playElsewhere(from, count))
  const results = [await play(...mine!), ...(await Promise.all(elsewhere))]
  const sums = new Map<string, number>()
  for (const [name, value] of results.flatMap(({ figures }) => figures)) sums.set(name, (sums.get(name) ?? 0) + value)
  const failed = results.flatMap((result) => result.failed)
  const seconds = (realNow() - began) / 1000
  say(`${days} days from seed ${first}, ${faults ? 'with' : 'without'} misfortunes: ${seconds.toFixed(1)} s`)
  for (const [name, value] of sums) say(`${name.padEnd(12)} ${value}`)
  say(failed.length === 0 ? 'every promise was kept on every day' : failed.join('\n'))
  if (failed.length > 0) say('one day alone, with its story: npm run simulate-days -- --only SEED')
  process.exit(failed.length > 0 ? 1 : 0)
}
