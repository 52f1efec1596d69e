/** I15: what people say of a case is heeded. Taken, the system leaves it alone for half an hour; closed, for good, and who was told hears of it. */
import type { Act, RecordedCall } from '../chronicle.ts'
import { type Evidence, groupedBy } from './evidence.ts'

/** Who is dialled in the same moment may be dialled. */
const SAME_MOMENT_MS = 5_000
const LEFT_ALONE_MS = 30 * 60_000

interface Task {
  id: string
  caseId: string
  callId: string
  number: string
  status: string
  updatedAt: number
  since: number
}

export function listWorkHeeded(evidence: Evidence): string[] {
  const acts = groupedBy(evidence.chronicle.acts, ({ id }) => id)
  // when its loss was over: by a clock that was wrong the row's own times may be any
  const tasks = evidence
    .rows<Omit<Task, 'since'>>(`SELECT "id", "caseId", "callId", "number", "status", "updatedAt" FROM "Callback"`)
    .map((task) => ({ ...task, since: evidence.chronicle.calls.get(task.callId)?.endedAt ?? 0 }))
    .toSorted((a, b) => a.since - b.since)
  const callsOf = (number: string) => evidence.callsOf(number).filter(({ channel }) => channel.startsWith('cb-'))
  const ofNumber = groupedBy(tasks, ({ number }) => number)
  const dialled = [...ofNumber].flatMap(([number, own]) =>
    callsOf(number).flatMap((call) => {
      // one at a time
      const task = own.findLast(({ since }) => since <= call.at)
      return (acts.get(task?.caseId ?? '') ?? []).flatMap((act) => heeded(evidence, act, call))
    }),
  )
  const resolved = evidence.chronicle.acts.filter(({ of }) => of === 'resolve')
  const left = resolved.flatMap((act) =>
    tasks.flatMap((task) => (task.caseId === act.id ? endedWithCase(evidence, act, task, callsOf(task.number)) : [])),
  )
  return [...dialled, ...left, ...resolved.flatMap((act) => closingTold(evidence, act))]
}

function heeded(evidence: Evidence, { of, at, id }: Act, call: RecordedCall): string[] {
  if (call.at <= evidence.settledBy(at, SAME_MOMENT_MS)) return []
  if (of === 'resolve') return [`I15 ${call.channel} was placed although ${id} was closed by hand`]
  if (of !== 'take' || call.at >= at + LEFT_ALONE_MS || evidence.clockWasWrong(at, call.at)) return []
  return [`I15 ${call.channel} was placed although somebody had taken ${id}`]
}

/** A call-back that waited is called off; one under way may come to its end. */
function endedWithCase(evidence: Evidence, act: Act, task: Task, calls: RecordedCall[]): string[] {
  if (task.since > act.at || task.status === 'cancelled' || evidence.clockWasWrong(task.since, act.at)) return []
  if (evidence.worldTime(task.updatedAt) < act.at - SAME_MOMENT_MS) return []
  const underWay = calls.some(
    ({ at, endedAt }) =>
      at <= evidence.settledBy(act.at, SAME_MOMENT_MS) && (endedAt ?? Infinity) >= act.at - SAME_MOMENT_MS,
  )
  return underWay && task.status !== 'waiting'
    ? []
    : [`I15 call-back ${task.id} is ${task.status}, and ${act.id} was closed by hand before`]
}

/** Who had been told of it. */
function closingTold(evidence: Evidence, { id, at }: Act): string[] {
  const { mails } = evidence.chronicle
  const notices = evidence.rows<{
    id: string
    kind: string
    recipient: string
    status: string
    digestId: string | null
  }>(`SELECT "id", "kind", "recipient", "status", "digestId" FROM "Notice" WHERE "caseId" = ?`, id)
  // one of which nobody knows whether it came, and that was called off then, counts as never sent
  const told = notices.filter(
    ({ id: notice, kind, status }) =>
      kind !== 'closed' && status !== 'cancelled' && mails.some((mail) => mail.notice === notice && mail.at < at),
  )
  const recipients = [...new Set(told.map(({ recipient }) => recipient))]
  return recipients.flatMap((recipient) => {
    const closing = notices.find((notice) => notice.kind === 'closed' && notice.recipient === recipient)
    const isTold =
      closing !== undefined &&
      (closing.status === 'dead' || closing.digestId !== null || mails.some(({ notice }) => notice === closing.id))
    return isTold ? [] : [`I15 ${recipient} was told of ${id} and not that it was closed`]
  })
}
