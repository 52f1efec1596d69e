/** Chance that a seed replays. */

export type Chance = () => number

/** Mulberry32: 0 <= x < 1. */
export function chance(seed: number): Chance {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The same chance for the same words, whatever else was drawn before: what people do must not depend on the order in which they are rung. */
export function chanceFor(seed: number, ...words: (string | number)[]): Chance {
  let h = 0x811c9dc5 ^ seed
  for (const char of words.join(' ')) h = Math.imul(h ^ char.charCodeAt(0), 0x01000193)
  return chance(h)
}

export function between(rnd: Chance, from: number, to: number): number {
  return from + rnd() * (to - from)
}

export function pick<T>(rnd: Chance, of: readonly [T, ...T[]]): T {
  return of[Math.floor(rnd() * of.length)]!
}
