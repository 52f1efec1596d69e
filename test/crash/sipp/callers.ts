/**
 * Callers whom SIPp plays: another SIP stack than the rig's own phone, and its log is a witness of its own. They choose nothing and say
 * nothing, so some leave in the menu, some while it rings, some as somebody has picked up.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asteriskCache } from '../../../scripts/rig/local-asterisk.ts'
import { type CrashWorld, MAIN_LINE } from '../crash-world.ts'
import type { SipCall } from '../evidence.ts'
import { CALLER } from '../people.ts'

const SCENARIO = join(import.meta.dirname, 'caller.xml')
/** Numbers of SIPp's callers begin so; nobody else calls from them. */
const FIRST = 6_000_000
const MOST = 9_999
/** The last of them is gone by then. */
const LAST_CALL_MS = 90_000

export class SippCallers {
  #dir: string
  #process: ChildProcess
  #exit: Promise<void>

  private constructor(dir: string, process: ChildProcess) {
    this.#dir = dir
    this.#process = process
    this.#exit = new Promise((done) => process.once('exit', () => done()))
  }

  /** `rate`: calls a second. */
  static async start({ dir, ports }: Pick<CrashWorld, 'dir' | 'ports'>, rate: number): Promise<SippCallers> {
    const numbers = Array.from({ length: MOST }, (_, i) => `${CALLER}${FIRST + i};${MAIN_LINE}`)
    await writeFile(join(dir, 'sipp.csv'), ['SEQUENTIAL', ...numbers].join('\n'))
    const options = {
      '-i': '127.0.0.1',
      '-p': ports.others.at(-1)!,
      '-sf': SCENARIO,
      '-inf': 'sipp.csv',
      '-r': 1,
      '-rp': Math.round(1_000 / rate),
      '-l': 200,
      '-m': MOST,
      '-log_file': 'sipp.log',
      '-error_file': 'sipp-errors.log',
    }
    const words = [`127.0.0.1:${ports.sip}`, '-nostdin', '-trace_logs', '-trace_err', ...Object.entries(options).flat()]
    // it dies with us
    const command = ['--pdeathsig', 'KILL', join(asteriskCache(), 'sipp'), ...words.map(String)]
    const child = spawn('setpriv', command, { cwd: dir, stdio: 'ignore' })
    return new SippCallers(dir, child)
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }

  /** No further calls. Resolves with all of them when those that are under way have ended. */
  async stop(): Promise<SipCall[]> {
    if (this.#process.exitCode === null) {
      this.#process.kill('SIGUSR1')
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), LAST_CALL_MS)
      await this.#exit
      clearTimeout(timer)
    }
    return readSippLog(await readFile(join(this.#dir, 'sipp.log'), 'utf8'))
  }
}

/** Lines `number deed date time epoch`, of caller.xml. SIPp cannot tell a person from a prompt: whom he heard is left to the desks. */
export function readSippLog(text: string): SipCall[] {
  const calls = new Map<string, SipCall>()
  for (const line of text.split('\n')) {
    const [, from, deed, epoch] = /^(\+\d+) (\w+) .*\s(\d+\.\d+)$/.exec(line) ?? []
    if (from === undefined || deed === undefined) continue
    const at = Number(epoch) * 1_000
    if (deed === 'called') calls.set(from, { ...NEW, from, began: at })
    const call = calls.get(from)
    if (!call) continue
    if (deed === 'answered') call.replied = call.answered = at
    if (deed === 'left') Object.assign(call, { left: at, end: 'we hung up' })
    if (deed === 'released') call.end = 'they hung up'
    if (deed === 'lost') call.end = 'timeout'
    if (deed === 'over') call.over = at
  }
  return [...calls.values()]
}

const NEW = {
  direction: 'placed',
  to: MAIN_LINE,
  replied: null,
  answered: null,
  operator: null,
  left: null,
  over: null,
  end: null,
  deaf: true,
} as const satisfies Omit<SipCall, 'from' | 'began'>
