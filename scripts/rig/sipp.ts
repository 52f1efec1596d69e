/**
 * SIPp for one call: a SIP stack that others wrote, which plays an XML scenario of ours and says whether it went as
 * written.
 */
import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asteriskCache } from './local-asterisk.ts'

export interface SippCall {
  /** Path of the XML. */
  scenario: string
  /** Work folder, for its logs. */
  dir: string
  /** host:port of the system under test. */
  pbx: string
  /** Own address; the trunk is known by it. `host:port`. */
  address: string
  /** `[name]` of the scenario -> text. */
  keys?: Record<string, string>
}

const LONGEST_MS = 60_000

/**
 * Resolves when the call has gone as the scenario says; rejects with SIPp's own words when it has not, and after 60 s.
 */
export async function playSipp({ scenario, dir, pbx, address, keys = {} }: SippCall): Promise<void> {
  await mkdir(dir, { recursive: true })
  const [host = '', port = ''] = address.split(':')
  const options = {
    '-sf': scenario,
    '-i': host,
    '-mi': host,
    '-p': port,
    '-m': 1,
    '-l': 1,
    '-timeout': LONGEST_MS / 1000,
  }
  const texts = Object.entries(keys).flatMap(([name, text]) => ['-key', name, text])
  const words = [
    pbx,
    '-nostdin',
    '-trace_err',
    '-timeout_error',
    ...Object.entries(options).flat().map(String),
    ...texts,
  ]
  const command = ['--pdeathsig', 'KILL', join(asteriskCache(), 'sipp'), ...words] // it dies with us
  const child = spawn('setpriv', command, { cwd: dir, stdio: 'ignore' })
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (code === 0) return
  const logs = (await readdir(dir)).filter((name) => name.endsWith('_errors.log'))
  const said = await Promise.all(logs.map((name) => readFile(join(dir, name), 'utf8')))
  throw new Error(`SIPp ended with ${code}: ${said.join('\n').slice(0, 4_000)}`)
}
