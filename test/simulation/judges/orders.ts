/** I16: who has gone, by an order that was carried out, is not rung, also by the next life of the daemon; and each order is answered. */
import type { Order } from '../chronicle.ts'
import { MOBILE, PHONES } from '../company.ts'
import type { Evidence } from './evidence.ts'

/** The daemon looks twice a second, and who is being rung is rung on. */
const CARRIED_OUT_MS = 5_000
export const GOES: ReadonlySet<string> = new Set(['sign-out', 'pause', 'do-not-disturb'])

export interface Absence {
  person: string
  from: number
  to: number
}

export function ordersHeeded(evidence: Evidence): string[] {
  const unanswered = evidence
    .rows<{ id: string }>(`SELECT "id" FROM "OperatorOrder" WHERE "doneAt" IS NULL OR "result" = 'unknown'`)
    .map(({ id }) => `I16 ${id} was not carried out`)
  const rung = absences(evidence).flatMap(({ person, from, to }) =>
    evidence.calls.flatMap(({ channel, party, at, forChannel }) =>
      channel.startsWith('leg-') && party === PHONES[person] && at > from && at < to && !isMeant(evidence, forChannel)
        ? [`I16 ${person} was rung (${channel}) and had gone`]
        : [],
    ),
  )
  return [...unanswered, ...rung]
}

/** An operator has transferred the caller to this number, whoever may be there. */
function isMeant(evidence: Evidence, caller: string | null): boolean {
  return evidence.chronicle.transfers.some(({ channel, to }) => channel === caller && to === MOBILE)
}

/** Until the order to be there again, which may be carried out at once. */
export function absences(evidence: Evidence): Absence[] {
  const orders = carriedOut(evidence)
  return orders.flatMap(({ person, wish, at }, i) => {
    if (!GOES.has(wish)) return []
    const back = orders.slice(i + 1).find((later) => later.person === person)
    return [{ person, from: evidence.settledBy(at, CARRIED_OUT_MS), to: back?.at ?? Infinity }]
  })
}

/** What the person was last asked to be by then, and became; undefined: nothing. */
export function lastWish(evidence: Evidence, person: string, at: number): Order | undefined {
  return carriedOut(evidence).findLast((order) => order.person === person && order.at <= at)
}

function carriedOut(evidence: Evidence): Order[] {
  const done = new Set(
    evidence.rows<{ id: string }>(`SELECT "id" FROM "OperatorOrder" WHERE "result" = 'done'`).map(({ id }) => id),
  )
  return evidence.chronicle.orders.filter(({ id }) => done.has(id))
}
