/**
 * What an operator may press while he hears whom he will talk to: 1 at once, 2 later, 3 not (and why), 4 it is settled. Who presses
 * nothing is connected.
 */
import type { Leg, Media } from '../telephony/api.ts'
import type { TryResult } from './next-try.ts'

export type OperatorChoice =
  'connect' | Extract<TryResult['kind'], 'postponed' | 'not-mine' | 'no-need' | 'cannot-now' | 'done-by-hand'>

const CHOICES: Readonly<Record<string, OperatorChoice | 'refuse'>> = {
  1: 'connect',
  2: 'postponed',
  3: 'refuse',
  4: 'done-by-hand',
}
const REASONS: Readonly<Record<string, OperatorChoice>> = { 1: 'not-mine', 2: 'no-need', 3: 'cannot-now' }
/** After the question why; then he cannot now. */
const WHY_MS = 6_000

/** Rejects with CallEnded when he hangs up. */
export async function operatorChoice(leg: Leg, announcement: Media[], askWhy: Media[]): Promise<OperatorChoice> {
  const choice = await keyOf(leg, announcement, CHOICES, 0)
  if (choice !== 'refuse') return choice ?? 'connect'
  return (await keyOf(leg, askWhy, REASONS, WHY_MS)) ?? 'cannot-now'
}

/** Plays, and stops at the first key that means something; null when there was none until `waitMs` after the sound. */
async function keyOf<T>(
  leg: Leg,
  media: Media[],
  keys: Readonly<Record<string, T>>,
  waitMs: number,
): Promise<T | null> {
  let chosen: T | null = null
  const stop = new AbortController()
  const typed = (key: string): boolean => {
    if (chosen !== null || !Object.hasOwn(keys, key)) return true // of no meaning here: not kept for later either
    chosen = keys[key]!
    stop.abort()
    return true
  }
  leg.keys.clear()
  const unwatch = leg.keys.watch(typed)
  try {
    await leg.play(media, { signal: stop.signal })
    if (chosen === null && waitMs > 0) await leg.keys.next(waitMs, stop.signal).catch(() => null)
    leg.signal.throwIfAborted()
    return chosen
  } finally {
    unwatch()
  }
}
