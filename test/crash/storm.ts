/**
 * More calls than anybody could take. Who is let in is served as ever; the others hear that it is busy before the daemon knows of them, stand in the
 * doorbell's book, and are told of all the same.
 */
import type { PhoneCall } from '../../bench/phone-call.ts'
import { sleep } from '../../src/runtime/abort.ts'
import { between, chanceFor } from './chance.ts'
import { CrashWorld } from './crash-world.ts'
import { readCel } from './evidence.ts'
import { CALLER, crashConfig, DESKS } from './people.ts'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface StormOptions {
  rate: number
  seconds: number
  /** Calls that the dialplan lets in at once. */
  maxCalls: number
  seed: number
}
export interface Storm {
  placed: number
  /** Of which Asterisk's witness knows. */
  calls: number
  shed: number
  admitted: number
  talked: number
  /** Let in, and then neither served nor told anything. */
  harmed: number
  /** Rows of calls, each ended; and of those that were lost, how many have a notice. */
  rows: number
  ended: number
  lost: number
  told: number
  /** From the end of the storm until the last call was accounted for. */
  settledAfterMs: number
}

const SETTLE_MS = 300_000
const RINGING = '+73432000002'

export async function storm({ rate, seconds, maxCalls, seed }: StormOptions): Promise<Storm> {
  const world = await CrashWorld.start({
    config: crashConfig({ callbacks: false }),
    extensions: DESKS,
    limits: { maxCalls },
  })
  const { phone, prisma, asterisk } = world
  const calls: PhoneCall[] = []
  phone.behave = () => ({ answerAfterMs: 500, speaks: true })
  phone.onSound = (call, sound) => {
    if (call.direction === 'placed' && sound === 'operator') setTimeout(() => phone.leave(call), 1_500)
  }
  try {
    world.startDaemon()
    await world.ready()
    const began = performance.now()
    while (performance.now() - began < seconds * 1_000) {
      for (const due = ((performance.now() - began) / 1_000) * rate; calls.length < due;) {
        const rnd = chanceFor(seed, 'storm', calls.length)
        const from = `${CALLER}${3_000_000 + calls.length}`
        const { call } = phone.call(RINGING, { from, speaks: true, timeoutMs: 30_000 })
        calls.push(call)
        setTimeout(() => call.at.operator === undefined && phone.leave(call), between(rnd, 1_000, 4_000))
      }
      await sleep(5)
    }
    const over = performance.now()
    const settled = async () => {
      if (phone.active > 0 || (await prisma.call.count({ where: { endedAt: null } })) > 0) return false
      return /\b0 results/.test(await asterisk.cli('database show pzdoor'))
    }
    while (!(await settled()) && performance.now() - over < SETTLE_MS) await sleep(500)
    const settledAfterMs = performance.now() - over
    const cel = readCel(await readFile(join(asterisk.dir, 'log/cel-custom/Master.csv'), 'utf8'))
    const known = cel.filter(
      ({ type, caller, uniqueId }) => type === 'CHAN_START' && caller.startsWith(CALLER) && /^\d+\.\d+$/.test(uniqueId),
    )
    const rows = await prisma.call.findMany({ select: { id: true, endedAt: true, verdict: true } })
    const lost = rows.filter(({ verdict }) => verdict === 'missed')
    const notices = await prisma.notice.findMany({ select: { callId: true } })
    const told = new Set(notices.map(({ callId }) => callId))
    const shed = calls.filter(({ end }) => end?.startsWith('refused')).length
    return {
      placed: calls.length,
      calls: known.length,
      shed,
      admitted: calls.length - shed,
      talked: calls.filter(({ at }) => at.operator !== undefined).length,
      harmed: calls.filter(({ end }) => end === 'timeout' || end === null).length,
      rows: rows.length,
      ended: rows.filter(({ endedAt }) => endedAt !== null).length,
      lost: lost.length,
      told: lost.filter(({ id }) => told.has(id)).length,
      settledAfterMs,
    }
  } finally {
    await world.stop()
  }
}
