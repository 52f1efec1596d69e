/** What the commands share: the settings, the configuration, the database, the words on the terminal. Each part is opened when it is asked for. */
import { dirname, join } from 'node:path'
import { printProblems } from '../config/diagnostics.ts'
import { checkDataFolder } from '../config/data-folder.ts'
import { loadSettings, printSettingProblems, type Settings } from '../config/env.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import type { Secrets } from '../config/secrets.ts'
import { mailServers } from '../notices/mail-settings.ts'
import { secretsFrom } from '../outgoing/named-secret.ts'
import { sourceMaker } from '../phone-book/make-source.ts'
import { PhoneBook } from '../phone-book/phone-book.ts'
import { openLibrary, type PromptLibrary } from '../prompts/library.ts'
import type { Language } from '../runtime/i18n.ts'
import { systemClock } from '../runtime/clock.ts'
import { createLogger, type Logger, silentLogger } from '../runtime/logger.ts'
import { BookAnswers } from '../store/book-answers.ts'
import { type Database, openDatabase } from '../store/database.ts'

/** Ends a command with an exit code after its last word. */
export class CommandFailed extends Error {
  override name = 'CommandFailed'
  readonly exitCode: number
  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

export interface Environment {
  language: Language
  log: Logger
  settings(): Settings
  secrets(): Secrets
  /** The checked configuration; throws CommandFailed (3) with the diagnostics. */
  config(): Config
  database(): Promise<Database>
  library(): Promise<PromptLibrary>
  /** Not read yet. Null: the configuration has none. */
  phoneBook(): Promise<PhoneBook | null>
  mail(): ReturnType<typeof mailServers>
  /** Closes what was opened. */
  close(): Promise<void>
}

export function environment(env: NodeJS.ProcessEnv, language: Language): Environment {
  let set: { settings: Settings; secrets: Secrets } | null = null
  let config: Config | null = null
  let database: Promise<Database> | null = null
  const self: Environment = {
    language,
    log: createLogger({ level: 'warn', format: 'text' }),
    settings: () => read().settings,
    secrets: () => read().secrets,
    config() {
      if (config) return config
      const loaded = loadConfig(self.settings().configFile)
      if (!loaded.ok) {
        const options = { language: loaded.language ?? language, sources: loaded.sources }
        throw new CommandFailed(printProblems(loaded.problems, options), 3)
      }
      return (config = loaded.config)
    },
    database() {
      const { dataFolder } = self.settings()
      const problem = checkDataFolder(dataFolder)
      if (problem) throw new CommandFailed(printSettingProblems([problem], language), 3)
      return (database ??= openDatabase(join(dataFolder, 'perezvon.db')))
    },
    library() {
      const { configFile, dataFolder, soundsFolder, madeSoundsFolder, tts } = self.settings()
      return openLibrary({
        configDir: dirname(configFile),
        dataDir: dataFolder,
        asterisk: { configDir: soundsFolder, soundsDir: madeSoundsFolder },
        ttsCommand: tts ?? undefined,
        beside: env['ASTERISK_CACHE'] ? [env['ASTERISK_CACHE']] : [],
      })
    },
    async phoneBook() {
      const { configFile, dataFolder } = self.settings()
      if (self.config().phone_book.length === 0) return null
      const folder = dirname(configFile)
      const answers = new BookAnswers((await self.database()).prisma)
      const parts = { folder, dataFolder, answers, secretOf: secretsFrom(env, folder), clock: systemClock }
      return new PhoneBook(sourceMaker({ ...parts, log: silentLogger }), self.config())
    },
    mail() {
      const { smtpUrls, dkimKey } = self.secrets()
      const { from, ehlo, dkim, timeoutMs } = self.settings().mail
      if (smtpUrls.length === 0 || !from) throw new CommandFailed('PEREZVON_SMTP_URL, PEREZVON_MAIL_FROM: not set', 3)
      const signature = dkimKey ? { ...dkim, key: dkimKey } : null
      return mailServers(smtpUrls, { from, ehlo, dkim: signature, silenceMs: timeoutMs })
    },
    async close() {
      await (await database)?.close()
    },
  }
  function read() {
    if (set) return set
    const result = loadSettings(env, 'cli')
    if (!result.ok) throw new CommandFailed(printSettingProblems(result.problems, language), 3)
    return (set = result)
  }
  return self
}
