/** What `campaign watch` and `campaign ls` show. Pure. */
import { contactStatuses, type ContactStatus } from '../campaigns/contact-status.ts'
import { campaignMessage, statusMessage } from '../campaigns/messages.ts'
import { formatPhone } from '../model/phone-number.ts'
import type { Language } from '../runtime/i18n.ts'
import type { LiveCall } from '../store/attempts.ts'
import type { CampaignRow } from '../store/campaigns.ts'

export interface CampaignView {
  campaign: CampaignRow
  /** As the configuration calls it. */
  name: string
  counts: Partial<Record<ContactStatus, number>>
  live: LiveCall[]
  /** When the next waiting contact is due, ms; null: none. */
  nextDue: number | null
}

const BAR = 30

/** The lines of the live table at `now` (ms), in the zone of the company. */
export function viewLines(view: CampaignView, now: number, language: Language, zone: string): string[] {
  const total = Object.values(view.counts).reduce((sum, n) => sum + n, 0)
  const open = (view.counts.queued ?? 0) + (view.counts.dialing ?? 0) + (view.counts.loading ?? 0)
  const done = total - open
  const filled = total === 0 ? 0 : Math.round((done / total) * BAR)
  const lines = [
    `${view.name}: ${statusLine(view.campaign, language)}`,
    `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${done}/${total}`,
    ...contactStatuses
      .filter((status) => view.counts[status])
      .map((status) => `${String(view.counts[status]).padStart(7)}  ${statusMessage(language, status)}`),
  ]
  if (view.live.length > 0) lines.push(campaignMessage(language, 'watch-live'))
  for (const call of view.live) {
    const state = campaignMessage(language, `watch-${call.status}`)
    lines.push(`  ${formatPhone(call.number)}  ${state} ${duration(now - call.since)}`)
  }
  if (view.live.length === 0 && view.campaign.status === 'running' && view.nextDue !== null && view.nextDue > now) {
    lines.push(campaignMessage(language, 'watch-next', { at: when(view.nextDue, language, zone) }))
  }
  return lines
}

/** One line a change, for logs and pipes. */
export function plainLine(view: CampaignView, language: Language): string {
  const counts = contactStatuses
    .filter((status) => view.counts[status])
    .map((status) => `${statusMessage(language, status)} ${view.counts[status]}`)
  return `${statusLine(view.campaign, language)}: ${counts.join(', ')}`
}

/** `paused (too many calls failed …)` */
export function statusLine(campaign: CampaignRow, language: Language): string {
  const status = campaignMessage(language, `campaign-${campaign.status}`)
  return campaign.reason ? `${status} (${reasonText(campaign.reason, language)})` : status
}

const REASONS = [
  'by-hand',
  'trunk-trouble',
  'carrier-rejects',
  'not-in-config',
  'caller-id-not-ours',
  'no-trunk',
] as const
function reasonText(reason: string, language: Language): string {
  const known = REASONS.find((one) => one === reason)
  return known ? campaignMessage(language, `reason-${known}`) : reason
}

/** `1:05` */
function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

function when(at: number, language: Language, zone: string): string {
  const style = { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit', timeZone: zone } as const
  return new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', style).format(at)
}
