/** The same figures again, call by call and with the calendar of luxon, by somebody who has not read the SQL. */
import { DateTime } from 'luxon'
import type { Row } from '../../../src/reports/table.ts'
import type { CallbackRow, CallRow, CaseRow, DialRow, EventRow } from './made-month.ts'

export interface Span {
  from: number
  to: number
}
const within = ({ from, to }: Span, at: number) => at >= from && at < to
const tenth = (ms: number) => Math.round(ms / 100) / 10
const ratio = (a: number, b: number) => (b === 0 ? null : a / b)
const mean = (values: number[]) =>
  values.length === 0 ? null : tenth(values.reduce((a, b) => a + b, 0) / values.length)

export function callFigures(calls: CallRow[], rules: { shortMs: number; ringMs: number; thresholdMs: number }): Row {
  const received = calls.filter((call) => call.verdict !== 'ignored')
  const offered = received.filter((call) => call.group !== null || call.verdict === 'answered')
  const answered = offered.filter((call) => call.verdict === 'answered')
  const lost = offered.filter((call) => call.verdict !== 'answered')
  const hungUp = lost.filter((call) => call.reason === 'queue_abandon')
  const short = hungUp.filter((call) => call.waitMs! < rules.shortMs)
  const waits = answered.map((call) => call.waitMs!)
  const talks = answered.map((call) => call.talkMs!)
  const upTo = (ms: number) => waits.filter((wait) => wait <= ms).length
  return {
    received: received.length,
    ignored: calls.length - received.length,
    offered: offered.length,
    answered: answered.length,
    short: short.length,
    abandoned: hungUp.length - short.length,
    unanswered: lost.length - hungUp.length,
    lost: lost.length,
    abandonment: ratio(hungUp.length - short.length, offered.length - short.length),
    service_level: ratio(upTo(rules.thresholdMs), offered.length - short.length),
    within_1_ring: ratio(upTo(rules.ringMs), answered.length),
    within_2_rings: ratio(upTo(2 * rules.ringMs), answered.length),
    within_3_rings: ratio(upTo(3 * rules.ringMs), answered.length),
    wait_avg: mean(waits),
    wait_max: offered.length === 0 ? null : tenth(Math.max(...offered.map((call) => call.waitMs!))),
    wait_lost_avg: mean(lost.map((call) => call.waitMs!)),
    talk_avg: mean(talks),
    talk_max: talks.length === 0 ? null : tenth(Math.max(...talks)),
    talk_total: tenth(talks.reduce((a, b) => a + b, 0)),
  }
}

/** Calls of callers that came in the period and are over. */
export function counted(calls: CallRow[], span: Span): CallRow[] {
  return calls.filter((call) => call.direction === 'inbound' && call.endedAt !== null && within(span, call.arrivedAt))
}

/** Seconds in each state of each person, second by event: no window functions here. */
export function stateSeconds(events: EventRow[], span: Span, now: number): Map<string, Record<string, number>> {
  const people = new Map<string, Record<string, number>>()
  const sorted = [...events].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  for (const person of new Set(events.map((event) => event.person))) {
    const own = sorted.filter((event) => event.person === person)
    const times: Record<string, number> = {}
    own.forEach((event, i) => {
      const from = Math.max(event.at, span.from)
      const to = Math.min(own[i + 1]?.at ?? now, span.to)
      if (to > from) times[event.state] = (times[event.state] ?? 0) + (to - from)
    })
    people.set(person, times)
  }
  return people
}

