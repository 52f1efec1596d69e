/**
 * Settings of the process: where things lie and how Asterisk and the mail server are reached. From the environment,
 * because they differ from machine to machine while the configuration does not. Secrets come from here or from files
 * (`…_FILE`) and never stand in the YAML.
 */
import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Language } from '../runtime/i18n.ts'
import type { LogLevel } from '../runtime/logger.ts'
import { closest } from './closest.ts'
import { settingTexts } from './env-files.ts'
import { smtpAddresses } from './env-smtp.ts'
import { fromFile, variables } from './env-values.ts'
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
  /**
   * `ehlo`: how we name ourselves to the mail server; null: a right name is found. `timeoutMs`: how long it may be
   * silent before the end of a mail; null: as long as RFC 5321 says. `retryMs`: the first wait of a mail that it asked
   * to send again. Domains of `dkim` and `ehlo` are in ASCII.
   */
  mail: {
    from: string | null
    ehlo: string | null
    timeoutMs: number | null
    retryMs: number
    dkim: { domain: string | null; selector: string }
  }
  /** `publicUrl`: how browsers of people reach us; null: mails have no buttons. */
  http: { host: string; port: number; publicUrl: string | null }
  log: { level: LogLevel; format: 'json' | 'text' }
  /** A broken configuration ends the process with exit code 3 also at reload. */
  strict: boolean
}
export interface SettingProblem {
  name: string
  id: SettingProblemId
  /** What stands there; empty for a secret. */
  text: string
  /** What the system says of it. */
  why?: string
  suggestion?: string
}
export type SettingsResult =
  | { ok: true; settings: Settings; secrets: Secrets; warnings: SettingProblem[] }
  | { ok: false; problems: SettingProblem[] }

type Env = Readonly<Record<string, string | undefined>>

/**
 * All that is wrong at once. A `cli` does its work without Asterisk and mail, so it does not ask for what only they
 * need.
 */
export function loadSettings(env: Env, purpose: 'daemon' | 'cli' = 'daemon'): SettingsResult {
  const problems: SettingProblem[] = []
  const values = settingTexts(env, problems)
  const parsed = variables.safeParse(values)
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = String(path[0])
    // Once per variable: two rules may refuse the same text.
    if (!problems.some((known) => known.name === name))
      problems.push({ name, id: message as SettingProblemId, text: isSecret(name) ? '…' : (values[name] ?? '') })
  }
  const smtpUrls = parsed.success ? smtpAddresses(parsed.data, problems) : []
  if (purpose === 'daemon') {
    const missing = (name: string) => {
      const told = problems.some((known) => known.name === name || known.name === `${name}_FILE`)
      if (!told) problems.push({ name, id: 'missing', text: '' })
    }
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
      smtpUrls,
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
        ehlo: set.PEREZVON_MAIL_EHLO ?? null,
        timeoutMs: set.PEREZVON_MAIL_TIMEOUT === undefined ? null : set.PEREZVON_MAIL_TIMEOUT * 1000,
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
  return (isFile(path) ?? /\.ya?ml$/.test(path)) ? path : join(path, 'perezvon.yaml')
}

/** Null: there is nothing, or nothing that we may look at; whoever reads it says so. */
function isFile(path: string): boolean | null {
  try {
    return statSync(path).isFile()
  } catch {
    return null
  }
}

/** A line for each problem. */
export function printSettingProblems(problems: readonly SettingProblem[], language: Language): string {
  return problems
    .map(({ name, id, text, why = '', suggestion }) => {
      const hint = suggestion ? settingText(language, 'did-you-mean', { word: suggestion }) : ''
      return `${name}: ${settingText(language, id, { text: printable(text), why: printable(why) })}${hint}\n`
    })
    .join('')
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

/** Nothing that ends a line or hides, and no password of an address. */
function printable(text: string): string {
  return text
    .slice(0, 200)
    .replace(/\/\/[^/]*@/, '//…@')
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '�')
}
