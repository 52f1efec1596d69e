/** A wish for an operator's state, from outside of the daemon's own calls: written down for it, and its answer waited for. */
import { cleanText } from '../model/clean-text.ts'
import { ulid } from '../model/ulid.ts'
import { sleep } from '../runtime/abort.ts'
import type { Prisma } from '../store/database.ts'
import { orderOperator, orderResult, type OrderResult } from '../store/operators.ts'
import type { Wish } from './operator-state.ts'

/** The words of the command line and of the HTTP interface. */
export const wishWords = {
  in: 'sign-in',
  out: 'sign-out',
  pause: 'pause',
  resume: 'resume',
  dnd: 'do-not-disturb',
} as const satisfies Record<string, Wish>
export type WishWord = keyof typeof wishWords

export const LONGEST_REASON = 64
const ANSWER_MS = 4_000
const LOOK_MS = 50

/** Null: the daemon has not answered; it will carry the wish out when it runs. `onWritten`: the row is there. */
export async function askOperator(
  prisma: Prisma,
  wish: { person: string; word: WishWord; reason: string | null },
  onWritten: () => void = () => {},
): Promise<OrderResult | null> {
  const { person, word, reason } = wish
  const id = `order-${ulid()}`
  const cleaned = reason === null ? null : cleanText(reason, LONGEST_REASON)
  await orderOperator(prisma, { id, person, wish: wishWords[word], reason: cleaned, at: Date.now() })
  onWritten()
  for (const end = Date.now() + ANSWER_MS; Date.now() < end; await sleep(LOOK_MS)) {
    const result = await orderResult(prisma, id)
    if (result !== null) return result
  }
  return null
}
