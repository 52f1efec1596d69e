/** I2: a mail goes out once, unless the server's word on it was lost. */
import { type Evidence, groupedBy } from './evidence.ts'

/** A mail is marked within so much of the server's word, if nothing keeps the daemon from it. */
const MARK_MS = 2_000

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
  return [...groupedBy(mails, ({ notice }) => notice)].flatMap(([notice, copies]) => {
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
