/** What the records and the guard's rules know of a caller, for the mail and the plan. */
import type { EndedCall } from '../calls/end-of-call.ts'
import { refusedPrefix } from '../dialling/allow-list.ts'
import { startOfDay } from '../dialling/calendar-day.ts'
import { isLostInTransfer } from '../model/call-outcome.ts'
import { callerRecord } from '../store/call-records.ts'
import type { Prisma } from '../store/database.ts'
import type { CallerHistory } from './follow-ups.ts'
import { askedOf } from './open-case.ts'

/** The system calls a number back once an hour, unless it waits for its next try anyway: else anybody can make it ring. */
const LATELY_MS = 3_600_000

/** Of a withheld number nothing is known; of a caller who was spoken with, and not lost in a transfer afterwards, nothing is asked. */
export async function callerHistory(prisma: Prisma, call: EndedCall, now: number): Promise<CallerHistory> {
  const own = call.caller.number
  // the number that may be called; what is told of the caller is told of the number that called
  const number = askedOf(call.path.steps)?.number ?? own
  const { steps } = call.path
  const spokenWith = steps.some(({ kind }) => kind === 'talk') && !isLostInTransfer(steps)
  if (!number || spokenWith) return { callsToday: 1, lastTalk: null, doNotCall: false, diallable: false }
  const { company, dialling } = call.snapshot.config
  const { arrivedAt } = call
  const since = startOfDay(arrivedAt, company.timezone)
  const known = (of: string) => callerRecord(prisma, of, since, arrivedAt - LATELY_MS, now, arrivedAt)
  const { calls, lastTalk, doNotCall, calledLately } = await known(number)
  const caller = own && own !== number ? await known(own) : { calls: own ? calls : 0, lastTalk: null }
  const diallable = refusedPrefix(number, { country: company.country, ...dialling }) === null
  const talk = (caller.lastTalk?.at ?? 0) > (lastTalk?.at ?? 0) ? caller.lastTalk : lastTalk
  return { callsToday: Math.max(1, caller.calls), lastTalk: talk, doNotCall, diallable, calledLately }
}
