/** The environment of the daemon, from the person's settings and from what was started beside it. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DemoMailbox } from './demo-mailbox.ts'
import { port } from './ports.ts'
import type { Terminal } from './terminal.ts'

/** Where the daemon finds its Asterisk. */
export interface Ari {
  url: string
  user: string
  password: string
}

interface DaemonEnvParts {
  settings: NodeJS.ProcessEnv
  configFile: string
  dataFolder: string
  ari: Ari
  mailbox: DemoMailbox | null
  cache: string
  terminal: Terminal
}

/** The password goes by a file: an environment can be read by more people. */
export async function daemonEnv({
  settings,
  configFile,
  dataFolder,
  ari,
  mailbox,
  cache,
  terminal,
}: DaemonEnvParts): Promise<NodeJS.ProcessEnv> {
  const passwordFile = join(dataFolder, 'ari-password')
  await writeFile(passwordFile, `${ari.password}\n`, { mode: 0o600 })
  const { PEREZVON_ARI_PASSWORD: _password, ...others } = settings
  return {
    ...others,
    ASTERISK_CACHE: cache,
    PEREZVON_CONFIG: configFile,
    PEREZVON_DATA: dataFolder,
    PEREZVON_ARI_URL: ari.url,
    PEREZVON_ARI_USER: ari.user,
    PEREZVON_ARI_PASSWORD_FILE: passwordFile,
    PEREZVON_HTTP: settings['PEREZVON_HTTP'] || `127.0.0.1:${await port('tcp', '127.0.0.1', 8080, 'HTTP', terminal)}`,
    ...mailbox?.env,
  }
}
