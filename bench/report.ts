/** Turns, as lines while they are taken and as tables at the end. */
import { median, percentile, shown, table } from './figures.ts'
import { type Medians, standings } from './goals.ts'
import type { Held } from './idle.ts'
import type { Cost } from './measure.ts'
import type { Session } from './options.ts'
import type { Outcome } from './workload.ts'

/** One target's turn, measured. CPU is in milliseconds a call, spans in milliseconds. */
export interface Measured {
  target: string
  calls: number
  failed: number
  failures: Record<string, number>
  callsPerSecond: number
  asteriskMs: number
  daemonMs: number
  phoneMs: number
  /** Of the CPU above, what was spent after the last call was over. */
  afterwards: { asteriskMs: number; daemonMs: number }
  busy: number
  foreign: number
  lagMs: number
  repeats: number
  spans: Record<string, number>
}

/** `during`: the load itself; `whole`: with what follows from the calls. */
export function measured(target: string, outcome: Outcome, during: Cost, whole: Cost): Measured {
  const { calls, callsPerSecond, failures } = outcome
  const spans = Object.entries(outcome.spans).flatMap(([name, lengths]) => [
    [`${name} p50`, percentile(lengths, 50)],
    [`${name} p99`, percentile(lengths, 99)],
  ])
  return {
    target,
    calls,
    failed: [...failures.values()].reduce((sum, n) => sum + n, 0),
    failures: Object.fromEntries(failures),
    callsPerSecond,
    asteriskMs: whole.asteriskMs / calls,
    daemonMs: whole.daemonMs / calls,
    phoneMs: during.phoneMs / calls,
    afterwards: {
      asteriskMs: (whole.asteriskMs - during.asteriskMs) / calls,
      daemonMs: (whole.daemonMs - during.daemonMs) / calls,
    },
    busy: during.busy,
    foreign: during.foreign,
    lagMs: during.lagMs,
    repeats: during.repeats,
    spans: Object.fromEntries(spans) as Record<string, number>,
  }
}

export function title({ workload, pace }: Session): string {
  return 'window' in pace ? `${workload} saturated, ${pace.window} callers` : `${workload}, ${pace.rate} calls a second`
}

/** A turn in a line. */
export function line(turn: Measured): string {
  const spans = Object.entries(turn.spans).map(([name, value]) => `${name} ${shown(value)}`)
  const failures = Object.entries(turn.failures).map(([how, count]) => `\n    ${count} x ${how}`)
  return [
    `  ${turn.target}: ${turn.calls} calls, ${shown(turn.callsPerSecond)}/s`,
    `Asterisk ${shown(turn.asteriskMs)} ms (afterwards ${shown(turn.afterwards.asteriskMs)})`,
    `daemon ${shown(turn.daemonMs)} ms (afterwards ${shown(turn.afterwards.daemonMs)})`,
    ...spans,
    `busy ${shown(turn.busy)} % (others ${shown(turn.foreign)} %)`,
    `lag ${shown(turn.lagMs)}${failures.join('')}`,
  ].join(', ')
}

/** Medians of each target's turns, and how they stand to the first target's. */
export function summary(session: Session, turns: readonly Measured[]): string {
  const names = [...new Set(turns.map((turn) => turn.target))]
  const first = turns.filter((turn) => turn.target === names[0])
  const spans = spanNames(turns)
  const heading = ['', 'calls/s', 'failed', 'daemon ms', 'Asterisk ms', ...spans, 'lag', 'busy', 'others']
  const rows = names.map((name) =>
    row(
      name,
      turns.filter((turn) => turn.target === name),
      first,
      spans,
    ),
  )
  const text = [`${title(session)}; medians of ${session.repeat}`, table([heading, ...rows])]
  const limit = mediansOf(first)
  for (const name of names.filter((other) => other !== 'dialplan')) {
    if (names[0] !== 'dialplan') break
    const kind = 'window' in session.pace ? `${session.workload} saturated` : session.workload
    const own = mediansOf(turns.filter((turn) => turn.target === name))
    const lines = standings(kind, own, limit).map(({ goal, value, met }) => [goal, value, met ? 'met' : 'missed'])
    if (lines.length > 0) text.push('', table(lines))
  }
  return text.join('\n')
}

export function mediansOf(turns: readonly Measured[]): Medians {
  const of = (pick: (turn: Measured) => number) => median(turns.map(pick))
  const spans = Object.keys(turns[0]?.spans ?? {}).map((span) => [span, of((turn) => turn.spans[span]!)])
  return {
    callsPerSecond: of((turn) => turn.callsPerSecond),
    asteriskMs: of((turn) => turn.asteriskMs),
    daemonMs: of((turn) => turn.daemonMs),
    spans: Object.fromEntries(spans) as Record<string, number>,
  }
}

export function heldTable(held: ReadonlyMap<string, Held>): string {
  const columns: [string, (h: Held) => number][] = [
    ['held', (h) => h.held],
    ['Asterisk MiB', (h) => h.asteriskMiB],
    ['KiB a call', (h) => h.asteriskKiBPerCall],
    ['% of a core', (h) => h.asteriskCpu],
    ['threads', (h) => h.threads],
    ['descriptors', (h) => h.descriptors],
    ['daemon MiB', (h) => h.daemonMiB],
    ['KiB a call', (h) => h.daemonKiBPerCall],
    ['% of a core', (h) => h.daemonCpu],
  ]
  const rows = [...held].map(([name, figures]) => [name, ...columns.map(([, pick]) => shown(pick(figures)))])
  return `calls held\n${table([['', ...columns.map(([name]) => name)], ...rows])}`
}

function row(name: string, turns: readonly Measured[], first: readonly Measured[], spans: readonly string[]): string[] {
  const [own, limit] = [mediansOf(turns), mediansOf(first)]
  const same = turns === first || turns[0]?.target === first[0]?.target
  const times = (value: number, base: number) => (same ? shown(value) : `${shown(value)} x${shown(value / base)}`)
  const plus = (value: number, base: number) => {
    if (same) return shown(value)
    return `${shown(value)} ${value < base ? '-' : '+'}${shown(Math.abs(value - base))}`
  }
  const span = (which: string) => ['p50', 'p99'].map((p) => plus(own.spans[`${which} ${p}`]!, limit.spans[`${which} ${p}`]!)) // prettier-ignore
  const of = (pick: (turn: Measured) => number) => median(turns.map(pick))
  return [
    name,
    times(own.callsPerSecond, limit.callsPerSecond),
    String(turns.reduce((sum, turn) => sum + turn.failed, 0)),
    shown(own.daemonMs),
    times(own.asteriskMs, limit.asteriskMs),
    ...spans.map((which) => span(which).join(' / ')),
    shown(of((turn) => turn.lagMs)),
    `${Math.round(of((turn) => turn.busy))} %`,
    `${Math.round(of((turn) => turn.foreign))} %`,
  ]
}

function spanNames(turns: readonly Measured[]): string[] {
  const names = Object.keys(turns[0]?.spans ?? {}).map((name) => name.replace(/ p\d+$/, ''))
  return [...new Set(names)]
}
