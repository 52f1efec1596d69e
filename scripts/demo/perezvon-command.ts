/** `perezvon …` as a person would type it beside the daemon. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { REPO } from '../start/daemon-process.ts'

export interface CommandOutcome {
  exitCode: number
  /** Standard output and errors, as they came. */
  text: string
}

/** Aborted, the command is killed and the promise rejects with the signal's reason. */
export function perezvon(env: NodeJS.ProcessEnv, words: string[], signal: AbortSignal): Promise<CommandOutcome> {
  const command = ['--pdeathsig', 'KILL', process.execPath, join(REPO, 'dist/cli/main.js'), ...words]
  const child = spawn('setpriv', command, {
    env,
    signal,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let text = ''
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (text += bytes.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', () =>
      reject(signal.aborted ? (signal.reason as Error) : new Error(`perezvon ${words[0]} could not be started`)),
    )
    child.once('close', (code) => resolve({ exitCode: code ?? 128, text }))
  })
}
