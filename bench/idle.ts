/** Callers who only hold: what each costs in memory, and what all of them cost while nothing happens. */
import { sleep } from '../src/runtime/abort.ts'
import type { Numbers } from './asterisk.ts'
import { newCaller } from './load.ts'
import { cpuMs, descriptorsOf, rssMiB, threadsOf } from './measure.ts'
import type { Phone } from './phone.ts'

export interface Held {
  held: number
  asteriskMiB: number
  asteriskKiBPerCall: number
  /** Percent of one core. */
  asteriskCpu: number
  threads: number
  descriptors: number
  daemonMiB: number
  daemonKiBPerCall: number
  daemonCpu: number
}

const PER_SECOND = 25
const SETTLE_MS = 2_000
const HOUR_MS = 3_600_000

export async function holdCalls(
  phone: Phone,
  numbers: Numbers,
  { asterisk, daemon }: { asterisk: number; daemon: number | null },
  { count, seconds }: { count: number; seconds: number },
): Promise<Held> {
  const memory = () => ({ asterisk: rssMiB(asterisk), daemon: daemon === null ? 0 : rssMiB(daemon) })
  const cpu = () => ({ asterisk: cpuMs(asterisk), daemon: daemon === null ? 0 : cpuMs(daemon) })
  const before = memory()
  const calls = []
  for (let n = 0; n < count; n++) {
    calls.push(phone.call(numbers.idle, { from: newCaller(), timeoutMs: HOUR_MS }))
    await sleep(1000 / PER_SECOND)
  }
  await sleep(SETTLE_MS)
  const held = calls.filter(({ call }) => call.end === null && call.at.answered !== undefined)
  const [then, spent] = [memory(), cpu()]
  const [threads, descriptors] = [threadsOf(asterisk), descriptorsOf(asterisk)]
  await sleep(seconds * 1000)
  const now = cpu()
  for (const { call } of held) {
    phone.hangUp(call)
    await sleep(1000 / PER_SECOND / 4)
  }
  return {
    held: held.length,
    asteriskMiB: then.asterisk,
    asteriskKiBPerCall: ((then.asterisk - before.asterisk) * 1024) / count,
    asteriskCpu: (now.asterisk - spent.asterisk) / (seconds * 10),
    threads,
    descriptors,
    daemonMiB: then.daemon,
    daemonKiBPerCall: ((then.daemon - before.daemon) * 1024) / count,
    daemonCpu: (now.daemon - spent.daemon) / (seconds * 10),
  }
}
