/**
 * What follows from a call's end, as entries for its transaction: after a talk everything open about this caller is closed, after a loss
 * somebody is told, the open list gets its case and, if the rules say so, the caller a call back.
 */
import { lineGroupOf } from '../calls/call.ts'
import type { EndedCall } from '../calls/end-of-call.ts'
import type { OutsideTalk } from '../calls/outside-talk.ts'
import { owningGroup } from '../config/groups.ts'
import type { Config } from '../config/schema.ts'
import { localDate } from '../dialling/calendar-day.ts'
import { reasonCodes, type StepRow, type Verdict } from '../model/call-outcome.ts'
import type { MissedCallPayload } from '../notices/payload.ts'
import type { JournalEntry } from '../store/journal.ts'
import { type CallbackPlan, callbackPlan, successMs } from './callback-plan.ts'
import { escalationEntries } from './escalations.ts'
import { askedOf, slaDueAt } from './open-case.ts'
import { recipientsOf } from './recipients.ts'

/** Who asked for a call is called before who did not. */
const REQUESTED = 10

/** What the records know of this caller. */
export interface CallerHistory {
  /** Calls of this number on the company's day, this one included. */
  callsToday: number
  /** `began`: when the call with the talk began. */
  lastTalk: { at: number; operator: string | null; ms: number; began: number } | null
  doNotCall: boolean
  diallable: boolean
  /** The system has called him within the last hour. */
  calledLately?: boolean
}

/** `now`: when this is written; of a call from our absence it is later than its end. */
export function followUps(call: EndedCall, verdict: Verdict, history: CallerHistory, now: number): JournalEntry[] {
  if (verdict.verdict === 'answered') return call.direction === 'inbound' ? afterTalk(call, verdict, now) : []
  return verdict.verdict === 'missed' && call.direction !== 'callback' ? afterLoss(call, verdict, history, now) : []
}

function afterTalk(call: EndedCall, verdict: Verdict, now: number): JournalEntry[] {
  const { number } = call.caller
  if (!number) return []
  const talk = call.path.steps.findLast((step) => step.kind === 'talk')
  const { talkMs } = verdict
  const by = talk?.person ?? null
  const began = { talk: call.id, began: call.arrivedAt }
  return [
    { op: 'notice.cancel', row: { caller: number, ...began } },
    { op: 'callback.cancel', row: { number, at: now, outcome: 'came-back', ...began } },
    { op: 'case.close', row: { caller: number, at: now, how: 'came-back', by, talkMs, ...began } },
  ]
}

/** An operator has called the client himself and spoken with him. A moment is no talk: it may have been a machine. */
export function closedByOutsideTalk({ id, number, operator, ms, at }: OutsideTalk, config: Config): JournalEntry[] {
  if (ms < successMs(config)) return []
  const over = at + ms
  const began = { talk: id, began: at }
  return [
    { op: 'notice.cancel', row: { caller: number, ...began } },
    { op: 'callback.cancel', row: { number, at: over, outcome: 'called-out', ...began } },
    { op: 'case.close', row: { caller: number, at: over, how: 'called-out', by: operator, talkMs: ms, ...began } },
  ]
}

function afterLoss(call: EndedCall, verdict: Verdict, history: CallerHistory, now: number): JournalEntry[] {
  const { config } = call.snapshot
  const { caller, line } = call
  const owner = owningGroup(config, line.number, verdict.group)
  const plan = callbackPlan(config, {
    number: caller.number,
    withheld: caller.shown === '',
    owner,
    arrivedAt: call.arrivedAt,
    now,
    lastTalkBegan: history.lastTalk?.began ?? null,
    doNotCall: history.doNotCall,
    diallable: history.diallable,
    calledLately: history.calledLately ?? false,
    endedAt: call.endedAt ?? now,
    asked: askedOf(call.path.steps),
  })
  const payload = missedCallPayload(call, verdict, history, plan, owner)
  const { wait, thread_per } = config.missed_calls.mail
  const notices = recipientsOf(config, line.number, verdict.group).map(
    ({ address, language, calendar }): JournalEntry => ({
      op: 'notice',
      row: {
        id: noticeId(call.id, address),
        kind: 'missed',
        callId: call.id,
        caseId: null,
        recipient: address,
        language,
        payload: calendar ? { ...payload, calendar } : payload,
        // what becomes of this call answers its mail, also where calls do not answer one another
        threadKey: caller.number && `${caller.number} ${line.number} ${thread_per === 'call' ? call.id : dayOf(call)}`,
        dueAt: dueAt(call.endedAt ?? now, wait, now),
        createdAt: now,
      },
    }),
  )
  const list = openList(call, plan, owner, now)
  // a case that is not opened has nobody to remind
  return [...notices, ...list, ...(list.length > 0 ? escalationEntries(call, payload, owner, caseCaller(call)) : [])]
}

