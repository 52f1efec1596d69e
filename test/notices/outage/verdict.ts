/** What must hold after an outage, looked at from the mail server's side: sentences about what does not. */
import type { Outage } from './outage.ts'

export function broken(outage: Outage): string[] {
  return [
    ...lostOrDoubled(outage),
    ...outOfOrder(outage),
    ...tooFast(outage),
    ...tooEager(outage),
    ...unfinished(outage),
  ]
}

function lostOrDoubled({ losses, taken }: Outage): string[] {
  const copies = new Map<string, number>()
  for (const call of taken.flatMap(({ calls }) => calls)) copies.set(call, (copies.get(call) ?? 0) + 1)
  const ids = new Set(taken.map(({ messageId }) => messageId))
  return [
    ...losses.filter(({ id }) => !copies.has(id)).map(({ id }) => `nobody was told of ${id}`),
    ...[...copies].filter(([, count]) => count > 1).map(([id, count]) => `${id} was told ${count} times`),
    ...(ids.size === taken.length ? [] : ['two mails share a Message-ID']),
  ]
}

/** Who called first is told of first, in each mailbox; also from digest to digest. */
function outOfOrder({ losses, taken }: Outage): string[] {
  const place = new Map(losses.map(({ id }, n) => [id, n]))
  const last = new Map<string, number>()
  return taken.flatMap(({ to, calls }) =>
    calls.flatMap((call) => {
      const before = last.get(to) ?? -1
      const now = place.get(call) ?? -1
      last.set(to, now)
      return now > before ? [] : [`${to} was told of ${call} after a later one`]
    }),
  )
}

/** In no ten seconds more than the pace allows, and what the connections begin with. */
function tooFast({ taken, perSecond, connections }: Outage): string[] {
  const most = perSecond * 10 + connections
  for (let first = 0, last = 0; last < taken.length; last++) {
    while (taken[last]!.at - taken[first]!.at >= 10_000) first++
    if (last - first + 1 > most) return [`${last - first + 1} mails within ten seconds, up to ${taken[last]!.to}`]
  }
  return []
}

/** A server that is away is asked once a minute, and a mailbox that greylists once for each of its waits. */
function tooEager({ plan, losses, tries }: Outage): string[] {
  const mailboxes = new Set(losses.map(({ recipient }) => recipient)).size
  const asked = plan.hours * 60 + 60
  return [
    ...(tries.away <= asked ? [] : [`a server that was away was asked ${tries.away} times`]),
    ...(tries.greylisted <= mailboxes * 8 ? [] : [`${mailboxes} mailboxes sent us away ${tries.greylisted} times`]),
  ]
}

function unfinished({ statuses }: Outage): string[] {
  return Object.entries(statuses)
    .filter(([state]) => !/ (sent|digested)$/.test(state))
    .map(([state, count]) => `${count} rows are left ${state}`)
}
