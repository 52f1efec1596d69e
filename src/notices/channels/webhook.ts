/**
 * A signed webhook after Standard Webhooks: the notice's id is the message's id, so that a receiver drops what it has
 * already.
 */
import { Webhook } from 'standardwebhooks'
import type { WebhookChannel } from '../../config/sections/channels.ts'
import type { OutboxNotice } from '../../store/outbox.ts'
import type { Delivery } from '../delivery.ts'
import { alarm, type NoticeContent } from '../payload.ts'
import { ask } from '../../outgoing/ask.ts'
import { httpVerdict } from './http-verdict.ts'
import { SecretMissing } from '../../outgoing/named-secret.ts'

const TYPES = {
  'missed': 'call.missed',
  'closed': 'case.closed',
  'callback-failed': 'callback.failed',
  'escalation': 'case.escalated',
} as const

/** What is sent: `data` is the notice as the outbox holds it. `content` null: an alarm, which has no call. */
export function webhookBody(notice: OutboxNotice, content: NoticeContent | null): string {
  const timestamp = new Date(notice.createdAt).toISOString()
  if (!content) {
    const { what, ...data } = alarm.parse(JSON.parse(notice.payload))
    const type = what === 'moved-chat' ? 'channel.moved' : 'channel.ill'
    return JSON.stringify({ type, timestamp, data: { ...data, kind: what } })
  }
  const { voicemail, ...data } = { voicemail: null, ...content.payload }
  return JSON.stringify({
    type: TYPES[content.kind],
    timestamp,
    data: { ...data, voicemail: voicemail && { ms: voicemail.ms }, caseId: notice.caseId },
  })
}

/**
 * `now`: the signature bears the time of the sending, and receivers refuse one that is too old. Throws SecretMissing
 * when it cannot sign.
 */
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
        'webhook-signature': sign(secret, message),
      },
      body,
      timeoutMs: channel.timeout,
      allowPrivate: channel.private,
    },
    signal,
  )
  // the receiver knows the id: sending again does no harm; and what it refuses today it may take once it is mended
  return httpVerdict(answer, { who: 'the receiver' }, { onRefusal: 'again', onSilence: 'again' })
}

function sign(secret: string, { id, body, now }: { id: string; body: string; now: Date }): string {
  try {
    return new Webhook(secret).sign(id, now, body)
  } catch {
    throw new SecretMissing('the secret of the channel is not `whsec_` and a key in base64')
  }
}
