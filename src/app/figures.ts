/** What /metrics and /ready say of the house. */
import type { EndedCall } from '../calls/end-of-call.ts'
import type { HealthCheck } from '../http/health.ts'
import type { Metrics } from '../http/metrics.ts'
import type { Verdict } from '../model/call-outcome.ts'
import { callsInTalk, openList } from '../reports/gauges.ts'
import { pingDatabase } from '../store/database.ts'
import type { ReportDatabase } from '../store/reports/connection.ts'
import { liveContacts } from '../store/reports/surveys.ts'
import type { AsteriskLink } from '../telephony/link.ts'
import type { Ground } from './ground.ts'
import type { Mail } from './mail.ts'

export function countCall(metrics: Metrics, call: EndedCall, verdict: Verdict): void {
  const { number, name: line } = call.line
  const group = verdict.group ?? 'none'
  if (verdict.verdict === 'ignored') return
  const answered = verdict.verdict === 'answered'
  metrics.callsReceived.inc({ line })
  // as reports/call-figures.ts has it: a caller who left in a menu was not offered, and had no wait
  if (verdict.group !== null || answered) {
    metrics.callsOffered.inc({ line, flow: call.snapshot.config.lines[number]?.flow ?? 'none' })
    metrics.callWait.observe({ group, outcome: answered ? 'answered' : 'lost' }, verdict.waitMs / 1000)
  }
  if (answered) {
    metrics.callsAnswered.inc({ line, group })
    metrics.callTalk.observe({ group }, (verdict.talkMs ?? 0) / 1000)
  } else metrics.callsMissed.inc({ line, reason: verdict.reason ?? 'other' })
}

/** Reads the gauges that are looked up rather than counted. A list of half a million is counted on the connection of the reports. */
export function collectGauges(
  ground: Ground,
  telephony: AsteriskLink,
  { outbox }: Mail,
  reports: ReportDatabase,
): () => Promise<void> {
  const { metrics, prisma, clock, live, liveConfig } = ground
  return async () => {
    metrics.configReloadOk.set(liveConfig.healthy ? 1 : 0)
    metrics.configReloadAt.set(liveConfig.current.loadedAt / 1000)
    const [list, mails, talking, contacts] = await Promise.all([
      openList(prisma, clock.now()),
      outbox.counts(),
      callsInTalk(prisma),
      liveContacts(reports),
    ])
    metrics.campaignContacts.reset()
    for (const { campaign, status, contacts: count } of contacts)
      metrics.campaignContacts.set({ campaign, status }, count)
    metrics.ariConnected.set(telephony.ready ? 1 : 0)
    metrics.ariReconnects.reset()
    metrics.ariReconnects.inc(Math.max(0, telephony.reconnects))
    // whom the plain dialplan has is talking too, and not in our hands
    metrics.callsActive.set({ state: 'talking' }, talking)
    metrics.callsActive.set({ state: 'waiting' }, Math.max(0, live.size - talking))
    metrics.missedOpen.set(list.open)
    metrics.missedOldest.set(list.oldestMs / 1000)
    metrics.outboxPending.set(mails.pending)
    metrics.outboxDead.set(mails.dead)
  }
}

/** Each says in a sentence what is not well, or null. */
export function healthChecks({ prisma }: Ground, telephony: AsteriskLink, mail: Mail): Record<string, HealthCheck> {
  return {
    asterisk: () => {
      if (!telephony.ready) return 'not connected to Asterisk'
      return telephony.takesCallers
        ? null
        : 'the dialplan does not send callers to us: it has not heard that we are here, or we are stopping'
    },
    database: databaseCheck(prisma),
    mail: async () => {
      const health = await mail.sender.verify()
      return health.ok ? null : health.why
    },
  }
}

/** Asking costs the disk a write, and whoever waits for a start asks twenty times a second. */
const STILL_WELL_MS = 5_000

function databaseCheck(prisma: Ground['prisma']): HealthCheck {
  let wellUntil = 0
  let asking: Promise<null> | null = null
  const ask = async () => {
    await pingDatabase(prisma)
    wellUntil = performance.now() + STILL_WELL_MS
    return null
  }
  return () => {
    if (performance.now() < wellUntil) return null
    asking ??= ask().finally(() => (asking = null))
    return asking
  }
}
