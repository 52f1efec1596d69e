/**
 * Settings of the process: where things lie and how Asterisk and the mail server are reached. From the environment, because they differ from
 * machine to machine while the configuration does not. Secrets come from here or from files (`…_FILE`) and never stand in the YAML.
 */
import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import type { Language } from '../runtime/i18n.ts'
import type { LogLevel } from '../runtime/logger.ts'
import { closest } from './closest.ts'
import { Secrets } from './secrets.ts'
import { settingText, type SettingProblemId } from './settings-messages.ts'

export interface Settings {
  /** Absolute path of perezvon.yaml. */
  configFile: string
  /** Absolute; database, voicemail, refused rows. */
  dataFolder: string
  /** The configuration folder as Asterisk sees it. */
  soundsFolder: string
  /** `<data>/sounds`, where the sounds that we make lie, as Asterisk sees it. */
  madeSoundsFolder: string
  /** A program that speaks, with its arguments; null: espeak-ng. */
  tts: string | null
  ari: { url: string; user: string; app: string; transport: 'websocket' | 'http'; sockets: number }
  /** `timeoutMs`: how long the mail server may be silent; `retryMs`: the first wait of a mail that it asked to send again. */
  mail: { from: string | null; timeoutMs: number; retryMs: number; dkim: { domain: string | null; selector: string } }
  /** `publicUrl`: how browsers of people reach us; null: mails have no buttons. */
  http: { host: string; port: number; publicUrl: string | null }
  log: { level: LogLevel; format: 'json' | 'text' }
  /** A broken configuration ends the process with exit code 3 also at reload. */
  strict: boolean
}
export interface SettingProblem {
  name: string
  id: SettingProblemId
  text: string
  suggestion?: string
}
export type SettingsResult =
  | { ok: true; settings: Settings; secrets: Secrets; warnings: SettingProblem[] }
  | { ok: false; problems: SettingProblem[] }

type Env = Readonly<Record<string, string | undefined>>

const words = (...choices: [string, ...string[]]) => z.enum(choices, 'not-a-choice' satisfies SettingProblemId)
const oneLine = z.string().regex(/^[^\p{Cc}]+$/u, 'not-one-line' satisfies SettingProblemId)
const url = (...protocols: string[]) =>
  oneLine.refine(
    (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
    'not-a-url' satisfies SettingProblemId,
  )
const count = (max: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'not-a-number' satisfies SettingProblemId)
    .transform(Number)
    .refine((n) => n >= 1 && n <= max, 'not-a-number' satisfies SettingProblemId)

const variables = z.object({
  PEREZVON_CONFIG: oneLine.optional(),
  PEREZVON_DATA: oneLine.default('.perezvon'),
  PEREZVON_SOUNDS: oneLine.optional(),
  PEREZVON_MADE_SOUNDS: oneLine.optional(),
  PEREZVON_TTS: oneLine.optional(),
  PEREZVON_ARI_URL: url('http:', 'https:')
    .refine((text) => !URL.canParse(text) || !new URL(text).username, 'credentials-in-url' satisfies SettingProblemId)
    .default('http://127.0.0.1:8088'),
  PEREZVON_ARI_USER: oneLine.default('perezvon'),
  PEREZVON_ARI_PASSWORD: oneLine.optional(),
  PEREZVON_ARI_APP: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, 'not-a-name' satisfies SettingProblemId)
    .default('perezvon'),
  PEREZVON_ARI_TRANSPORT: words('websocket', 'http').default('websocket'),
  PEREZVON_ARI_SOCKETS: count(64).default(4),
  PEREZVON_SMTP_URL: url('smtp:', 'smtps:').optional(),
  PEREZVON_SMTP_URLS: z.string().optional(),
  PEREZVON_SMTP_HOST: oneLine.optional(),
  PEREZVON_SMTP_PORT: count(65_535).default(587),
  PEREZVON_SMTP_USER: oneLine.optional(),
  PEREZVON_SMTP_PASSWORD: oneLine.optional(),
  PEREZVON_MAIL_FROM: z.email('not-a-mail-address' satisfies SettingProblemId).optional(),
  PEREZVON_MAIL_TIMEOUT: count(60).default(30),
  PEREZVON_MAIL_RETRY: count(3_600).default(60),
  PEREZVON_DKIM_KEY: z
    .string()
    .regex(/-----BEGIN (RSA )?PRIVATE KEY-----/, 'not-a-key' satisfies SettingProblemId)
    .optional(),
  PEREZVON_DKIM_SELECTOR: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,63}$/, 'not-a-name' satisfies SettingProblemId)
    .default('perezvon'),
  PEREZVON_DKIM_DOMAIN: z
    .string()
    .regex(/^[\p{L}\p{N}.-]{3,253}$/u, 'not-a-name' satisfies SettingProblemId)
    .optional(),
  PEREZVON_PUBLIC_URL: url('http:', 'https:').optional(),
  PEREZVON_LINK_SECRET: z
    .string()
    .min(32, 'too-short' satisfies SettingProblemId)
    .optional(),
  PEREZVON_API_TOKEN: z
    .string()
    .min(32, 'too-short' satisfies SettingProblemId)
    .optional(),
  PEREZVON_HTTP: z
    .string()
    .regex(/^(\[[0-9a-f:]+\]|[\w.-]+):\d{1,5}$/i, 'not-an-address' satisfies SettingProblemId)
    .default('127.0.0.1:8080'),
  PEREZVON_LOG: words('debug', 'info', 'warn', 'error').default('info'),
  PEREZVON_LOG_FORMAT: words('json', 'text').default('text'),
  PEREZVON_STRICT: words('0', '1', 'true', 'false').default('0'),
})
const fromFile = [
  'PEREZVON_ARI_PASSWORD',
  'PEREZVON_SMTP_URL',
  'PEREZVON_SMTP_URLS',
  'PEREZVON_SMTP_PASSWORD',
  'PEREZVON_DKIM_KEY',
  'PEREZVON_LINK_SECRET',
  'PEREZVON_API_TOKEN',
] as const

