/** A signed webhook after Standard Webhooks: the notice's id is the message's id, so that a receiver drops what it has already. */
import { Webhook } from 'standardwebhooks'
import type { WebhookChannel } from '../../config/sections/channels.ts'
import type { OutboxNotice } from '../../store/outbox.ts'
import type { Delivery } from '../delivery.ts'
import type { NoticeContent } from '../payload.ts'
import { ask } from './http.ts'

const TYPES = {
  'missed': 'call.missed',
  'closed': 'case.closed',
  'callback-failed': 'callback.failed',
  'escalation': 'case.escalated',
} as const

/** What is sent: `data` is the notice as the outbox holds it. */
export function webhookBody(notice: OutboxNotice, content: NoticeContent): string {
  const { voicemail, ...data } = { voicemail: null, ...content.payload }
  return JSON.stringify({
    type: TYPES[content.kind],
    timestamp: new Date(notice.createdAt).toISOString(),
    data: { ...data, voicemail: voicemail && { ms: voicemail.ms }, caseId: notice.caseId },
  })
}

/** `now`: the signature bears the time of the sending, and receivers refuse one that is too old. */
export async function sendWebhook(
  channel: WebhookChannel,
  secret: string,
  message: { id: string; body: string; now: Date },
  signal: AbortSignal,
): Promise<Delivery> {
  const { id, body, now } = message
  const answer = await ask(
    {
      method: 'POST',
      url: channel.url,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign(id, now, body),
      },
      body,
      timeoutMs: channel.timeout,
      allowPrivate: channel.private,
    },
    signal,
  )
  if (answer.kind === 'failed')
    // the receiver knows the id: sending again does no harm
    return { kind: 'retry', blame: answer.sent ? 'notice' : 'unreachable', why: answer.why }
  const { status, retryAfterMs } = answer
  if (status >= 200 && status < 300) return { kind: 'sent' }
  const why = `the receiver answered ${status}`
  if (status === 410) return { kind: 'dead', why: `${why}: it wants nothing more` }
  if (status === 429) return { kind: 'retry', blame: 'unreachable', why, afterMs: retryAfterMs }
  if (status >= 500) return { kind: 'retry', blame: 'server', why, afterMs: retryAfterMs }
  // 3xx is not followed; what the receiver refuses today it may take once it is mended
  return { kind: 'retry', blame: 'notice', why, afterMs: retryAfterMs }
}
