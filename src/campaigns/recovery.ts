/**
 * What a former life of the daemon left behind: run once at the start, before the dialer.
 *
 * An attempt without an end may have rung: it counts as made, and the contact waits for its next try by the rule or is `unknown`. It is
 * never placed again under its old number.
 */
import type { Config } from '../config/schema.ts'
import type { Logger } from '../runtime/logger.ts'
import { attemptsOf, endAttempt, unsettledContacts } from '../store/attempts.ts'
import { settleContact } from '../store/contacts.ts'
import type { Prisma } from '../store/database.ts'
import { failLostTestCalls } from '../store/test-calls.ts'
import { zoneOfDays } from './contact-zone.ts'
import { settleByRule } from './settle.ts'

export interface LeftBehind {
  prisma: Prisma
  config: Config
  /** This daemon's name; what other nodes do is theirs. */
  node: string
  /** Channels that live in Asterisk now. `talking`: bridged with somebody; such a talk goes on without us. */
  live: readonly { id: string; talking: boolean }[]
  /** Ends a channel of ours that nobody looks after. */
  hangup: (channelId: string) => Promise<void>
  log: Logger
  /** Milliseconds. */
  at: number
}

/** Returns how many attempts were interrupted. */
export async function recoverCampaigns(left: LeftBehind): Promise<number> {
  const orphans = left.live.filter(({ id, talking }) => !talking && /^(attempt|test)-/.test(id))
  await Promise.all(
    orphans.map(({ id }) =>
      left.hangup(id).catch((error: unknown) => left.log.warn('an orphaned call was not hung up', { id, error })),
    ),
  )
  const talking = new Set(left.live.flatMap(({ id, talking }) => (talking ? [id] : [])))
  const interrupted = await settleUnfinished({ ...left, talking, inFlight: new Set() })
  await failLostTestCalls(left.prisma, left.at)
  if (interrupted > 0) left.log.warn('campaign calls were interrupted by the last end of the daemon', { interrupted })
  return interrupted
}

/** Contacts that this node claimed and that nobody works on, `inFlight` being those that somebody does. Returns how many had been dialled. */
export async function settleUnfinished(
  left: Pick<LeftBehind, 'prisma' | 'config' | 'node' | 'at'> & {
    talking: ReadonlySet<string>
    inFlight: ReadonlySet<string>
  },
): Promise<number> {
  const { prisma, config, at } = left
  let interrupted = 0
  for (const contact of await unsettledContacts(prisma, left.node)) {
    if (left.inFlight.has(contact.id)) continue
    const last = (await attemptsOf(prisma, contact.id)).at(-1)
    const plan = config.campaigns[contact.key]
    if (last && last.status !== 'ended') {
      // whoever talks with one of our people was reached
      await endAttempt(prisma, last.id, at, left.talking.has(last.id) ? 'completed' : 'interrupted', null)
      interrupted++
    }
    if (!last || last.reservedAt < contact.claimedAt) {
      // claimed, but no attempt was written: then nothing was dialled
      await settleContact(prisma, contact.id, at, { status: 'queued' })
    } else if (plan) {
      await settleByRule(prisma, contact.id, plan, zoneOfDays(contact.timezone, config.company.timezone), at)
    } else {
      await settleContact(prisma, contact.id, at, { status: 'unknown' })
    }
  }
  return interrupted
}
