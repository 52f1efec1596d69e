/** What every room stands on: settings, database, journal, clock, log, figures, and the configuration of the moment. */
import type { Snapshot } from '../calls/call.ts'
import { LiveCalls } from '../calls/live-calls.ts'
import type { Settings } from '../config/env.ts'
import type { LiveConfig } from '../config/live-config.ts'
import type { Config } from '../config/schema.ts'
import type { Secrets } from '../config/secrets.ts'
import { createMetrics, type Metrics } from '../http/metrics.ts'
import type { PromptLibrary } from '../prompts/library.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
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
  snapshot: () => Snapshot
  config: () => Config
}

export function layGround(parts: AppParts): Ground {
  const { prisma } = parts.database
  const { liveConfig } = parts
  return {
    ...parts,
    prisma,
    node: parts.settings.ari.app,
    metrics: createMetrics(parts.version),
    journal: new Journal(prisma, parts.log),
    live: new LiveCalls(),
    snapshot: () => ({ config: liveConfig.current.config, version: liveConfig.current.hash }),
    config: () => liveConfig.current.config,
  }
}
