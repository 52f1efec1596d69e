/** How long callers waited, in classes. Pure. */
import type { ReportContext } from './context.ts'
import { reportWord } from './labels.ts'
import { share, type Table } from './table.ts'
import { shownSpan } from './wording.ts'

/** Seconds; the same as the buckets of `perezvon_call_wait_seconds`, so that both can be laid side by side. */
export const waitLimits = [5, 10, 15, 20, 30, 45, 60, 90, 120, 300] as const

/** One row for each limit and one for what was longer. */
export function waitTable(
  { language }: Pick<ReportContext, 'language'>,
  slots: readonly { answered: number; lost: number }[],
): Table {
  const all = slots.reduce((sum, { answered, lost }) => sum + answered + lost, 0)
  return {
    id: 'waits',
    columns: ['wait_up_to', 'answered', 'lost', 'part'],
    rows: slots.map(({ answered, lost }, slot) => {
      const limit = waitLimits[slot]
      return {
        wait_up_to: limit === undefined ? reportWord(language, 'longer') : shownSpan(limit, language),
        answered,
        lost,
        part: share(answered + lost, all),
      }
    }),
    total: null,
  }
}
