/** What `npm run bench -- …` understands. Everything is bounded: a bench is not a siege. */
import { parseArgs } from 'node:util'
import type { Pace } from './load.ts'

export const workloadNames = ['ivr', 'dial'] as const
export type WorkloadName = (typeof workloadNames)[number]

export interface Session {
  workload: WorkloadName
  pace: Pace
  repeat: number
}
export interface Options {
  /** In their order. */
  sessions: Session[]
  /** Calls to hold at once; 0: none. */
  hold: number
  targets: string[]
  mails: boolean
  /** Appended to, one object a line. */
  json: string | null
  profile: string | null
  keep: boolean
}

export class UsageError extends Error {
  override name = 'UsageError'
}

export const usage = `npm run bench                       the standard set, some four minutes
npm run bench -- ivr|dial|idle      one workload, with
  --rate 40        calls a second; or
  --window 250     so many callers who call again at once: saturation
  --seconds 8      of a turn
  --repeat 3       turns of each target, taken alternately
  --count 200      calls held (idle)
  --targets dialplan,daemon
                   or the path of another build's main.js
  --mails          the daemon also sends the missed-call mails meanwhile
  --json FILE      each turn as a line of JSON
  --profile DIR    CPU profiles of the daemon
  --keep           leaves the work folder (logs, database)`

const standard: Session[] = [
  { workload: 'ivr', pace: { rate: 40, seconds: 8 }, repeat: 3 },
  { workload: 'dial', pace: { rate: 20, seconds: 8 }, repeat: 3 },
  { workload: 'ivr', pace: { window: 250, seconds: 5 }, repeat: 3 },
]
const USUAL_RATE = { ivr: 40, dial: 20 }
const USUAL_HOLD = 200

/** Throws UsageError. */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parse(args)
  const [what, ...more] = positionals
  if (more.length > 0) throw new UsageError(`one workload at a time: ${more.join(' ')}`)
  const common = {
    targets: (values.targets ?? 'dialplan,daemon').split(','),
    mails: values.mails ?? false,
    json: values.json ?? null,
    profile: values.profile ?? null,
    keep: values.keep ?? false,
  }
  const seconds = whole('seconds', values.seconds, 1, 60) ?? 8
  const repeat = whole('repeat', values.repeat, 1, 20) ?? 3
  const count = whole('count', values.count, 1, 2_000) ?? USUAL_HOLD
  if (what === undefined) return { ...common, sessions: standard, hold: USUAL_HOLD }
  if (what === 'idle') return { ...common, sessions: [], hold: count }
  const workload = workloadNames.find((name) => name === what)
  if (!workload) throw new UsageError(`no workload is called ${what}`)
  const window = whole('window', values.window, 1, 500)
  const rate = whole('rate', values.rate, 1, 400) ?? USUAL_RATE[workload]
  const pace = window === null ? { rate, seconds } : { window, seconds }
  return { ...common, sessions: [{ workload, pace, repeat }], hold: 0 }
}

function parse(args: string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        rate: text,
        window: text,
        seconds: text,
        repeat: text,
        count: text,
        targets: text,
        json: text,
        profile: text,
        mails: flag,
        keep: flag,
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function whole(name: string, text: string | undefined, min: number, max: number): number | null {
  if (text === undefined) return null
  const value = Number(text)
  if (!Number.isInteger(value) || value < min || value > max)
    throw new UsageError(`--${name} is a whole number from ${min} to ${max}`)
  return value
}
