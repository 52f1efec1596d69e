/** A loaded configuration from YAML text, for rules that work on one. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadConfig } from '../../src/config/load.ts'
import { printProblems } from '../../src/config/diagnostics.ts'
import type { Config } from '../../src/config/schema.ts'

/** Throws with the diagnostics when the text is refused. `sounds`: prompts that are there. */
export function configOf(yaml: string, sounds: string[] = []): Config {
  const dir = mkdtempSync(join(tmpdir(), 'perezvon-config-'))
  try {
    const file = join(dir, 'perezvon.yaml')
    writeFileSync(file, yaml)
    for (const sound of sounds) {
      mkdirSync(dirname(join(dir, sound)), { recursive: true })
      writeFileSync(join(dir, `${sound}.wav`), '')
    }
    const loaded = loadConfig(file)
    if (!loaded.ok) throw new Error(printProblems(loaded.problems, { language: 'en', sources: loaded.sources }))
    return loaded.config
  } finally {
    rmSync(dir, { recursive: true })
  }
}
