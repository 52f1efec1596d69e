/** What a stretch of work cost: CPU of processes, load of the machine, and how late the bench itself was. Linux: from /proc. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { Phone } from './phone.ts'

/** Milliseconds of CPU since a process began, all threads. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickMs
}

export function rssMiB(pid: number): number {
  return statusOf(pid, 'VmRSS') / 1024
}

export function threadsOf(pid: number): number {
  return statusOf(pid, 'Threads')
}

export function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

export interface Cost {
  asteriskMs: number
  daemonMs: number
  phoneMs: number
  /** Of all cores, by everybody on the machine, 0-100. */
  busy: number
  /** Of these, what was not ours, 0-100. */
  foreign: number
  /** How late the phone's event loop was, 99th percentile. Latencies mean nothing below it. */
  lagMs: number
  repeats: number
}

/** Begins now; the returned function says what it has cost since. */
export function beginMeasure(phone: Phone, asterisk: number, daemon: number | null): () => Cost {
  const cpu = () => ({ asterisk: cpuMs(asterisk), daemon: daemon === null ? 0 : cpuMs(daemon), phone: ownMs() })
  const before = cpu()
  const machine = machineTicks()
  const repeats = phone.repeats
  phone.lag.reset()
  return () => {
    const now = cpu()
    const cost = {
      asteriskMs: now.asterisk - before.asterisk,
      daemonMs: now.daemon - before.daemon,
      phoneMs: now.phone - before.phone,
    }
    const { all, idle } = machineTicks()
    const spent = all - machine.all
    const busy = (100 * (spent - (idle - machine.idle))) / spent
    const ours = (100 * (cost.asteriskMs + cost.daemonMs + cost.phoneMs)) / (spent * tickMs)
    return {
      ...cost,
      busy,
      foreign: Math.max(0, busy - ours),
      lagMs: phone.lag.percentile(99) / 1e6,
      repeats: phone.repeats - repeats,
    }
  }
}

const tickMs = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

function ownMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function machineTicks(): { all: number; idle: number } {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!
  const ticks = line.split(/\s+/).slice(1, 9).map(Number)
  return { all: ticks.reduce((sum, n) => sum + n, 0), idle: ticks[3]! + ticks[4]! }
}

function statusOf(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? NaN)
}
