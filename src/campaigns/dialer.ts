/**
 * The worker of the campaigns: takes contacts that are due, passes the guard, writes the attempt, dials, plays the script, settles.
 *
 * Order is everything: claim (one dialer has the contact), reservation (the guard), attempt row, and only then the call. Whatever dies
 * in between leaves a row that recovery.ts understands, and nobody is rung twice for one attempt.
 */
import type { Config } from '../config/schema.ts'
import type { CampaignPlan } from '../config/sections/campaigns.ts'
import { startOfNextDay } from '../dialling/calendar-day.ts'
import type { DialRefusal, Guard } from '../dialling/guard.ts'
import { placeCall } from '../dialling/place-call.ts'
import { ulid } from '../model/ulid.ts'
import { sleep } from '../runtime/abort.ts'
import type { Clock } from '../runtime/clock.ts'
import { crashPoint } from '../runtime/crash-point.ts'
import type { Logger } from '../runtime/logger.ts'
import { Poller } from '../runtime/poller.ts'
import { endAttempt, markAttemptAnswered, nextAttemptNo, openAttempt, recentResults } from '../store/attempts.ts'
import { type CampaignRow, finishCampaign, listCampaigns, pauseCampaign } from '../store/campaigns.ts'
import { claimContact, type ContactRow, nextDue, postponeZone, saveAnswer, settleContact } from '../store/contacts.ts'
import type { Prisma } from '../store/database.ts'
import { claimTestCall } from '../store/test-calls.ts'
import { CallEnded, type Leg, type Telephony } from '../telephony/api.ts'
import { pauseReason } from './auto-pause.ts'
import { type CampaignCallParts, runCampaignCall, scriptValues } from './campaign-call.ts'
import { type AttemptResult, resultOfFailure } from './contact-status.ts'
import { contactZone, zoneOfDays } from './contact-zone.ts'
import { type CampaignHours, eligibility, limitsOf } from './eligibility.ts'
import { optOut } from './opt-out.ts'
import { callsToPlace } from './pacing.ts'
import { profileFor } from './profiles/by-country.ts'
import { settleUnfinished } from './recovery.ts'
import { settleByRule } from './settle.ts'
import { runTestCall } from './test-call.ts'

export interface DialerParts {
  prisma: Prisma
  guard: Guard
  telephony: Telephony
  config: () => Config
  clock: Clock
  log: Logger
  /** This daemon's name; what it claims, only it recovers. */
  node: string
  call: CampaignCallParts
  /** Calls that occupy a trunk now, callers' and ours. */
  trunkInUse: (trunk: string) => number
  /** How often it looks when nothing wakes it. */
  everyMs?: number
  minIntervalMs?: number
  /** For the metrics. */
  onAttempt?: (campaign: string, result: AttemptResult) => void
}

const DEFAULTS = { everyMs: 250, restingMs: 1_000, minIntervalMs: 200 }
const PER_TICK = 1
/** Zones in which nobody may be called now are put off one by one; the others wait for the next look. */
const ZONES_PER_TICK = 40
const WAIT: Partial<Record<DialRefusal, number>> = {
  'number-busy': 120_000,
  'trunk-full': 5_000,
  'store-error': 30_000,
  'already-reserved': 30_000,
}
const RECENT = 20
/** Calls that were hung up at the end have so long to write their results. */
const SETTLE_MS = 3_000

/** Another dialer took the contact between the claim and the attempt; the call is not placed. */
class LostClaim extends Error {
  override name = 'LostClaim'
}

export class Dialer {
  #parts: DialerParts
  #poller: Poller
  #running = new Set<Promise<void>>()
  #live = new Map<string, number>()
  /** Contacts that are being called. */
  #inFlight = new Set<string>()
  #broken = false
  /** No campaign runs. */
  #resting = false
  /** Answered calls that only our script talks with. */
  #legs = new Set<Leg>()
  #lastPlaced = new Map<string, number>()
  #recent = new Map<string, { since: number; results: AttemptResult[] }>()
  #cutOff = new AbortController()

