/** The command line as the admin types it: the built program as a process of its own, with the daemon's settings. */
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import type { Daemon } from './daemon.ts'

const COMMAND = resolve(import.meta.dirname, '../../dist/cli/main.js')

export interface CommandEnd {
  code: number | null
  out: string
  error: string
}

export function perezvon(daemon: Daemon, ...words: string[]): Promise<CommandEnd> {
  const child = spawn(process.execPath, [COMMAND, ...words], { env: daemon.env, stdio: ['ignore', 'pipe', 'pipe'] })
  const end: CommandEnd = { code: null, out: '', error: '' }
  child.stdout.on('data', (part: Buffer) => (end.out += part.toString()))
  child.stderr.on('data', (part: Buffer) => (end.error += part.toString()))
  return new Promise((done) => child.once('close', (code) => done({ ...end, code })))
}
