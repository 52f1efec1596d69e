/**
 * `perezvon <noun> <verb>`. Exit codes: 0 done, 1 failed, 2 usage, 3 configuration invalid, 4 Asterisk unreachable, 5 not found,
 * 6 done but some rows refused, 130 interrupted.
 */
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { talkRecordingsFolder } from '../app/recordings.ts'
import type { Language } from '../runtime/i18n.ts'
import { ownVersion } from '../runtime/version.ts'
import { Illnesses } from '../store/illnesses.ts'
import { Outbox } from '../store/outbox.ts'
import { ReportDatabase } from '../store/reports/connection.ts'
import { addCallbackCommands } from './callback.ts'
import { addCampaignCommands } from './campaign.ts'
import { addConfigCommands } from './config.ts'
import { addDncCommands } from './dnc.ts'
import { CommandFailed, environment } from './environment.ts'
import { addMailCommands } from './mail.ts'
import { addMeetingCommands } from './meeting.ts'
import { addMissedCommands } from './missed.ts'
import { addOperatorCommands } from './operators.ts'
import { addPhoneBookCommands } from './phone-book.ts'
import { addPromptCommands } from './prompts.ts'
import { addReportCommand } from './report.ts'
import { addStatusCommand } from './status.ts'

/** Where words go, each piece as it is, without a line's end. */
export interface Terminal {
  write: (text: string) => void
  writeError: (text: string) => void
}

/** Carries one command out and resolves with its exit code. `argv` and `variables` as a process has them. */
export async function perezvon(
  argv: readonly string[],
  variables: NodeJS.ProcessEnv,
  { write, writeError }: Terminal,
): Promise<number> {
  const language: Language = languageOf(argv, variables)
  const env = environment(variables, language)
  let exitCode = 0
  const common = {
    language,
    log: env.log,
    print: (line: string) => write(`${line}\n`),
    exit: (code: number) => void (exitCode = code),
  }

  const names = async () => {
    const book = await env.phoneBook()
    await book?.readOnce(false)
    return book ?? { of: () => null }
  }
  const openPrisma = async () => (await env.database()).prisma

  const program = new Command('perezvon')
    .description('nobody who called is forgotten')
    .version(ownVersion())
    .option('--lang <language>', 'ru or en; that of the terminal if missing')
    .configureHelp({ sortSubcommands: true })
    .exitOverride()

  addStatusCommand(program, { ...common, settings: () => env.settings() })
  addConfigCommands(program)
  addMissedCommands(program, {
    ...common,
    open: openPrisma,
    config: () => env.config(),
    names,
    recordingsFolder: () => talkRecordingsFolder(env.settings().dataFolder),
    user: userInfo().username,
  })
  addMeetingCommands(program, { ...common, open: openPrisma, config: () => env.config() })
  addCallbackCommands(program, { ...common, open: openPrisma, config: () => env.config(), names })
  addReportCommand(program, {
    ...common,
    open: async () => {
      // migrated first: a report on an older database would find a column missing
      await env.database()
      return new ReportDatabase(join(env.settings().dataFolder, 'perezvon.db'))
    },
    config: () => env.config(),
    names,
    write,
    width: process.stdout.columns ?? Infinity,
    now: Date.now,
  })
  addCampaignCommands(program, { ...common, open: openPrisma, config: () => env.config() })
  addDncCommands(program, { ...common, open: openPrisma, config: () => env.config() })
  addMailCommands(program, {
    ...common,
    openMail: () => {
      const config = env.config()
      const { company } = config
      const configFolder = dirname(env.settings().configFile)
      return Promise.resolve({
        servers: () => env.mail(),
        company: { name: company.name, zone: company.timezone },
        language: company.language,
        templatesFolder: join(configFolder, 'templates'),
        config,
        configFolder,
        env: variables,
        publicUrl: env.settings().http.publicUrl,
      })
    },
    openOutbox: async () => {
      const prisma = await openPrisma()
      return { outbox: new Outbox(prisma), illnesses: new Illnesses(prisma), close: () => env.close() }
    },
  })
  addOperatorCommands(program, { ...common, open: openPrisma, config: () => env.config() })
  addPhoneBookCommands(program, { ...common, book: () => env.phoneBook(), config: () => env.config() })
  addPromptCommands(program, {
    ...common,
    open: async () => ({ config: env.config(), library: await env.library() }),
  })

  try {
    await program.parseAsync(argv)
  } catch (error) {
    exitCode = fail(error, writeError)
  } finally {
    await env.close()
  }
  return exitCode
}

function fail(error: unknown, writeError: Terminal['writeError']): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  writeError(`${error instanceof Error ? error.message : String(error)}\n`.replace(/\n\n$/, '\n'))
  return error instanceof CommandFailed ? error.exitCode : 1
}

function languageOf(argv: readonly string[], { LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): Language {
  const at = argv.indexOf('--lang')
  const asked = at > 0 ? argv[at + 1] : (LC_ALL ?? LC_MESSAGES ?? LANG)
  return asked?.startsWith('ru') ? 'ru' : 'en'
}
