/** What the records and the guard's rules know of a caller, for the mail and the plan. */
import type { EndedCall } from '../calls/end-of-call.ts'
import { refusedPrefix } from '../dialling/allow-list.ts'
import { startOfDay } from '../dialling/calendar-day.ts'
import { callerRecord } from '../store/call-records.ts'
import type { Prisma } from '../store/database.ts'
import type { CallerHistory } from './follow-ups.ts'
import { askedOf } from './open-case.ts'

/** The system calls a number back once an hour, unless it waits for its next try anyway: else anybody can make it ring. */
const LATELY_MS = 3_600_000

/** Of who withheld his number nothing is known; of who was spoken with nothing is asked. */
export async function callerHistory(prisma: Prisma, call: EndedCall, now: number): Promise<CallerHistory> {
  const number = askedOf(call.path.steps)?.number ?? call.caller.number
  const spokenWith = call.path.steps.some(({ kind }) => kind === 'talk')
  if (!number || spokenWith) return { callsToday: 1, lastTalk: null, doNotCall: false, diallable: false }
  const { company, dialling } = call.snapshot.config
  const { calls, lastTalk, doNotCall, calledLately } = await callerRecord(
    prisma,
    number,
    startOfDay(call.arrivedAt, company.timezone),
    call.arrivedAt - LATELY_MS,
    now,
  )
  const diallable = refusedPrefix(number, { country: company.country, ...dialling }) === null
  return { callsToday: Math.max(1, calls), lastTalk, doNotCall, diallable, calledLately }
}
