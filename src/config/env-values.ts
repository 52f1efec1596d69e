/** What each setting of the process may be. The message of a refusal is the id of a problem (settings-messages.ts). */
import { createPrivateKey } from 'node:crypto'
import { isIP } from 'node:net'
import { z } from 'zod'
import { asciiDomain } from '../model/internet-name.ts'
import { parseMailAddress } from '../model/mail-address.ts'
import type { SettingProblemId } from './settings-messages.ts'

const words = (...choices: [string, ...string[]]) => z.enum(choices, 'not-a-choice' satisfies SettingProblemId)
const oneLine = z.string().regex(/^[^\p{Cc}]+$/u, 'not-one-line' satisfies SettingProblemId)
const url = (...protocols: string[]) =>
  oneLine.refine(
    (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol) && new URL(text).hostname !== '',
    'not-a-url' satisfies SettingProblemId,
  )
/** Something is put after its path. */
const baseUrl = () =>
  url('http:', 'https:').refine(
    (text) => !URL.canParse(text) || hasNothingButPath(new URL(text)),
    'url-with-extras' satisfies SettingProblemId,
  )
const count = (max: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'not-a-number' satisfies SettingProblemId)
    .transform(Number)
    .refine((n) => n >= 1 && n <= max, 'not-a-number' satisfies SettingProblemId)
const secretText = () => oneLine.min(32, 'too-short' satisfies SettingProblemId)
/** The text as `read` gives it; null is a refusal. */
const as = (read: (text: string) => string | null, problem: SettingProblemId) =>
  z.string().transform((text, ctx) => {
    const value = read(text)
    if (value !== null) return value
    ctx.addIssue({ code: 'custom', message: problem })
    return z.NEVER
  })

export const variables = z.object({
  PEREZVON_CONFIG: oneLine.optional(),
  PEREZVON_DATA: oneLine.default('.perezvon'),
  PEREZVON_SOUNDS: oneLine.optional(),
  PEREZVON_MADE_SOUNDS: oneLine.optional(),
  PEREZVON_TTS: oneLine.optional(),
  PEREZVON_ARI_URL: url('http:', 'https:')
    .refine((text) => !URL.canParse(text) || !hasUser(new URL(text)), 'credentials-in-url' satisfies SettingProblemId)
    .refine(
      (text) => !URL.canParse(text) || hasUser(new URL(text)) || hasNothingButPath(new URL(text)),
      'url-with-extras' satisfies SettingProblemId,
    )
    .default('http://127.0.0.1:8088'),
  PEREZVON_ARI_USER: oneLine.regex(/^[^:]*$/, 'colon-in-user' satisfies SettingProblemId).default('perezvon'),
  PEREZVON_ARI_PASSWORD: oneLine.optional(),
  PEREZVON_ARI_APP: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, 'not-a-name' satisfies SettingProblemId)
    .default('perezvon'),
  PEREZVON_ARI_TRANSPORT: words('websocket', 'http').default('websocket'),
  PEREZVON_ARI_SOCKETS: count(64).default(4),
  PEREZVON_SMTP_URL: oneLine.optional(),
  PEREZVON_SMTP_URLS: z
    .string()
    .regex(/^[^\p{Cc}]*(\s+[^\p{Cc}]*)*$/u, 'not-one-line' satisfies SettingProblemId)
    .optional(),
  PEREZVON_SMTP_HOST: oneLine.optional(),
  PEREZVON_SMTP_PORT: count(65_535).default(587),
  PEREZVON_SMTP_USER: oneLine.optional(),
  PEREZVON_SMTP_PASSWORD: oneLine.optional(),
  PEREZVON_MAIL_FROM: as(parseMailAddress, 'not-a-mail-address').optional(),
  PEREZVON_MAIL_EHLO: as(ehlo, 'not-a-host-name').optional(),
  PEREZVON_MAIL_TIMEOUT: count(600).optional(),
  PEREZVON_MAIL_RETRY: count(3_600).default(60),
  PEREZVON_DKIM_KEY: z
    .string()
    .refine(isRsaKey, 'not-a-key' satisfies SettingProblemId)
    .optional(),
  PEREZVON_DKIM_SELECTOR: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$/, 'not-a-name' satisfies SettingProblemId)
    .default('perezvon'),
  PEREZVON_DKIM_DOMAIN: as(asciiDomain, 'not-a-domain').optional(),
  PEREZVON_PUBLIC_URL: baseUrl().optional(),
  PEREZVON_LINK_SECRET: secretText().optional(),
  PEREZVON_API_TOKEN: secretText().optional(),
  PEREZVON_HTTP: z
    .string()
    .regex(/^(\[[0-9a-f:.]+\]|[\w.-]+):\d{1,5}$/i, 'not-an-address' satisfies SettingProblemId)
    .refine(
      (text) => Number(text.slice(text.lastIndexOf(':') + 1)) <= 65_535,
      'not-an-address' satisfies SettingProblemId,
    )
    .default('127.0.0.1:8080'),
  PEREZVON_LOG: words('debug', 'info', 'warn', 'error').default('info'),
  PEREZVON_LOG_FORMAT: words('json', 'text').default('text'),
  PEREZVON_STRICT: words('0', '1', 'true', 'false').default('0'),
})
export type Variables = z.output<typeof variables>
export type VariableName = keyof typeof variables.shape

/** Secrets: `NAME_FILE` may name a file that holds the value, and no value is ever quoted. */
export const fromFile = [
  'PEREZVON_ARI_PASSWORD',
  'PEREZVON_SMTP_URL',
  'PEREZVON_SMTP_URLS',
  'PEREZVON_SMTP_PASSWORD',
  'PEREZVON_DKIM_KEY',
  'PEREZVON_LINK_SECRET',
  'PEREZVON_API_TOKEN',
] as const satisfies VariableName[]

function hasUser({ username, password }: URL): boolean {
  return username !== '' || password !== ''
}

function hasNothingButPath(address: URL): boolean {
  return !hasUser(address) && address.search === '' && address.hash === ''
}

/** `pbx.example.ru`, `[192.0.2.1]`, `[IPv6:2001:db8::1]` (RFC 5321 4.1.3). */
function ehlo(text: string): string | null {
  const [, literal] = /^\[(.*)\]$/.exec(text) ?? []
  if (literal === undefined) return asciiDomain(text)
  return isIP(literal) === 4 || (/^IPv6:/i.test(literal) && isIP(literal.slice(5)) === 6) ? text : null
}

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}
