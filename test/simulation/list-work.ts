/** People who work on the open list by command: somebody takes a caller and resolves him some time later, or resolves him at once. */
import { closeCase, type OpenCase, openCases, takeCase } from '../../src/store/cases.ts'
import type { Chance } from './chance.ts'
import type { Chronicle } from './chronicle.ts'
import type { CommandLine } from './command-line.ts'
import type { PlayedTime } from './played-time.ts'

export interface Office {
  time: PlayedTime
  chance: Chance
  chronicle: Chronicle
  commandLine: CommandLine
}

const MINUTE = 60_000
const MOST_TIMES = 4

export function workOnTheList(office: Office, until: number): void {
  const { time, chance } = office
  const times = chance.int(0, MOST_TIMES)
  for (let i = 0; i < times; i++)
    time.after(chance.int(3 * MINUTE, until - time.now()), () => lookAtTheList(office, until))
}

function lookAtTheList(office: Office, until: number): void {
  const { time, chance, commandLine } = office
  if (time.now() > until) return
  commandLine.run(async (prisma) => {
    const open = await openCases(prisma)
    // who finds nobody looks again
    if (open.length === 0) return void time.after(chance.int(MINUTE, 20 * MINUTE), () => lookAtTheList(office, until))
    const whom = personOf(chance.pick(open))
    const by = chance.pick(['anna', 'boris', 'olga'])
    if (chance.yes(0.7)) take(office, whom, by)
    else resolve(office, whom, by)
  })
}

/** The open cases that a command names: those of a number, or the one of a caller without any. */
type Whom = (row: OpenCase) => boolean

function personOf({ id, caller }: OpenCase): Whom {
  return (row) => (caller === '' ? row.id === id : row.caller === caller)
}

/** As `missed take`. */
function take(office: Office, whom: Whom, by: string): void {
  const { time, chance, chronicle, commandLine } = office
  commandLine.run(async (prisma) => {
    for (const row of (await openCases(prisma)).filter(whom)) {
      const { kind } = await takeCase(prisma, row.id, by, Date.now())
      if (kind !== 'taken') return
      if (row.takenBy === null) chronicle.act('take', row)
    }
    if (chance.yes(0.7)) time.after(chance.int(2 * MINUTE, 55 * MINUTE), () => resolve(office, whom, by))
  })
}

/** As `missed resolve`. */
function resolve({ chance, chronicle, commandLine }: Office, whom: Whom, by: string): void {
  commandLine.run(async (prisma) => {
    const how = chance.yes(0.8) ? 'by-hand' : 'unreachable'
    for (const row of (await openCases(prisma)).filter(whom)) {
      const closed = await closeCase(prisma, row.id, { how, by, note: 'говорил с ним сам', at: Date.now() })
      if (closed) chronicle.act('resolve', row satisfies OpenCase)
    }
  })
}
