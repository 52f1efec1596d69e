/** Lost calls of a company with many mailboxes, one after another over some days, as the journal writes their notices. */
import type { JournalEntry } from '../../../src/store/journal.ts'
import { chance } from '../../reports/support/random.ts'
import { missedCall } from '../support/samples.ts'

export interface Loss {
  /** Of the notice and of its call. */
  id: string
  recipient: string
  at: number
  entry: JournalEntry
}

const MAILBOXES = 40
/** As `missed_calls: mail: wait:` has it. */
const WAIT_MS = 10_000

/** `count` notices between two moments, in their order. A fifth of the callers ring again and stay in their thread. */
export function losses(count: number, from: number, to: number, seed: number): Loss[] {
  const dice = chance(seed)
  const callers: { number: string; recipient: string }[] = []
  const times = Array.from({ length: count }, () => Math.round(from + dice.next() * (to - from))).toSorted(
    (a, b) => a - b,
  )
  return times.map((at, n) => {
    const again =
      callers.length > 0 && dice.is(0.2)
        ? callers[dice.whole(Math.max(0, callers.length - 50), callers.length - 1)]
        : undefined
    const who = again ?? {
      number: `+79${String(100_000_000 + n)}`,
      recipient: `box${dice.whole(1, MAILBOXES)}@example.ru`,
    }
    if (!again) callers.push(who)
    const id = `n${String(n).padStart(6, '0')}`
    const { number, recipient } = who
    const payload = missedCall({ callId: id, caller: { number, shown: number, name: null }, calledAt: at })
    const common = {
      kind: 'missed',
      callId: id,
      caseId: null,
      recipient,
      language: dice.is(0.8) ? 'ru' : 'en',
    } as const
    const row = { ...common, id, payload, threadKey: number, dueAt: at + WAIT_MS, createdAt: at }
    return { id, recipient, at, entry: { op: 'notice', row } }
  })
}
