/** I17: in her meeting the manager is not asked to call anybody back, and when it is over who asked for that is called. */
import { MOBILE, officeIsOpen } from '../company.ts'
import type { RecordedCall } from '../chronicle.ts'
import { MANAGER } from '../meetings.ts'
import type { Evidence } from './evidence.ts'
import { lastWish } from './orders.ts'

/** The daemon looks every two seconds, and who is being rung is rung on. */
const SEEN_MS = 5_000
const CALLED_AFTER_MS = 30_000
/** Who did not take a call-back, or wants it later, is left in peace for up to so long, and so is a client who did not answer. */
const IN_PEACE_MS = 16 * 60_000
const LEFT_ALONE_MS = 30 * 60_000
/** A trouble so long ago may still be felt. */
const FELT_MS = 60_000
const BACK = new Set(['sign-in', 'resume'])

export function meetingsHeeded(evidence: Evidence): string[] {
  return [...notAsked(evidence), ...calledAfterwards(evidence)]
}

/** For a caller she may be rung: her meeting is not his. */
function isForCallback({ channel, party, forChannel }: RecordedCall): boolean {
  return party === MOBILE && channel.startsWith('leg-') && forChannel === null
}

function notAsked(evidence: Evidence): string[] {
  const asked = evidence.calls.filter(isForCallback)
  return evidence.chronicle.meetings.flatMap(({ from, to }) =>
    asked.flatMap(({ channel, at }) =>
      at > evidence.settledBy(from, SEEN_MS) && at < to && !evidence.clockWasWrong(from, at)
        ? [`I17 ${channel} asked the manager in her meeting to call back`]
        : [],
    ),
  )
}

interface Task {
  id: string
  caseId: string
  callId: string
  number: string
  updatedAt: number
}

/** Where nothing keeps her from it: she is free and there, no caller waits, it is office time, and nothing is wrong. */
function calledAfterwards(evidence: Evidence): string[] {
  const tasks = evidence.rows<Task>(
    `SELECT "id", "caseId", "callId", "number", "updatedAt" FROM "Callback" WHERE "kind" = 'meeting'`,
  )
  const { meetings, calls } = evidence.chronicle
  return tasks.flatMap((task) => {
    const asked = calls.get(task.callId)?.endedAt ?? Infinity
    return meetings.flatMap(({ from, to }) => {
      if (asked < from || asked > to - SEEN_MS || keptFromIt(evidence, task, asked, to)) return []
      return [`I17 ${task.id} was not called after the meeting`]
    })
  })
}

function keptFromIt(evidence: Evidence, task: Task, asked: number, over: number): boolean {
  const { acts, meetings } = evidence.chronicle
  const end = over + CALLED_AFTER_MS
  const live = evidence.calls.filter((call) => call.at <= end && (call.endedAt ?? Infinity) >= over)
  const order = lastWish(evidence, MANAGER, end)
  return (
    !officeIsOpen(over) ||
    !officeIsOpen(end) ||
    evidence.clockWasWrong(asked - LEFT_ALONE_MS, end) ||
    evidence.disturbed(over - FELT_MS, end) ||
    // it has come to its end before
    evidence.worldTimes(task.updatedAt).some((ended) => ended < end) ||
    // callers come first, she and the client may be talking, and each call-back to a mobile takes two lines
    live.some(({ direction, party }) => direction === 'in' || party === MOBILE || party === task.number) ||
    live.filter(({ party }) => party.startsWith('+')).length > 1 ||
    evidence.calls.some((call) => isForCallback(call) && call.at > over - IN_PEACE_MS && call.at <= end) ||
    evidence
      .callsOf(task.number)
      .some(({ channel, at }) => channel.startsWith('cb-') && at > over - IN_PEACE_MS && at <= end) ||
    (order !== undefined && (!BACK.has(order.wish) || order.at > over - SEEN_MS)) ||
    acts.some(({ at, of, id }) => of === 'take' && id === task.caseId && at > over - LEFT_ALONE_MS && at <= end) ||
    meetings.some(({ from, to }) => from > asked && from <= end && to > over)
  )
}