/** Whose case it is: '' of a caller who showed no number, and gave none. */
function caseCaller({ caller, path }: EndedCall): string {
  return caller.number ?? askedOf(path.steps)?.number ?? ''
}

/** Whom we learn of late gets the same time to be found spoken with: what else we learn of may tell so. */
function dueAt(endedAt: number, wait: number, now: number): number {
  return endedAt + wait >= now ? endedAt + wait : now + wait
}

function openList(call: EndedCall, plan: CallbackPlan, group: string, now: number): JournalEntry[] {
  const asked = askedOf(call.path.steps)
  const number = caseCaller(call)
  if (plan.kind === 'none' && plan.why === 'spoken-with') return []
  const { config } = call.snapshot
  const line = call.line.number
  const lineGroup = lineGroupOf(config, line)
  const loss: JournalEntry = {
    op: 'case.loss',
    row: {
      id: `case-${call.id}`,
      caller: number,
      line,
      lineGroup,
      group,
      callId: call.id,
      at: call.arrivedAt,
      slaDueAt: slaDueAt(config, call.arrivedAt),
    },
  }
  if (plan.kind === 'none') return [loss]
  const { dueAt, expiresAt } = plan
  const row = {
    id: `cb-${call.id}`,
    callId: call.id,
    number: plan.number,
    line,
    group: plan.group,
    at: now,
    dueAt,
    expiresAt,
    caseKey: `${number} ${lineGroup}`,
    ...(asked && { kind: asked.afterMeeting ? ('meeting' as const) : ('requested' as const) }),
    ...(asked && { priority: REQUESTED, since: asked.since }),
  }
  return [loss, { op: 'callback.new', row }]
}

function missedCallPayload(
  call: EndedCall,
  verdict: Verdict,
  history: CallerHistory,
  plan: CallbackPlan,
  owner: string,
): MissedCallPayload {
  const { config } = call.snapshot
  const steps = call.path.journey
  const recorded = steps.findLast((step) => step.kind === 'recorded')
  const { lastTalk } = history
  return {
    callId: call.id,
    caller: call.caller,
    line: call.line,
    company: { name: config.company.name, zone: config.company.timezone },
    replyTo: config.groups[owner]?.email ?? config.people[owner]?.email ?? null,
    calledAt: call.arrivedAt,
    reason: reasonCode(verdict),
    detail: verdict.detail,
    pressed: steps.flatMap((step) => (step.kind === 'key' ? [{ key: step.key, label: step.label }] : [])),
    waitedMs: verdict.waitMs,
    rung: rungPeople(steps),
    voicemail: recorded && recorded.ms > 0 ? { file: recorded.file ?? '', ms: recorded.ms } : null,
    earlier: {
      callsToday: history.callsToday,
      lastTalk: lastTalk && {
        at: lastTalk.at,
        ms: lastTalk.ms,
        with: lastTalk.operator && (config.people[lastTalk.operator]?.name ?? lastTalk.operator),
      },
    },
    next: plan.kind === 'none' ? plan : { kind: 'callback', at: plan.whenFree ? 'when-free' : plan.dueAt },
    restored: call.restored ?? false,
  }
}

function reasonCode({ reason }: Verdict): MissedCallPayload['reason'] {
  return reasonCodes.find((code) => code === reason) ?? 'other'
}

/** Each person once, as he was last rung, or why he was not. */
function rungPeople(steps: StepRow[]): MissedCallPayload['rung'] {
  const people = new Map<string, MissedCallPayload['rung'][number]>()
  for (const step of steps)
    if (step.kind === 'rung') people.set(step.person, { name: step.name, result: step.result, ms: step.ms })
  return [...people.values()]
}

/** The same call and recipient have the same notice, whoever writes it and how often. */
function noticeId(callId: string, address: string): string {
  return `${callId}.${Buffer.from(address.toLowerCase()).toString('base64url')}`
}

function dayOf(call: EndedCall): string {
  return localDate(call.arrivedAt, call.snapshot.config.company.timezone)
}
