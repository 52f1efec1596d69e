/** A person with a new phone, other music: what Asterisk must know of a changed configuration it is told while calls go on. */
import { join } from 'node:path'
import { LiveConfig } from '../../src/config/live-config.ts'
import type { LoadResult } from '../../src/config/load.ts'
import type { Config } from '../../src/config/schema.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import type { LocalAsterisk } from '../rig/local-asterisk.ts'
import { phonesOf } from './asterisk-site.ts'
import { type Kept, keptPasswords } from './kept.ts'
import { siteFolder, type SiteFolderOptions, updateSiteFolder } from './site-folder.ts'
import type { Terminal } from './terminal.ts'
import { phoneRows } from './what-runs.ts'

const RELOADS: Record<string, string> = {
  'music.conf': 'moh reload',
  'globals.conf': 'dialplan reload',
  'features.conf': 'module reload features',
}

export interface FollowOptions {
  configFile: string
  dataFolder: string
  asterisk: LocalAsterisk
  /** As for the first configuration. */
  site: SiteFolderOptions
  terminal: Terminal
}

/** Returns how to stop following. The daemon reads the configuration for itself, and tells of errors in it. */
export async function followConfig(
  first: Extract<LoadResult, { ok: true }>,
  options: FollowOptions,
): Promise<() => Promise<void>> {
  const { terminal } = options
  const live = new LiveConfig({ file: options.configFile, log: silentLogger, clock: systemClock }, first)
  let known = phonesOf(first.config).length
  live.onSwap(({ config }) => {
    const told = tell(options, config).then(({ changed, kept }) => {
      if (changed.length === 0) return
      terminal.say('site-updated', { files: changed.join(', ') })
      if (phonesOf(config).length > known) {
        terminal.say('new-phones')
        terminal.rows(phoneRows({ config, kept }, terminal))
      }
      known = phonesOf(config).length
    })
    told.catch((error: unknown) => terminal.warn('site-failed', { why: String(error) }))
  })
  await live.start()
  return () => live.stop()
}

async function tell(
  { asterisk, dataFolder, site }: FollowOptions,
  config: Config,
): Promise<{ changed: string[]; kept: Kept }> {
  const kept = await keptPasswords(
    dataFolder,
    phonesOf(config).map(({ extension }) => extension),
  )
  await site.library.refresh()
  const { files } = await siteFolder({ ...site, config, kept })
  const changed = await updateSiteFolder(join(asterisk.dir, 'etc/local'), files)
  const commands = new Set(changed.map((file) => RELOADS[file] ?? 'pjsip reload'))
  for (const command of commands) await asterisk.cli(command)
  return { changed, kept }
}
