/** What /metrics and /ready say of the house. */
import type { EndedCall } from '../calls/end-of-call.ts'
import type { BookState, ChannelState, HealthCheck } from '../http/health.ts'
import type { Metrics } from '../http/metrics.ts'
import type { Verdict } from '../model/call-outcome.ts'
import { callsInTalk, openList } from '../reports/gauges.ts'
import { bookFaultText } from '../phone-book/messages.ts'
import { maskNumbers } from '../runtime/logger.ts'
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
  { outbox, illnesses }: Mail,
  reports: ReportDatabase,
): () => Promise<void> {
  const { metrics, prisma, clock, live, liveConfig, names } = ground
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
    metrics.outboxUnconfirmed.set(mails.unconfirmed)
    metrics.bookNames.reset()
    metrics.bookFault.reset()
    for (const { label: source, names: count, fault } of names.states()) {
      metrics.bookNames.set({ source }, count)
      metrics.bookFault.set({ source }, fault ? 1 : 0)
    }
    metrics.channelIll.reset()
    // no addresses of people in labels
    for (const { channel, kind } of illnesses.current())
      if (kind !== 'recipient') metrics.channelIll.set({ channel }, 1)
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
    mail: () => mail.health.why(),
  }
}

/** A connection that broke is told of when it stays broken; a refusal at once. */
const SHOWN_AFTER_MS = 60_000

/** Channels that cannot deliver. Numbers of people are masked: whoever asks /ready has no account. */
export function channelStates({ clock }: Ground, { illnesses }: Mail): ChannelState[] {
  const all = illnesses.current()
  const shown = all.filter(({ kind, since }) => kind !== 'away' || clock.now() - since >= SHOWN_AFTER_MS)
  return shown.map(({ channel, kind, why, since }) => ({
    channel: maskNumbers(channel),
    kind,
    why: maskNumbers(why),
    since,
    // one of several servers, one mailbox of many: the others go on
    stops: !channel.includes(' '),
  }))
}

/** What stands in the outbox and moves no more by itself. */
export async function outboxWarnings({ outbox }: Mail): Promise<Record<string, string>> {
  const { dead, unconfirmed } = await outbox.stuck()
  return {
    ...(dead > 0 && { undeliverable: `${dead} in the outbox: \`perezvon mail outbox\`` }),
    ...(unconfirmed > 0 && { unconfirmed: `${unconfirmed} in the outbox: \`perezvon mail outbox\`` }),
  }
}

/** Sources of names that cannot be read. */
export function bookWarnings({ names }: Pick<Ground, 'names'>): Record<string, string> {
  return Object.fromEntries(
    names.states().flatMap(({ label, fault }) => (fault ? [[`phone book ${label}`, bookFaultText('en', fault)]] : [])),
  )
}

/** The same for other programs. */
export function bookStates({ names }: Pick<Ground, 'names'>): BookState[] {
  return names.states().flatMap(({ label: source, fault: found }) => {
    if (!found) return []
    const { fault, line, detail } = found
    return { source, fault, line, detail }
  })
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
