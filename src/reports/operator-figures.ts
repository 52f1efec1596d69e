/** What operators did with their time. Pure. */
import type { OperatorCalls, StateTime } from '../store/reports/operators.ts'
import { personName, type ReportContext } from './context.ts'
import { grouped, meanSeconds, type Row, seconds, share, type Table } from './table.ts'

/** States of `OperatorEvent`; any other counts as logged in. */
const COLUMN_OF = {
  'available': 'available',
  'ringing': 'ringing',
  'talking': 'talking',
  'wrap-up': 'wrap',
  'paused': 'paused',
  'do-not-disturb': 'do_not_disturb',
} as const

export interface OperatorSums {
  calls: readonly OperatorCalls[]
  notTaken: readonly { person: string; times: number }[]
  states: readonly StateTime[]
}

/** People of the configuration, and others of whom something is on record. */
export function operatorTable(context: ReportContext, sums: OperatorSums): Table {
  const members = Object.values(context.config.groups).flatMap((group) => group.members)
  const active = [...sums.calls, ...sums.notTaken, ...sums.states.filter(({ state }) => state !== 'offline')]
  const people = [...new Set([...members, ...active.map(({ person }) => person)])].sort()
  const states = grouped(sums.states, ({ person }) => person)
  const rows = people.map((person): Row => {
    const { talks = 0, talkMs = 0 } = sums.calls.find((row) => row.person === person) ?? {}
    const notTaken = sums.notTaken.find((row) => row.person === person)?.times ?? 0
    const time = timesOf(states.get(person))
    return { person: personName(context.config, person), ...figures({ talks, talkMs, notTaken, time }) }
  })
  return {
    id: 'operators',
    columns: [
      'person',
      'talks',
      'talk_avg',
      'talk_total',
      'not_taken',
      'logged_in',
      'occupancy',
      'available',
      'ringing',
      'talking',
      'wrap',
      'wrap_avg',
      'paused',
      'do_not_disturb',
    ],
    rows,
    total: rows.length > 1 ? figures(addedUp(sums)) : null,
  }
}

interface Sum {
  talks: number
  talkMs: number
  notTaken: number
  /** Milliseconds in each state; null: log-in is not tracked. */
  time: Map<string, number> | null
}

function figures({ talks, talkMs, notTaken, time }: Sum): Row {
  const loggedIn = time && [...time].reduce((sum, [state, ms]) => (state === 'offline' ? sum : sum + ms), 0)
  const inState = (state: string) => time?.get(state) ?? 0
  const busy = inState('talking') + inState('wrap-up')
  return {
    talks,
    talk_avg: meanSeconds(talkMs, talks),
    talk_total: seconds(talkMs),
    not_taken: notTaken,
    logged_in: loggedIn === null ? null : seconds(loggedIn),
    occupancy: loggedIn === null ? null : share(busy, loggedIn),
    wrap_avg: time && meanSeconds(inState('wrap-up'), talks),
    ...Object.fromEntries(
      Object.entries(COLUMN_OF).map(([state, column]) => [column, time && seconds(inState(state))]),
    ),
  }
}

function timesOf(states: readonly StateTime[] | undefined): Map<string, number> | null {
  if (!states) return null
  const time = new Map<string, number>()
  for (const { state, ms } of states) time.set(state, (time.get(state) ?? 0) + ms)
  return time
}

function addedUp({ calls, notTaken, states }: OperatorSums): Sum {
  return {
    talks: calls.reduce((sum, row) => sum + row.talks, 0),
    talkMs: calls.reduce((sum, row) => sum + row.talkMs, 0),
    notTaken: notTaken.reduce((sum, { times }) => sum + times, 0),
    time: timesOf(states.length > 0 ? states : undefined),
  }
}

/** Why people were paused, and for how long. */
export function pauseTable({ config }: ReportContext, states: readonly StateTime[]): Table {
  const pauses = states.filter(({ state }) => state === 'paused')
  return {
    id: 'pauses',
    columns: ['person', 'reason', 'times', 'paused'],
    rows: pauses.map(({ person, reason, times, ms }) => ({
      person: personName(config, person),
      reason,
      times,
      paused: seconds(ms),
    })),
    total: null,
  }
}
