/**
 * Places where tests kill the process, before and after each effect that must neither be lost nor happen twice. `CRASH_FILE` names a file; a
 * process that comes to the point written in it removes the file and dies as by kill -9. `mail.claimed#3` is the third time. Without the
 * variable this does nothing.
 *
 * A file and not a value, so that a daemon that has just recovered can be sent to its next death. On played days (test/simulation) a life
 * is no process: whoever ends it there is told of each point.
 *
 * Two kinds: moments, named where they are; and the walls through which every effect goes (Asterisk's requests, the journal, the other
 * tables), so that an effect cannot be added without a point before and one after it. test/crash/effects.test.ts finds a way past the walls.
 */
import { readFileSync, rmSync } from 'node:fs'

export const moments = [
  'call.before-row',
  'call.after-row',
  'menu.key',
  'dial.before-request',
  'dial.requested',
  'dial.rings',
  'ring.before-answered',
  'ring.after-answered',
  'talk.handed-over',
  'call.before-end',
  'call.after-end',
  'callback.claimed',
  'callback.operator-up',
  'callback.before-count',
  'callback.after-count',
  'callback.client-rings',
  'callback.client-up',
  'callback.after-answered',
  'callback.before-settle',
  'callback.after-settle',
  'mail.claimed',
  'mail.accepted',
  'mail.marked',
  'attempt.claimed',
  'attempt.before-row',
  'attempt.after-row',
  'attempt.rings',
  'attempt.answered',
  'attempt.ended',
  'doorbell.before-ack',
  'doorbell.after-ack',
  'recovery.connected',
  'recovery.calls-adopted',
  'recovery.callbacks-adopted',
  'recovery.campaigns-settled',
  'recovery.lines-freed',
  'recovery.going-on',
  'recovery.book-read',
  'config.before-swap',
  'config.after-swap',
  'import.before-rows',
  'import.after-rows',
  'migration.before',
  'migration.after',
  'journal.before',
  'journal.after',
] as const
export type CrashMoment = (typeof moments)[number]
export type Wall = 'ari' | 'journal' | 'store'
export type CrashPoint = CrashMoment | `${Wall}.${string}.${'before' | 'after'}`

const file = process.env['CRASH_FILE']
/** How often each point was come to in this life. */
const times = new Map<string, number>()

let visitor: ((point: CrashPoint) => void) | null = null

/** `visit`: told of each point that is come to, until somebody else is. */
export function visitCrashPoints(visit: typeof visitor): void {
  visitor = visit
}

/** False: nobody wants us to die, and what is only done for the points can be left out. */
export function mayCrash(): boolean {
  return file !== undefined || visitor !== null
}

export function crashPoint(point: CrashPoint): void {
  visitor?.(point)
  if (file === undefined) return
  const [name = '', nth = '1'] = (armed(file) ?? '').split('#')
  if (name !== point) return
  const count = (times.get(point) ?? 0) + 1
  times.set(point, count)
  if (count < Number(nth)) return
  rmSync(file)
  process.kill(process.pid, 'SIGKILL')
}

/** An effect that goes through a wall, with a point before and one after it for each of `what`. */
export async function throughWall<T>(wall: Wall, what: readonly string[], effect: () => Promise<T>): Promise<T> {
  for (const one of what) crashPoint(`${wall}.${one}.before`)
  const result = await effect()
  for (const one of what) crashPoint(`${wall}.${one}.after`)
  return result
}

function armed(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
