/** The admin's configuration folder: made from a sample when there is none, never written over. */
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { configJsonSchema } from '../../src/config/json-schema.ts'
import type { Language } from '../../src/runtime/i18n.ts'
import { ASTERISK_CONFIG } from '../rig/local-asterisk.ts'
import { REPO } from './daemon-process.ts'

/** The whole firm in the language of whoever starts it. */
const SAMPLES: Record<Language, string> = { ru: 'examples/flower-yard', en: 'examples/small-firm' }
/** Asterisk's own pieces, for a sample that names a music folder. */
const MUSIC = 'root/usr/share/asterisk/moh/manolo_camp-morning_coffee.wav'

export function isConfigured(file: string): boolean {
  return existsSync(file)
}

/** `file`: the perezvon.yaml that will be there. `asteriskCache`: of scripts/get-asterisk; it gives a piece of music. */
export async function writeSampleConfig(file: string, language: Language, asteriskCache: string): Promise<void> {
  const folder = dirname(file)
  const draft = `${folder}.new` // a run that is killed half-way leaves no half configuration
  await rm(draft, { recursive: true, force: true })
  await mkdir(dirname(folder), { recursive: true })
  await cp(join(REPO, SAMPLES[language]), draft, { recursive: true })
  // the sample's first line points an editor at it
  await writeFile(join(draft, 'perezvon.schema.json'), `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
  await mkdir(join(draft, 'music'))
  if (existsSync(join(asteriskCache, MUSIC)))
    await cp(join(asteriskCache, MUSIC), join(draft, 'music/morning-coffee.wav'))
  await mkdir(join(draft, 'asterisk'))
  await cp(join(ASTERISK_CONFIG, 'local/trunks.conf'), join(draft, 'asterisk/trunks.conf.sample'))
  if (!existsSync(folder)) return rename(draft, folder)
  // somebody made the folder already, but not the main file: only what is missing is added
  for (const entry of await readdir(draft)) {
    if (!existsSync(join(folder, entry))) await rename(join(draft, entry), join(folder, entry))
  }
  await rm(draft, { recursive: true, force: true })
}
