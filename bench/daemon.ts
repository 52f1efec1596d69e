/** The daemon as it is deployed, a process of its own from the build, configured to do with a call what the plain dialplan does. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asteriskCache } from '../scripts/rig/local-asterisk.ts'
import { sleep } from '../src/runtime/abort.ts'
import { type BenchAsterisk, daemonNumbers, extensionOf, OPERATORS } from './asterisk.ts'
import { cpuMs } from './measure.ts'

export interface DaemonOptions {
  /** `dist/main.js` of this checkout, or of another build. */
  main: string
  dataFolder: string
  smtpPort: number
  /** Missed-call mails are due at once instead of after the run. */
  mails: boolean
  /** A CPU profile is written there when it ends. */
  profileFolder: string | null
}

const READY_MS = 20_000
const STOP_MS = 30_000
const QUIET_MS = 60_000
/** CPU in a second that is more than doing nothing. */
const BUSY_MS = 100

export interface BenchDaemon {
  pid: number
  /** Calls whose end is in its database, since it started. */
  records(): Promise<number>
  stop(): Promise<void>
}

export async function startBenchDaemon(pbx: BenchAsterisk, options: DaemonOptions): Promise<BenchDaemon> {
  const { main, dataFolder, profileFolder } = options
  const configFile = join(pbx.configFolder, 'perezvon.yaml')
  await writeFile(configFile, daemonConfig(options.mails))
  const logFile = `${dataFolder}.log`
  const log = createWriteStream(logFile, { flags: 'a' })
  const profiling = profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]
  const child = spawn(process.execPath, [...profiling, main], {
    env: {
      PATH: process.env['PATH'],
      ASTERISK_CACHE: asteriskCache(),
      PEREZVON_CONFIG: configFile,
      PEREZVON_DATA: dataFolder,
      PEREZVON_ARI_URL: pbx.asterisk.ari.url.replace(/\/ari$/, ''),
      PEREZVON_ARI_USER: pbx.asterisk.ari.user,
      PEREZVON_ARI_PASSWORD: pbx.asterisk.ari.password,
      PEREZVON_ARI_APP: pbx.app,
      PEREZVON_SMTP_URL: `smtp://127.0.0.1:${options.smtpPort}?tls=none`,
      PEREZVON_MAIL_FROM: 'perezvon@example.ru',
      PEREZVON_HTTP: `127.0.0.1:${pbx.httpPort}`,
      PEREZVON_LOG: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  const dieWithUs = () => child.kill('SIGKILL')
  process.once('exit', dieWithUs)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = `http://127.0.0.1:${pbx.httpPort}`
  await untilReady(child, `${url}/ready`, logFile)
  await untilQuiet(child.pid!)
  return {
    pid: child.pid!,
    records: () => countEnded(`${url}/metrics`),
    stop: async () => {
      child.kill('SIGTERM')
      const timer = setTimeout(dieWithUs, STOP_MS)
      await ended
      clearTimeout(timer)
      process.off('exit', dieWithUs)
    },
  }
}

async function untilReady(child: ChildProcess, url: string, logFile: string): Promise<void> {
  for (const deadline = performance.now() + READY_MS; ; await sleep(50)) {
    const ready = await fetch(url).then(
      (reply) => reply.ok,
      () => false,
    )
    if (ready) return
    if (child.exitCode === null && performance.now() < deadline) continue
    child.kill('SIGKILL')
    throw new Error(`the daemon did not start:\n${(await readFile(logFile, 'utf8')).slice(-4000)}`)
  }
}

async function countEnded(url: string): Promise<number> {
  const text = await (await fetch(url)).text()
  const counts = [...text.matchAll(/^perezvon_calls_(?:answered|missed)_total\{.*\} (\d+)$/gm)]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}

/** A new installation first speaks its prompts; that is no cost of a call. */
async function untilQuiet(pid: number): Promise<void> {
  const deadline = performance.now() + QUIET_MS
  for (let before = cpuMs(pid); performance.now() < deadline;) {
    await sleep(1_000)
    const now = cpuMs(pid)
    if (now - before < BUSY_MS) return
    before = now
  }
}

/** Everything a caller of the bench meets. A real company has fewer lines and longer flows. */
function daemonConfig(mails: boolean): string {
  const operators = Array.from({ length: OPERATORS }, (_, operator) => operator)
  const each = (line: (operator: number) => string) => operators.map(line).join('\n')
  return `version: 1
company: { name: Bench, language: en, timezone: Asia/Yekaterinburg, country: RU }
people:
${each((n) => `  p${n}: { name: Operator ${n}, rings: PJSIP/${extensionOf(n)} }`)}
groups:
  operators: { members: [p0], each: 20s, total: 60s }
trunks:
  provider: { endpoint: PJSIP/provider, lines: 10000, caller_id: "${daemonNumbers.ivr}" }
lines:
  "${daemonNumbers.ivr}": { name: Menu, flow: ivr }
  "${daemonNumbers.idle}": { name: Hold, flow: idle }
${each((n) => `  "${daemonNumbers.dial(n)}": { name: Line ${n}, flow: dial-${n} }`)}
flows:
  ivr:
    - menu:
        play: prompts/menu
        wait: 5s
        tries: 1
        keys: { 1: [{ play: prompts/choice }, { hangup: normal }] }
        else: { hangup: normal }
  idle:
    - menu: { play: prompts/choice, wait: 1h, tries: 1, keys: { 1: { hangup: normal } }, else: { hangup: normal } }
${each((n) => `  dial-${n}: [{ ring: { to: p${n}, for: 30s, music: ringing } }, { unanswered: { hangup: normal } }]`)}
missed_calls:
  shortest_talk: 0s
  mail: { to: [office@example.ru], wait: ${mails ? '0s, digest: { over: 100000 }' : '1h'} }
`
}
