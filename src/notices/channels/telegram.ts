/** A bot that speaks the interface of Telegram's bots. Plain text: nothing a caller is called can become markup. */
import type { TelegramChannel } from '../../config/sections/channels.ts'
import { cleanText } from '../../model/clean-text.ts'
import type { Delivery } from '../delivery.ts'
import type { Action } from '../templates/view.ts'
import { ask } from './http.ts'

const LONGEST = 4_000

export async function sendTelegram(
  channel: TelegramChannel,
  token: string,
  message: { text: string; actions: Action[] },
  signal: AbortSignal,
): Promise<Delivery> {
  const buttons = message.actions.map(({ label, href }) => ({ text: label, url: href }))
  const answer = await ask(
    {
      method: 'POST',
      url: `${channel.base.replace(/\/+$/, '')}/bot${encodeURIComponent(token).replaceAll('%3A', ':')}/sendMessage`,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({
        chat_id: channel.chat,
        text: cut(message.text),
        link_preview_options: { is_disabled: true },
        ...(buttons.length > 0 ? { reply_markup: { inline_keyboard: [buttons] } } : {}),
      }),
      timeoutMs: channel.timeout,
      allowPrivate: channel.private,
    },
    signal,
  )
  if (answer.kind === 'failed')
    return { kind: 'retry', blame: answer.sent ? 'fate-unknown' : 'unreachable', why: answer.why }
  const { status } = answer
  if (status >= 200 && status < 300) return { kind: 'sent' }
  const { description, retryAfterMs } = said(answer.body)
  const why = `the bot's server answered ${status}${description ? `: ${description}` : ''}`
  const afterMs = Math.max(retryAfterMs, answer.retryAfterMs)
  if (status === 429) return { kind: 'retry', blame: 'unreachable', why, afterMs }
  if (status >= 500) return { kind: 'retry', blame: 'server', why, afterMs }
  // a wrong token is the admin's to mend, the notice can wait
  if (status === 401 || status === 404) return { kind: 'retry', blame: 'server', why }
  return { kind: 'dead', why }
}

function said(body: string): { description: string; retryAfterMs: number } {
  try {
    const { description, parameters } = JSON.parse(body) as {
      description?: unknown
      parameters?: { retry_after?: unknown }
    }
    const seconds = Number(parameters?.retry_after)
    return {
      description: typeof description === 'string' ? cleanText(description, 200) : '',
      retryAfterMs: Number.isFinite(seconds) ? Math.min(seconds, 3_600) * 1000 : 0,
    }
  } catch {
    return { description: '', retryAfterMs: 0 }
  }
}

function cut(text: string): string {
  const points = Array.from(text.trim())
  return points.length <= LONGEST ? points.join('') : `${points.slice(0, LONGEST - 1).join('')}…`
}
