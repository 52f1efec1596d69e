/** What Perezvon wants to cost beside the plain dialplan: bench/README.md says why these numbers. Pure. */
import { shown } from './figures.ts'

/** Medians over the turns of one target. Spans are milliseconds, `name p50` and `name p99`. */
export interface Medians {
  callsPerSecond: number
  asteriskMs: number
  daemonMs: number
  spans: Record<string, number>
}

export interface Standing {
  goal: string
  value: string
  met: boolean
}

type Goal = (daemon: Medians, dialplan: Medians) => Standing

const atMost = (goal: string, limit: number, unit: string, value: number): Standing => ({
  goal: `${goal} <= ${limit}${unit}`,
  value: `${shown(value)}${unit}`,
  met: value <= limit,
})
const later = (span: string, limit: number): Goal => {
  return (daemon, dialplan) =>
    atMost(`${span} later than the dialplan's`, limit, ' ms', daemon.spans[span]! - dialplan.spans[span]!)
}
const daemonCpu = (limit: number): Goal => {
  return (daemon) => atMost('CPU of the daemon a call', limit, ' ms', daemon.daemonMs)
}
const ratio = (limit: number): Goal => {
  return (daemon, dialplan) => {
    const value = daemon.callsPerSecond / dialplan.callsPerSecond
    return { goal: `calls a second >= ${limit} x dialplan`, value: `${shown(value)} x`, met: value >= limit }
  }
}
const asterisk: Goal = (daemon, dialplan) =>
  atMost('CPU of Asterisk a call', 1.2, ' x dialplan', daemon.asteriskMs / dialplan.asteriskMs)

const goals: Record<string, readonly Goal[]> = {
  'ivr': [later('key-prompt p50', 1), later('key-prompt p99', 5), later('INVITE-200 p50', 1), daemonCpu(2), asterisk],
  'dial': [later('200-200 p50', 1), later('200-200 p99', 3), later('INVITE-INVITE p50', 1.2)],
  'ivr saturated': [ratio(0.9), daemonCpu(1)],
  'dial saturated': [ratio(0.85)],
}

/** `kind`: a workload, with ` saturated` behind it when it ran with a window. */
export function standings(kind: string, daemon: Medians, dialplan: Medians): Standing[] {
  return (goals[kind] ?? []).map((goal) => goal(daemon, dialplan))
}
