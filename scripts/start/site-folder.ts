/**
 * The files in which Asterisk's configuration differs from site to site, made from perezvon.yaml. What lies in `config/asterisk/` under
 * the same name wins: trunks.conf with the provider's address and password, transport.conf behind NAT.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../src/config/schema.ts'
import type { PromptLibrary } from '../../src/prompts/library.ts'
import { type MusicProblem, musicClasses, renderMusicOnHold } from '../../src/prompts/music-on-hold.ts'
import { siteFiles } from '../rig/site-files.ts'
import { siteOf, type SiteParts } from './asterisk-site.ts'

export interface SiteFolderOptions extends SiteParts {
  config: Config
  library: PromptLibrary
  /** `config/asterisk` */
  ownFolder: string
  /** False: own trunks are left out, so that nothing leads to the outside. */
  outside: boolean
}

/** File below `local/` -> text, and what is wrong with the music. */
export async function siteFolder(
  options: SiteFolderOptions,
): Promise<{ files: Record<string, string>; music: MusicProblem[] }> {
  const { config, library, ownFolder, outside } = options
  const { classes, problems } = await musicClasses(config.music, library, config.company.language)
  const files: Record<string, string> = {
    ...siteFiles(siteOf(config, options)),
    'music.conf': renderMusicOnHold(classes),
  }
  for (const name of Object.keys(files)) {
    const own = join(ownFolder, name)
    if (existsSync(own) && (outside || name !== 'trunks.conf')) files[name] = await readFile(own, 'utf8')
  }
  return { files, music: problems }
}

/** Into a running Asterisk's `etc/local`. Returns the names of those that changed. */
export async function updateSiteFolder(folder: string, files: Record<string, string>): Promise<string[]> {
  await mkdir(folder, { recursive: true })
  const changed: string[] = []
  for (const [name, text] of Object.entries(files)) {
    if ((await readFile(join(folder, name), 'utf8').catch(() => null)) === text) continue
    await writeFile(join(folder, name), text, { mode: 0o600 })
    changed.push(name)
  }
  return changed
}
