/** I14: a case that nobody took in time is told to whom the rule names, once for each step, and one that was taken or closed is not. */
import { ESCALATIONS, officeTimeAfter } from '../company.ts'
import type { Mood } from '../played-mail.ts'
import { type Evidence, groupedBy } from './evidence.ts'

/** The daemon's clock for a call that it learned of afterwards is one of whole seconds. */
const TOO_EARLY_MS = 2_000
/** When nothing is wrong the mail is there so long after its time. */
const TOLD_MS = 3 * 60_000
/** Who was asked to come again later does not come at once when he may. */
const PATIENCE_MS = 65 * 60_000
/** A mail that the server keeps waiting, or refuses for what is about us, comes again later and later. */
const PUTS_OFF: ReadonlySet<string> = new Set<Mood>(['greylists', 'refuses us', 'takes its time', 'greets late'])
/** A server that refuses everybody is asked again so long after it is well, at most. */
const REFUSED_MS = 10 * 60_000

interface Case {
  id: string
  /** When it was lost, taken or closed, as the world saw it. */
  lostAt: number
  endedAt: number
  isClosed: boolean
}

export function toldAbove(evidence: Evidence): string[] {
  const mails = groupedBy(evidence.chronicle.mails, ({ notice }) => notice)
  const dead = new Set(
    evidence.rows<{ id: string }>(`SELECT "id" FROM "Notice" WHERE "status" = 'dead'`).map(({ id }) => id),
  )
  return cases(evidence).flatMap((row) =>
    ESCALATIONS.flatMap(({ step, afterMs, inOffice, to }) => {
      const dueAt = inOffice ? officeTimeAfter(row.lostAt, afterMs) : row.lostAt + afterMs
      return to.flatMap((address) => {
        const notice = `${row.id}.${step}.${Buffer.from(address).toString('base64url')}`
        const sent = mails.get(notice) ?? []
        if (sent.length === 0 && !dead.has(notice))
          return row.endedAt > toldBy(evidence, row, dueAt)
            ? [`I14 nobody took ${row.id}, and ${address} was not told (step ${step})`]
            : []
        return sent.flatMap(({ at }) => {
          if (at < dueAt - TOO_EARLY_MS && !evidence.clockWasWrong(row.lostAt, at))
            return [`I14 ${address} was told of ${row.id} before its time (step ${step})`]
          return at > evidence.settledBy(row.endedAt, evidence.onItsWayMs(row.endedAt))
            ? [`I14 ${address} was told that nobody took ${row.id}, and somebody had (step ${step})`]
            : []
        })
      })
    }),
  )
}

function cases(evidence: Evidence): Case[] {
  const rows = evidence.rows<{ id: string; closedAt: number | null }>(`SELECT "id", "closedAt" FROM "Case"`)
  return rows.flatMap(({ id, closedAt }) => {
    const loss = evidence.chronicle.calls.get(id.replace('case-', ''))
    if (!loss) return []
    // of what was written by a wrong clock nobody knows when it was; the act is known
    const closed = closedAt === null ? Infinity : evidence.worldTime(closedAt)
    const ended = evidence.chronicle.acts.find((act) => act.id === id)?.at ?? Infinity
    return [{ id, lostAt: loss.at, endedAt: Math.min(closed, ended), isClosed: closedAt !== null }]
  })
}

/** Who took or closed the case later than this did so after the mail. By a wrong clock any time may be the right one, but for a case that stays. */
function toldBy(evidence: Evidence, { lostAt, endedAt, isClosed }: Case, dueAt: number): number {
  const { moods } = evidence.chronicle
  const ready = evidence.settledBy(dueAt, TOLD_MS)
  const until = isClosed ? Math.max(ready, endedAt) : ready
  if (evidence.clockWasWrong(lostAt, until)) return Number.MAX_VALUE
  return moods.reduce((by, { at, mood }, i) => {
    const over = moods[i + 1]?.at ?? at
    if (mood === 'well' || at > by || over < dueAt - PATIENCE_MS) return by
    const late = PUTS_OFF.has(mood) ? PATIENCE_MS : mood === 'refuses for good' ? REFUSED_MS : TOLD_MS
    return Math.max(by, evidence.settledBy(over, late))
  }, ready)
}