/** The load of a trunk, minute by minute it would be exact too; here by cutting each call at each clock hour of the zone. */
export function hourLoads(
  calls: CallRow[],
  dials: DialRow[],
  trunk: string,
  span: Span,
  zone: string,
): Map<number, number> {
  const legs = [
    ...calls
      .filter((c) => c.direction === 'inbound' && (c.trunk ?? '') === trunk)
      .map((c) => ({ from: c.arrivedAt, to: c.endedAt })),
    ...dials.filter((d) => d.trunk === trunk).map((d) => ({ from: d.at, to: d.endedAt })),
  ]
  const loads = new Map<number, number>()
  for (const leg of legs) {
    if (leg.to === null) continue
    const end = Math.min(leg.to, span.to)
    for (let at = Math.max(leg.from, span.from); at < end;) {
      const hour = DateTime.fromMillis(at, { zone }).startOf('hour')
      const next = Math.min(hour.toMillis() + 3_600_000, end)
      loads.set(hour.toMillis(), (loads.get(hour.toMillis()) ?? 0) + next - at)
      at = next
    }
  }
  return loads
}

export function mostAtOnce(calls: CallRow[], dials: DialRow[], trunk: string, span: Span): number {
  const changes = [
    ...calls
      .filter((c) => c.direction === 'inbound' && (c.trunk ?? '') === trunk)
      .map((c) => [c.arrivedAt, c.endedAt] as const),
    ...dials.filter((d) => d.trunk === trunk).map((d) => [d.at, d.endedAt] as const),
  ].flatMap(([from, to]) =>
    to === null || to <= span.from || from >= span.to
      ? []
      : [
          { at: Math.max(from, span.from), by: 1 },
          { at: Math.min(to, span.to), by: -1 },
        ],
  )
  let [now, most] = [0, 0]
  for (const { by } of changes.sort((a, b) => a.at - b.at || a.by - b.by)) most = Math.max(most, (now += by))
  return most
}

export function caseFates(cases: CaseRow[], span: Span): Row {
  const fate = { returned_20m: 0, returned_24h: 0, returned_later: 0, came_back: 0, by_hand: 0, not_returned: 0 }
  const own = cases.filter((row) => within(span, row.openedAt))
  for (const { closedHow, closedAt, openedAt } of own) {
    if (closedHow === null || closedHow === 'unreachable') fate.not_returned++
    else if (closedHow === 'came-back') fate.came_back++
    else if (closedHow === 'by-hand') fate.by_hand++
    else if (closedAt! - openedAt <= 1_200_000) fate.returned_20m++
    else if (closedAt! - openedAt <= 86_400_000) fate.returned_24h++
    else fate.returned_later++
  }
  const returned = fate.returned_20m + fate.returned_24h + fate.returned_later + fate.came_back
  const promised = own.filter(({ slaDueAt }) => slaDueAt !== null)
  const inTime = promised.filter(
    (row) => row.closedAt !== null && row.closedHow !== 'unreachable' && row.closedAt <= row.slaDueAt!,
  )
  return {
    cases: own.length,
    ...fate,
    returned_part: ratio(returned, own.length),
    in_time: ratio(inTime.length, promised.length),
  }
}

export function callbackFates(callbacks: CallbackRow[], calls: CallRow[], span: Span): Row {
  const own = callbacks.filter((row) => within(span, row.lostAt))
  const delays = own
    .filter(({ status }) => status === 'done')
    .map(({ number, lostAt, updatedAt }) => {
      const talks = calls.filter(
        (call) =>
          call.direction === 'callback' &&
          call.caller === number &&
          call.answeredAt !== null &&
          call.arrivedAt >= lostAt &&
          call.arrivedAt <= updatedAt,
      )
      return (talks.length > 0 ? Math.max(...talks.map((call) => call.answeredAt!)) : updatedAt) - lostAt
    })
  const failed = own.filter(({ status }) => status === 'failed').length
  const calledOff = own.filter(({ status }) => status === 'cancelled').length
  return {
    promised: own.length,
    kept: delays.length,
    kept_part: ratio(delays.length, delays.length + failed),
    kept_20m: delays.filter((ms) => ms <= 1_200_000).length,
    kept_1h: delays.filter((ms) => ms <= 3_600_000).length,
    kept_24h: delays.filter((ms) => ms <= 86_400_000).length,
    failed,
    called_off: calledOff,
    still_open: own.length - delays.length - failed - calledOff,
    delay_avg: mean(delays),
    delay_max: delays.length === 0 ? null : tenth(Math.max(...delays)),
  }
}