/** All that is wrong at once. A `cli` does its work without Asterisk and mail, so it does not ask for what only they need. */
export function loadSettings(env: Env, purpose: 'daemon' | 'cli' = 'daemon'): SettingsResult {
  const problems: SettingProblem[] = []
  const values = withFiles(env, problems)
  const parsed = variables.safeParse(values)
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = String(path[0])
    // Once per variable: two rules may refuse the same text.
    if (!problems.some((known) => known.name === name))
      problems.push({ name, id: message as SettingProblemId, text: isSecret(name) ? '…' : (values[name] ?? '') })
  }
  if (purpose === 'daemon') {
    const missing = (name: string) => problems.push({ name, id: 'missing', text: '' })
    if (!values['PEREZVON_ARI_PASSWORD']) missing('PEREZVON_ARI_PASSWORD')
    if (!values['PEREZVON_SMTP_URL'] && !values['PEREZVON_SMTP_URLS'] && !values['PEREZVON_SMTP_HOST'])
      missing('PEREZVON_SMTP_URL')
    if (!values['PEREZVON_MAIL_FROM']) missing('PEREZVON_MAIL_FROM')
  }
  if (!parsed.success || problems.length > 0) return { ok: false, problems }

  const set = parsed.data
  const configFile = findConfig(set.PEREZVON_CONFIG)
  const [, host, port] = /^(.+):(\d+)$/.exec(set.PEREZVON_HTTP)!
  return {
    ok: true,
    warnings: unknownNames(env),
    secrets: new Secrets({
      ariPassword: set.PEREZVON_ARI_PASSWORD ?? '',
      smtpUrls: smtpUrls(set),
      dkimKey: set.PEREZVON_DKIM_KEY ?? null,
      linkSecret: set.PEREZVON_LINK_SECRET ?? null,
      apiToken: set.PEREZVON_API_TOKEN ?? null,
    }),
    settings: {
      configFile,
      dataFolder: resolve(set.PEREZVON_DATA),
      soundsFolder: set.PEREZVON_SOUNDS ?? dirname(configFile),
      madeSoundsFolder: set.PEREZVON_MADE_SOUNDS ?? join(resolve(set.PEREZVON_DATA), 'sounds'),
      tts: set.PEREZVON_TTS ?? null,
      ari: {
        url: set.PEREZVON_ARI_URL.replace(/\/+$/, ''),
        user: set.PEREZVON_ARI_USER,
        app: set.PEREZVON_ARI_APP,
        transport: set.PEREZVON_ARI_TRANSPORT as Settings['ari']['transport'],
        sockets: set.PEREZVON_ARI_SOCKETS,
      },
      mail: {
        from: set.PEREZVON_MAIL_FROM ?? null,
        timeoutMs: set.PEREZVON_MAIL_TIMEOUT * 1000,
        retryMs: set.PEREZVON_MAIL_RETRY * 1000,
        dkim: { domain: set.PEREZVON_DKIM_DOMAIN ?? null, selector: set.PEREZVON_DKIM_SELECTOR },
      },
      http: { host: host!.replace(/^\[|\]$/g, ''), port: Number(port), publicUrl: set.PEREZVON_PUBLIC_URL ?? null },
      log: { level: set.PEREZVON_LOG as LogLevel, format: set.PEREZVON_LOG_FORMAT as Settings['log']['format'] },
      strict: set.PEREZVON_STRICT === '1' || set.PEREZVON_STRICT === 'true',
    },
  }
}