  constructor(parts: DialerParts) {
    this.#parts = parts
    this.#poller = new Poller({
      pass: () => this.pass(),
      everyMs: () => parts.everyMs ?? (this.#resting ? DEFAULTS.restingMs : DEFAULTS.everyMs),
      log: parts.log,
    })
  }

  start(): void {
    this.#poller.start()
  }

  wake(): void {
    this.#poller.wake()
  }

  /**
   * Calls nobody any more; what is under way may go on for `graceMs`, then it is hung up, except talks with our people: those go on in
   * Asterisk and are for recovery to find. Resolves when everything else is on disk.
   */
  async stop(graceMs: number): Promise<void> {
    await this.#poller.stop()
    const done = new AbortController()
    const idle = this.idle().finally(() => done.abort())
    const cut = sleep(graceMs, done.signal).then(() => {
      this.#cutOff.abort()
      for (const leg of this.#legs) void leg.hangup().catch(() => {})
      return sleep(SETTLE_MS, done.signal)
    })
    await Promise.race([idle, cut.catch(() => {})])
    done.abort()
  }

  /** Resolves when no call is under way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  /** One look at everything; public so that tests can do without the poller. */
  async pass(): Promise<void> {
    if (!this.#parts.telephony.ready) return
    if (this.#broken) await this.#mend()
    const test = await claimTestCall(this.#parts.prisma, this.#parts.clock.now())
    if (test) this.#track('test', test.id, runTestCall({ ...this.#parts, cutOff: this.#cutOff.signal }, test))
    try {
      const campaigns = await listCampaigns(this.#parts.prisma, 'running')
      this.#resting = campaigns.length === 0
      for (const campaign of campaigns) await this.#dialFor(campaign)
    } catch (error) {
      this.#broken = true // perhaps between a claim and its call
      throw error
    }
  }

  async #dialFor(campaign: CampaignRow): Promise<void> {
    const { prisma, log, clock } = this.#parts
    const config = this.#parts.config()
    const plan = config.campaigns[campaign.key]
    const schedule = plan ? config.hours[plan.hours] : undefined
    const trunk = plan ? config.trunks[plan.trunk] : undefined
    if (!plan || !schedule || !trunk) return this.#pause(campaign, 'not-in-config')
    const trouble = pauseReason(await this.#recentResults(campaign))
    if (trouble) return this.#pause(campaign, trouble)

    const hours = { times: schedule, closed: schedule.closedDays }
    const now = clock.now()
    const calls = callsToPlace({
      lines: plan.lines,
      live: this.#live.get(campaign.id) ?? 0,
      trunk: {
        lines: trunk.lines,
        reserveInbound: trunk.reserve_inbound,
        inUse: this.#parts.trunkInUse(plan.trunk),
      },
      msSinceLast: now - (this.#lastPlaced.get(campaign.id) ?? -Infinity),
      minIntervalMs: this.#parts.minIntervalMs ?? DEFAULTS.minIntervalMs,
      perTick: PER_TICK,
      ready: this.#parts.telephony.ready,
    })
    for (let i = 0; i < calls; i++) {
      const contact = await this.#claimEligible(campaign, hours, config)
      if (contact) {
        crashPoint('attempt.claimed')
        this.#lastPlaced.set(campaign.id, now)
        this.#track(campaign.id, contact.id, this.#attempt(campaign, plan, contact))
      } else if ((this.#live.get(campaign.id) ?? 0) === 0 && (await nextDue(prisma, campaign.id)) === null) {
        if (await finishCampaign(prisma, campaign.id, now)) log.info('a campaign is done', { campaign: campaign.id })
        return
      }
    }
  }

  /** The next due contact who may be called now; the others that were met are put off to their own hours. */
  async #claimEligible(campaign: CampaignRow, hours: CampaignHours, config: Config): Promise<ContactRow | null> {
    const { prisma, clock, node } = this.#parts
    const profile = profileFor(config.company.country)
    for (let looked = 0; looked < ZONES_PER_TICK; looked++) {
      const at = clock.now()
      const contact = await claimContact(prisma, campaign.id, node, at)
      if (!contact) return null
      const may = eligibility(contactZone(contact.timezone, config.company.timezone), hours, profile, at)
      if (may.ok) return contact
      if (may.notBefore === null) {
        await settleContact(prisma, contact.id, at, { status: 'skipped-hours' })
      } else {
        await settleContact(prisma, contact.id, at, { status: 'queued', dueAt: may.notBefore, note: 'hours' })
        await postponeZone(prisma, campaign.id, contact.timezone, at, may.notBefore)
      }
    }
    return null
  }

  async #attempt(campaign: CampaignRow, plan: CampaignPlan, contact: ContactRow): Promise<void> {
    const { prisma, guard, telephony, clock, node } = this.#parts
    const config = this.#parts.config()
    const zone = zoneOfDays(contact.timezone, config.company.timezone)
    const no = await nextAttemptNo(prisma, contact.id)
    const id = `attempt-${ulid(clock.now())}`
    const log = this.#parts.log.child({ campaign: campaign.id, attempt: id })
    const placed = await placeCall(
      guard,
      telephony,
      {
        purpose: 'campaign',
        channelId: id,
        number: contact.number,
        trunk: plan.trunk,
        shown: plan.line,
        limits: limitsOf(profileFor(config.company.country), zone, clock.now()),
      },
      {
        timeoutMs: plan.ring_for,
        signal: this.#cutOff.signal,
        log,
        onRinging: () => crashPoint('attempt.rings'),
        beforeDial: async () => {
          crashPoint('attempt.before-row')
          if (!(await openAttempt(prisma, { id, contactId: contact.id, no, node, at: clock.now() })))
            throw new LostClaim()
          crashPoint('attempt.after-row')
        },
      },
    )
    if (placed.kind === 'refused') return this.#refused(campaign, contact, placed.why, zone)
    const { result, cause } =
      placed.kind === 'answered'
        ? await this.#talk(campaign, plan, contact, id, placed.leg)
        : { result: resultOfFailure(placed.kind), cause: 'cause' in placed ? placed.cause : null }
    await endAttempt(prisma, id, clock.now(), result, cause)
    crashPoint('attempt.ended')
    await settleByRule(prisma, contact.id, plan, zone, clock.now())
    log.info('a campaign call came out', { result, cause, no })
    this.#recent.get(campaign.id)?.results.unshift(result)
    this.#parts.onAttempt?.(campaign.key, result)
  }

  async #talk(
    campaign: CampaignRow,
    plan: CampaignPlan,
    contact: ContactRow,
    id: string,
    leg: Leg,
  ): Promise<{ result: AttemptResult; cause: number | null }> {
    const { prisma, clock } = this.#parts
    this.#legs.add(leg)
    try {
      await markAttemptAnswered(prisma, id, clock.now())
      crashPoint('attempt.answered')
      const spoken = {
        values: scriptValues(plan, contact.values),
        language: this.#parts.config().company.language,
      }
      const record = {
        answer: (question: number, word: string) => saveAnswer(prisma, contact.id, question, word, clock.now()),
        optOut: () => optOut(prisma, clock, contact.number, campaign.key),
      }
      const { handOver, ...parts } = this.#parts.call
      const { status } = await runCampaignCall(leg, plan, spoken, record, {
        ...parts,
        handOver: async (caller, step) => {
          this.#legs.delete(caller)
          return handOver(caller, step).finally(() => this.#legs.add(caller))
        },
      })
      const reason: unknown = leg.signal.reason
      return { result: status, cause: reason instanceof CallEnded ? reason.causeCode : 16 }
    } finally {
      this.#legs.delete(leg)
    }
  }

  async #refused(campaign: CampaignRow, contact: ContactRow, why: DialRefusal, zone: string): Promise<void> {
    const { prisma, clock } = this.#parts
    const at = clock.now()
    switch (why) {
      case 'do-not-call':
        return settleContact(prisma, contact.id, at, { status: 'skipped-dnc' })
      case 'not-a-number':
      case 'premium':
      case 'denied':
      case 'not-allowed':
      case 'own-number':
        return settleContact(prisma, contact.id, at, { status: 'invalid', note: why })
      case 'day-limit':
      case 'talk-limit':
        return settleContact(prisma, contact.id, at, { status: 'queued', dueAt: startOfNextDay(at, zone), note: why })
      case 'no-trunk':
      case 'caller-id-not-ours':
        await settleContact(prisma, contact.id, at, { status: 'queued', note: why })
        return this.#pause(campaign, why)
      case 'number-busy':
      case 'trunk-full':
      case 'store-error':
      case 'already-reserved':
        return settleContact(prisma, contact.id, at, { status: 'queued', dueAt: at + WAIT[why]!, note: why })
    }
  }

  async #pause(campaign: CampaignRow, reason: string): Promise<void> {
    if (!(await pauseCampaign(this.#parts.prisma, campaign.id, reason))) return
    this.#parts.log.error('a campaign paused itself', { campaign: campaign.id, reason })
  }

  /** Read from the database once, then kept: what other nodes place does not matter for our trunk's health. */
  async #recentResults(campaign: CampaignRow): Promise<AttemptResult[]> {
    const since = campaign.resumedAt ?? 0
    const known = this.#recent.get(campaign.id)
    if (known?.since === since) {
      known.results.splice(RECENT)
      return known.results
    }
    const results = await recentResults(this.#parts.prisma, campaign.id, since, RECENT)
    this.#recent.set(campaign.id, { since, results })
    return results
  }

  /** A call broke off without a word, the database being away for example: its contact must not wait for a restart. */
  async #mend(): Promise<void> {
    const { prisma, node, clock } = this.#parts
    this.#broken = false
    const left = { prisma, node, config: this.#parts.config(), at: clock.now() }
    try {
      await settleUnfinished({ ...left, talking: new Set(), inFlight: this.#inFlight })
    } catch (error) {
      this.#broken = true
      throw error
    }
  }

  #track(key: string, id: string, work: Promise<void>): void {
    this.#live.set(key, (this.#live.get(key) ?? 0) + 1)
    this.#inFlight.add(id)
    const tracked = work
      .catch((error: unknown) => {
        this.#broken = true
        if (!(error instanceof LostClaim)) this.#parts.log.error('a campaign call broke', { error })
      })
      .finally(() => {
        this.#running.delete(tracked)
        this.#inFlight.delete(id)
        this.#live.set(key, this.#live.get(key)! - 1)
        this.wake()
      })
    this.#running.add(tracked)
  }
}
