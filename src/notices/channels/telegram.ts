/** A bot that speaks the interface of Telegram's bots. Plain text: nothing a caller is called can become markup. */
import type { TelegramChannel } from '../../config/sections/channels.ts'
import { cleanText } from '../../model/clean-text.ts'
import type { Delivery } from '../delivery.ts'
import type { Action } from '../templates/view.ts'
import { ask } from '../../outgoing/ask.ts'
import { httpVerdict } from './http-verdict.ts'

const LONGEST = 4_000

export interface ChatMessage {
  /** The chat's number as it is known today: the configuration's, or the one that the group moved to. */
  chat: string
  text: string
  actions: Action[]
}

/** `moved`: the group became a supergroup, which has another number. */
export type TelegramResult = Delivery | { kind: 'moved'; to: string }

export async function sendTelegram(
  channel: TelegramChannel,
  token: string,
  message: ChatMessage,
  signal: AbortSignal,
): Promise<TelegramResult> {
  const buttons = message.actions.map(({ label, href }) => ({ text: label, url: href }))
  const answer = await ask(
    {
      method: 'POST',
      url: `${channel.base.replace(/\/+$/, '')}/bot${encodeURIComponent(token).replaceAll('%3A', ':')}/sendMessage`,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({
        chat_id: message.chat,
        text: cut(message.text),
        link_preview_options: { is_disabled: true },
        ...(buttons.length > 0 ? { reply_markup: { inline_keyboard: [buttons] } } : {}),
      }),
      timeoutMs: channel.timeout,
      allowPrivate: channel.private,
    },
    signal,
  )
  const { description, retryAfterMs, movedTo } = said(answer.kind === 'answer' ? answer.body : '')
  if (movedTo !== null && answer.kind === 'answer' && answer.status >= 400) return { kind: 'moved', to: movedTo }
  const verdict = httpVerdict(
    answer.kind === 'answer' ? { ...answer, retryAfterMs: Math.max(retryAfterMs, answer.retryAfterMs) } : answer,
    { who: "the bot's server", said: description },
    { onRefusal: 'dead', onSilence: 'fate-unknown' },
  )
  if (verdict.kind !== 'dead') return verdict
  // Telegram does not take every address as a button's (`localhost`, say): the words go without
  if (buttons.length > 0 && ABOUT_BUTTONS.test(description))
    return sendTelegram(channel, token, { ...message, actions: [] }, signal)
  if (ABOUT_MESSAGE.test(description)) return verdict
  // "chat not found", "not enough rights", "the group is deactivated": a lane has one chat, so every notice would hear
  // it
  return { kind: 'retry', blame: 'us', lasting: true, why: verdict.why }
}

const ABOUT_BUTTONS = /button|url/i
/** core.telegram.org/bots/api, errors of sendMessage: all others of the code 400 are about the chat or the bot. */
const ABOUT_MESSAGE = /message (text )?is (too long|empty)|can't parse|text must be|too many entities|message_too_long/i

function said(body: string): { description: string; retryAfterMs: number; movedTo: string | null } {
  try {
    const { description, parameters } = JSON.parse(body) as {
      description?: unknown
      parameters?: { retry_after?: unknown; migrate_to_chat_id?: unknown }
    }
    const seconds = Number(parameters?.retry_after)
    const moved = parameters?.migrate_to_chat_id
    return {
      description: typeof description === 'string' ? cleanText(description, 200) : '',
      retryAfterMs: Number.isFinite(seconds) ? Math.min(seconds, 3_600) * 1000 : 0,
      movedTo: /^-?\d{1,20}$/.test(String(moved)) ? chatId(body, String(moved)) : null,
    }
  } catch {
    return { description: '', retryAfterMs: 0, movedTo: null }
  }
}

/** As it stands in the text: JSON's numbers lose the last digits of a long one. */
function chatId(body: string, parsed: string): string {
  return /"migrate_to_chat_id"\s*:\s*"?(-?\d{1,20})/.exec(body)?.[1] ?? parsed
}

function cut(text: string): string {
  const points = Array.from(text.trim())
  return points.length <= LONGEST ? points.join('') : `${points.slice(0, LONGEST - 1).join('')}…`
}