/** The main file for what the admin named: the file, or the folder that holds it; `./config` if he named nothing. */
export function findConfig(named: string | undefined): string {
  const path = resolve(named ?? 'config')
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? /\.ya?ml$/.test(path)
  return isFile ? path : join(path, 'perezvon.yaml')
}

/** A line for each problem. */
export function printSettingProblems(problems: readonly SettingProblem[], language: Language): string {
  return problems
    .map(({ name, id, text, suggestion }) => {
      const hint = suggestion ? settingText(language, 'did-you-mean', { word: suggestion }) : ''
      return `${name}: ${settingText(language, id, { text: printable(text) })}${hint}\n`
    })
    .join('')
}

/** `NAME_FILE` stands for the content of the file; empty variables count as not set. */
function withFiles(env: Env, problems: SettingProblem[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const name of Object.keys(variables.shape)) if (env[name]) values[name] = env[name]
  for (const name of fromFile) {
    const file = env[`${name}_FILE`]
    if (!file) continue
    if (values[name]) problems.push({ name: `${name}_FILE`, id: 'both', text: name })
    try {
      values[name] = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    } catch {
      problems.push({ name: `${name}_FILE`, id: 'file-unreadable', text: file })
    }
  }
  return values
}

/** In the order in which they are tried. */
function smtpUrls(set: z.output<typeof variables>): string[] {
  const listed = (set.PEREZVON_SMTP_URLS ?? '').split(/\s+/).filter(Boolean)
  const first = set.PEREZVON_SMTP_URL ?? urlOfParts(set)
  return first ? [first, ...listed] : listed
}

function urlOfParts(set: z.output<typeof variables>): string | null {
  if (!set.PEREZVON_SMTP_HOST) return null
  const password = encodeURIComponent(set.PEREZVON_SMTP_PASSWORD ?? '')
  const login = set.PEREZVON_SMTP_USER ? `${encodeURIComponent(set.PEREZVON_SMTP_USER)}:${password}@` : ''
  // 465 is TLS from the first byte, the others begin in the clear and are upgraded.
  const protocol = set.PEREZVON_SMTP_PORT === 465 ? 'smtps' : 'smtp'
  return `${protocol}://${login}${set.PEREZVON_SMTP_HOST}:${set.PEREZVON_SMTP_PORT}`
}

function unknownNames(env: Env): SettingProblem[] {
  const known = [...Object.keys(variables.shape), ...fromFile.map((name) => `${name}_FILE`)]
  return Object.keys(env)
    .filter((name) => name.startsWith('PEREZVON_') && !known.includes(name))
    .map((name) => ({ name, suggestion: closest(name, known) }))
    .map(({ name, suggestion }) => ({ name, id: 'unknown', text: '', ...(suggestion ? { suggestion } : {}) }))
}

function isSecret(name: string): boolean {
  return (fromFile as readonly string[]).includes(name)
}

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '�').slice(0, 200)
}
