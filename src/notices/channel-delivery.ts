/** A notice by another way than mail: which channel of the configuration, with which secret, in which words. */
import type { Config } from '../config/schema.ts'
import type { TelegramChannel } from '../config/sections/channels.ts'
import { channelOf } from '../model/channel-name.ts'
import type { Clock } from '../runtime/clock.ts'
import type { OutboxNotice } from '../store/outbox.ts'
import { type ReadSecret, SecretMissing, secretsFrom } from '../outgoing/named-secret.ts'
import { ChannelUnusable } from './channels/channel-unusable.ts'
import { sendSms, smsText } from './channels/sms.ts'
import { TelegramPace } from './channels/telegram-pace.ts'
import { type ChatMessage, sendTelegram } from './channels/telegram.ts'
import { sendWebhook, webhookBody } from './channels/webhook.ts'
import type { Deliver, Delivery } from './delivery.ts'
import { reasonOf } from './mail-delivery.ts'
import type { Stopwatch } from './pace.ts'
import { unlinked } from './plain-words.ts'
import type { NoticeKind } from './payload.ts'
import type { Templates } from './templates/overrides.ts'
import { languageOf, type WriterParts, writeNotice, type Written } from './write.ts'

/**
 * Where groups that became supergroups are kept: their number changes, and the configuration's is refused from then on.
 */
export interface ChatMoves {
  movedTo(channel: string, from: string): Promise<string | null>
  /** On disk before the new number is used. */
  moved(channel: string, from: string, to: string): Promise<void>
}

export interface ChannelDeliveryParts {
  config: () => Config
  configFolder: string
  env: NodeJS.ProcessEnv
  writer: WriterParts & { templates: Templates }
  /** Missing: nothing is kept (a sample from the command line). */
  chats?: ChatMoves
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
    try {
      written = await writeNotice(notice, 'words-only', parts.writer)
    } catch (error) {
      return { kind: 'dead', why: `the notice could not be written: ${reasonOf(error)}`, refused: false }
    }
    if (!written) return { kind: 'needless', why: 'every call of it was answered meanwhile' }
    const nameless: Delivery = {
      kind: 'dead',
      why: `the configuration names no channel ${notice.recipient}`,
      refused: false,
    }
    try {
      const send = await prepare(notice, written, secretOf, telegramPace, parts)
      return send ? await send(signal) : nameless
    } catch (error) {
      if (!(error instanceof ChannelUnusable || error instanceof SecretMissing)) throw error
      return { kind: 'retry', blame: 'us', lasting: true, why: error.message }
    }
  }
}

async function prepare(
  notice: OutboxNotice,
  written: Written,
  secretOf: ReadSecret,
  telegramPace: TelegramPace,
  parts: ChannelDeliveryParts,
): Promise<Send | null> {
  const { config, writer, clock } = parts
  const { kind, name } = channelOf(notice.recipient) ?? { kind: 'webhook' as const, name: '' }
  const { webhook, telegram, sms } = config().channels
  const words = (format: 'chat' | 'sms') =>
    writer.templates.render(notice.kind as NoticeKind, format, unlinked(written.view), languageOf(notice))
  switch (kind) {
    case 'webhook': {
      const [content = null] = written.calls
      const channel = webhook[name]
      if (!channel || (!content && notice.kind !== 'alarm')) return null
      const message = { id: notice.id, body: webhookBody(notice, content), now: new Date(clock.now()) }
      const secret = secretOf(channel.secret)
      return (signal) => sendWebhook(channel, secret, message, signal)
    }
    case 'telegram': {
      const channel = telegram[name]
      if (!channel) return null
      const token = secretOf(channel.token)
      const message = { text: await words('chat'), actions: written.view.actions }
      return (signal) => intoChat(notice.recipient, channel, token, message, telegramPace, parts.chats, signal)
    }
    case 'sms': {
      if (!sms) return null
      const text = smsText(await words('sms'), sms.longest)
      const secret = sms.secret ? secretOf(sms.secret) : ''
      return (signal) => sendSms(sms, { to: name, text, secret }, signal)
    }
  }
}

/** Follows a group that has become a supergroup, once. */
async function intoChat(
  name: string,
  channel: TelegramChannel,
  token: string,
  words: Omit<ChatMessage, 'chat'>,
  pace: TelegramPace,
  chats: ChatMoves | undefined,
  signal: AbortSignal,
): Promise<Delivery> {
  const send = async (chat: string) => {
    try {
      await pace.turn(`${channel.base} ${token}`, chat, signal)
    } catch (error) {
      return { kind: 'retry' as const, blame: 'unreachable' as const, why: reasonOf(error) }
    }
    return sendTelegram(channel, token, { ...words, chat }, signal)
  }
  const first = await send((await chats?.movedTo(name, channel.chat)) ?? channel.chat)
  if (first.kind !== 'moved') return first
  await chats?.moved(name, channel.chat, first.to)
  const second = await send(first.to)
  if (second.kind !== 'moved') return second
  return { kind: 'retry', blame: 'us', lasting: true, why: `the chat moves on to ${second.to} and on` }
}
