/**
 * Before a notice leaves: does it go by itself, or into a digest? In a storm (more than so many to one recipient within some minutes), outside of
 * the recipient's hours, and where one caller rang again and again while we were away, notices are gathered, and one tells of all.
 */
import { DateTime } from 'luxon'
import { z } from 'zod'
import type { Config } from '../config/schema.ts'
import { isOpen, nextOpening } from '../model/business-hours.ts'
import { ulid } from '../model/ulid.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Digests } from '../store/digests.ts'
import type { OutboxNotice } from '../store/outbox.ts'
import type { Gate } from './delivery.ts'
import type { DigestPayload } from './payload.ts'

export interface DigestGateParts {
  digests: Digests
  config: () => Config
  clock: Clock
  /** Is the case still open, and has nobody taken it? */
  stillNeeded: (caseId: string) => Promise<boolean>
}

/** The book of an absence is read within this time: what one caller did stands together then. */
const AWAY_MS = 10_000

const GATHERED = new Set(['missed', 'closed', 'callback-failed'])

export function digestGate(parts: DigestGateParts): Gate {
  const { digests, clock } = parts
  return async (notice) => {
    // programs are neither asleep nor drowned by ten messages
    if (notice.recipient.startsWith('webhook:')) return { kind: 'go' }
    if (notice.kind === 'escalation') return escalationPasses(notice, parts)
    const config = parts.config()
    const now = clock.now()
    const opening = nightUntil(config, now)
    if (notice.kind === 'digest')
      return opening === null || isDigestTime(config, now) ? { kind: 'go' } : { kind: 'hold', until: opening }
    // one that a server has seen already is not taken back
    if (!GATHERED.has(notice.kind) || notice.tries > 1) return { kind: 'go' }
    const { over, within } = config.missed_calls.mail.digest
    const storm = opening === null && (await digests.sentSince(notice.recipient, now - within)) >= over
    const away = opening === null && !storm && isRestored(notice) && (await digests.hasCompany(notice))
    if (opening === null && !storm && !away) return { kind: 'go' }
    const { name, timezone: zone } = config.company
    const why = storm ? 'storm' : away ? 'away' : 'night'
    const payload: DigestPayload = { company: { name, zone }, replyTo: null, why }
    const dueAt = opening ?? now + (away ? AWAY_MS : within)
    await digests.gather(notice, { digestId: `dg-${ulid(now)}`, payload, dueAt, at: now })
    return { kind: 'gathered' }
  }
}

function isRestored({ kind, payload }: OutboxNotice): boolean {
  return kind === 'missed' && restored.safeParse(JSON.parse(payload)).success
}
const restored = z.object({ restored: z.literal(true) })

async function escalationPasses({ caseId }: OutboxNotice, { stillNeeded }: DigestGateParts): ReturnType<Gate> {
  const needed = caseId === null || (await stillNeeded(caseId))
  return needed ? { kind: 'go' } : { kind: 'needless', why: 'somebody has taken it' }
}

/** `at:` has come, and the hours begin later on this day: the digest of the night goes. */
function isDigestTime(config: Config, now: number): boolean {
  const { night, at } = config.missed_calls.mail.digest
  const schedule = night === undefined ? undefined : config.hours[night]
  if (!schedule || at === undefined) return false
  const zone = config.company.timezone
  const opening = nextOpening(schedule, schedule.closedDays, zone, now)
  return opening !== null && timeOfDay(opening, zone, at) <= now
}

function timeOfDay(day: number, zone: string, minutes: number): number {
  const time = { hour: Math.floor(minutes / 60), minute: minutes % 60, second: 0, millisecond: 0 }
  return DateTime.fromMillis(day, { zone }).set(time).toMillis()
}

/**
 * Outside of the hours of `digest: night:` the instant at which the night's digest goes; null within them, and without such a rule.
 * `at:` names a time of the day on which the hours begin again; if that has passed already, their beginning counts.
 */
export function nightUntil(config: Config, now: number): number | null {
  const { night, at } = config.missed_calls.mail.digest
  const schedule = night === undefined ? undefined : config.hours[night]
  if (!schedule) return null
  const zone = config.company.timezone
  if (isOpen(schedule, schedule.closedDays, zone, now)) return null
  const opening = nextOpening(schedule, schedule.closedDays, zone, now)
  if (opening === null || at === undefined) return opening
  const asked = timeOfDay(opening, zone, at)
  return asked > now ? asked : opening
}
