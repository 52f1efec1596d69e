/** A notice by another way than mail: which channel of the configuration, with which secret, in which words. */
import type { Config } from '../config/schema.ts'
import { channelOf } from '../model/channel-name.ts'
import type { Clock } from '../runtime/clock.ts'
import type { OutboxNotice } from '../store/outbox.ts'
import { type ReadSecret, SecretMissing, secretsFrom } from './channels/secret.ts'
import { sendSms, smsText } from './channels/sms.ts'
import { TelegramPace } from './channels/telegram-pace.ts'
import { sendTelegram } from './channels/telegram.ts'
import { sendWebhook, webhookBody } from './channels/webhook.ts'
import type { Deliver, Delivery } from './delivery.ts'
import { reasonOf } from './mail-delivery.ts'
import type { Stopwatch } from './pace.ts'
import { unlinked } from './plain-words.ts'
import type { NoticeKind } from './payload.ts'
import type { Templates } from './templates/overrides.ts'
import { languageOf, type WriterParts, writeNotice, type Written } from './write.ts'

export interface ChannelDeliveryParts {
  config: () => Config
  configFolder: string
  env: NodeJS.ProcessEnv
  writer: WriterParts & { templates: Templates }
  clock: Clock
  /** Of the pace. */
  time?: Stopwatch
}

type Send = (signal: AbortSignal) => Promise<Delivery>

export function channelDelivery(parts: ChannelDeliveryParts): Deliver {
  const secretOf = secretsFrom(parts.env, parts.configFolder)
  const telegramPace = new TelegramPace(parts.time)
  return async (notice, signal) => {
    let written: Written | null
    let send: Send | null
    try {
      written = await writeNotice(notice, 'words-only', parts.writer)
      if (!written) return { kind: 'needless', why: 'every call of it was answered meanwhile' }
      send = await prepare(notice, written, secretOf, telegramPace, parts)
    } catch (error) {
      // the admin mends it, and the notice goes
      if (error instanceof SecretMissing) return { kind: 'retry', blame: 'unreachable', why: error.message }
      return { kind: 'dead', why: `the notice could not be written: ${reasonOf(error)}` }
    }
    return send ? send(signal) : { kind: 'dead', why: `the configuration names no channel ${notice.recipient}` }
  }
}

async function prepare(
  notice: OutboxNotice,
  written: Written,
  secretOf: ReadSecret,
  telegramPace: TelegramPace,
  { config, writer, clock }: ChannelDeliveryParts,
): Promise<Send | null> {
  const { kind, name } = channelOf(notice.recipient) ?? { kind: 'webhook' as const, name: '' }
  const { webhook, telegram, sms } = config().channels
  const words = (format: 'chat' | 'sms') =>
    writer.templates.render(notice.kind as NoticeKind, format, unlinked(written.view), languageOf(notice))
  switch (kind) {
    case 'webhook': {
      const [content] = written.calls
      const channel = webhook[name]
      if (!channel || !content) return null
      const message = { id: notice.id, body: webhookBody(notice, content), now: new Date(clock.now()) }
      const secret = secretOf(channel.secret)
      return (signal) => sendWebhook(channel, secret, message, signal)
    }
    case 'telegram': {
      const channel = telegram[name]
      if (!channel) return null
      const message = { text: await words('chat'), actions: written.view.actions }
      const token = secretOf(channel.token)
      return async (signal) => {
        try {
          await telegramPace.turn(`${channel.base} ${token}`, channel.chat, signal)
        } catch (error) {
          return { kind: 'retry', blame: 'unreachable', why: reasonOf(error) }
        }
        return sendTelegram(channel, token, message, signal)
      }
    }
    case 'sms': {
      if (!sms) return null
      const text = smsText(await words('sms'), sms.longest)
      const secret = sms.secret ? secretOf(sms.secret) : ''
      return (signal) => sendSms(sms, { to: name, text, secret }, signal)
    }
  }
}
