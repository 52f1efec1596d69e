import { z } from 'zod'
import type { ProblemId } from '../problem.ts'
import { fixedUrl, secret } from '../secret-place.ts'
import { name, someTime, strict, text } from '../values.ts'

const reach = {
  private: z
    .boolean()
    .default(false)
    .describe('the server may stand in a private network; otherwise such addresses are refused'),
  timeout: someTime().default(10_000).describe('how long one request may take'),
}

/** `channels:` ways to tell people besides mail. Recipients name them as `webhook:crm`, `telegram:sales`, `sms:+7…`. */
export const channels = strict({
  webhook: z
    .record(
      name(),
      strict({
        url: fixedUrl().describe('gets a signed POST (Standard Webhooks)'),
        secret: secret.describe('`whsec_…`'),
        ...reach,
      }),
    )
    .default({})
    .describe('programs that are told'),
  telegram: z
    .record(
      name(),
      strict({
        chat: text(64).describe('id of the chat, or `@channel`'),
        token: secret.describe('of the bot'),
        base: fixedUrl().default('https://api.telegram.org').describe('another server with the same interface'),
        ...reach,
      }),
    )
    .default({})
    .describe('chats that a bot writes to'),
  sms: strict({
    method: z.enum(['GET', 'POST', 'PUT']).default('POST'),
    url: fixedUrl().describe('liquid: `{{ to }}`, `{{ text }}`, `{{ secret }}`, percent-encoded'),
    headers: z.record(z.string(), z.string()).default({}).describe('liquid as well'),
    body: z
      .string()
      .max(4000, 'too-long' satisfies ProblemId)
      .optional()
      .describe('liquid; values are encoded for a form, or for JSON where the content-type says so'),
    secret: secret.optional().describe('what `{{ secret }}` stands for'),
    longest: z
      .enum(['70', '134', '201', '268', '335'])
      .default('201')
      .transform(Number)
      .describe('characters; 70 is one SMS in Cyrillic'),
    ...reach,
  })
    .nullable()
    .default(null)
    .describe('a gateway that sends text messages'),
  alarm: z
    .array(z.string())
    .default([])
    .describe(
      'who is told, once, when a channel cannot deliver: as in `missed_calls: mail: to:`; if missing, somebody by another channel',
    ),
})
export type Channels = z.output<typeof channels>
export type WebhookChannel = Channels['webhook'][string]
export type TelegramChannel = Channels['telegram'][string]
export type SmsChannel = NonNullable<Channels['sms']>

/** `voicemail:` what is done with every message that a caller leaves. */
export const voicemail = strict({
  transcribe: strict({
    command: z
      .array(text(500))
      .min(1, 'empty-list' satisfies ProblemId)
      .describe(
        'program and arguments, run without a shell; `{file}` is the WAV, else it comes last; its output is the text',
      ),
    deadline: someTime()
      .refine((ms) => ms <= 60_000, 'bad-value' satisfies ProblemId)
      .default(20_000)
      .describe('the mail waits no longer for it; at most 60s'),
  })
    .nullable()
    .default(null)
    .describe('puts the message into words'),
})
