/**
 * The guard: every call that we place to the outside passes `clearToDial`, and only what it returns is dialled.
 *
 * It fails closed. What can be told from the configuration is told first; the rest (do-not-call, caps, lines, "never two at once") is
 * one statement that checks and reserves, because between a check and a reservation an opt-out may come in.
 */
import type { Config } from '../config/schema.ts'
import { parsePhone } from '../model/phone-number.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Prisma } from '../store/database.ts'
import { type DialLimit, type DialPurpose, type ReservationRefusal, reserveDial } from '../store/dial-ledger.ts'
import type { DialTarget } from '../telephony/api.ts'
import { type PrefixRefusal, refusedPrefix } from './allow-list.ts'
import { callerIdFor, callerName, ownNumbers } from './caller-id.ts'
import { startOfDay } from './calendar-day.ts'
import { trunkTarget } from './dial-string.ts'

export interface Guard {
  prisma: Prisma
  /** Today's configuration: a list of forbidden prefixes holds from its reload on, also for calls under way to be placed. */
  config: () => Config
  clock: Clock
  log: Logger
  /** Callers who occupy lines of a trunk now. Missing: only the trunk's reserve is kept for them. */
  callersOn?: (trunk: string) => number
  /** Ids of the calls that this process has reserved and not ended yet: whoever looks for forgotten reservations leaves these alone. */
  inHand?: Set<string>
}

/** A wish to ring somebody outside. */
export interface DialOrder {
  purpose: DialPurpose
  /** Ours, new for each call. */
  channelId: string
  /** As it stands in a list or the configuration; any notation. */
  number: string
  /** Key in `trunks:`. */
  trunk: string
  /** The number of ours that is shown; the trunk's first if missing. */
  shown?: string
  /** The name that is shown; the company's if missing. */
  shownName?: string
  /** Leaves the trunk's reserve to callers also where its purpose need not. */
  keepsReserve?: boolean
  /** Stricter than the guard's own: what the law's profile allows a campaign. */
  limits?: readonly DialLimit[]
}

export type DialRefusal =
  PrefixRefusal | ReservationRefusal | 'own-number' | 'no-trunk' | 'caller-id-not-ours' | 'store-error'
export type Clearance =
  | { ok: true; number: string; target: DialTarget; callerId: { number: string; name: string } }
  | { ok: false; why: DialRefusal }

/** What each purpose must honour. `perDay` counts the calls that left our trunk, for one number, of the purposes in `among`. */
interface PurposeRules {
  honourDoNotCall: boolean
  oneAtATime: boolean
  keepsReserve: boolean
  /** The wanted number or none: a campaign promises its number to the carrier. */
  exactCallerId: boolean
  perDay: number | null
  among: readonly DialPurpose[]
}
const OUTSIDERS: readonly DialPurpose[] = ['campaign', 'callback']
const RULES: Record<DialPurpose, PurposeRules> = {
  campaign: {
    honourDoNotCall: true,
    oneAtATime: true,
    keepsReserve: true,
    exactCallerId: true,
    perDay: 3,
    among: OUTSIDERS,
  },
  callback: {
    honourDoNotCall: true,
    oneAtATime: true,
    keepsReserve: true,
    exactCallerId: false,
    perDay: 3,
    among: OUTSIDERS,
  },
  // an employee's own number: he is rung as often as customers call, and two customers at once are no mistake. It may take a line of the reserve:
  // that is kept for callers, and it is a caller whom he is rung for
  person: {
    honourDoNotCall: false,
    oneAtATime: false,
    keepsReserve: false,
    exactCallerId: false,
    perDay: null,
    among: [],
  },
  // a caller whom an operator transfers outside, to whatever number that dialled: capped, for a phone of ours may be in foreign hands
  transfer: {
    honourDoNotCall: false,
    oneAtATime: false,
    keepsReserve: false,
    exactCallerId: false,
    perDay: 20,
    among: ['transfer'],
  },
  // an employee dials from a desk: a person who wants to speak with that client, so the list of those whom no machine may call says nothing
  desk: {
    honourDoNotCall: false,
    oneAtATime: false,
    keepsReserve: true,
    exactCallerId: false,
    perDay: 20,
    among: ['desk'],
  },
  // the number comes from the command line, so it is capped; whoever tries the opt-out key stays able to test
  test: {
    honourDoNotCall: false,
    oneAtATime: true,
    keepsReserve: true,
    exactCallerId: true,
    perDay: 20,
    among: ['test'],
  },
}
/** After the longest call Asterisk itself ends the channel; a row this much older is a leftover. */
export const LEFTOVER_MS = 300_000

/**
 * May we place this call, and how? When ok, the call is reserved in the ledger under `order.channelId`: dial it or end it there
 * (`endDial`), or let `placeCall` do both.
 */
export async function clearToDial(guard: Guard, order: DialOrder): Promise<Clearance> {
  const config = guard.config()
  const country = config.company.country
  const number = parsePhone(order.number, country)
  if (!number) return refuse(guard, order, 'not-a-number')
  const prefix = refusedPrefix(number, { country, ...config.dialling })
  if (prefix) return refuse(guard, order, prefix)
  if (ownNumbers(config).has(number)) return refuse(guard, order, 'own-number')
  const trunk = config.trunks[order.trunk]
  if (!trunk) return refuse(guard, order, 'no-trunk')
  const rules = RULES[order.purpose]
  const shown = callerIdFor(order.shown, trunk, config, rules.exactCallerId)
  if (!shown) return refuse(guard, order, 'caller-id-not-ours')

  const at = guard.clock.now()
  const free = trunk.lines - (guard.callersOn?.(order.trunk) ?? 0)
  try {
    const refused = await reserveDial(guard.prisma, {
      channelId: order.channelId,
      number,
      purpose: order.purpose,
      trunk: order.trunk,
      at,
      honourDoNotCall: rules.honourDoNotCall,
      oneAtATime: rules.oneAtATime,
      maxLive: rules.keepsReserve || order.keepsReserve ? Math.min(free, trunk.lines - trunk.reserve_inbound) : free,
      liveSince: at - config.dialling.max_call - LEFTOVER_MS,
      limits: [...dayLimit(rules, startOfDay(at, config.company.timezone)), ...(order.limits ?? [])],
    })
    if (refused) return refuse(guard, order, refused)
  } catch (error) {
    guard.log.error('the database refused a reservation, so the call is not placed', {
      error,
      channel: order.channelId,
    })
    return { ok: false, why: 'store-error' }
  }
  return {
    ok: true,
    number,
    target: trunkTarget(number, trunk, country),
    callerId: {
      number: trunkTarget(shown, trunk, country).endpoint.slice('PJSIP/'.length).split('@')[0]!,
      name: callerName(order.shownName ?? config.company.name),
    },
  }
}

function dayLimit(rules: PurposeRules, since: number): DialLimit[] {
  if (rules.perDay === null) return []
  return [{ code: 'day-limit', count: rules.perDay, since, unit: 'try', purposes: rules.among }]
}

function refuse(guard: Guard, order: DialOrder, why: DialRefusal): Clearance {
  guard.log.info('the guard refused a call', { why, purpose: order.purpose, number: order.number, trunk: order.trunk })
  return { ok: false, why }
}
