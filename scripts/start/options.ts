/** The command line of `scripts/up`. */
import { parseArgs } from 'node:util'
import { terminalLanguage } from '../../src/cli/config.ts'
import type { Language } from '../../src/runtime/i18n.ts'

export interface UpOptions {
  language: Language
  help: boolean
  demo: boolean
  /** Of the demo: plays it, prints the outcome, ends. */
  once: boolean
  noDemo: boolean
  /** An Asterisk that is installed already: its program, or the folder of a scripts/get-asterisk. */
  asterisk: string | null
  /** An Asterisk that runs already: `http://host:8088`. */
  ari: string | null
  ariUser: string
  /** Address on which phones reach the Asterisk that we start. */
  listen: string
  configFolder: string
  dataFolder: string
  /** File with further settings, `PEREZVON_…=…` a line; `env` in the data folder if missing. */
  envFile: string | null
}

/** A word that is not understood. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export function readOptions(words: string[], env: NodeJS.ProcessEnv): UpOptions {
  const { values } = parse(words)
  const asked = values.lang
  if (asked !== undefined && asked !== 'ru' && asked !== 'en') throw new UsageError(`--lang ${asked}: ru, en`)
  if (values.ari !== undefined && !isHttp(values.ari)) throw new UsageError(`--ari ${values.ari}: http://host:8088`)
  if (values.ari !== undefined && values.asterisk !== undefined) throw new UsageError('--ari, --asterisk')
  return {
    language: asked ?? terminalLanguage(env),
    help: values.help,
    demo: values.demo || values.once,
    once: values.once,
    noDemo: values['no-demo'],
    asterisk: values.asterisk ?? null,
    ari: values.ari?.replace(/\/+(ari\/*)?$/, '') ?? null,
    ariUser: values['ari-user'] ?? env['PEREZVON_ARI_USER'] ?? 'perezvon',
    listen: values.listen,
    configFolder: values.config ?? env['PEREZVON_CONFIG'] ?? 'config',
    dataFolder: values.data ?? env['PEREZVON_DATA'] ?? '.perezvon',
    envFile: values.env ?? null,
  }
}

function parse(words: string[]) {
  const flag = { type: 'boolean', default: false } as const
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: words,
      options: {
        'help': { ...flag, short: 'h' },
        'demo': flag,
        'once': flag,
        'no-demo': flag,
        'lang': text,
        'asterisk': text,
        'ari': text,
        'ari-user': text,
        'listen': { ...text, default: '127.0.0.1' },
        'config': text,
        'data': text,
        'env': text,
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).username === ''
}
