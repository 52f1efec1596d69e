/**
 * An SMS gateway that is asked over HTTP, as its maker likes it: URL, headers and body are templates of the admin.
 * Every value is encoded for the place where it stands, so that no caller adds a parameter, a header or a field.
 */
import { Liquid } from 'liquidjs'
import type { SmsChannel } from '../../config/sections/channels.ts'
import { cleanText } from '../../model/clean-text.ts'
import type { Delivery } from '../delivery.ts'
import { ask } from '../../outgoing/ask.ts'
import { httpVerdict } from './http-verdict.ts'
import { ChannelUnusable } from './channel-unusable.ts'

type Values = { to: string; text: string; secret: string }

const limits = {
  ownPropertyOnly: true,
  strictVariables: true,
  strictFilters: true,
  memoryLimit: 200_000,
  templates: {},
}
const engines = {
  url: engine((value) => encodeURIComponent(value)),
  // headers of HTTP are ASCII; the encoding of everything else is between the admin and his gateway
  header: engine((value) => cleanText(value, 1000).replace(/[^\x20-\x7e]/g, (sign) => encodeURIComponent(sign))),
  json: engine((value) => JSON.stringify(value).slice(1, -1)),
}

function engine(encode: (value: string) => string): Liquid {
  const made = new Liquid({ ...limits, outputEscape: (value: unknown) => encode(wellFormed(String(value))) })
  // liquid's own `raw` would take a value out of the encoding
  made.registerFilter('raw', (value: unknown) => value)
  return made
}

/** A lone surrogate cannot be encoded. */
function wellFormed(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
}

/** Throws when a template is wrong. */
export function smsRequest(
  channel: SmsChannel,
  values: Values,
): { url: string; headers: Record<string, string>; body: string | null } {
  const scope = { ...values }
  const headers = Object.fromEntries(
    Object.entries(channel.headers).map(([name, template]) => [
      name.toLowerCase(),
      String(engines.header.parseAndRenderSync(template, scope)),
    ]),
  )
  if (channel.body !== undefined) headers['content-type'] ??= 'application/x-www-form-urlencoded; charset=utf-8'
  const form = /json/i.test(headers['content-type'] ?? '') ? engines.json : engines.url
  return {
    url: String(engines.url.parseAndRenderSync(channel.url, scope)),
    headers,
    body: channel.body === undefined ? null : String(form.parseAndRenderSync(channel.body, scope)),
  }
}

/** Throws ChannelUnusable when a template is wrong. */
export async function sendSms(channel: SmsChannel, values: Values, signal: AbortSignal): Promise<Delivery> {
  const { method, timeout: timeoutMs, private: allowPrivate } = channel
  const answer = await ask({ method, ...fill(channel, values), timeoutMs, allowPrivate }, signal)
  const said = answer.kind === 'answer' ? cleanText(answer.body, 200).replaceAll(values.secret || '\0', '…') : ''
  // a second copy costs money, so what may have been sent goes again slowly
  return httpVerdict(answer, { who: 'the gateway', said }, { onRefusal: 'dead', onSilence: 'fate-unknown' })
}

function fill(channel: SmsChannel, values: Values): ReturnType<typeof smsRequest> {
  try {
    const request = smsRequest(channel, values)
    if (URL.canParse(request.url)) return request
  } catch (error) {
    const why = cleanText(error instanceof Error ? error.message : String(error), 200)
    throw new ChannelUnusable(`a template of \`channels: sms:\` is wrong: ${why}`, { cause: error })
  }
  throw new ChannelUnusable('`channels: sms: url:` makes no address')
}

/** One line of at most `longest` characters. */
export function smsText(text: string, longest: number): string {
  const points = Array.from(cleanText(text, 2_000))
  return points.length <= longest
    ? points.join('')
    : `${points
        .slice(0, longest - 1)
        .join('')
        .trimEnd()}…`
}
