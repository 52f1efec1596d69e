/**
 * What reports cost on the year of a busy company: `npx tsx bench/reports.ts [calls]`, 500 000 if missing. Prints how long each report takes, how much of it is work, and
 * what a commit of the journal takes on the daemon's connection while reports are read on theirs. Figures for docs, nothing is asserted.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { join } from 'node:path'
import { reportNames, reportTables } from '../src/reports/reports.ts'
import { grouped } from '../src/reports/table.ts'
import { readWeek } from '../src/reports/weekly/read-week.ts'
import { silentLogger } from '../src/runtime/logger.ts'
import { openDatabase, type Prisma } from '../src/store/database.ts'
import { Journal } from '../src/store/journal.ts'
import { ReportDatabase } from '../src/store/reports/connection.ts'
import { reportCompany, ZONE } from '../test/reports/support/company.ts'
import { madeMonth, type Month } from '../test/reports/support/made-month.ts'
import { writeMonth } from '../test/reports/support/write-month.ts'

const YEAR = { from: Date.UTC(2025, 10, 1), to: Date.UTC(2026, 10, 1) }
const PIECES = 12

async function fill(prisma: Prisma, calls: number): Promise<void> {
  const piece = (YEAR.to - YEAR.from) / PIECES
  for (let n = 0; n < PIECES; n++) {
    const from = Math.round(YEAR.from + n * piece)
    const month = madeMonth(n + 1, Math.round(calls / PIECES), from, Math.round(from + piece))
    await writeMonth(prisma, asWritten(month, n))
    process.stderr.write('.')
  }
  process.stderr.write('\n')
}

/** In the order of time, as a daemon writes: what is read together lies together. */
function asWritten(month: Month, piece: number): Month {
  const calls = month.calls.toSorted((a, b) => a.arrivedAt - b.arrivedAt)
  const idOf = new Map(calls.map(({ id }, i) => [id, `${piece + 10}${String(i).padStart(7, '0')}`]))
  const steps = grouped(month.steps, ({ callId }) => callId)
  const other = <T extends object>(rows: T[], key: keyof T) =>
    rows.map((row) => ({ ...row, [key]: `${piece}-${String(row[key])}` }))
  return {
    calls: calls.map((call) => ({ ...call, id: idOf.get(call.id)! })),
    steps: calls.flatMap(({ id }) => (steps.get(id) ?? []).map((step) => ({ ...step, callId: idOf.get(id)! }))),
    dials: other(month.dials, 'channelId'),
    events: other(month.events, 'id').map((event) => ({ ...event, callId: event.callId && idOf.get(event.callId)! })),
    cases: other(month.cases, 'id'),
    callbacks: other(month.callbacks, 'id'),
  }
}

async function measure(calls: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-reports-'))
  const file = join(folder, 'perezvon.db')
  const database = await openDatabase(file)
  const reports = new ReportDatabase(file, 600_000)
  try {
    await fill(database.prisma, calls)
    console.log(`${calls} calls of a year, ${Math.round((await stat(file)).size / 1e6)} MB`)
    const config = reportCompany()
    const parts = { database: reports, contactStatus: (status: string) => status }
    const context = { config, language: 'en', period: { ...YEAR, zone: ZONE }, cut: null, now: YEAR.to } as const
    const commits = await whileReading(database.prisma, async () => {
      for (const name of reportNames) await timed(name, () => reportTables(name, parts, context))
      for (const cut of ['hour', 'month'] as const)
        await timed(`calls --by ${cut}`, () => reportTables('calls', parts, { ...context, cut }))
      const rules = { shortMs: 5_000, ringMs: 5_000, thresholds: {}, thresholdMs: 20_000 }
      await timed('the weekly mail', () => readWeek(reports, ZONE, YEAR.to, rules))
    })
    const idle = await whileReading(database.prisma, () => new Promise((resolve) => setTimeout(resolve, 5_000)))
    console.log(`a commit of the journal, ms: idle ${idle}; while reports are read ${commits}`)
  } finally {
    await reports.close()
    await database.close()
    await rm(folder, { recursive: true })
  }
}

async function timed(name: string, deed: () => Promise<unknown>): Promise<void> {
  const began = performance.now()
  const before = process.cpuUsage()
  await deed()
  const { user, system } = process.cpuUsage(before)
  const shown = (ms: number) => `${(ms / 1000).toFixed(2).padStart(7)} s`
  console.log(`${name.padEnd(20)} ${shown(performance.now() - began)}  cpu ${shown((user + system) / 1000)}`)
}

/** Commits steps 20 times a second during `deed`: the median and the 99th percentile of what they took, and how long the thread of the callers was held up. */
async function whileReading(prisma: Prisma, deed: () => Promise<unknown>): Promise<string> {
  const lag = monitorEventLoopDelay({ resolution: 5 })
  lag.enable()
  const journal = new Journal(prisma, silentLogger)
  const { id } = (await prisma.call.findFirst({ select: { id: true } }))!
  const took: number[] = []
  let seq = Date.now()
  const timer = setInterval(() => {
    const began = performance.now()
    const row = { callId: id, seq: seq++, at: 0, kind: 'bench', detail: {} }
    void journal.commit([{ op: 'step', row }]).then(() => took.push(performance.now() - began))
  }, 50)
  await deed()
  clearInterval(timer)
  await journal.drain()
  took.sort((a, b) => a - b)
  const rank = (part: number) => (took[Math.ceil(part * took.length) - 1] ?? 0).toFixed(1)
  lag.disable()
  const held = (ns: number) => (ns / 1e6).toFixed(1)
  return `median ${rank(0.5)}, 99 % ${rank(0.99)}, most ${rank(1)} (thread held up: 99 % ${held(lag.percentile(99))}, most ${held(lag.max)})`
}

await measure(Number(process.argv[2] ?? 500_000))
