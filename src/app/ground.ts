/** What every room stands on: settings, database, journal, clock, log, figures, and the configuration of the moment. */
import { dirname } from 'node:path'
import type { Snapshot } from '../calls/call.ts'
import { LiveCalls } from '../calls/live-calls.ts'
import type { Settings } from '../config/env.ts'
import type { LiveConfig } from '../config/live-config.ts'
import type { Config } from '../config/schema.ts'
import type { Secrets } from '../config/secrets.ts'
import { createMetrics, type Metrics } from '../http/metrics.ts'
import { secretsFrom } from '../outgoing/named-secret.ts'
import { sourceMaker } from '../phone-book/make-source.ts'
import { PhoneBook } from '../phone-book/phone-book.ts'
import type { PromptLibrary } from '../prompts/library.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import { BookAnswers } from '../store/book-answers.ts'
import type { Database, Prisma } from '../store/database.ts'
import { Journal } from '../store/journal.ts'

/** What the process is given. */
export interface AppParts {
  settings: Settings
  secrets: Secrets
  liveConfig: LiveConfig
  database: Database
  library: PromptLibrary
  version: string
  clock: Clock
  log: Logger
  /** Another daemon took over: end at once. */
  onFenced: () => void
}

export interface Ground extends AppParts {
  prisma: Prisma
  /** This daemon's name in records. */
  node: string
  metrics: Metrics
  journal: Journal
  /** The calls this process has in hand. */
  live: LiveCalls
  /** Names of callers. */
  names: PhoneBook
  snapshot: () => Snapshot
  config: () => Config
}

export function layGround(parts: AppParts): Ground {
  const { prisma } = parts.database
  const { liveConfig, settings, clock, log } = parts
  const folder = dirname(settings.configFile)
  const { dataFolder } = settings
  const answers = new BookAnswers(prisma)
  const secretOf = secretsFrom(process.env, folder)
  const names = new PhoneBook(
    sourceMaker({ folder, dataFolder, answers, secretOf, clock, log }),
    liveConfig.current.config,
  )
  return {
    ...parts,
    prisma,
    node: parts.settings.ari.app,
    metrics: createMetrics(parts.version),
    journal: new Journal(prisma, parts.log),
    live: new LiveCalls(),
    names,
    snapshot: () => ({ config: liveConfig.current.config, version: liveConfig.current.hash }),
    config: () => liveConfig.current.config,
  }
}
