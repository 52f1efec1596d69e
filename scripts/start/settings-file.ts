/** Settings of the daemon for `scripts/up`: the environment, and before it a file with a `PEREZVON_…=…` on each line. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { UsageError } from './options.ts'

/** `named` must be there, else UsageError; without it `env` in the data folder may be. What the environment says wins. */
export async function settingsEnv(
  named: string | null,
  dataFolder: string,
  env: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  const text = await readFile(named ?? join(dataFolder, 'env'), 'utf8').catch((error: unknown) => {
    if (named === null) return ''
    throw new UsageError(`--env ${named}: ${error instanceof Error ? error.message : String(error)}`)
  })
  return { ...parseEnv(text), ...env }
}

export function hasMailServer(env: NodeJS.ProcessEnv): boolean {
  return ['PEREZVON_SMTP_URL', 'PEREZVON_SMTP_URL_FILE', 'PEREZVON_SMTP_HOST'].some((name) => env[name])
}
