/** I2: a mail goes out once, unless the server's word on it was lost; and I1: no refusal that would hit every mail buries one. */
import { REFUSED_FOR_GOOD } from '../played-mail.ts'
import { type Evidence, groupedBy } from './evidence.ts'

/** A mail is marked within so much of the server's word, if nothing keeps the daemon from it. */
const MARK_MS = 2_000
/** Copies of which nobody knows whether they came. */
const MOST_COPIES = 4

export function noMailTwice(evidence: Evidence): string[] {
  const { mails, troubles } = evidence.chronicle
  /** Until when the daemon may not have been able to mark what was taken then. */
  const markedBy = (at: number) =>
    Math.max(
      at,
      ...troubles.flatMap(({ of, from, to }) =>
        (of === 'freeze' || of === 'database') && from <= at + MARK_MS && to >= at ? [to] : [],
      ),
    ) + MARK_MS
  return [...groupedBy(mails, ({ notice }) => notice)].flatMap(([notice, taken]) => {
    // a server that needs minutes has the copy of a dead daemon before that of the living one, and may deliver it after that
    const copies = taken.toSorted((a, b) => a.begunAt - b.begunAt)
    const ids = new Set(copies.map(({ messageId }) => messageId))
    if (ids.size > 1) return [`I2 the copies of ${notice} have different ids`]
    const excused = copies
      .slice(0, -1)
      .every(
        ({ unheard, at }) =>
          unheard || troubles.some(({ of, from }) => of === 'daemon' && from >= at && from <= markedBy(at)),
      )
    return excused ? [] : [`I2 ${notice} was sent ${copies.length} times without need`]
  })
}

/** I2: a server that never says the last word does not get a mail for ever. Copies that the death of the daemon explains are no try of its own. */
export function fewCopies({ chronicle: { mails, troubles } }: Evidence): string[] {
  return [...groupedBy(mails, ({ notice }) => notice)].flatMap(([notice, copies]) => {
    const unheard = copies.filter((copy) => copy.unheard)
    const first = Math.min(...unheard.map(({ begunAt }) => begunAt))
    const deaths = troubles.filter(({ of, to }) => of === 'daemon' && to >= first).length
    return unheard.length > MOST_COPIES + deaths ? [`I2 ${notice} was sent ${unheard.length} times into silence`] : []
  })
}

/** I1: what is given up is given up because of the mailbox. */
export function nothingBuried({ rows }: Evidence): string[] {
  return rows<{ id: string; lastError: string | null }>(
    `SELECT "id", "lastError" FROM "Notice" WHERE "status" = 'dead'`,
  ).flatMap(({ id, lastError }) =>
    lastError?.includes(REFUSED_FOR_GOOD) ? [] : [`I1 ${id} is buried by a refusal that is not about it: ${lastError}`],
  )
}
