/** The bench: one Asterisk, one phone, and the targets in turn, so that what else the machine does falls on all of them alike. */
import { appendFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startMailServer } from '../scripts/rig/mail-server.ts'
import { sleep } from '../src/runtime/abort.ts'
import { startBenchAsterisk } from './asterisk.ts'
import { dial } from './dial.ts'
import { type Held, holdCalls } from './idle.ts'
import { ivr } from './ivr.ts'
import { beginMeasure } from './measure.ts'
import { type Options, readOptions, type Session, usage, UsageError, type WorkloadName } from './options.ts'
import { Phone } from './phone.ts'
import { heldTable, line, type Measured, measured, summary, title } from './report.ts'
import { type Target, Targets } from './targets.ts'
import type { Workload } from './workload.ts'

const workloads: Record<WorkloadName, Workload> = { ivr, dial }
const HOLD_SECONDS = 10
/** Before a target is measured for the first time: code is compiled, caches are filled. */
const WARM_UP = { rate: 40, seconds: 15 }
const PAUSE_MS = 1_000

interface Bench {
  phone: Phone
  asterisk: number
  targets: Targets
  options: Options
}

async function runAll(options: Options): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-'))
  const phone = await Phone.open()
  const [pbx, mail] = await Promise.all([startBenchAsterisk(dir, phone.sipPort), startMailServer()])
  phone.pbxPort = pbx.sipPort
  const profileFolder = options.profile && resolve(options.profile)
  const targets = new Targets(pbx, dir, { smtpPort: mail.port, mails: options.mails, profileFolder })
  const bench = { phone, asterisk: pbx.asterisk.pid!, targets, options }
  const reports: string[] = []
  try {
    for (const session of options.sessions) reports.push(await runSession(bench, session))
    if (options.hold > 0) reports.push(await runHeld(bench))
  } finally {
    await targets.stop()
    await Promise.all([pbx.stop(), mail.close()])
    phone.close()
    if (options.keep) console.error(`left in ${dir}`)
    else await rm(dir, { recursive: true, force: true })
  }
  console.log(`\n${reports.join('\n\n')}`)
}

async function runSession(bench: Bench, session: Session): Promise<string> {
  console.error(title(session))
  const turns: Measured[] = []
  for (let n = 0; n < session.repeat; n++) {
    for (const name of bench.options.targets) {
      const turn = await takeTurn(bench, session, name)
      turns.push(turn)
      console.error(line(turn))
      record(bench.options, { ...session, ...turn })
      await sleep(PAUSE_MS)
    }
  }
  return summary(session, turns)
}

async function takeTurn({ phone, asterisk, targets }: Bench, session: Session, name: string): Promise<Measured> {
  const target = await targets.take(name)
  const workload = workloads[session.workload]
  if (target.cold) {
    await workload.run({ phone, numbers: target.numbers, pace: WARM_UP })
    await targets.settle(target)
  }
  const before = await target.daemon?.records()
  const cost = beginMeasure(phone, asterisk, target.daemon?.pid ?? null)
  const outcome = await workload.run({ phone, numbers: target.numbers, pace: session.pace })
  const during = cost()
  await targets.settle(target)
  const turn = measured(name, outcome, during, cost())
  await countRecords(target, before, turn)
  return turn
}

/** A call that the daemon carried and did not write down has failed, whatever the caller heard. */
async function countRecords({ daemon }: Target, before: number | undefined, turn: Measured): Promise<void> {
  if (!daemon || before === undefined) return
  const missing = turn.calls - ((await daemon.records()) - before)
  if (missing === 0) return
  turn.failures['without a record'] = missing
  turn.failed += Math.abs(missing)
}

async function runHeld({ phone, asterisk, targets, options }: Bench): Promise<string> {
  console.error(`holding ${options.hold} calls`)
  const held = new Map<string, Held>()
  for (const name of options.targets) {
    const { numbers, daemon } = await targets.take(name)
    const pids = { asterisk, daemon: daemon?.pid ?? null }
    const figures = await holdCalls(phone, numbers, pids, { count: options.hold, seconds: HOLD_SECONDS })
    held.set(name, figures)
    record(options, { workload: 'idle', target: name, ...figures })
  }
  return heldTable(held)
}

function record({ json }: Options, figures: object): void {
  if (json !== null) appendFileSync(json, `${JSON.stringify({ at: new Date().toISOString(), ...figures })}\n`)
}

try {
  const options = readOptions(process.argv.slice(2))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  await runAll(options)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
